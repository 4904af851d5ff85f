//! The two databases behind one face. Only here and in `open` and `query` is it known that there are two.

use std::time::Duration;

use sqlx::{Postgres, Sqlite, SqlitePool, Transaction};

use crate::StoreError;
use crate::server::Server;

/// A server that has not answered after this time is taken to be gone: a caller is waiting.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Connections to one database. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(Server),
}

/// A transaction: undone unless it is committed.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// What a query runs on.
pub(crate) enum On<'c> {
    Pool(&'c Pool),
    Tx(&'c mut Tx),
}

impl<'c> From<&'c Pool> for On<'c> {
    fn from(pool: &'c Pool) -> Self {
        Self::Pool(pool)
    }
}

impl<'c> From<&'c mut Tx> for On<'c> {
    fn from(tx: &'c mut Tx) -> Self {
        Self::Tx(tx)
    }
}

impl Pool {
    /// Begins to write. SQLite lets one writer in. PostgreSQL lets many, each of whose statements sees what was committed
    /// before it: what must not happen at once takes a lock (`Store::exclusive`).
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        // In a box each: they are large, and would stand in the task of every call for as long as it lasts.
        Ok(match self {
            Self::Sqlite(pool) => Tx::Sqlite(Box::pin(pool.begin_with("BEGIN IMMEDIATE")).await?),
            Self::Postgres(server) => {
                let pool = server.ready()?;
                let begun = Box::pin(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED"));
                Tx::Postgres(in_time(begun).await?)
            }
        })
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(server) => server.close().await,
        }
    }
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => Ok(tx.commit().await?),
            Self::Postgres(tx) => in_time(tx.commit()).await,
        }
    }
}

/// Waits for a server, but not for ever.
pub(crate) async fn in_time<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(StoreError::Silent),
    }
}
