//! Messages for the owner.

use biseo_model::ids::ShopId;
use biseo_model::record::Message;

use crate::query::query;
use crate::row::{Row, digits, instant, parsed, parsed_opt};
use crate::{Store, StoreError};

impl Store {
    /// Stores a message. The same id again changes nothing, so that a repeated confirmation leaves one message.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the call is unknown.
    pub async fn leave_message(&self, message: &Message) -> Result<(), StoreError> {
        query(
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
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A shop's latest messages, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn messages(&self, shop: &ShopId, limit: u32) -> Result<Vec<Message>, StoreError> {
        let rows = query("SELECT * FROM message WHERE shop = $1 ORDER BY at DESC, id DESC LIMIT $2")
            .bind(shop.as_str())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<Message, StoreError> {
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
