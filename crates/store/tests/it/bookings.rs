//! Never two bookings on one resource at one time.

use crate::both;
use crate::common::{Db, overlaps, owner, shop, wish};
use biseo_model::record::Booking;
use biseo_store::{Booked, Move, Store, StoreError};
use jiff::civil::date;
use proptest::prelude::*;
use tokio::task::JoinSet;

async fn booked(store: &Store, wish: &Booking, candidates: &[&str]) -> Option<String> {
    match store.book(wish, candidates).await.unwrap() {
        Booked::Confirmed(b) => Some(b.resource),
        Booked::Full => None,
    }
}

async fn the_first_free_resource_in_order_of_preference(db: Db) {
    let store = db.open().await;
    let tables = ["table4-1", "table4-2"];
    assert_eq!(
        booked(&store, &wish("a", "haengbok", 19, 0, 120), &tables)
            .await
            .as_deref(),
        Some("table4-1")
    );
    assert_eq!(
        booked(&store, &wish("b", "haengbok", 19, 30, 120), &tables)
            .await
            .as_deref(),
        Some("table4-2")
    );
    assert_eq!(
        booked(&store, &wish("c", "haengbok", 20, 0, 120), &tables).await,
        None
    );
    // A stay that ends when the next begins does not overlap it.
    assert_eq!(
        booked(&store, &wish("d", "haengbok", 17, 0, 120), &tables)
            .await
            .as_deref(),
        Some("table4-1")
    );
    // Another shop's table of the same name is another table.
    assert_eq!(
        booked(&store, &wish("e", "byeol", 19, 0, 120), &tables)
            .await
            .as_deref(),
        Some("table4-1")
    );
}

async fn a_stay_past_midnight_occupies_the_next_day(db: Db) {
    let store = db.open().await;
    assert!(
        booked(&store, &wish("a", "gugu", 23, 0, 120), &["t"])
            .await
            .is_some()
    );
    let early = Booking {
        date: date(2026, 11, 26),
        ..wish("b", "gugu", 0, 30, 60)
    };
    assert_eq!(booked(&store, &early, &["t"]).await, None);
    let later = Booking {
        date: date(2026, 11, 26),
        ..wish("c", "gugu", 1, 0, 60)
    };
    assert!(booked(&store, &later, &["t"]).await.is_some());
}

async fn confirming_twice_books_once(db: Db) {
    let store = db.open().await;
    let first = store
        .book(&wish("a", "haengbok", 19, 0, 120), &["t1", "t2"])
        .await
        .unwrap();
    let again = store
        .book(&wish("a", "haengbok", 19, 0, 120), &["t1", "t2"])
        .await
        .unwrap();
    assert_eq!(first, again);
    assert_eq!(
        store
            .bookings_on(&shop("haengbok"), date(2026, 11, 25))
            .await
            .unwrap()
            .len(),
        1
    );
    let foreign = store.book(&wish("a", "byeol", 19, 0, 120), &["t1"]).await;
    assert!(matches!(foreign, Err(StoreError::Conflict(_))));
}

