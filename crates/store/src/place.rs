//! Where a database is: a file, or a PostgreSQL server named by a URL that may hold a password.

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use crate::StoreError;

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Parameters of a URL. Others are refused: sqlx would log an unknown one with its value, be it a misspelt password.
const PARAMETERS: [&str; 8] = [
    "sslmode",
    "host",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options[search_path]",
];

/// Where a database is. Shown without the password.
#[derive(Clone)]
pub(crate) enum Place {
    /// SQLite in a file.
    File(PathBuf),
    /// A PostgreSQL server.
    Server(Box<PgConnectOptions>),
}

impl Place {
    /// Takes what begins like a PostgreSQL URL for one, and all else for a path.
    pub(crate) fn read(text: &OsStr) -> Result<Self, StoreError> {
        let url = text.to_str().filter(|t| SCHEMES.iter().any(|s| t.starts_with(s)));
        match url {
            Some(url) => server(url).map_err(|reason| StoreError::Url { reason }),
            None => Ok(Self::File(text.into())),
        }
    }
}

/// The reason of a refusal repeats nothing of the URL but a parameter's name.
fn server(url: &str) -> Result<Place, String> {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let after = rest.find(['/', '?', '#']).map_or("", |at| &rest[at..]);
    // Otherwise the rest of a password would be taken, and shown, as the database's name.
    if after.contains(['@', '#']) {
        return Err("write @ / ? # in a user name or password as %40 %2F %3F %23".into());
    }
    let query = after.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        if !PARAMETERS.contains(&name) {
            return Err(format!(
                "the parameter {name:?} is not known; known are {}",
                PARAMETERS.join(", ")
            ));
        }
    }
    let options = PgConnectOptions::from_str(url).map_err(|e| e.to_string())?;
    Ok(Place::Server(Box::new(options)))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(at) => {
                write!(f, "postgres://{}@", at.get_username())?;
                match at.get_socket() {
                    Some(folder) => folder.display().fmt(f)?,
                    None => f.write_str(at.get_host())?,
                }
                let database = at.get_database().unwrap_or(at.get_username());
                write!(f, ":{}/{database}", at.get_port())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Place, StoreError> {
        Place::read(text.as_ref())
    }

    #[test]
    fn urls_are_shown_without_their_password() {
        for (url, shown) in [
            (
                "postgres://biseo:hunter2@db.example/biseo",
                "postgres://biseo@db.example:5432/biseo",
            ),
            (
                "postgresql://b:hunter2@db:5433/calls",
                "postgres://b@db:5433/calls",
            ),
            ("postgres://b:hunter%402@db/calls", "postgres://b@db:5432/calls"),
            (
                "postgres://db/calls?user=b&password=hunter2",
                "postgres://b@db:5432/calls",
            ),
            (
                "postgres://b:hunter2@localhost/c?host=/run/pg",
                "postgres://b@/run/pg:5432/c",
            ),
        ] {
            assert_eq!(read(url).unwrap().to_string(), shown);
        }
        assert_eq!(read("data/biseo.db").unwrap().to_string(), "data/biseo.db");
    }

    #[test]
    fn what_might_show_a_password_is_refused_without_showing_it() {
        for url in [
            "postgres://b:1/hunter2@db/calls",
            "postgres://b:1#hunter2@db/calls",
            "postgres://b:1?hunter2@db/calls",
            "postgres://b:hunter2#@db/calls",
            "postgres://db/calls?pasword=hunter2",
            "postgres://b:hunter2@db:port/calls",
            "postgres://b:hunter2@db/calls?port=x",
            "postgres://b:hunter2@/calls?sslmode=perhaps",
        ] {
            let Err(error) = read(url) else {
                panic!("{url} was taken")
            };
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
