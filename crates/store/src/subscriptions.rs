//! The browsers that want notices.

use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::query::query;
use crate::row::{Row, instant, parsed};
use crate::{Store, StoreError};

/// Browsers of one reader at most.
pub const MOST_BROWSERS: i64 = 50;

/// A browser that a reader allowed to show notices (W3C Push API, `PushSubscription`).
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// The shop.
    pub shop: ShopId,
    /// Whose browser it is.
    pub reader: String,
    /// Where to push: an `https://` address that is a secret of the browser's.
    pub endpoint: String,
    /// The browser's public key: an uncompressed P-256 point, base64url.
    pub p256dh: String,
    /// The browser's authentication secret: 16 octets, base64url.
    pub auth: String,
    /// When it was made.
    pub made: Timestamp,
}

/// Without the secrets.
impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("id", &self.id)
            .field("shop", &self.shop)
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Stores a subscription. The same endpoint of the same reader again only brings its keys up to date. A reader has at most
    /// [`MOST_BROWSERS`]: with a further one the oldest goes.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn subscribe(&self, subscription: &Subscription) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        query(
            "INSERT INTO push_subscription (id, shop, reader, endpoint, p256dh, auth, made)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (shop, reader, endpoint) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth",
        )
        .bind(&subscription.id)
        .bind(subscription.shop.as_str())
        .bind(&subscription.reader)
        .bind(&subscription.endpoint)
        .bind(&subscription.p256dh)
        .bind(&subscription.auth)
        .bind(subscription.made.as_millisecond())
        .execute(&mut tx)
        .await?;
        query(
            "DELETE FROM push_subscription WHERE shop = $1 AND reader = $2 AND id NOT IN
             (SELECT id FROM push_subscription WHERE shop = $1 AND reader = $2 ORDER BY made DESC, id DESC LIMIT $3)",
        )
        .bind(subscription.shop.as_str())
        .bind(&subscription.reader)
        .bind(MOST_BROWSERS)
        .execute(&mut tx)
        .await?;
        tx.commit().await
    }

    /// A reader's browsers, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn subscriptions(&self, shop: &ShopId, reader: &str) -> Result<Vec<Subscription>, StoreError> {
        let rows = query("SELECT * FROM push_subscription WHERE shop = $1 AND reader = $2 ORDER BY made, id")
            .bind(shop.as_str())
            .bind(reader)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// One browser.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn subscription(&self, shop: &ShopId, id: &str) -> Result<Option<Subscription>, StoreError> {
        let row = query("SELECT * FROM push_subscription WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Takes a browser away: its user no longer wants notices, or its push service no longer knows it. `false` if it is unknown.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn unsubscribe(&self, shop: &ShopId, id: &str) -> Result<bool, StoreError> {
        let gone = query("DELETE FROM push_subscription WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(gone == 1)
    }
}

fn read(row: &Row) -> Result<Subscription, StoreError> {
    Ok(Subscription {
        id: row.try_get("id")?,
        shop: parsed(row, "shop")?,
        reader: row.try_get("reader")?,
        endpoint: row.try_get("endpoint")?,
        p256dh: row.try_get("p256dh")?,
        auth: row.try_get("auth")?,
        made: instant(row, "made")?,
    })
}
