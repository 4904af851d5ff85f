//! Secret addresses under which a shop's digests are read as a feed.

use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::query::query;
use crate::row::{Row, instant, parsed};
use crate::{Store, StoreError};

/// Feeds of digests of one shop at most.
pub const MOST_DIGEST_FEEDS: i64 = 10;

/// A feed of digests that can be read under a secret address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestFeed {
    /// Its id.
    pub id: String,
    /// The shop.
    pub shop: ShopId,
    /// What the owner calls it.
    pub name: String,
    /// When it was made.
    pub made: Timestamp,
}

impl Store {
    /// Makes a feed. `token` is the hash of its address' secret. `false` if the shop has [`MOST_DIGEST_FEEDS`] already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id or the token is used up.
    pub async fn add_digest_feed(&self, feed: &DigestFeed, token: &str) -> Result<bool, StoreError> {
        let made = query(
            "INSERT INTO digest_feed (id, shop, token, name, made) SELECT $1, $2, $3, $4, $5
             WHERE (SELECT COUNT(*) FROM digest_feed WHERE shop = $2) < $6",
        )
        .bind(&feed.id)
        .bind(feed.shop.as_str())
        .bind(token)
        .bind(&feed.name)
        .bind(feed.made.as_millisecond())
        .bind(MOST_DIGEST_FEEDS)
        .execute(&self.pool)
        .await?;
        Ok(made == 1)
    }

    /// A shop's feeds of digests, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn digest_feeds(&self, shop: &ShopId) -> Result<Vec<DigestFeed>, StoreError> {
        query("SELECT * FROM digest_feed WHERE shop = $1 ORDER BY made, id")
            .bind(shop.as_str())
            .all(&self.pool, read)
            .await
    }

    /// The feed of an address, by the hash of its secret; of whatever shop, as the address names none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn digest_feed_of(&self, token: &str) -> Result<Option<DigestFeed>, StoreError> {
        query("SELECT * FROM digest_feed WHERE token = $1")
            .bind(token)
            .one(&self.pool, read)
            .await
    }

    /// Takes a feed away; its address opens nothing from now on. `false` if the shop has no such feed.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn remove_digest_feed(&self, shop: &ShopId, id: &str) -> Result<bool, StoreError> {
        let gone = query("DELETE FROM digest_feed WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(gone == 1)
    }
}

fn read(row: &Row) -> Result<DigestFeed, StoreError> {
    Ok(DigestFeed {
        id: row.try_get("id")?,
        shop: parsed(row, "shop")?,
        name: row.try_get("name")?,
        made: instant(row, "made")?,
    })
}
