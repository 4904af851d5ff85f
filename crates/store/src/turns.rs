//! Turns of a call: appended as they begin, amended once it is known what of them was heard and when.

use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::TurnRecord;

use crate::query::query;
use crate::row::{Row, count, instant, json, parsed, text};
use crate::{Store, StoreError};

impl Store {
    /// Appends a turn.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the call is unknown or the number is taken.
    pub async fn add_turn(&self, turn: &TurnRecord) -> Result<(), StoreError> {
        query(
            "INSERT INTO turn (call, number, at, heard, understood, said, latency)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(turn.call.as_str())
        .bind(i64::from(turn.number))
        .bind(turn.at.as_millisecond())
        .bind(&turn.heard)
        .bind(turn.understood.to_string())
        .bind(&turn.said)
        .bind(text(&turn.latency)?)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Replaces what is stored of a turn: what was really said after the caller broke in, the latency once the first packet
    /// has gone out.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the call has no turn of that number.
    pub async fn amend_turn(&self, turn: &TurnRecord) -> Result<(), StoreError> {
        let done = query(
            "UPDATE turn SET at = $3, heard = $4, understood = $5, said = $6, latency = $7
             WHERE call = $1 AND number = $2",
        )
        .bind(turn.call.as_str())
        .bind(i64::from(turn.number))
        .bind(turn.at.as_millisecond())
        .bind(&turn.heard)
        .bind(turn.understood.to_string())
        .bind(&turn.said)
        .bind(text(&turn.latency)?)
        .execute(&self.pool)
        .await?;
        if done == 1 {
            return Ok(());
        }
        Err(StoreError::Conflict(format!(
            "call {} has no turn {}",
            turn.call, turn.number
        )))
    }

    /// The turns of one of the shop's calls, in order; empty if the call is not this shop's.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn turns(&self, shop: &ShopId, call: &CallId) -> Result<Vec<TurnRecord>, StoreError> {
        let rows = query(
            "SELECT turn.* FROM turn JOIN call ON call.id = turn.call
             WHERE call.shop = $1 AND call.id = $2 ORDER BY turn.number",
        )
        .bind(shop.as_str())
        .bind(call.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }
}

pub(crate) fn read(row: &Row) -> Result<TurnRecord, StoreError> {
    Ok(TurnRecord {
        call: parsed(row, "call")?,
        number: count(row, "number")?,
        at: instant(row, "at")?,
        heard: row.try_get("heard")?,
        understood: json(row, "understood")?,
        said: row.try_get("said")?,
        latency: json(row, "latency")?,
    })
}
