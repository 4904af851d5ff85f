//! Messages for the owner.

use biseo_model::ids::{CallId, MessageId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::Message;
use jiff::Timestamp;

use crate::lists::Page;
use crate::pool::On;
use crate::query::query;
use crate::row::{Row, digits, instant, instant_opt, parsed, parsed_opt};
use crate::{Store, StoreError};

impl Store {
    /// Stores a message. The same id again changes nothing, so that a repeated confirmation leaves one message.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the call is unknown.
    pub async fn leave_message(&self, message: &Message) -> Result<(), StoreError> {
        insert(&self.pool, message).await.map(drop)
    }

    /// A shop's latest messages, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn messages(&self, shop: &ShopId, limit: u32) -> Result<Vec<Message>, StoreError> {
        query("SELECT * FROM message WHERE shop = $1 ORDER BY at DESC, id DESC LIMIT $2")
            .bind(shop.as_str())
            .bind(i64::from(limit))
            .all(&self.pool, read)
            .await
    }
}

/// Whether it is new.
pub(crate) async fn insert(on: impl Into<On<'_>>, message: &Message) -> Result<bool, StoreError> {
    let inserted = query(
        "INSERT INTO message (id, shop, call, name, text, call_back, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(message.id.as_str())
    .bind(message.shop.as_str())
    .bind(message.call.as_ref().map(|c| c.as_str()))
    .bind(&message.name)
    .bind(&message.text)
    .bind(digits(&message.call_back))
    .bind(message.at.as_millisecond())
    .execute(on)
    .await?;
    Ok(inserted > 0)
}

/// A message, and when the owner was done with it.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftMessage {
    /// The message.
    pub message: Message,
    /// When it was marked as done; `None`: it waits.
    pub done: Option<Timestamp>,
}

impl Store {
    /// A page of a shop's messages, newest first: all, those that are done, or those that wait.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn message_page(
        &self,
        shop: &ShopId,
        done: Option<bool>,
        page: &Page,
    ) -> Result<Vec<LeftMessage>, StoreError> {
        let (at, id, limit) = page.bounds();
        let sql = match done {
            None => {
                "SELECT * FROM message WHERE shop = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4"
            }
            Some(true) => {
                "SELECT * FROM message WHERE shop = $1 AND (at, id) < ($2, $3) AND done IS NOT NULL
                 ORDER BY at DESC, id DESC LIMIT $4"
            }
            Some(false) => {
                "SELECT * FROM message WHERE shop = $1 AND (at, id) < ($2, $3) AND done IS NULL
                 ORDER BY at DESC, id DESC LIMIT $4"
            }
        };
        query(sql)
            .bind(shop.as_str())
            .bind(at)
            .bind(id)
            .bind(limit)
            .all(&self.pool, read_left)
            .await
    }

    /// One message of a shop.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn message(&self, shop: &ShopId, id: &MessageId) -> Result<Option<LeftMessage>, StoreError> {
        query("SELECT * FROM message WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id.as_str())
            .one(&self.pool, read_left)
            .await
    }

    /// Marks a message as done at an instant, or as waiting again. One that is done already keeps its instant. `false` if
    /// the shop has no such message.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn mark_message(
        &self,
        shop: &ShopId,
        id: &MessageId,
        done: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let sql = match done {
            Some(_) => "UPDATE message SET done = COALESCE(done, $3) WHERE shop = $1 AND id = $2",
            None => "UPDATE message SET done = $3 WHERE shop = $1 AND id = $2",
        };
        let met = query(sql)
            .bind(shop.as_str())
            .bind(id.as_str())
            .bind(done.map(Timestamp::as_millisecond))
            .execute(&self.pool)
            .await?;
        Ok(met == 1)
    }

    /// The messages left in a call, in order.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn messages_in(&self, shop: &ShopId, call: &CallId) -> Result<Vec<LeftMessage>, StoreError> {
        query("SELECT * FROM message WHERE shop = $1 AND call = $2 ORDER BY at, id LIMIT 200")
            .bind(shop.as_str())
            .bind(call.as_str())
            .all(&self.pool, read_left)
            .await
    }

    /// A shop's latest messages that ask to be called back under a number, newest first, at most 50.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn messages_for(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
    ) -> Result<Vec<LeftMessage>, StoreError> {
        query("SELECT * FROM message WHERE shop = $1 AND call_back = $2 ORDER BY at DESC, id DESC LIMIT 50")
            .bind(shop.as_str())
            .bind(phone.as_str())
            .all(&self.pool, read_left)
            .await
    }
}

pub(crate) fn read_left(row: &Row) -> Result<LeftMessage, StoreError> {
    Ok(LeftMessage {
        message: read(row)?,
        done: instant_opt(row, "done")?,
    })
}

pub(crate) fn read(row: &Row) -> Result<Message, StoreError> {
    Ok(Message {
        id: parsed(row, "id")?,
        shop: parsed(row, "shop")?,
        call: parsed_opt(row, "call")?,
        name: row.try_get("name")?,
        text: row.try_get("text")?,
        call_back: parsed_opt(row, "call_back")?,
        at: instant(row, "at")?,
    })
}
