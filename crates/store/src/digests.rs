//! The digests that were written.

use biseo_model::ids::ShopId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::query::query;
use crate::row::{Row, civil, instant, json};
use crate::{Span, Store, StoreError};

/// A digest as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptDigest {
    /// The day that it tells.
    pub date: Date,
    /// The span of the records that it tells.
    pub span: Span,
    /// The page.
    pub content: Value,
}

impl Store {
    /// Keeps a digest; `false` if one of that day is kept already, which then stays.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn keep_digest(&self, shop: &ShopId, digest: &KeptDigest) -> Result<bool, StoreError> {
        let kept = query(
            "INSERT INTO digest (shop, date, since, until, content) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (shop, date) DO NOTHING",
        )
        .bind(shop.as_str())
        .bind(digest.date.to_string())
        .bind(digest.span.from.as_millisecond())
        .bind(digest.span.until.as_millisecond())
        .bind(digest.content.to_string())
        .execute(&self.pool)
        .await?;
        Ok(kept == 1)
    }

    /// Replaces what a digest says, that of its day; nothing if there is none.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn replace_digest(&self, shop: &ShopId, digest: &KeptDigest) -> Result<(), StoreError> {
        query("UPDATE digest SET content = $3 WHERE shop = $1 AND date = $2")
            .bind(shop.as_str())
            .bind(digest.date.to_string())
            .bind(digest.content.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The digest of a day.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn digest(&self, shop: &ShopId, date: Date) -> Result<Option<KeptDigest>, StoreError> {
        query("SELECT * FROM digest WHERE shop = $1 AND date = $2")
            .bind(shop.as_str())
            .bind(date.to_string())
            .one(&self.pool, read)
            .await
    }

    /// The latest digest of which the span ended at `now` or before: one that a wrong clock dated in the future counts for nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn last_digest(&self, shop: &ShopId, now: Timestamp) -> Result<Option<KeptDigest>, StoreError> {
        query("SELECT * FROM digest WHERE shop = $1 AND until <= $2 ORDER BY until DESC LIMIT 1")
            .bind(shop.as_str())
            .bind(now.as_millisecond())
            .one(&self.pool, read)
            .await
    }

    /// A shop's latest digests, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn digests(&self, shop: &ShopId, limit: u32) -> Result<Vec<KeptDigest>, StoreError> {
        query("SELECT * FROM digest WHERE shop = $1 ORDER BY until DESC LIMIT $2")
            .bind(shop.as_str())
            .bind(i64::from(limit))
            .all(&self.pool, read)
            .await
    }
}

fn read(row: &Row) -> Result<KeptDigest, StoreError> {
    Ok(KeptDigest {
        date: civil(row, "date")?,
        span: Span {
            from: instant(row, "since")?,
            until: instant(row, "until")?,
        },
        content: json(row, "content")?,
    })
}
