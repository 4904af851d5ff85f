//! Opening the database.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use biseo_model::ids::ShopId;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};

use crate::StoreError;
use crate::place::Place;
use crate::pool::{PATIENCE, Pool, Tx, in_time};
use crate::query::query;

/// Connections to a server at most. A transaction holds one, and a shop's bookings wait for each other.
const CONNECTIONS: u32 = 8;

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

/// The store: a pool of connections to one database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: Pool,
    place: Arc<str>,
}

/// Only where it is: the connections know a password.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.place).finish()
    }
}

/// Says that this program alone works on the database, until it is dropped.
#[must_use = "dropped, it claims nothing"]
pub struct Claim(#[expect(dead_code, reason = "held for its connection's sake")] Option<sqlx::PgConnection>);

/// Asks whether the database is there, on a connection of its own: one that waits for nobody else's queries.
pub struct Pulse {
    pool: Pool,
    connection: Option<sqlx::PgConnection>,
}

impl Pulse {
    /// Asks once.
    ///
    /// # Errors
    /// [`StoreError::Away`] and [`StoreError::Silent`] if it is not there, or has not answered within `limit`.
    pub async fn beat(&mut self, limit: Duration) -> Result<(), StoreError> {
        match tokio::time::timeout(limit, self.ask()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(e)) => {
                self.connection = None;
                Err(e.into())
            }
            Err(_) => {
                self.connection = None;
                Err(StoreError::Silent)
            }
        }
    }

    async fn ask(&mut self) -> Result<(), sqlx::Error> {
        let pool = match &self.pool {
            Pool::Sqlite(pool) => return sqlx::query("SELECT 1").execute(pool).await.map(drop),
            Pool::Postgres(pool) => pool,
        };
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => pool.connect_options().connect().await?,
        };
        sqlx::query("SELECT 1").execute(&mut connection).await?;
        self.connection = Some(connection);
        Ok(())
    }
}

impl Store {
    /// Opens a database and brings its tables up to date. `place` is the path of an SQLite file, which is made with its
    /// folder if it is not there, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, a database that exists. Parameters of
    /// the URL: `sslmode`, `host` (also the folder of a socket), `port`, `dbname`, `user`, `password`, `application_name`,
    /// `options[search_path]`. What it leaves open comes from PostgreSQL's environment variables (`PGPASSWORD`).
    ///
    /// # Errors
    /// [`StoreError::Open`] if the folder or file cannot be used, or holds something else than a database;
    /// [`StoreError::Url`] for a URL that cannot be read; [`StoreError::Server`] for a server that cannot be reached or
    /// does not let us in, or tables that cannot be made. None of them holds the password.
    pub async fn open(place: impl AsRef<OsStr>) -> Result<Self, StoreError> {
        let place = Place::read(place.as_ref())?;
        let shown = place.to_string();
        let pool = match &place {
            Place::File(path) => {
                let reason = |reason| StoreError::Open {
                    path: path.clone(),
                    reason,
                };
                Pool::Sqlite(open_file(path).await.map_err(reason)?)
            }
            Place::Server(at) => {
                let reason = |reason| StoreError::Server {
                    place: shown.clone(),
                    reason,
                };
                Pool::Postgres(open_server(at).await.map_err(reason)?)
            }
        };
        Ok(Self {
            pool,
            place: shown.into(),
        })
    }

    /// Like [`Store::open`] for a database that exists, on a disk that has room for `pages` pages of 4 KiB only.
    #[doc(hidden)]
    pub async fn open_limited_for_tests(path: &Path, pages: u32) -> Result<Self, StoreError> {
        let options = file(path).pragma("max_page_count", pages.to_string());
        let pool = SqlitePoolOptions::new().max_connections(1);
        Ok(Self {
            pool: Pool::Sqlite(pool.connect_with(options).await?),
            place: path.display().to_string().into(),
        })
    }

    /// Where it is: a path, or a URL without its password.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Claims the database for this program, before [`Store::close_interrupted`] closes the calls of others. A file is not
    /// claimed here: whoever uses it locks its folder.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another program holds it.
    pub async fn claim(&self) -> Result<Claim, StoreError> {
        let Pool::Postgres(pool) = &self.pool else {
            return Ok(Claim(None));
        };
        let mut connection = in_time(pool.acquire()).await?.detach();
        for sql in CLAIM {
            match in_time(sqlx::query(sql).execute(&mut connection)).await {
                Ok(_) => {}
                Err(StoreError::Locked) => {
                    let place = self.place.to_string();
                    return Err(StoreError::InUse { place });
                }
                Err(e) => return Err(e),
            }
        }
        Ok(Claim(Some(connection)))
    }

    /// Begins to write what depends on what stands in a shop: no other such transaction of the shop runs until its end.
    /// On PostgreSQL by an advisory lock, taken by a statement of its own, so that the next ones see what the last holder
    /// has committed.
    pub(crate) async fn exclusive(&self, shop: &ShopId) -> Result<Tx, StoreError> {
        let mut tx = self.pool.begin().await?;
        lock(&mut tx, shop).await?;
        Ok(tx)
    }

    /// What asks now and then whether the database is there.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        Pulse {
            pool: self.pool.clone(),
            connection: None,
        }
    }

    /// Waits for running queries and closes the connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Makes a transaction that has begun one of [`Store::exclusive`].
pub(crate) async fn lock(tx: &mut Tx, shop: &ShopId) -> Result<(), StoreError> {
    if matches!(tx, Tx::Postgres(_)) {
        query("SELECT pg_advisory_xact_lock(hashtextextended(concat(current_schema(), '/', $1), 0))")
            .bind(shop.as_str())
            .execute(tx)
            .await?;
    }
    Ok(())
}

async fn open_file(path: &Path) -> Result<SqlitePool, String> {
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    }
    let pool = SqlitePoolOptions::new().max_connections(4);
    let pool = pool.connect_with(file(path)).await.map_err(|e| e.to_string())?;
    sqlx::migrate!().run(&pool).await.map_err(|e| e.to_string())?;
    Ok(pool)
}

/// `synchronous = FULL`: a booking that was confirmed to a caller must outlive a power cut, not only a crash. `secure_delete`: what
/// is erased is overwritten, not only left out of the tables.
fn file(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("secure_delete", "on")
        .busy_timeout(Duration::from_secs(5))
}

async fn open_server(at: &PgConnectOptions) -> Result<PgPool, String> {
    // A pool tries again until its time is up and then says no more than that; one connection tells what is wrong.
    let first = in_time(at.connect()).await.map_err(|e| e.to_string())?;
    first.close().await.map_err(|e| e.to_string())?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::query(SESSION).execute(connection).await.map(drop) })
        })
        .connect_lazy_with(at.clone());
    sqlx::migrate!().run(&pool).await.map_err(|e| e.to_string())?;
    Ok(pool)
}
