//! Deliveries of the outbox: claimed by lease while they are sent, settled, shown, sent again and forgotten.

use std::fmt;

use biseo_model::ids::ShopId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::query::query;
use crate::row::{Row, count, instant, instant_opt, json, parsed, word};
use crate::{Store, StoreError};

/// A notice as it is stored.
#[derive(Clone, PartialEq)]
pub struct StoredNotice {
    /// Its id.
    pub id: String,
    /// The event's key.
    pub event: String,
    /// What it says.
    pub content: serde_json::Value,
    /// When the event was told.
    pub made: Timestamp,
}

/// What has become of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Not tried yet.
    Due,
    /// Somebody is at it, until the lease ends.
    Sending,
    /// Tried in vain; tried again when it is due.
    Failed,
    /// The other side has it.
    Sent,
    /// Tried in vain too often, or refused for good.
    GivenUp,
}

/// One sending.
#[derive(Clone, PartialEq)]
pub struct Delivery {
    /// Its id, the same in every try: what receivers know repetitions by.
    pub id: String,
    /// The shop.
    pub shop: ShopId,
    /// Who is to read it.
    pub reader: String,
    /// By what.
    pub channel: String,
    /// Where to.
    pub address: String,
    /// Goes first.
    pub urgent: bool,
    /// What has become of it.
    pub state: DeliveryState,
    /// When it is, or was, to be tried next.
    pub due: Timestamp,
    /// Tries begun, this one included.
    pub tries: u32,
    /// What was wrong at the last try.
    pub fault: Option<String>,
    /// When it was put together.
    pub made: Timestamp,
    /// When it was sent or given up.
    pub settled: Option<Timestamp>,
    /// The delivery that this one repeats: it is sent under that one's id, with what that one holds.
    pub origin: Option<String>,
    /// The HTTP status by which the other side took it, where there is one.
    pub answer: Option<u16>,
}

impl Delivery {
    /// The id under which it is sent, and whose notices it tells.
    #[must_use]
    pub fn told_as(&self) -> &str {
        self.origin.as_deref().unwrap_or(&self.id)
    }
}

// Addresses are telephone numbers as well, and what is said has numbers and links in it: none of it is shown.
impl fmt::Debug for StoredNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredNotice")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Delivery");
        shown
            .field("id", &self.id)
            .field("shop", &self.shop)
            .field("channel", &self.channel);
        shown
            .field("state", &self.state)
            .field("due", &self.due)
            .field("tries", &self.tries);
        shown.field("fault", &self.fault).finish_non_exhaustive()
    }
}

/// The right to send one delivery, until another one has claimed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The shop.
    pub shop: ShopId,
    /// The delivery's id.
    pub delivery: String,
    /// Whoever holds it; another string for each claim.
    pub holder: String,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The other side has it.
    Sent,
    /// The other side has it, and said so by this HTTP status.
    Answered {
        /// The status.
        status: u16,
    },
    /// Not now: again at this time.
    Again {
        /// When.
        due: Timestamp,
        /// What was wrong.
        fault: String,
    },
    /// Nothing was tried: it is not the time. What was claimed counts as no try.
    PutOff {
        /// Until then.
        due: Timestamp,
    },
    /// Never.
    GivenUp {
        /// What was wrong.
        fault: String,
    },
}

