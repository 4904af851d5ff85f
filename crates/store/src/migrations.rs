//! What brings a database's tables up to date: the files in `migrations/`, compiled in.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, what it does, and its statements; in order.
const ALL: &[(i64, &str, &str)] = &include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// All of them. A database tells by checksums which it has, so a file never changes once it has landed.
pub(crate) fn migrator() -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations(ALL.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_numbered_without_a_gap() {
        let numbers: Vec<_> = ALL.iter().map(|(version, ..)| *version).collect();
        assert_eq!(numbers, (1..=ALL.len() as i64).collect::<Vec<_>>());
        assert!(ALL.len() >= 19);
    }

    /// Databases out there have these written down.
    #[test]
    fn a_database_of_an_earlier_version_knows_them_again() {
        let first = migrator().migrations[0].clone();
        assert_eq!(first.description, "calls and bookings");
        let sum: String = first
            .checksum
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        assert_eq!(
            sum,
            "93fbf5c9845200559bd285cfaedb9d6f595335268d315aad24b34b50194bb41e4c16030fc6372b3c80d567ed9259c17d"
        );
    }
}
