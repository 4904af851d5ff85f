//! What is too old to be kept: recordings, what was said, and whose it was (개인정보 보호법 제21조: what has served its purpose is
//! destroyed without delay).

use biseo_model::ids::{CallId, ShopId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::query::query;
use crate::row::parsed;
use crate::{Store, StoreError};

/// So much is changed in one transaction, for calls wait for it.
const BATCH: i64 = 200;

/// A recording that is too old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldRecording {
    /// Its call.
    pub call: CallId,
    /// Where it lies, from the data folder on.
    pub path: String,
}

impl Store {
    /// Recordings of a shop's calls that began before an instant and are over, the oldest first, at most 200. Whoever removes
    /// the file then calls [`Store::recording_gone`].
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn recordings_before(
        &self,
        shop: &ShopId,
        before: Timestamp,
    ) -> Result<Vec<OldRecording>, StoreError> {
        query(
            "SELECT id, recording FROM call WHERE shop = $1 AND started < $2 AND ended IS NOT NULL
             AND recording IS NOT NULL ORDER BY started, id LIMIT $3",
        )
        .bind(shop.as_str())
        .bind(before.as_millisecond())
        .bind(BATCH)
        .all(&self.pool, |row| {
            Ok(OldRecording {
                call: parsed(row, "id")?,
                path: row.try_get("recording")?,
            })
        })
        .await
    }

    /// A call's recording is no longer there.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn recording_gone(&self, shop: &ShopId, call: &CallId) -> Result<(), StoreError> {
        query("UPDATE call SET recording = NULL WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(call.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes what was said in a shop's calls that began before an instant and are over: turns, questions, corrections,
    /// digests. That there
    /// was a call stays. Returns how many calls and other records it was.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like; what was removed until then stays removed.
    pub async fn forget_words(&self, shop: &ShopId, before: Timestamp) -> Result<u64, StoreError> {
        let turns = (
            "SELECT id FROM call WHERE shop = $1 AND started < $2 AND ended IS NOT NULL
             AND EXISTS (SELECT 1 FROM turn WHERE turn.call = call.id) ORDER BY started, id LIMIT $3",
            "DELETE FROM turn WHERE call = $1",
        );
        let questions = (
            "SELECT id FROM question WHERE shop = $1 AND at < $2 ORDER BY at, id LIMIT $3",
            "DELETE FROM question WHERE id = $1",
        );
        let before = before.as_millisecond();
        let mut gone = self.in_batches(shop, before, turns).await?;
        gone += self.in_batches(shop, before, questions).await?;
        for sql in [
            "DELETE FROM digest WHERE shop = $1 AND until < $2",
            "DELETE FROM correction WHERE shop = $1 AND said_at < $2",
        ] {
            let old = query(sql).bind(shop.as_str()).bind(before);
            gone += old.execute(&self.pool).await?;
        }
        Ok(gone)
    }

    /// Removes whose it was: bookings and orders for days before `day` that were made before the instant, messages, who was
    /// to be called back, the numbers of calls, and callers who have not called since. A blocked number stays, and what was noted of somebody who never called.
    /// Returns how many records it was.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like; what was removed until then stays removed.
    pub async fn forget_people(
        &self,
        shop: &ShopId,
        (before, day): (Timestamp, Date),
    ) -> Result<u64, StoreError> {
        let mut gone = 0;
        for of in BY_DAY {
            gone += self.by_day(shop, (before, day), of).await?;
        }
        for of in BY_INSTANT {
            gone += self.in_batches(shop, before.as_millisecond(), of).await?;
        }
        gone +=
            query("DELETE FROM caller WHERE shop = $1 AND last_call > 0 AND last_call < $2 AND blocked = 0")
                .bind(shop.as_str())
                .bind(before.as_millisecond())
                .execute(&self.pool)
                .await?;
        Ok(gone)
    }

    /// Finds records and changes them, until there are none; what is changed must not be found again.
    async fn in_batches(
        &self,
        shop: &ShopId,
        before: i64,
        (find, change): (&'static str, &'static str),
    ) -> Result<u64, StoreError> {
        let mut changed = 0;
        loop {
            let found: Vec<String> = query(find)
                .bind(shop.as_str())
                .bind(before)
                .bind(BATCH)
                .all(&self.pool, |row| row.try_get("id"))
                .await?;
            if found.is_empty() {
                return Ok(changed);
            }
            changed += found.len() as u64;
            self.each(&found, change).await?;
        }
    }

    async fn by_day(
        &self,
        shop: &ShopId,
        (before, day): (Timestamp, Date),
        (find, change): (&'static str, &'static str),
    ) -> Result<u64, StoreError> {
        let mut changed = 0;
        loop {
            let found: Vec<String> = query(find)
                .bind(shop.as_str())
                .bind(before.as_millisecond())
                .bind(BATCH)
                .bind(day.to_string())
                .all(&self.pool, |row| row.try_get("id"))
                .await?;
            if found.is_empty() {
                return Ok(changed);
            }
            changed += found.len() as u64;
            self.each(&found, change).await?;
        }
    }

    async fn each(&self, ids: &[String], change: &'static str) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        for id in ids {
            query(change).bind(id).execute(&mut tx).await?;
        }
        tx.commit().await
    }
}

/// What is for a day: a booking that was made long ago may be for tomorrow.
const BY_DAY: [(&str, &str); 2] = [
    (
        "SELECT id FROM booking WHERE shop = $1 AND made < $2 AND date < $4 ORDER BY made, id LIMIT $3",
        "DELETE FROM booking WHERE id = $1",
    ),
    (
        "SELECT id FROM food_order WHERE shop = $1 AND made < $2 AND date < $4 ORDER BY made, id LIMIT $3",
        "DELETE FROM food_order WHERE id = $1",
    ),
];

const BY_INSTANT: [(&str, &str); 3] = [
    (
        "SELECT id FROM call_back WHERE shop = $1 AND called < $2 ORDER BY called, id LIMIT $3",
        "DELETE FROM call_back WHERE id = $1",
    ),
    (
        "SELECT id FROM message WHERE shop = $1 AND at < $2 ORDER BY at, id LIMIT $3",
        "DELETE FROM message WHERE id = $1",
    ),
    (
        "SELECT id FROM call WHERE shop = $1 AND started < $2 AND ended IS NOT NULL AND caller IS NOT NULL
         ORDER BY started, id LIMIT $3",
        "UPDATE call SET caller = NULL WHERE id = $1",
    ),
];
