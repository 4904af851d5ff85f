//! What waits at a shop.

use biseo_model::ids::ShopId;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::query::query;
use crate::row::count;
use crate::{Store, StoreError};

/// Numbers of what a shop has to do with today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Calls that go on.
    pub live: u32,
    /// Calls since the day began.
    pub calls: u32,
    /// Of these, ended before they were answered.
    pub missed: u32,
    /// Standing bookings for the day.
    pub bookings: u32,
    /// Open orders for the day.
    pub orders: u32,
    /// Messages that wait.
    pub messages: u32,
    /// Questions that are open.
    pub questions: u32,
}

impl Store {
    /// What waits at a shop on a day that began at `since`.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn waiting(&self, shop: &ShopId, day: Date, since: Timestamp) -> Result<Waiting, StoreError> {
        let row = query(
            "SELECT
             (SELECT COUNT(*) FROM call WHERE shop = $1 AND (CASE WHEN ending IS NULL THEN 'live'
              WHEN ending IN ('failed', 'interrupted') THEN ending WHEN answered IS NULL THEN 'missed' ELSE ending END)
              = 'live') AS live,
             (SELECT COUNT(*) FROM call WHERE shop = $1 AND started >= $2) AS calls,
             (SELECT COUNT(*) FROM call WHERE shop = $1 AND started >= $2 AND ended IS NOT NULL
              AND answered IS NULL AND ending NOT IN ('failed', 'interrupted')) AS missed,
             (SELECT COUNT(*) FROM booking WHERE shop = $1 AND date = $3 AND state = 'confirmed') AS bookings,
             (SELECT COUNT(*) FROM food_order WHERE shop = $1 AND date = $3 AND state = 'open') AS orders,
             (SELECT COUNT(*) FROM message WHERE shop = $1 AND done IS NULL) AS messages,
             (SELECT COUNT(*) FROM question WHERE shop = $1 AND state = 'open') AS questions",
        )
        .bind(shop.as_str())
        .bind(since.as_millisecond())
        .bind(day.to_string())
        .fetch_optional(&self.pool)
        .await?
        .ok_or_else(|| StoreError::Database("a count gave no row".into()))?;
        Ok(Waiting {
            live: count(&row, "live")?,
            calls: count(&row, "calls")?,
            missed: count(&row, "missed")?,
            bookings: count(&row, "bookings")?,
            orders: count(&row, "orders")?,
            messages: count(&row, "messages")?,
            questions: count(&row, "questions")?,
        })
    }

    /// Asks the database for nothing, to see whether it answers.
    ///
    /// # Errors
    /// [`StoreError::Silent`] and its like.
    pub async fn ping(&self) -> Result<(), StoreError> {
        query("SELECT 1").fetch_all(&self.pool).await.map(drop)
    }
}
