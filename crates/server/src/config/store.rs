//! `[store]`: where the records are kept.

use std::path::{Path, PathBuf};

use biseo_store::{Store, StoreError};
use biseo_telephony::config::SecretString;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::secret::{Fault, Secret, fault};

const FIELD: &str = "store";

/// Where the records are kept: without a word in the data folder, by SQLite.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StoreConfig {
    /// The environment variable that holds the URL of a PostgreSQL database.
    database_env: Option<String>,
    /// Or the file that holds it.
    database_file: Option<PathBuf>,
    /// The folder of what stands in while the database is away: its copy and journal. Without a word, in the data folder for a
    /// PostgreSQL database, and none for SQLite, which lies there itself.
    local: Option<PathBuf>,
}

/// A database, with its secret fetched.
#[derive(Debug)]
pub(crate) enum Database {
    /// SQLite in a file.
    File(PathBuf),
    /// PostgreSQL, by its URL.
    Server(SecretString),
}

impl Database {
    /// Opens it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub(crate) async fn open(&self) -> Result<Store, StoreError> {
        match self {
            Self::File(path) => Store::open(path).await,
            Self::Server(url) => Store::open(url.expose_secret()).await,
        }
    }

    /// The same without asking a server for anything yet.
    ///
    /// # Errors
    /// As [`Store::unprepared`].
    pub(crate) async fn unprepared(&self) -> Result<Store, StoreError> {
        match self {
            Self::File(path) => Store::unprepared(path).await,
            Self::Server(url) => Store::unprepared(url.expose_secret()).await,
        }
    }
}

impl StoreConfig {
    fn secret(&self) -> Secret<'_> {
        Secret::new(
            "database",
            self.database_env.as_deref(),
            self.database_file.as_deref(),
        )
    }

    /// Checks what can be checked without touching anything.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.secret().is_given() {
            self.secret().check(FIELD)?;
        }
        Ok(())
    }

    /// The files that are named in it.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.database_file.iter_mut().chain(self.local.iter_mut())
    }

    /// The folder of what stands in while the database is away; `None`: nothing does.
    pub(super) fn local(&self, data: &Path) -> Option<PathBuf> {
        let usual = self.secret().is_given().then(|| data.join("offline"));
        self.local.clone().or(usual)
    }

    /// The database: the one that is named, or the file `biseo.db` in the data folder.
    ///
    /// # Errors
    /// The field, and what is wrong with it: the URL is not where the configuration says, or is none.
    pub(super) fn database(&self, data: &Path) -> Result<Database, Fault> {
        if !self.secret().is_given() {
            return Ok(Database::File(data.join("biseo.db")));
        }
        let url = self.secret().fetch(FIELD)?;
        let begins = |scheme: &str| url.expose_secret().starts_with(scheme);
        if !begins("postgres://") && !begins("postgresql://") {
            let why = "the database's URL does not begin with postgres://; without database_env and \
                       database_file the records are kept in the data folder";
            return Err(fault(FIELD, why));
        }
        Ok(Database::Server(url))
    }
}
