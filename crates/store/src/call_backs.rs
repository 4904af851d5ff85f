//! Who is to be called back after the line was out of order, in the order in which they called.

use std::fmt;

use biseo_model::ids::{CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallRecord, Message};
use jiff::Timestamp;

use crate::outbox::{NewNotice, insert};
use crate::query::query;
use crate::row::{Row, corrupt, digits, instant, instant_opt, parsed};
use crate::untold::{self, Done};
use crate::{Store, StoreError, messages};

/// So many are looked at together.
const MOST: i64 = 200;

/// Somebody who is to be called back.
#[derive(Clone, PartialEq, Eq)]
pub struct CallBack {
    /// Its id.
    pub id: String,
    /// The shop that was called.
    pub shop: ShopId,
    /// What was out of order.
    pub incident: String,
    /// Who called.
    pub phone: PhoneNumber,
    /// In which call.
    pub call: CallId,
    /// Whether the call was in English.
    pub english: bool,
    /// When the call came: the order of calling back.
    pub called: Timestamp,
    /// When it was over.
    pub over: Timestamp,
    /// When and how it was settled; `None`: it waits.
    pub settled: Option<(Timestamp, Settlement)>,
}

impl fmt::Debug for CallBack {
    /// Without the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("CallBack");
        shown.field("id", &self.id).field("shop", &self.shop);
        shown
            .field("called", &self.called)
            .field("settled", &self.settled);
        shown.finish_non_exhaustive()
    }
}

/// How it was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// A text message is in the outbox.
    Text,
    /// No text is to be sent: the shop does not wish it, the number is no mobile, or one was sent on that day.
    None,
    /// The caller called again and was answered.
    Served,
}

impl Settlement {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::None => "none",
            Self::Served => "served",
        }
    }

    fn of_code(code: &str) -> Result<Self, StoreError> {
        match code {
            "text" => Ok(Self::Text),
            "none" => Ok(Self::None),
            "served" => Ok(Self::Served),
            other => Err(corrupt("how", format!("{other:?} is none"))),
        }
    }
}

impl Store {
    /// Notes that somebody is to be called back, and leaves the message that tells the shop's people of it ([`Store::untold`]), both or neither. `false` if that
    /// number was noted for the same incident before: whoever calls ten times waits once, in the place of the first call.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn note_call_back(&self, note: &CallBack, message: &Message) -> Result<bool, StoreError> {
        let mut tx = self.exclusive(&note.shop).await?;
        let done = query(
            "INSERT INTO call_back (id, shop, incident, phone, call, language, called, over)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        )
        .bind(&note.id)
        .bind(note.shop.as_str())
        .bind(&note.incident)
        .bind(note.phone.as_str())
        .bind(note.call.as_str())
        .bind(if note.english { "en" } else { "ko" })
        .bind(note.called.as_millisecond())
        .bind(note.over.as_millisecond())
        .execute(&mut tx)
        .await?;
        if done == 1 {
            messages::insert(&mut tx, message).await?;
            let done = Done::Left {
                message: message.clone(),
                urgent: false,
            };
            untold::note(&mut tx, &note.shop, (None, message.at), &done).await?;
        }
        tx.commit().await?;
        Ok(done == 1)
    }

