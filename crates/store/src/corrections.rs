//! What callers meant where they were understood otherwise, as somebody of the shop says.

use biseo_model::ids::{CallId, ShopId};
use jiff::Timestamp;

use crate::query::query;
use crate::row::{Row, count, instant, parsed};
use crate::{Store, StoreError};

/// A list of corrections holds so many at most.
const MOST: i64 = 500;

/// A turn that was understood otherwise than it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The call.
    pub call: CallId,
    /// The turn's number.
    pub turn: u32,
    /// The caller's words.
    pub heard: String,
    /// When they were said.
    pub said_at: Timestamp,
    /// What Biseo had asked, by its name in cases; none at a call's beginning.
    pub awaiting: Option<String>,
    /// What was meant, a code.
    pub meant: String,
    /// The topic of a question.
    pub topic: Option<String>,
    /// When it was corrected.
    pub at: Timestamp,
}

impl Store {
    /// Keeps a correction; it replaces one of the same turn.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn correct(&self, shop: &ShopId, correction: &Correction) -> Result<(), StoreError> {
        query(
            "INSERT INTO correction (shop, call, turn, heard, said_at, awaiting, meant, topic, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (shop, call, turn) DO UPDATE SET meant = excluded.meant, topic = excluded.topic, at = excluded.at",
        )
        .bind(shop.as_str())
        .bind(correction.call.as_str())
        .bind(i64::from(correction.turn))
        .bind(&correction.heard)
        .bind(correction.said_at.as_millisecond())
        .bind(&correction.awaiting)
        .bind(&correction.meant)
        .bind(&correction.topic)
        .bind(correction.at.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes a correction back; `false` if there is none.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn uncorrect(&self, shop: &ShopId, call: &CallId, turn: u32) -> Result<bool, StoreError> {
        let gone = query("DELETE FROM correction WHERE shop = $1 AND call = $2 AND turn = $3")
            .bind(shop.as_str())
            .bind(call.as_str())
            .bind(i64::from(turn))
            .execute(&self.pool)
            .await?;
        Ok(gone > 0)
    }

    /// A shop's corrections, the latest first, at most 500.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn corrections(&self, shop: &ShopId) -> Result<Vec<Correction>, StoreError> {
        query("SELECT * FROM correction WHERE shop = $1 ORDER BY at DESC, call, turn LIMIT $2")
            .bind(shop.as_str())
            .bind(MOST)
            .all(&self.pool, read)
            .await
    }

    /// The corrections of a call.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn corrections_in(&self, shop: &ShopId, call: &CallId) -> Result<Vec<Correction>, StoreError> {
        query("SELECT * FROM correction WHERE shop = $1 AND call = $2 ORDER BY turn")
            .bind(shop.as_str())
            .bind(call.as_str())
            .all(&self.pool, read)
            .await
    }
}

fn read(row: &Row) -> Result<Correction, StoreError> {
    Ok(Correction {
        call: parsed(row, "call")?,
        turn: count(row, "turn")?,
        heard: row.try_get("heard")?,
        said_at: instant(row, "said_at")?,
        awaiting: row.try_get("awaiting")?,
        meant: row.try_get("meant")?,
        topic: row.try_get("topic")?,
        at: instant(row, "at")?,
    })
}
