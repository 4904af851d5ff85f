//! Calls: begun, answered, ended.

use std::collections::BTreeSet;

use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::{CallEnd, CallRecord};
use jiff::Timestamp;

use crate::callers::has_called;
use crate::query::query;
use crate::row::{Row, digits, instant, instant_opt, name_of, parsed, parsed_opt, word};
use crate::{Store, StoreError};

impl Store {
    /// Stores a call that begins, and that its caller has called.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id is taken.
    pub async fn begin_call(&self, call: &CallRecord) -> Result<(), StoreError> {
        let forwarded = call.forwarded.as_ref().map(name_of).transpose()?;
        let ending = call.end.as_ref().map(name_of).transpose()?;
        let mut tx = self.pool.begin().await?;
        query(
            "INSERT INTO call (id, shop, caller, dialled, forwarded, started, answered, ended, ending, recording)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(call.id.as_str())
        .bind(call.shop.as_str())
        .bind(digits(&call.caller))
        .bind(digits(&call.dialled))
        .bind(forwarded)
        .bind(call.started.as_millisecond())
        .bind(call.answered.map(Timestamp::as_millisecond))
        .bind(call.ended.map(Timestamp::as_millisecond))
        .bind(ending)
        .bind(call.recording.as_deref())
        .execute(&mut tx)
        .await?;
        if let Some(caller) = &call.caller {
            has_called(&mut tx, &call.shop, caller, call.started).await?;
        }
        tx.commit().await
    }

    /// Notes that a call was answered, and where its recording grows (relative to the data folder). Without a path, one
    /// that was known before stays.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is no such call.
    pub async fn answer_call(
        &self,
        id: &CallId,
        at: Timestamp,
        recording: Option<&str>,
    ) -> Result<(), StoreError> {
        let done = query("UPDATE call SET answered = $2, recording = COALESCE($3, recording) WHERE id = $1")
            .bind(id.as_str())
            .bind(at.as_millisecond())
            .bind(recording)
            .execute(&self.pool)
            .await?;
        found(done, id)
    }

    /// Notes that a call ended, and gives back what it held. A call ends once: a later end does not replace the first.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn end_call(&self, id: &CallId, at: Timestamp, end: CallEnd) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        query("UPDATE call SET ended = $2, ending = $3 WHERE id = $1 AND ended IS NULL")
            .bind(id.as_str())
            .bind(at.as_millisecond())
            .bind(name_of(&end)?)
            .execute(&mut tx)
            .await?;
        query("DELETE FROM hold WHERE call = $1")
            .bind(id.as_str())
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// At a start: calls that a crash left open get the end [`CallEnd::Interrupted`], and what any call held is given back.
    /// Returns how many. On PostgreSQL, claim the database first ([`Store::claim`]).
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn close_interrupted(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.close_interrupted_but(now, &BTreeSet::new()).await
    }

    /// The same but for some calls, of which is known elsewhere how they ended, or that they go on.
    ///
    /// # Errors
    /// As [`Store::close_interrupted`].
    pub async fn close_interrupted_but(
        &self,
        now: Timestamp,
        others: &BTreeSet<CallId>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        let open: Vec<CallId> = query("SELECT id FROM call WHERE ended IS NULL")
            .all(&mut tx, |row| parsed(row, "id"))
            .await?;
        let mut closed = 0;
        for id in open.iter().filter(|id| !others.contains(*id)) {
            closed += query("UPDATE call SET ended = $2, ending = $3 WHERE id = $1 AND ended IS NULL")
                .bind(id.as_str())
                .bind(now.as_millisecond())
                .bind(name_of(&CallEnd::Interrupted)?)
                .execute(&mut tx)
                .await?;
        }
        query("DELETE FROM hold").execute(&mut tx).await?;
        tx.commit().await?;
        Ok(closed)
    }

    /// A shop's latest calls, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn calls(&self, shop: &ShopId, limit: u32) -> Result<Vec<CallRecord>, StoreError> {
        let rows = query("SELECT * FROM call WHERE shop = $1 ORDER BY started DESC, id DESC LIMIT $2")
            .bind(shop.as_str())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// One call of a shop.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn call(&self, shop: &ShopId, id: &CallId) -> Result<Option<CallRecord>, StoreError> {
        let row = query("SELECT * FROM call WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }
}

fn found(rows: u64, id: &CallId) -> Result<(), StoreError> {
    if rows == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict(format!("there is no call {id}")))
    }
}

pub(crate) fn read(row: &Row) -> Result<CallRecord, StoreError> {
    let forwarded: Option<String> = row.try_get("forwarded")?;
    let ending: Option<String> = row.try_get("ending")?;
    Ok(CallRecord {
        id: parsed(row, "id")?,
        shop: parsed(row, "shop")?,
        caller: parsed_opt(row, "caller")?,
        dialled: parsed_opt(row, "dialled")?,
        forwarded: forwarded.map(|w| word("forwarded", w)).transpose()?,
        started: instant(row, "started")?,
        answered: instant_opt(row, "answered")?,
        ended: instant_opt(row, "ended")?,
        end: ending.map(|w| word("ending", w)).transpose()?,
        recording: row.try_get("recording")?,
    })
}
