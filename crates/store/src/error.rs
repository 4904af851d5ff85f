//! What can go wrong with the store, in words that an operator can act on.

use std::path::PathBuf;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database file cannot be opened or made.
    #[error(
        "cannot open the database {path}: {reason}; check that the folder exists, is writable and holds a Biseo database"
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system or SQLite says.
        reason: String,
    },
    /// The disk (or the file's permitted size) is full. Nothing that was stored before is lost.
    #[error("the disk is full: the last change was not stored; free some space, earlier data is intact")]
    DiskFull,
    /// Another process holds the database.
    #[error(
        "the database is locked by another process for more than 5 s; is a second `biseo serve` running?"
    )]
    Locked,
    /// The record refers to something that does not exist, or exists already with other content.
    #[error("the record contradicts what is stored: {0}")]
    Conflict(String),
    /// A stored row cannot be read back.
    #[error("stored data cannot be read: {0}; restore the latest backup or report this")]
    Corrupt(String),
    /// Anything else from the database.
    #[error("the database failed: {0}")]
    Database(String),
}

const SQLITE_BUSY: i32 = 5;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_CONSTRAINT: i32 = 19;
const SQLITE_NOTADB: i32 = 26;

impl From<sqlx::Error> for StoreError {
    fn from(e: sqlx::Error) -> Self {
        let sqlx::Error::Database(db) = &e else {
            return Self::Database(e.to_string());
        };
        // The low byte of an extended result code is the primary code (sqlite.org/rescode.html).
        let code = db
            .code()
            .and_then(|c| c.parse::<i32>().ok())
            .map_or(0, |c| c & 0xff);
        match code {
            SQLITE_FULL => Self::DiskFull,
            SQLITE_BUSY => Self::Locked,
            SQLITE_CONSTRAINT => Self::Conflict(db.message().to_string()),
            SQLITE_CORRUPT | SQLITE_NOTADB => Self::Corrupt(db.message().to_string()),
            _ => Self::Database(db.message().to_string()),
        }
    }
}
