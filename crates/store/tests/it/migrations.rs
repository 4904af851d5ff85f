//! A database of an earlier version is brought up to date and loses nothing.

use crate::both;
use crate::common::{Db, call, shop, turn, wish};
use biseo_store::Booked;
use jiff::civil::date;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

/// Makes a database as the migrations up to `version` left it, with the rows that `insert` adds.
async fn made_by(version: i64, db: &Db, insert: &str) {
    // As sqlx itself reads the folder: what is compiled in must be the same.
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let all = Migrator::new(folder).await.unwrap();
    let until = all.iter().filter(|m| m.version <= version).cloned().collect();
    let until = Migrator::with_migrations(until);
    match db {
        Db::File(dir) => {
            std::fs::create_dir(dir.path().join("data")).unwrap();
            let options = SqliteConnectOptions::new()
                .filename(db.address())
                .create_if_missing(true);
            let pool = SqlitePool::connect_with(options).await.unwrap();
            until.run(&pool).await.unwrap();
            pool.close().await;
        }
        Db::Schema(url) => {
            let pool = PgPool::connect(url).await.unwrap();
            until.run(&pool).await.unwrap();
            pool.close().await;
        }
    }
    db.run(insert).await;
}

/// 25 November 2026 at 19:00 is minute 29927220 since 1970.
const FIRST_ROWS: &str = "
INSERT INTO call VALUES ('c1', 'haengbok', '01023456789', '021234567', 'no_answer', 1795000000000, NULL, NULL, NULL, NULL);
INSERT INTO turn VALUES ('c1', 1, 1795000001000, '내일 일곱 시 네 명이요', '[{\"set_slot\":{\"party_size\":4}}]',
    '네, 성함이 어떻게 되세요?', '{\"total_ms\":412.5}');
INSERT INTO booking VALUES ('a', 'haengbok', NULL, '2026-11-25', '19:00:00', 29927220, 29927340, 4, '김민수',
    '01023456789', 't1', 'confirmed', 1795000000000);
INSERT INTO message VALUES ('m1', 'haengbok', 'c1', '내일 전화 주세요', '01023456789', 1795000005000);";

async fn rows_of_the_first_version_are_read_and_hold_their_place(db: Db) {
    made_by(1, &db, FIRST_ROWS).await;
    let store = db.open().await;
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
    db.open().await;
}

/// What was opened by a later version is left alone.
async fn a_database_of_a_later_version_is_refused(db: Db) {
    db.open().await.close().await;
    db.run(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    )
    .await;
    let error = biseo_store::Store::open(db.address()).await.unwrap_err();
    assert!(!error.is_away() && error.to_string().contains("9999"), "{error}");
    assert!(error.to_string().contains("start that version"), "{error}");
}

both! {
    rows_of_the_first_version_are_read_and_hold_their_place,
    a_database_of_a_later_version_is_refused
}
