//! Opening the database.

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::StoreError;

/// The store: a pool of connections to one SQLite file. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: SqlitePool,
}

impl Store {
    /// Opens the database at `path`, makes it and its folder if they are not there, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Open`] if the folder or file cannot be used, or holds something else than a database.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let fail = |reason: String| StoreError::Open {
            path: path.to_path_buf(),
            reason,
        };
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| fail(e.to_string()))?;
        }
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options(path))
            .await
            .map_err(|e| fail(e.to_string()))?;
        sqlx::migrate!()
            .run(&pool)
            .await
            .map_err(|e| fail(e.to_string()))?;
        Ok(Self { pool })
    }

    /// Like [`Store::open`] for a database that exists, on a disk that has room for `pages` pages of 4 KiB only.
    #[doc(hidden)]
    pub async fn open_limited_for_tests(path: &Path, pages: u32) -> Result<Self, StoreError> {
        let options = options(path).pragma("max_page_count", pages.to_string());
        Ok(Self {
            pool: SqlitePoolOptions::new()
                .max_connections(1)
                .connect_with(options)
                .await?,
        })
    }

    /// Waits for running queries and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// `synchronous = FULL`: a booking that was confirmed to a caller must outlive a power cut, not only a crash.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
}
