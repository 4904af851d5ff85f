//! Opening the database.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use biseo_model::ids::ShopId;
use sqlx::SqlitePool;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::StoreError;
use crate::migrations;
use crate::place::Place;
use crate::pool::{Pool, Tx};
use crate::query::query;
use crate::server::{Server, of_migration};

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
        let server = match &self.pool {
            Pool::Sqlite(pool) => return sqlx::query("SELECT 1").execute(pool).await.map(drop),
            Pool::Postgres(server) => server,
        };
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => server.connect().await?,
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
    /// [`StoreError::Url`] for a URL that cannot be read; [`StoreError::Unreachable`] for a server that is not there or does
    /// not answer within 5 s; [`StoreError::Server`] for one that does not let us in, or tables that cannot be made;
    /// [`StoreError::Newer`] for tables of a later version. None of them holds the password.
    pub async fn open(place: impl AsRef<OsStr>) -> Result<Self, StoreError> {
        let store = Self::unprepared(place).await?;
        store.migrate().await?;
        store.let_in();
        Ok(store)
    }

    /// The same for a database on a server without asking the server for anything: until [`Store::let_in`] whatever is asked of it
    /// is answered by [`StoreError::Away`]. A file is opened as by [`Store::open`].
    ///
    /// # Errors
    /// [`StoreError::Url`], and for a file those of [`Store::open`].
    pub async fn unprepared(place: impl AsRef<OsStr>) -> Result<Self, StoreError> {
        let place = Place::read(place.as_ref())?;
        let pool = match &place {
            Place::File(path) => Pool::Sqlite(open_file(path).await?),
            Place::Server(at) => Pool::Postgres(Server::new(at)),
        };
        Ok(Self {
            pool,
            place: place.to_string().into(),
        })
    }

    /// Claims the database for this program and brings its tables up to date. Gives the claim, and the same database for who has
    /// something to do in it before everybody is [let in](Store::let_in).
    ///
    /// # Errors
    /// Those of [`Store::open`] and [`Store::claim`]; then nothing is claimed.
    pub async fn prepare(&self) -> Result<(Self, Claim), StoreError> {
        // Not the tables first: whoever works on them may be of an earlier version.
        let claim = self.claim().await?;
        self.migrate().await?;
        let pool = match &self.pool {
            Pool::Sqlite(pool) => Pool::Sqlite(pool.clone()),
            Pool::Postgres(server) => Pool::Postgres(server.at_once()),
        };
        let place = self.place.clone();
        Ok((Self { pool, place }, claim))
    }

    /// Whether everybody may ask the database.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        match &self.pool {
            Pool::Sqlite(_) => true,
            Pool::Postgres(server) => server.is_ready(),
        }
    }

    /// From now on everybody may ask the database, by this handle and its clones.
    pub fn let_in(&self) {
        if let Pool::Postgres(server) = &self.pool {
            server.let_in();
        }
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite(_) => Ok(()),
            Pool::Postgres(server) => server.migrate(&self.place).await.map_err(|e| self.named(e)),
        }
    }

    /// An error with the server's name, where it lacks one: it is read by who starts the program.
    fn named(&self, e: StoreError) -> StoreError {
        let place = self.place.to_string();
        match e {
            StoreError::Away(reason) => StoreError::Unreachable { place, reason },
            StoreError::Silent => StoreError::Unreachable {
                place,
                reason: e.to_string(),
            },
            StoreError::Database(reason) | StoreError::Conflict(reason) | StoreError::Corrupt(reason) => {
                StoreError::Server { place, reason }
            }
            other => other,
        }
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
    /// [`StoreError::InUse`] if another program holds it; [`StoreError::Unreachable`] and [`StoreError::Server`] as
    /// [`Store::open`].
    pub async fn claim(&self) -> Result<Claim, StoreError> {
        let Pool::Postgres(server) = &self.pool else {
            return Ok(Claim(None));
        };
        match server.claim().await.map_err(|e| self.named(e))? {
            Some(connection) => Ok(Claim(Some(connection))),
            None => Err(StoreError::InUse {
                place: self.place.to_string(),
            }),
        }
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

async fn open_file(path: &Path) -> Result<SqlitePool, StoreError> {
    let failed = |reason: String| StoreError::Open {
        path: path.to_path_buf(),
        reason,
    };
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| failed(e.to_string()))?;
    }
    let pool = SqlitePoolOptions::new().max_connections(4);
    let pool = pool.connect_with(file(path)).await;
    let pool = pool.map_err(|e| failed(e.to_string()))?;
    match migrations::migrator().run(&pool).await {
        Ok(()) => Ok(pool),
        Err(e @ MigrateError::VersionMissing(_)) => Err(of_migration(e, &path.display().to_string())),
        Err(e) => Err(failed(e.to_string())),
    }
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
