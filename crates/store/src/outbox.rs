//! The outbox: what is to be told to readers, written down before it is told. How it is sent stands in `deliveries`.

use std::collections::BTreeMap;
use std::fmt;

use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::pool::Tx;
use crate::query::query;
use crate::row::{Row, instant_opt, parsed, text};
use crate::{Store, StoreError};

/// Notices that one delivery holds at most.
pub const MOST_TOGETHER: usize = 20;
/// Notices of one shop that are put into deliveries in one transaction.
const MOST_GATHERED: i64 = 500;

/// One event for one reader on one channel, about to be posted.
#[derive(Clone, PartialEq)]
pub struct NewNotice {
    /// Its id, made from all that makes it one of its kind: shop, event, reader, channel and address.
    pub id: String,
    /// The event's key, the same however often the event is told.
    pub event: String,
    /// Who is to read it.
    pub reader: String,
    /// By what, such as `email`.
    pub channel: String,
    /// Where to on that channel.
    pub address: String,
    /// What it says; opaque here.
    pub content: serde_json::Value,
    /// Goes first, and never together with what is not urgent.
    pub urgent: bool,
    /// When it is to be sent at the earliest.
    pub due: Timestamp,
}

// Addresses are telephone numbers as well, and what is said has numbers and links in it: none of it is shown.
impl fmt::Debug for NewNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, channel, due, .. } = self;
        let mut shown = f.debug_struct("NewNotice");
        shown.field("id", id).field("channel", channel).field("due", due);
        shown.finish_non_exhaustive()
    }
}

impl Store {
    /// Posts the notices of one event, all or none. One that is there already stays as it is, so that an event that is told
    /// twice is sent once. Returns how many are new.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn post_notices(
        &self,
        shop: &ShopId,
        notices: &[NewNotice],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        let mut new = 0;
        for notice in notices {
            new += insert(&mut tx, shop, notice, now).await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    /// Puts what is due into deliveries: for each reader, channel and address together, at most [`MOST_TOGETHER`] in one, urgent
    /// ones apart and first. Goes over all shops. Returns how many deliveries were made.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like: the last one; what a shop cannot be helped with keeps no other from being helped.
    pub async fn gather_notices(&self, now: Timestamp) -> Result<u64, StoreError> {
        let rows = query("SELECT DISTINCT shop FROM notice WHERE delivery IS NULL AND due <= $1")
            .bind(now.as_millisecond())
            .fetch_all(&self.pool)
            .await?;
        let (mut made, mut failed) = (0, None);
        for row in &rows {
            let gathered = match parsed(row, "shop") {
                Ok(shop) => self.gather_shop(&shop, now).await,
                Err(e) => Err(e),
            };
            match gathered {
                Ok(new) => made += new,
                Err(e) => failed = Some(e),
            }
        }
        failed.map_or(Ok(made), Err)
    }

    async fn gather_shop(&self, shop: &ShopId, now: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let rows = query(
            "SELECT id, reader, channel, address, urgent FROM notice
             WHERE shop = $1 AND delivery IS NULL AND due <= $2 ORDER BY urgent DESC, made, id LIMIT $3",
        )
        .bind(shop.as_str())
        .bind(now.as_millisecond())
        .bind(MOST_GATHERED)
        .fetch_all(&mut tx)
        .await?;
        let mut made = 0;
        for (way, ids) in ways(&rows)? {
            for together in ids.chunks(MOST_TOGETHER) {
                put_together(&mut tx, shop, &way, together, now).await?;
                made += 1;
            }
        }
        tx.commit().await?;
        Ok(made)
    }

    /// When something is to be done next: a notice gathered, a delivery tried, a lease taken over.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn outbox_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let rows = query(
            "SELECT MIN(due) AS due FROM notice WHERE delivery IS NULL
             UNION ALL SELECT MIN(due) FROM delivery WHERE state <> 'sent' AND state <> 'given_up' AND state IN ('due', 'failed')
             UNION ALL SELECT MIN(until) FROM delivery WHERE state <> 'sent' AND state <> 'given_up' AND state = 'sending'",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut first = None;
        for row in &rows {
            first = [first, instant_opt(row, "due")?].into_iter().flatten().min();
        }
        Ok(first)
    }
}

/// What is delivered together: the same reader, channel, address and urgency.
type Way = (String, String, String, i64);

fn ways(rows: &[Row]) -> Result<BTreeMap<Way, Vec<String>>, StoreError> {
    let mut ways: BTreeMap<Way, Vec<String>> = BTreeMap::new();
    for row in rows {
        let way = (
            row.try_get("reader")?,
            row.try_get("channel")?,
            row.try_get("address")?,
            row.try_get("urgent")?,
        );
        ways.entry(way).or_default().push(row.try_get("id")?);
    }
    Ok(ways)
}

pub(crate) async fn insert(
    tx: &mut Tx,
    shop: &ShopId,
    notice: &NewNotice,
    now: Timestamp,
) -> Result<u64, StoreError> {
    query(
        "INSERT INTO notice (id, shop, event, reader, channel, address, content, urgent, made, due)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT DO NOTHING",
    )
    .bind(&notice.id)
    .bind(shop.as_str())
    .bind(&notice.event)
    .bind(&notice.reader)
    .bind(&notice.channel)
    .bind(&notice.address)
    .bind(text(&notice.content)?)
    .bind(i64::from(notice.urgent))
    .bind(now.as_millisecond())
    .bind(notice.due.as_millisecond())
    .execute(tx)
    .await
}

/// A delivery has the id of its first notice: no two can have the same.
pub(crate) async fn put_together(
    tx: &mut Tx,
    shop: &ShopId,
    (reader, channel, address, urgent): &Way,
    notices: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = notices.first().map_or("", String::as_str);
    query(
        "INSERT INTO delivery (id, shop, reader, channel, address, urgent, state, due, made)
         VALUES ($1, $2, $3, $4, $5, $6, 'due', $7, $7)",
    )
    .bind(id)
    .bind(shop.as_str())
    .bind(reader)
    .bind(channel)
    .bind(address)
    .bind(*urgent)
    .bind(now.as_millisecond())
    .execute(&mut *tx)
    .await?;
    for notice in notices {
        query("UPDATE notice SET delivery = $3 WHERE shop = $1 AND id = $2 AND delivery IS NULL")
            .bind(shop.as_str())
            .bind(notice)
            .bind(id)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}
