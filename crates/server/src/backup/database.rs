//! The records, copied by their database while others work on them.

use std::path::Path;
use std::process::Stdio;

use biseo_backup::Part;
use secrecy::ExposeSecret;
use tokio::process::Command;

use super::Failed;
use crate::config::{Config, Database};

/// The name of an SQLite copy in an archive, and of PostgreSQL's.
const FILE: &str = "data/biseo.db";
pub(super) const DUMP: &str = "database.pgdump";

/// Copies the records into a folder.
pub(super) async fn copy(config: &Config, folder: &Path) -> Result<Part, Failed> {
    let bad = |why| Failed::because("database_bad")(why);
    match config
        .database()
        .map_err(|(field, why)| bad(format!("{field}: {why}")))?
    {
        Database::File(from) => {
            let to = folder.join("biseo.db");
            let copied = biseo_store::snapshot(&from, &to).await;
            copied.map_err(|e| bad(e.to_string()))?;
            Ok(Part::new(FILE, to))
        }
        Database::Server(url) => {
            let to = folder.join(DUMP);
            dump(&Server::of(url.expose_secret()), &to).await?;
            Ok(Part::new(DUMP, to))
        }
    }
}

async fn dump(server: &Server, to: &Path) -> Result<(), Failed> {
    let mut command = Command::new("pg_dump");
    command
        .arg("--format=custom")
        .arg("--no-owner")
        .arg("--no-password")
        .arg("--file")
        .arg(to)
        .arg("--dbname")
        .arg(&server.url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true);
    if let Some(schema) = &server.schema {
        command.arg("--schema").arg(schema);
    }
    // Where other users do not see it, as they see arguments.
    if let Some(password) = &server.password {
        command.env("PGPASSWORD", password);
    }
    let done = match command.output().await {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(Failed::because("no_pg_dump")(String::new()));
        }
        Err(e) => return Err(Failed::because("database_bad")(e.to_string())),
        Ok(done) => done,
    };
    match done.status.success() {
        true => Ok(()),
        false => {
            let told = String::from_utf8_lossy(&done.stderr).trim().to_string();
            Err(Failed::because("database_bad")(told))
        }
    }
}

/// A database's URL as libpq reads it, with its password and its schema apart.
#[derive(PartialEq, Eq)]
struct Server {
    url: String,
    password: Option<String>,
    schema: Option<String>,
}

impl Server {
    fn of(url: &str) -> Self {
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let (place, password) = without_password(place);
        let (own, others): (Vec<_>, Vec<_>) = query
            .split('&')
            .filter(|p| !p.is_empty())
            .partition(|p| p.starts_with("options[") || p.starts_with("password="));
        let value = |name: &str| {
            let text = own.iter().find_map(|p| p.strip_prefix(name));
            text.map(decoded)
        };
        let query = match others.is_empty() {
            true => String::new(),
            false => format!("?{}", others.join("&")),
        };
        Self {
            url: place + &query,
            password: value("password=").or(password),
            schema: value("options[search_path]="),
        }
    }
}

/// A URL up to its query, and the password out of it.
fn without_password(place: &str) -> (String, Option<String>) {
    let split = || {
        let (scheme, rest) = place.split_once("://")?;
        let (user, host) = rest.rsplit_once('@')?;
        let (name, password) = user.split_once(':')?;
        Some((format!("{scheme}://{name}@{host}"), decoded(password)))
    };
    match split() {
        Some((place, password)) => (place, Some(password)),
        None => (place.into(), None),
    }
}

/// A part of a URL (RFC 3986 §2.1).
fn decoded(text: &str) -> String {
    let (octets, mut out) = (text.as_bytes(), Vec::with_capacity(text.len()));
    let mut at = 0;
    while at < octets.len() {
        let pair = text
            .get(at + 1..at + 3)
            .filter(|_| octets[at] == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(pair.unwrap_or(octets[at]));
        at += if pair.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_stands_in_no_argument() {
        for (url, shown, password, schema) in [
            ("postgres://h/db", "postgres://h/db", None, None),
            (
                "postgres://u:p%40ss@h:5432/db?sslmode=require",
                "postgres://u@h:5432/db?sslmode=require",
                Some("p@ss"),
                None,
            ),
            (
                "postgres:///db?host=/run/pg&options[search_path]=shop_a&password=x",
                "postgres:///db?host=/run/pg",
                Some("x"),
                Some("shop_a"),
            ),
            ("postgres://u:100%@h/db", "postgres://u@h/db", Some("100%"), None),
        ] {
            let server = Server::of(url);
            assert_eq!(server.url, shown);
            assert_eq!(server.password.as_deref(), password, "{url}");
            assert_eq!(server.schema.as_deref(), schema, "{url}");
        }
    }
}
