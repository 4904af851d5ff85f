//! A copy of a database file while a program works on it.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};

use crate::StoreError;

/// Copies an SQLite file as it is at one instant, while others read and write it (`VACUUM INTO`), and checks the copy. Nothing of the
/// file is changed, its tables not brought up to date either. `to` must not be there yet.
///
/// # Errors
/// [`StoreError::Open`] if it is not there or no database; [`StoreError::Corrupt`] if the copy is not sound.
pub async fn snapshot(from: &Path, to: &Path) -> Result<(), StoreError> {
    let reason = |e: sqlx::Error| StoreError::Open {
        path: from.into(),
        reason: e.to_string(),
    };
    let mut connection = SqliteConnectOptions::new()
        .filename(from)
        .read_only(true)
        .busy_timeout(Duration::from_secs(5))
        .connect()
        .await
        .map_err(reason)?;
    let copied = sqlx::query("VACUUM INTO $1")
        .bind(to.display().to_string())
        .execute(&mut connection)
        .await;
    connection.close().await?;
    copied.map_err(reason)?;
    check(to).await
}

/// Whether a copy is sound in all its pages.
async fn check(file: &Path) -> Result<(), StoreError> {
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .connect()
        .await?;
    let row = sqlx::query("PRAGMA quick_check(1)")
        .fetch_one(&mut connection)
        .await?;
    let told: String = row.try_get(0)?;
    connection.close().await?;
    match told.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Corrupt(told)),
    }
}
