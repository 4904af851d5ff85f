//! News: the feeds that readers follow, when they were asked for, what they told, and what readers like.

use biseo_model::ids::ShopId;
use jiff::Timestamp;
use serde_json::Value;

use crate::query::query;
use crate::row::{Row, instant, instant_opt, json, text};
use crate::{Store, StoreError};

/// Feeds that one reader follows at most.
pub const MOST_FOLLOWED: usize = 50;
/// A feed is left alone for so long after each try, in milliseconds: an hour.
pub const FEED_REST_MS: i64 = 3_600_000;
/// Items of a shop that are given at once at most, the newest.
const MOST_ITEMS: i64 = 2000;

/// A feed that a reader follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Whose it is.
    pub reader: String,
    /// Its address.
    pub address: String,
    /// What the reader calls it.
    pub name: String,
    /// Since when.
    pub made: Timestamp,
}

/// What a feed's server said when it was last asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedState {
    /// When it was last asked.
    pub tried: Timestamp,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`, as it was written.
    pub modified: Option<String>,
    /// What went wrong the last time.
    pub fault: Option<String>,
}

/// What a feed told of: one story of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsItem {
    /// The feed's address.
    pub feed: String,
    /// The page.
    pub link: String,
    /// Which story of the page, from 0.
    pub part: i64,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub source: String,
    /// Its text, a paragraph a line.
    pub body: String,
    /// When it was published, if it says so.
    pub published: Option<Timestamp>,
    /// When it was first seen.
    pub seen: Timestamp,
}

impl Store {
    /// Follows a feed, or renames it. `false` if the reader follows [`MOST_FOLLOWED`] already.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn follow_feed(&self, shop: &ShopId, feed: &Followed) -> Result<bool, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let rows = query("SELECT address FROM news_following WHERE shop = $1 AND reader = $2")
            .bind(shop.as_str())
            .bind(&feed.reader)
            .all(&mut tx, |row| row.try_get::<String>("address"))
            .await?;
        if rows.len() >= MOST_FOLLOWED && !rows.contains(&feed.address) {
            return Ok(false);
        }
        query(
            "INSERT INTO news_following (shop, reader, address, name, made) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (shop, reader, address) DO UPDATE SET name = excluded.name",
        )
        .bind(shop.as_str())
        .bind(&feed.reader)
        .bind(&feed.address)
        .bind(&feed.name)
        .bind(feed.made.as_millisecond())
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Follows a feed no more. `false` if it was not followed. What it told goes with its last reader.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn unfollow_feed(
        &self,
        shop: &ShopId,
        reader: &str,
        address: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let gone = query("DELETE FROM news_following WHERE shop = $1 AND reader = $2 AND address = $3")
            .bind(shop.as_str())
            .bind(reader)
            .bind(address)
            .execute(&mut tx)
            .await?;
        for sql in [
            "DELETE FROM news_item WHERE shop = $1 AND feed = $2 AND NOT EXISTS
             (SELECT 1 FROM news_following f WHERE f.shop = $1 AND f.address = $2)",
            // When it was asked for stays: whoever follows it again must not ask more than once an hour either.
            "UPDATE news_feed SET etag = NULL, modified = NULL WHERE shop = $1 AND address = $2 AND NOT EXISTS
             (SELECT 1 FROM news_following f WHERE f.shop = $1 AND f.address = $2)",
        ] {
            let one = query(sql).bind(shop.as_str()).bind(address);
            one.execute(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(gone == 1)
    }

    /// The feeds of a shop, of one reader or of all, by reader and address.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn followed_feeds(
        &self,
        shop: &ShopId,
        reader: Option<&str>,
    ) -> Result<Vec<Followed>, StoreError> {
        query(
            "SELECT * FROM news_following WHERE shop = $1 AND (CAST($2 AS TEXT) IS NULL OR reader = $2)
             ORDER BY reader, address",
        )
        .bind(shop.as_str())
        .bind(reader)
        .all(&self.pool, followed)
        .await
    }

    /// Takes the right to ask for a feed now: `None` if the shop asked for it within the hour. Of two that ask at once one gets it.
    /// Whoever got it asks; if that fails, the hour is over all the same only when it is over.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn claim_feed(
        &self,
        shop: &ShopId,
        address: &str,
        now: Timestamp,
    ) -> Result<Option<FeedState>, StoreError> {
        let mine = query(
            "INSERT INTO news_feed (shop, address, tried) VALUES ($1, $2, $3)
             ON CONFLICT (shop, address) DO UPDATE SET tried = excluded.tried
             WHERE news_feed.tried <= excluded.tried - CAST($4 AS BIGINT)",
        )
        .bind(shop.as_str())
        .bind(address)
        .bind(now.as_millisecond())
        .bind(FEED_REST_MS)
        .execute(&self.pool)
        .await?;
        match mine {
            0 => Ok(None),
            _ => self.feed_state(shop, address).await,
        }
    }

    /// What is known of a feed.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn feed_state(&self, shop: &ShopId, address: &str) -> Result<Option<FeedState>, StoreError> {
        query("SELECT * FROM news_feed WHERE shop = $1 AND address = $2")
            .bind(shop.as_str())
            .bind(address)
            .one(&self.pool, state)
            .await
    }

    /// Keeps what a feed's server said; `tried` stays as [`Store::claim_feed`] set it.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn note_feed(&self, shop: &ShopId, address: &str, state: &FeedState) -> Result<(), StoreError> {
        query("UPDATE news_feed SET etag = $3, modified = $4, fault = $5 WHERE shop = $1 AND address = $2")
            .bind(shop.as_str())
            .bind(address)
            .bind(&state.etag)
            .bind(&state.modified)
            .bind(&state.fault)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Keeps what a feed told. What is known already stays as it was seen first; gives how many are new.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn keep_news(&self, shop: &ShopId, items: &[NewsItem]) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        let mut new = 0;
        for item in items {
            new += query(
                "INSERT INTO news_item (shop, feed, link, part, title, source, body, published, seen)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (shop, feed, link, part) DO NOTHING",
            )
            .bind(shop.as_str())
            .bind(&item.feed)
            .bind(&item.link)
            .bind(item.part)
            .bind(&item.title)
            .bind(&item.source)
            .bind(&item.body)
            .bind(item.published.map(Timestamp::as_millisecond))
            .bind(item.seen.as_millisecond())
            .execute(&mut tx)
            .await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    /// Which pages of a feed are known.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn known_news(&self, shop: &ShopId, feed: &str) -> Result<Vec<String>, StoreError> {
        query("SELECT DISTINCT link FROM news_item WHERE shop = $1 AND feed = $2")
            .bind(shop.as_str())
            .bind(feed)
            .all(&self.pool, |row| row.try_get("link"))
            .await
    }

    /// What the feeds of a reader told since an instant, newest first, 2000 at most.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn news_since(
        &self,
        shop: &ShopId,
        reader: &str,
        since: Timestamp,
    ) -> Result<Vec<NewsItem>, StoreError> {
        query(
            "SELECT i.* FROM news_item i JOIN news_following f ON f.shop = i.shop AND f.address = i.feed
             WHERE i.shop = $1 AND f.reader = $2 AND i.seen >= $3 ORDER BY i.seen DESC, i.link, i.part LIMIT $4",
        )
        .bind(shop.as_str())
        .bind(reader)
        .bind(since.as_millisecond())
        .bind(MOST_ITEMS)
        .all(&self.pool, item)
        .await
    }

    /// Forgets the texts of a shop's news that were seen before an instant: titles and addresses stay, by which they are known. Gives
    /// of how many.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn empty_news(&self, shop: &ShopId, before: Timestamp) -> Result<u64, StoreError> {
        query("UPDATE news_item SET body = '' WHERE shop = $1 AND seen < $2 AND body <> ''")
            .bind(shop.as_str())
            .bind(before.as_millisecond())
            .execute(&self.pool)
            .await
    }

    /// Forgets a shop's news that were seen before an instant; gives how many.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn forget_news(&self, shop: &ShopId, before: Timestamp) -> Result<u64, StoreError> {
        query("DELETE FROM news_item WHERE shop = $1 AND seen < $2")
            .bind(shop.as_str())
            .bind(before.as_millisecond())
            .execute(&self.pool)
            .await
    }

    /// What a reader likes, with its revision; revision 0 if nothing is known yet.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn news_topics(&self, shop: &ShopId, reader: &str) -> Result<(Value, i64), StoreError> {
        let row = query("SELECT * FROM news_topics WHERE shop = $1 AND reader = $2")
            .bind(shop.as_str())
            .bind(reader)
            .one(&self.pool, |row| {
                Ok((json(row, "topics")?, row.try_get("revision")?))
            })
            .await?;
        Ok(row.unwrap_or((Value::Null, 0)))
    }

    /// Keeps what a reader likes if it is still at `revision`; `false` if somebody else was quicker: read it again.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn set_news_topics(
        &self,
        shop: &ShopId,
        reader: &str,
        topics: &Value,
        revision: i64,
    ) -> Result<bool, StoreError> {
        let sql = match revision {
            0 => {
                "INSERT INTO news_topics (shop, reader, topics, revision) VALUES ($1, $2, $3, $4 + 1)
                  ON CONFLICT (shop, reader) DO NOTHING"
            }
            _ => {
                "UPDATE news_topics SET topics = $3, revision = revision + 1
                  WHERE shop = $1 AND reader = $2 AND revision = $4"
            }
        };
        let changed = query(sql)
            .bind(shop.as_str())
            .bind(reader)
            .bind(text(topics)?)
            .bind(revision)
            .execute(&self.pool)
            .await?;
        Ok(changed == 1)
    }
}

fn followed(row: &Row) -> Result<Followed, StoreError> {
    Ok(Followed {
        reader: row.try_get("reader")?,
        address: row.try_get("address")?,
        name: row.try_get("name")?,
        made: instant(row, "made")?,
    })
}

fn state(row: &Row) -> Result<FeedState, StoreError> {
    Ok(FeedState {
        tried: instant(row, "tried")?,
        etag: row.try_get("etag")?,
        modified: row.try_get("modified")?,
        fault: row.try_get("fault")?,
    })
}

fn item(row: &Row) -> Result<NewsItem, StoreError> {
    Ok(NewsItem {
        feed: row.try_get("feed")?,
        link: row.try_get("link")?,
        part: row.try_get("part")?,
        title: row.try_get("title")?,
        source: row.try_get("source")?,
        body: row.try_get("body")?,
        published: instant_opt(row, "published")?,
        seen: instant(row, "seen")?,
    })
}