    /// Shops that have somebody who waits. Goes over all shops.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn shops_with_call_backs(&self) -> Result<Vec<ShopId>, StoreError> {
        query("SELECT DISTINCT shop FROM call_back WHERE settled IS NULL")
            .all(&self.pool, |row| parsed(row, "shop"))
            .await
    }

    /// Who waits at a shop, in the order in which they called; at most 200.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn call_backs_waiting(&self, shop: &ShopId) -> Result<Vec<CallBack>, StoreError> {
        query("SELECT * FROM call_back WHERE shop = $1 AND settled IS NULL ORDER BY called, id LIMIT $2")
            .bind(shop.as_str())
            .bind(MOST)
            .all(&self.pool, read)
            .await
    }

    /// All of an incident that a shop has to call back, in the order in which they called; at most 200.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn call_backs_of(&self, shop: &ShopId, incident: &str) -> Result<Vec<CallBack>, StoreError> {
        query("SELECT * FROM call_back WHERE shop = $1 AND incident = $2 ORDER BY called, id LIMIT $3")
            .bind(shop.as_str())
            .bind(incident)
            .bind(MOST)
            .all(&self.pool, read)
            .await
    }

    /// When a shop's last text after an incident was put into the outbox.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn last_call_back_text(&self, shop: &ShopId) -> Result<Option<Timestamp>, StoreError> {
        let row = query("SELECT MAX(settled) AS last FROM call_back WHERE shop = $1 AND how = 'text'")
            .bind(shop.as_str())
            .one(&self.pool, |row| instant_opt(row, "last"))
            .await?;
        Ok(row.flatten())
    }

    /// Whether somebody has called a shop since an instant and was answered in a call that did not fail, or is being answered now.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn was_served_since(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let row = query(
            "SELECT id FROM call WHERE shop = $1 AND caller = $2 AND started > $3 AND answered IS NOT NULL
             AND (ending IS NULL OR ending NOT IN ('failed', 'interrupted')) LIMIT 1",
        )
        .bind(shop.as_str())
        .bind(phone.as_str())
        .bind(since.as_millisecond())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    /// Whether the caller of a call is told when the line works again, for this call or another one; or waited for that at the time of the
    /// call and needs no more, since that was settled after it.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn is_to_be_called_back(&self, call: &CallRecord) -> Result<bool, StoreError> {
        let row = query(
            "SELECT id FROM call_back WHERE shop = $1
             AND (call = $2 OR phone = $3 AND (settled IS NULL OR called <= $4 AND settled >= $4)) LIMIT 1",
        )
        .bind(call.shop.as_str())
        .bind(call.id.as_str())
        .bind(digits(&call.caller))
        .bind(call.started.as_millisecond())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    /// Settles one, and puts its text into the outbox in the same transaction, so that a crash neither forgets nor repeats it. A text that is
    /// there already (one on that day) makes it [`Settlement::None`]. Returns how it was settled; `None` if it was settled before.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like; then nothing was changed.
    pub async fn settle_call_back(
        &self,
        (shop, id): (&ShopId, &str),
        how: Settlement,
        text: Option<&NewNotice>,
        now: Timestamp,
    ) -> Result<Option<Settlement>, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let taken = query(
            "UPDATE call_back SET settled = $3, how = $4 WHERE shop = $1 AND id = $2 AND settled IS NULL",
        )
        .bind(shop.as_str())
        .bind(id)
        .bind(now.as_millisecond())
        .bind(how.code())
        .execute(&mut tx)
        .await?;
        if taken == 0 {
            return Ok(None);
        }
        let mut how = how;
        if let Some(text) = text
            && insert(&mut tx, shop, text, now).await? == 0
        {
            how = Settlement::None;
            query("UPDATE call_back SET how = $3 WHERE shop = $1 AND id = $2")
                .bind(shop.as_str())
                .bind(id)
                .bind(how.code())
                .execute(&mut tx)
                .await?;
        }
        tx.commit().await?;
        Ok(Some(how))
    }
}

fn read(row: &Row) -> Result<CallBack, StoreError> {
    let how: Option<String> = row.try_get("how")?;
    let how = how.as_deref().map(Settlement::of_code).transpose()?;
    let language: String = row.try_get("language")?;
    Ok(CallBack {
        id: row.try_get("id")?,
        shop: parsed(row, "shop")?,
        incident: row.try_get("incident")?,
        phone: parsed(row, "phone")?,
        call: parsed(row, "call")?,
        english: language == "en",
        called: instant(row, "called")?,
        over: instant(row, "over")?,
        settled: instant_opt(row, "settled")?.zip(how),
    })
}