impl Store {
    /// Claims deliveries that are due, of all shops, urgent ones first, until `until`: at most `most`, and of one shop only as many as
    /// make `of_one_shop` with what is being sent for it already, so that a shop whose peers are dead holds up no other. One
    /// statement, so that no delivery has two holders whose leases both run. One whose lease has run out was tried by somebody who
    /// is gone, and is claimed again. A row that cannot be read is left to its lease and told in the log.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn claim_deliveries(
        &self,
        holder: &str,
        (now, until): (Timestamp, Timestamp),
        (most, of_one_shop): (u32, u32),
    ) -> Result<Vec<Delivery>, StoreError> {
        // On PostgreSQL a second claimer waits for the first one's rows and then sees by the outer condition that they are taken.
        let rows = query(
            "UPDATE delivery SET state = 'sending', holder = $1, until = $3, tries = tries + 1
             WHERE id IN (
                SELECT id FROM (
                    SELECT id, urgent, due,
                        ROW_NUMBER() OVER (PARTITION BY shop ORDER BY urgent DESC, due, id)
                        + (SELECT COUNT(*) FROM delivery AS busy
                           WHERE busy.shop = waiting.shop AND busy.state <> 'sent' AND busy.state <> 'given_up'
                             AND busy.state = 'sending' AND busy.until > $2) AS place
                    FROM delivery AS waiting
                    WHERE state <> 'sent' AND state <> 'given_up'
                      AND ((state IN ('due', 'failed') AND due <= $2) OR (state = 'sending' AND until <= $2))
                ) AS ranked WHERE place <= $5 ORDER BY urgent DESC, due, id LIMIT $4)
               AND ((state IN ('due', 'failed') AND due <= $2) OR (state = 'sending' AND until <= $2))
             RETURNING *",
        )
        .bind(holder)
        .bind(now.as_millisecond())
        .bind(until.as_millisecond())
        .bind(i64::from(most))
        .bind(i64::from(of_one_shop))
        .fetch_all(&self.pool)
        .await?;
        let readable = |row: &Row| {
            read(row)
                .inspect_err(|e| tracing::error!("a delivery cannot be read: {e}"))
                .ok()
        };
        Ok(rows.iter().filter_map(readable).collect())
    }

    /// What a delivery holds, in the order in which it was told.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn notices_of(&self, shop: &ShopId, delivery: &str) -> Result<Vec<StoredNotice>, StoreError> {
        let rows = query("SELECT * FROM notice WHERE shop = $1 AND delivery = $2 ORDER BY made, id")
            .bind(shop.as_str())
            .bind(delivery)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read_notice).collect()
    }

    /// Ends a try. `false` if the lease is another one's by now; then nothing is changed.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn settle(&self, lease: &Lease, how: &Settled, now: Timestamp) -> Result<bool, StoreError> {
        let (state, due, fault, settled) = match how {
            Settled::Sent | Settled::Answered { .. } => ("sent", None, None, Some(now)),
            Settled::Again { due, fault } => ("failed", Some(*due), Some(fault.as_str()), None),
            Settled::PutOff { due } => ("due", Some(*due), None, None),
            Settled::GivenUp { fault } => ("given_up", None, Some(fault.as_str()), Some(now)),
        };
        let uncounted = i64::from(matches!(how, Settled::PutOff { .. }));
        let answer = match how {
            Settled::Answered { status } => Some(i64::from(*status)),
            _ => None,
        };
        let written = query(
            "UPDATE delivery SET state = $4, due = COALESCE($5, due), fault = $6, settled = $7, holder = NULL, until = NULL,
                tries = tries - $8, answer = $9
             WHERE shop = $1 AND id = $2 AND holder = $3 AND state = 'sending'",
        )
        .bind(lease.shop.as_str())
        .bind(&lease.delivery)
        .bind(&lease.holder)
        .bind(state)
        .bind(due.map(Timestamp::as_millisecond))
        .bind(fault)
        .bind(settled.map(Timestamp::as_millisecond))
        .bind(uncounted)
        .bind(answer)
        .execute(&self.pool)
        .await?;
        Ok(written == 1)
    }

    /// A shop's latest deliveries, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn deliveries(&self, shop: &ShopId, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let rows = query("SELECT * FROM delivery WHERE shop = $1 ORDER BY made DESC, id DESC LIMIT $2")
            .bind(shop.as_str())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// Tries a delivery that was given up once more, under the same id. `false` if it was not given up.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn redeliver(&self, shop: &ShopId, delivery: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let written = query(
            "UPDATE delivery SET state = 'due', due = $3, tries = 0, settled = NULL
             WHERE shop = $1 AND id = $2 AND state = 'given_up'",
        )
        .bind(shop.as_str())
        .bind(delivery)
        .bind(now.as_millisecond())
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(written == 1)
    }

    /// Takes away what a shop's settled deliveries from before `before` held, and themselves. An event of theirs that were told
    /// once more would be sent once more: keep longer than events are told again. Returns how many deliveries went.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn forget_deliveries(&self, shop: &ShopId, before: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        query(
            "DELETE FROM notice WHERE shop = $1 AND delivery IN
             (SELECT id FROM delivery WHERE shop = $1 AND settled < $2 AND state IN ('sent', 'given_up'))",
        )
        .bind(shop.as_str())
        .bind(before.as_millisecond())
        .execute(&mut tx)
        .await?;
        let gone =
            query("DELETE FROM delivery WHERE shop = $1 AND settled < $2 AND state IN ('sent', 'given_up')")
                .bind(shop.as_str())
                .bind(before.as_millisecond())
                .execute(&mut tx)
                .await?;
        tx.commit().await?;
        Ok(gone)
    }

    /// The same for every shop that has some.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn forget_all_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        let rows = query("SELECT DISTINCT shop FROM delivery WHERE settled < $1")
            .bind(before.as_millisecond())
            .fetch_all(&self.pool)
            .await?;
        let mut gone = 0;
        for row in &rows {
            gone += self.forget_deliveries(&parsed(row, "shop")?, before).await?;
        }
        Ok(gone)
    }
}

pub(crate) fn read(row: &Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: row.try_get("id")?,
        shop: parsed(row, "shop")?,
        reader: row.try_get("reader")?,
        channel: row.try_get("channel")?,
        address: row.try_get("address")?,
        urgent: row.try_get::<i64>("urgent")? != 0,
        state: word("state", row.try_get("state")?)?,
        due: instant(row, "due")?,
        tries: count(row, "tries")?,
        fault: row.try_get("fault")?,
        made: instant(row, "made")?,
        settled: instant_opt(row, "settled")?,
        origin: row.try_get("origin")?,
        answer: row
            .try_get::<Option<i64>>("answer")?
            .and_then(|status| u16::try_from(status).ok()),
    })
}

fn read_notice(row: &Row) -> Result<StoredNotice, StoreError> {
    Ok(StoredNotice {
        id: row.try_get("id")?,
        event: row.try_get("event")?,
        content: json(row, "content")?,
        made: instant(row, "made")?,
    })
}
