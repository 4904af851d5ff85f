//! What an owner chose in the console beside the profile, by name.

use biseo_model::ids::ShopId;
use serde_json::Value;

use crate::query::{Query, query};
use crate::row::{Row, json};
use crate::{Store, StoreError};

/// A choice as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// What was chosen.
    pub content: Value,
    /// Counts the changes, from 1 on.
    pub version: i64,
}

/// A choice as it is to be from now on, if it is still at this version.
#[derive(Debug, Clone, Copy)]
pub struct Rechosen<'a> {
    /// What is chosen.
    pub name: &'a str,
    /// The choice.
    pub content: &'a Value,
    /// The version that is replaced; 0 if nothing was ever chosen.
    pub version: i64,
}

impl Store {
    /// What a shop chose under a name; `None` if it never did.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn setting(&self, shop: &ShopId, name: &str) -> Result<Option<Setting>, StoreError> {
        query("SELECT content, version FROM setting WHERE shop = $1 AND name = $2")
            .bind(shop.as_str())
            .bind(name)
            .one(&self.pool, read)
            .await
    }

    /// Replaces what a shop chose under a name, if it is still at this version (0: never chosen). `false` if another was quicker;
    /// then nothing was changed.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn choose(
        &self,
        shop: &ShopId,
        name: &str,
        content: &Value,
        version: i64,
    ) -> Result<bool, StoreError> {
        let choice = Rechosen {
            name,
            content,
            version,
        };
        Ok(choose(shop, &choice).execute(&self.pool).await? == 1)
    }
}

/// Changes one row, or none if another was quicker.
pub(crate) fn choose<'q>(shop: &'q ShopId, choice: &Rechosen<'q>) -> Query<'q> {
    let changed = match choice.version {
        0 => query(
            "INSERT INTO setting (shop, name, content, version) VALUES ($1, $2, $3, $4 + 1)
             ON CONFLICT (shop, name) DO NOTHING",
        ),
        _ => query(
            "UPDATE setting SET content = $3, version = version + 1
             WHERE shop = $1 AND name = $2 AND version = $4",
        ),
    };
    changed
        .bind(shop.as_str())
        .bind(choice.name)
        .bind(choice.content.to_string())
        .bind(choice.version)
}

fn read(row: &Row) -> Result<Setting, StoreError> {
    Ok(Setting {
        content: json(row, "content")?,
        version: row.try_get("version")?,
    })
}
