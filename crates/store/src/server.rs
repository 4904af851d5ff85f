//! A PostgreSQL server: reached, claimed, and its tables brought up to date before anybody else may ask it for anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};

use crate::StoreError;
use crate::migrations;
use crate::pool::{PATIENCE, in_time};

/// Connections to a server at most. A transaction holds one, and a shop's bookings wait for each other.
const CONNECTIONS: u32 = 8;
/// Bringing large tables up to date may take so long; a server that says nothing for longer is gone.
const UPDATE: Duration = Duration::from_secs(30 * 60);

/// What each connection to a server begins with, whatever the server's own defaults are: statements see what was committed
/// before them; nobody waits for a lock longer than for an answer; what was committed is on the disk; and if this machine
/// is gone without a word, the server notices within half a minute and lets go of what was locked.
const SESSION: &str = "SELECT set_config('default_transaction_isolation', 'read committed', false),
    set_config('lock_timeout', '4s', false),
    set_config('idle_in_transaction_session_timeout', '20s', false),
    set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false),
    CASE WHEN current_setting('synchronous_commit') = 'off'
         THEN set_config('synchronous_commit', 'on', false) END";

/// A session's lock on the schema. It waits a little: a program that has just ended may not be gone for the server.
const CLAIM: [&str; 2] = [
    "SELECT set_config('lock_timeout', '2s', false)",
    "SELECT pg_advisory_lock(hashtextextended(current_schema(), 1))",
];

/// Connections to a server. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pool: PgPool,
    /// Whether its tables are known to be ours and up to date.
    ready: Arc<AtomicBool>,
}

impl Server {
    /// Connects to nothing yet.
    pub(crate) fn new(at: &PgConnectOptions) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                Box::pin(async move { sqlx::query(SESSION).execute(connection).await.map(drop) })
            })
            .connect_lazy_with(at.clone());
        Self {
            pool,
            ready: Arc::default(),
        }
    }

    /// The connections.
    ///
    /// # Errors
    /// [`StoreError::Away`] as long as the tables are not known to be ours and up to date.
    pub(crate) fn ready(&self) -> Result<&PgPool, StoreError> {
        match self.is_ready() {
            true => Ok(&self.pool),
            false => Err(StoreError::Away("it was not reached since the start".into())),
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    pub(crate) fn let_in(&self) {
        self.ready.store(true, Ordering::Release);
    }

    /// The same connections, ready whatever is so for others.
    pub(crate) fn at_once(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            ready: Arc::new(AtomicBool::new(true)),
        }
    }

    /// A connection that waits for nobody else's queries, and is not ready for any but asking whether the server is there.
    pub(crate) async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        self.pool.connect_options().connect().await
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// One connection tells what is wrong; a pool tries again until its time is up and then says no more than that.
    async fn reach(&self) -> Result<PgConnection, StoreError> {
        let mut connection = in_time(self.connect()).await?;
        in_time(sqlx::query(SESSION).execute(&mut connection)).await?;
        Ok(connection)
    }

    /// Locks the schema until the connection is dropped; `None` if another program holds it.
    pub(crate) async fn claim(&self) -> Result<Option<PgConnection>, StoreError> {
        let mut connection = self.reach().await?;
        for sql in CLAIM {
            match in_time(sqlx::query(sql).execute(&mut connection)).await {
                Ok(_) => {}
                Err(StoreError::Locked) => return Ok(None),
                Err(e) => return Err(e),
            }
        }
        Ok(Some(connection))
    }

    /// Brings the tables up to date. On a connection of its own: broken off, its locks go with it.
    pub(crate) async fn migrate(&self, place: &str) -> Result<(), StoreError> {
        let mut connection = self.reach().await?;
        let migrator = migrations::migrator();
        let newest = migrator.iter().map(|m| m.version).max();
        let applied = sqlx::query_scalar::<_, Option<i64>>("SELECT MAX(version) FROM _sqlx_migrations");
        let applied = match in_time(applied.fetch_one(&mut connection)).await {
            Ok(applied) => applied,
            Err(e) if e.is_away() => return Err(e),
            // There are no tables yet; whatever else is wrong is told by what follows.
            Err(_) => None,
        };
        // Where nothing is to be done, an answer comes at once.
        let limit = if applied == newest { PATIENCE } else { UPDATE };
        let done = tokio::time::timeout(limit, migrator.run_direct(None, &mut connection, false)).await;
        let done = done.map_err(|_| StoreError::Silent)?;
        done.map_err(|e| of_migration(e, place))?;
        let _ = in_time(connection.close()).await;
        Ok(())
    }
}

/// Why tables could not be brought up to date.
pub(crate) fn of_migration(e: MigrateError, place: &str) -> StoreError {
    match e {
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => e.into(),
        MigrateError::VersionMissing(version) => StoreError::Newer {
            place: place.into(),
            version,
        },
        other => StoreError::Database(other.to_string()),
    }
}
