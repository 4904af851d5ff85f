//! What can go wrong with the store, in words that an operator can act on.

use std::path::PathBuf;

use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

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
    /// The URL of a PostgreSQL database cannot be read. It is not shown, as it may hold a password.
    #[error(
        "the URL of the database cannot be read: {reason}; write it as postgres://USER:PASSWORD@HOST:5432/DATABASE"
    )]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// The PostgreSQL server does not let us in, or its database cannot be used.
    #[error(
        "cannot use the database {place}: {reason}; check that the server runs there, that user and database exist, that the password is right, and that the user owns the database"
    )]
    Server {
        /// Where, without the password.
        place: String,
        /// What the server or the system says.
        reason: String,
    },
    /// The PostgreSQL server is not there, or gives no answer.
    #[error(
        "the database {place} cannot be reached: {reason}; check that the server runs there and that the way to it is open"
    )]
    Unreachable {
        /// Where, without the password.
        place: String,
        /// What the system says.
        reason: String,
    },
    /// The tables were made by a later version of the program, which may mean something else by them.
    #[error(
        "the database {place} belongs to a later version of Biseo (its tables are of version {version}); start that version, or restore a backup from before it"
    )]
    Newer {
        /// Where, without the password.
        place: String,
        /// The first of its migrations that is not known.
        version: i64,
    },
    /// Another program has claimed the database.
    #[error("another Biseo works on the database {place}; end it, or give this one a database of its own")]
    InUse {
        /// Where, without the password.
        place: String,
    },
    /// The server is not there any more, or takes nobody: it was stopped, or the way to it is cut.
    #[error("the database is away: {0}")]
    Away(String),
    /// The server gives no answer.
    #[error("the database has not answered for 5 s; is its server overloaded or cut off?")]
    Silent,
    /// The disk (or the file's permitted size) is full. Nothing that was stored before is lost.
    #[error("the disk is full: the last change was not stored; free some space, earlier data is intact")]
    DiskFull,
    /// Another process holds the database.
    #[error(
        "the database is locked by another process for more than 4 s; is a second `biseo serve` running?"
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

impl StoreError {
    /// Whether the database is not to be had at present, whatever is asked of it; what was asked is not at fault.
    #[must_use]
    pub fn is_away(&self) -> bool {
        matches!(
            self,
            Self::Away(_) | Self::Silent | Self::Unreachable { .. } | Self::DiskFull
        )
    }
}

const SQLITE_BUSY: i32 = 5;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_READONLY: i32 = 8;
const SQLITE_IOERR: i32 = 10;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_CONSTRAINT: i32 = 19;
const SQLITE_NOTADB: i32 = 26;

impl From<sqlx::Error> for StoreError {
    fn from(e: sqlx::Error) -> Self {
        match &e {
            sqlx::Error::PoolTimedOut => Self::Silent,
            sqlx::Error::Database(db) if db.try_downcast_ref::<SqliteError>().is_some() => of_sqlite(&**db),
            sqlx::Error::Database(db) => of_postgres(&**db),
            sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Away(e.to_string())
            }
            _ => Self::Database(e.to_string()),
        }
    }
}

fn of_sqlite(db: &dyn DatabaseError) -> StoreError {
    // The low byte of an extended result code is the primary code (sqlite.org/rescode.html).
    let code = db
        .code()
        .and_then(|c| c.parse::<i32>().ok())
        .map_or(0, |c| c & 0xff);
    let message = db.message().to_string();
    match code {
        SQLITE_FULL => StoreError::DiskFull,
        SQLITE_READONLY | SQLITE_IOERR | SQLITE_CANTOPEN => StoreError::Away(message),
        SQLITE_BUSY => StoreError::Locked,
        SQLITE_CONSTRAINT => StoreError::Conflict(message),
        SQLITE_CORRUPT | SQLITE_NOTADB => StoreError::Corrupt(message),
        _ => StoreError::Database(message),
    }
}

/// By SQLSTATE (PostgreSQL manual, appendix A); class 23 is violated constraints.
fn of_postgres(db: &dyn DatabaseError) -> StoreError {
    let code = db.code().unwrap_or_default();
    let message = db.message().to_string();
    match &*code {
        "53100" => StoreError::DiskFull,
        "55P03" => StoreError::Locked,
        // 57P01 to 57P03 are a server that stops or starts; 25006 one that lets nothing be written, as a standby or one whose disk
        // is nearly full; 58030 one whose disk fails; class 08 a broken connection; class 53 a lack of memory, connections or room.
        "57P01" | "57P02" | "57P03" | "25006" | "58030" => StoreError::Away(message),
        _ if code.starts_with("08") || code.starts_with("53") => StoreError::Away(message),
        "XX001" | "XX002" => StoreError::Corrupt(message),
        _ if code.starts_with("23") => StoreError::Conflict(message),
        _ => StoreError::Database(message),
    }
}
