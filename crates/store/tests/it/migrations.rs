//! A database of an earlier version is brought up to date and loses nothing.

use std::path::Path;

use crate::common::{call, shop, turn, wish};
use biseo_store::{Booked, Store};
use jiff::civil::date;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

/// A database as the migrations up to `version` left it, with the rows that `insert` adds.
async fn made_by(version: i64, path: &Path, insert: &'static str) {
    let all = sqlx::migrate!();
    let until = all.iter().filter(|m| m.version <= version).cloned().collect();
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    Migrator::with_migrations(until).run(&pool).await.unwrap();
    sqlx::raw_sql(insert).execute(&pool).await.unwrap();
    pool.close().await;
}

/// 25 November 2026 at 19:00 is minute 29927220 since 1970.
const FIRST_ROWS: &str = "
INSERT INTO call VALUES ('c1', 'haengbok', '01023456789', '021234567', 'no_answer', 1795000000000, NULL, NULL, NULL, NULL);
INSERT INTO turn VALUES ('c1', 1, 1795000001000, '내일 일곱 시 네 명이요', '[{\"set_slot\":{\"party_size\":4}}]',
    '네, 성함이 어떻게 되세요?', '{\"total_ms\":412.5}');
INSERT INTO booking VALUES ('a', 'haengbok', NULL, '2026-11-25', '19:00:00', 29927220, 29927340, 4, '김민수',
    '01023456789', 't1', 'confirmed', 1795000000000);
INSERT INTO message VALUES ('m1', 'haengbok', 'c1', '내일 전화 주세요', '01023456789', 1795000005000);";

#[tokio::test]
async fn rows_of_the_first_version_are_read_and_hold_their_place() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("biseo.db");
    made_by(1, &path, FIRST_ROWS).await;
    let store = Store::open(&path).await.unwrap();
    let haengbok = shop("haengbok");
    let old = biseo_model::record::Booking {
        resource: "t1".into(),
        ..wish("a", "haengbok", 19, 0, 120)
    };
    assert_eq!(
        store.bookings_on(&haengbok, date(2026, 11, 25)).await.unwrap(),
        [old]
    );
    let overlapping = wish("b", "haengbok", 20, 0, 60);
    assert_eq!(store.book(&overlapping, &["t1"]).await.unwrap(), Booked::Full);
    let c1 = call("c1", "haengbok");
    assert_eq!(store.call(&haengbok, &c1.id).await.unwrap().as_ref(), Some(&c1));
    assert_eq!(store.turns(&haengbok, &c1.id).await.unwrap(), [turn("c1", 1)]);
    let left = store.messages(&haengbok, 10).await.unwrap();
    assert_eq!(
        (left[0].text.as_str(), &left[0].name),
        ("내일 전화 주세요", &None)
    );
    // Opening it once more finds nothing to do.
    store.close().await;
    Store::open(&path).await.unwrap();
}