async fn cancelling_frees_the_time_and_moving_keeps_it_if_full(db: Db) {
    let store = db.open().await;
    let (a, b) = (wish("a", "haengbok", 18, 0, 60), wish("b", "haengbok", 19, 0, 60));
    store.book(&a, &["t"]).await.unwrap();
    store.book(&b, &["t"]).await.unwrap();
    let to = |hour, minute| Move {
        to: date(2026, 11, 25).at(hour, minute, 0, 0),
        minutes: 60,
        party_size: 4,
        services: &[],
        requests: &[],
        candidates: &["t"],
    };
    let seven = to(19, 0);
    assert_eq!(
        store.move_booking(&a.shop, &a.id, &seven, owner()).await.unwrap(),
        Booked::Full
    );
    assert!(
        !store.cancel_booking(&shop("byeol"), &b.id).await.unwrap(),
        "another tenant's"
    );
    assert!(store.cancel_booking(&b.shop, &b.id).await.unwrap());
    assert!(!store.cancel_booking(&b.shop, &b.id).await.unwrap(), "only once");
    // Moving by half an hour overlaps the booking itself, which does not count.
    let half_past = to(18, 30);
    assert!(matches!(
        store
            .move_booking(&a.shop, &a.id, &half_past, owner())
            .await
            .unwrap(),
        Booked::Confirmed(_)
    ));
    let found = store
        .bookings_of(&a.shop, &a.phone, date(2026, 11, 25))
        .await
        .unwrap();
    assert_eq!(
        found.iter().map(|f| f.time.to_string()).collect::<Vec<_>>(),
        ["18:30:00"]
    );
    assert!(matches!(
        store.move_booking(&b.shop, &b.id, &half_past, owner()).await,
        Err(StoreError::Conflict(_))
    ));
    assert!(
        matches!(store.book(&b, &["t"]).await, Err(StoreError::Conflict(_))),
        "a cancelled id is used up"
    );
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("biseo.db");
    Store::open(&path).await.unwrap().close().await;
    let store = Store::open_limited_for_tests(&path, 200).await.unwrap();
    let mut stored = 0;
    let error = loop {
        let long = Booking {
            name: "가".repeat(2_000),
            ..wish(&format!("b{stored}"), "haengbok", 19, 0, 60)
        };
        match store.book(&long, &[&format!("t{stored}")]).await {
            Ok(_) => stored += 1,
            Err(e) => break e,
        }
        assert!(stored < 1_000, "the limit of pages was not reached");
    };
    assert!(matches!(error, StoreError::DiskFull), "{error}");
    assert!(stored > 0);
    store.close().await;
    let again = Store::open(&path).await.unwrap();
    assert_eq!(
        again
            .bookings_on(&shop("haengbok"), date(2026, 11, 25))
            .await
            .unwrap()
            .len(),
        stored
    );
}

/// Half hours from 10:00 on, half hours of length, the table that is preferred.
fn wishes() -> impl Strategy<Value = Vec<(i8, u32, usize)>> {
    prop::collection::vec((0..12_i8, 1..5_u32, 0..3_usize), 2..24)
}

/// Many callers at once want the same few tables: no overlap, and what could be booked was.
async fn callers_at_once_never_double_book(db: Db, wishes: Vec<(i8, u32, usize)>) {
    let store = db.open().await;
    let wanted = |n: usize, (slot, halves, _): (i8, u32, usize)| {
        wish(
            &format!("b{n}"),
            "haengbok",
            10 + slot / 2,
            slot % 2 * 30,
            halves * 30,
        )
    };
    let mut callers = JoinSet::new();
    for (n, &asked) in wishes.iter().enumerate() {
        let (wish, store) = (wanted(n, asked), store.clone());
        callers.spawn(async move {
            let mut tables = ["t0", "t1", "t2"];
            tables.rotate_left(asked.2);
            matches!(store.book(&wish, &tables).await.unwrap(), Booked::Confirmed(_))
        });
    }
    let confirmed = callers.join_all().await.into_iter().filter(|&c| c).count();
    let stored = store
        .bookings_on(&shop("haengbok"), date(2026, 11, 25))
        .await
        .unwrap();
    assert_eq!(stored.len(), confirmed, "what was confirmed is what is stored");
    assert!(!overlaps(&stored));
    // A wish was refused only if each table is taken then: asking again finds nothing free either.
    for (n, &asked) in wishes.iter().enumerate() {
        let late = wanted(n, asked);
        if !stored.iter().any(|b| b.id == late.id) {
            assert_eq!(
                store.book(&late, &["t0", "t1", "t2"]).await.unwrap(),
                Booked::Full
            );
        }
    }
}

both! {
    the_first_free_resource_in_order_of_preference,
    a_stay_past_midnight_occupies_the_next_day,
    confirming_twice_books_once,
    cancelling_frees_the_time_and_moving_keeps_it_if_full;
    callers_at_once_never_double_book: 12, wishes()
}
