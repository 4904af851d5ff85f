//! The audit log: what was done, by whom. It is only ever added to.

use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::lists::Page;
use crate::open::lock;
use crate::query::{Query, query};
use crate::row::{Row, instant, parsed_opt};
use crate::{Store, StoreError};

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// Its id.
    pub id: String,
    /// At which shop; none for what concerns the installation.
    pub shop: Option<ShopId>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub account: Option<String>,
    /// The login at that time.
    pub login: Option<String>,
    /// What, a code.
    pub action: String,
    /// To what: an id.
    pub target: Option<String>,
    /// From where.
    pub address: Option<String>,
}

impl Store {
    /// Adds to the log.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id is there.
    pub async fn audit(&self, entry: &Audited) -> Result<(), StoreError> {
        insert(entry).execute(&self.pool).await?;
        Ok(())
    }

    /// Adds to the log, unless the same was done to the same by the same account at its shop since then: `false`. Of several at once one
    /// adds.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id is there.
    pub async fn audit_once(&self, entry: &Audited, since: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        if let Some(shop) = &entry.shop {
            lock(&mut tx, shop).await?;
        }
        if same(entry, since).fetch_optional(&mut tx).await?.is_some() {
            return Ok(false);
        }
        insert(entry).execute(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Whether the same was done to the same by the same account at its shop since then.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn audited_since(&self, entry: &Audited, since: Timestamp) -> Result<bool, StoreError> {
        let row = same(entry, since).fetch_optional(&self.pool).await?;
        Ok(row.is_some())
    }

    /// A page of a shop's log, newest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn audited(&self, shop: &ShopId, page: &Page) -> Result<Vec<Audited>, StoreError> {
        let (at, id, limit) = page.bounds();
        query(
            "SELECT * FROM audit WHERE shop = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4",
        )
        .bind(shop.as_str())
        .bind(at)
        .bind(id)
        .bind(limit)
        .all(&self.pool, read)
        .await
    }
}

fn insert(entry: &Audited) -> Query<'_> {
    query(
        "INSERT INTO audit (id, shop, at, account, login, action, target, address)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&entry.id)
    .bind(entry.shop.as_ref().map(ShopId::as_str))
    .bind(entry.at.as_millisecond())
    .bind(&entry.account)
    .bind(&entry.login)
    .bind(&entry.action)
    .bind(&entry.target)
    .bind(&entry.address)
}

/// The same, done since then.
fn same(entry: &Audited, since: Timestamp) -> Query<'_> {
    query(
        "SELECT id FROM audit
         WHERE shop = $1 AND at >= $2 AND account = $3 AND action = $4 AND target = $5 LIMIT 1",
    )
    .bind(entry.shop.as_ref().map(ShopId::as_str))
    .bind(since.as_millisecond())
    .bind(&entry.account)
    .bind(&entry.action)
    .bind(&entry.target)
}

fn read(row: &Row) -> Result<Audited, StoreError> {
    Ok(Audited {
        id: row.try_get("id")?,
        shop: parsed_opt(row, "shop")?,
        at: instant(row, "at")?,
        account: row.try_get("account")?,
        login: row.try_get("login")?,
        action: row.try_get("action")?,
        target: row.try_get("target")?,
        address: row.try_get("address")?,
    })
}
