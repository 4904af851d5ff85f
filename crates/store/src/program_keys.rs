//! Keys by which programs use a shop's API: kept as hashes, with what each may do.

use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::query::query;
use crate::row::{Row, instant, instant_opt, json, parsed};
use crate::{Store, StoreError};

/// Keys of one shop at most.
pub const MOST_PROGRAM_KEYS: i64 = 20;

/// A use is written down at most so often, in milliseconds: a program that asks every second writes nothing else.
const USED_EVERY: i64 = 60_000;

/// A program's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramKey {
    /// Its id.
    pub id: String,
    /// The shop, and the only one.
    pub shop: ShopId,
    /// What the owner calls the program.
    pub name: String,
    /// What it may do: words that this room does not read.
    pub rights: Vec<String>,
    /// When it was made.
    pub made: Timestamp,
    /// The login of whoever made it.
    pub made_by: String,
    /// From when on it opens nothing; `None`: until it is taken away.
    pub expires: Option<Timestamp>,
    /// The last request by it, to the minute.
    pub used: Option<Timestamp>,
}

impl Store {
    /// Keeps a key. `token` is the hash of what the program holds. `false` if the shop has [`MOST_PROGRAM_KEYS`] already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id or the token is used up.
    pub async fn add_program_key(&self, key: &ProgramKey, token: &str) -> Result<bool, StoreError> {
        let rights = serde_json::to_string(&key.rights).unwrap_or_default();
        // Two at once would both count the keys before either is there.
        let mut tx = self.exclusive(&key.shop).await?;
        let made = query(
            "INSERT INTO program_key (id, shop, name, token, rights, made, made_by, expires)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8
             WHERE (SELECT COUNT(*) FROM program_key WHERE shop = $2) < $9",
        )
        .bind(&key.id)
        .bind(key.shop.as_str())
        .bind(&key.name)
        .bind(token)
        .bind(&rights)
        .bind(key.made.as_millisecond())
        .bind(&key.made_by)
        .bind(key.expires.map(Timestamp::as_millisecond))
        .bind(MOST_PROGRAM_KEYS)
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(made == 1)
    }

    /// A shop's keys, oldest first; those that have run out among them.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn program_keys(&self, shop: &ShopId) -> Result<Vec<ProgramKey>, StoreError> {
        query("SELECT * FROM program_key WHERE shop = $1 ORDER BY made, id")
            .bind(shop.as_str())
            .all(&self.pool, read)
            .await
    }

    /// The key that a program holds, by its hash, if it has not run out; of whatever shop. That it was used is written down.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn program_key_of(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<ProgramKey>, StoreError> {
        let found = query("SELECT * FROM program_key WHERE token = $1 AND (expires IS NULL OR expires > $2)")
            .bind(token)
            .bind(now.as_millisecond())
            .one(&self.pool, read)
            .await?;
        let noted = |key: &ProgramKey| {
            key.used
                .is_some_and(|used| now.as_millisecond() - used.as_millisecond() < USED_EVERY)
        };
        if let Some(key) = found.as_ref().filter(|key| !noted(key)) {
            query("UPDATE program_key SET used = $2 WHERE id = $1")
                .bind(&key.id)
                .bind(now.as_millisecond())
                .execute(&self.pool)
                .await?;
        }
        Ok(found)
    }

    /// Takes a key away; it opens nothing from now on. `false` if the shop has no such one.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn remove_program_key(&self, shop: &ShopId, id: &str) -> Result<bool, StoreError> {
        let gone = query("DELETE FROM program_key WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(gone == 1)
    }
}

fn read(row: &Row) -> Result<ProgramKey, StoreError> {
    Ok(ProgramKey {
        id: row.try_get("id")?,
        shop: parsed(row, "shop")?,
        name: row.try_get("name")?,
        rights: json(row, "rights")?,
        made: instant(row, "made")?,
        made_by: row.try_get("made_by")?,
        expires: instant_opt(row, "expires")?,
        used: instant_opt(row, "used")?,
    })
}
