//! Calls that were taken while the database was away: their records lie in the local copy until it is back.

use std::collections::BTreeSet;

use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::{CallRecord, TurnRecord};

use crate::callers::has_called;
use crate::query::query;
use crate::row::{digits, name_of, parsed, text};
use crate::{Question, Store, StoreError, calls, questions, turns};

/// Calls that are read at once.
const TAKEN: i64 = 500;

/// A call with what is kept of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenCall {
    /// The call.
    pub record: CallRecord,
    /// Its turns.
    pub turns: Vec<TurnRecord>,
    /// What was asked in it and could not be answered.
    pub questions: Vec<(ShopId, Question)>,
}

impl Store {
    /// Calls of a local copy, oldest first: those after this one, 500 at most. There are more until none comes.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn taken_calls(&self, after: Option<&CallRecord>) -> Result<Vec<TakenCall>, StoreError> {
        let (started, id) = after.map_or((i64::MIN, ""), |c| (c.started.as_millisecond(), c.id.as_str()));
        let records = query(
            "SELECT * FROM call WHERE started > $1 OR started = $1 AND id > $2 ORDER BY started, id LIMIT $3",
        )
        .bind(started)
        .bind(id)
        .bind(TAKEN)
        .all(&self.pool, calls::read)
        .await?;
        let mut taken = Vec::with_capacity(records.len());
        for record in records {
            let turns = query("SELECT * FROM turn WHERE call = $1 ORDER BY number")
                .bind(record.id.as_str())
                .all(&self.pool, turns::read)
                .await?;
            let questions = query("SELECT * FROM question WHERE call = $1 ORDER BY at, id")
                .bind(record.id.as_str())
                .all(&self.pool, |row| {
                    Ok((parsed(row, "shop")?, questions::read(row)?))
                })
                .await?;
            taken.push(TakenCall {
                record,
                turns,
                questions,
            });
        }
        Ok(taken)
    }

    /// The calls of a local copy.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn taken_ids(&self) -> Result<BTreeSet<CallId>, StoreError> {
        let ids = query("SELECT id FROM call").all(&self.pool, |row| parsed(row, "id"));
        Ok(ids.await?.into_iter().collect())
    }

    /// Brings a call of a local copy into the database, in one transaction. Again, it changes nothing: what is known of the call
    /// already stays, and its turns are as the copy has them.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn bring_call(&self, call: &TakenCall) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let record = &call.record;
        query(
            "INSERT INTO call (id, shop, caller, dialled, forwarded, started, answered, ended, ending, recording)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (id) DO UPDATE SET answered = COALESCE(call.answered, excluded.answered),
                 ended = COALESCE(call.ended, excluded.ended), ending = COALESCE(call.ending, excluded.ending),
                 recording = COALESCE(call.recording, excluded.recording)",
        )
        .bind(record.id.as_str())
        .bind(record.shop.as_str())
        .bind(digits(&record.caller))
        .bind(digits(&record.dialled))
        .bind(record.forwarded.as_ref().map(name_of).transpose()?)
        .bind(record.started.as_millisecond())
        .bind(record.answered.map(|at| at.as_millisecond()))
        .bind(record.ended.map(|at| at.as_millisecond()))
        .bind(record.end.as_ref().map(name_of).transpose()?)
        .bind(record.recording.as_deref())
        .execute(&mut tx)
        .await?;
        if let Some(caller) = &record.caller {
            has_called(&mut tx, &record.shop, caller, record.started).await?;
        }
        for turn in &call.turns {
            query(
                "INSERT INTO turn (call, number, at, heard, understood, said, latency) VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (call, number) DO UPDATE SET heard = excluded.heard, understood = excluded.understood,
                     said = excluded.said, latency = excluded.latency",
            )
            .bind(turn.call.as_str())
            .bind(i64::from(turn.number))
            .bind(turn.at.as_millisecond())
            .bind(&turn.heard)
            .bind(turn.understood.to_string())
            .bind(&turn.said)
            .bind(text(&turn.latency)?)
            .execute(&mut tx)
            .await?;
        }
        tx.commit().await?;
        for (shop, question) in &call.questions {
            self.add_question(shop, question).await?;
        }
        Ok(())
    }

    /// Removes calls, and what was done in them, from a local copy: the database has them.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn forget_taken(&self) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        for sql in [
            "DELETE FROM booking WHERE call IS NOT NULL",
            "DELETE FROM message",
            "DELETE FROM food_order",
            "DELETE FROM question",
            "DELETE FROM turn",
            "DELETE FROM hold",
            "DELETE FROM call",
        ] {
            query(sql).execute(&mut tx).await?;
        }
        tx.commit().await
    }
}
