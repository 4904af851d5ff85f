//! Never two bookings on one resource at one time.

use crate::common::{open, overlaps, shop, wish};
use biseo_model::record::Booking;
use biseo_store::{Booked, Move, Store, StoreError};
use jiff::civil::date;
use proptest::prelude::*;

async fn booked(store: &Store, wish: &Booking, candidates: &[&str]) -> Option<String> {
    match store.book(wish, candidates).await.unwrap() {
        Booked::Confirmed(b) => Some(b.resource),
        Booked::Full => None,
    }
}

#[tokio::test]
async fn the_first_free_resource_in_order_of_preference() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
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

#[tokio::test]
async fn a_stay_past_midnight_occupies_the_next_day() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
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

#[tokio::test]
async fn confirming_twice_books_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
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

#[tokio::test]
async fn cancelling_frees_the_time_and_moving_keeps_it_if_full() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    let (a, b) = (wish("a", "haengbok", 18, 0, 60), wish("b", "haengbok", 19, 0, 60));
    store.book(&a, &["t"]).await.unwrap();
    store.book(&b, &["t"]).await.unwrap();
    let to = |hour, minute| Move {
        to: date(2026, 11, 25).at(hour, minute, 0, 0),
        minutes: 60,
        party_size: 4,
        services: &[],
        candidates: &["t"],
    };
    let seven = to(19, 0);
    assert_eq!(
        store.move_booking(&a.shop, &a.id, &seven).await.unwrap(),
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
        store.move_booking(&a.shop, &a.id, &half_past).await.unwrap(),
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
        store.move_booking(&b.shop, &b.id, &half_past).await,
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
    let store = Store::open_limited_for_tests(&path, 40).await.unwrap();
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(biseo_testkit::cases(12)))]

    /// Many callers at once want the same few tables: no overlap, and what could be booked was.
    #[test]
    fn callers_at_once_never_double_book(
        wishes in prop::collection::vec((0..12_i8, 1..5_u32, 0..3_usize), 2..24)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let store = open(&dir).await;
            let tasks: Vec<_> = wishes.iter().enumerate().map(|(n, &(slot, halves, first))| {
                let wish = wish(&format!("b{n}"), "haengbok", 10 + slot / 2, slot % 2 * 30, halves * 30);
                let store = store.clone();
                tokio::spawn(async move {
                    let mut tables = ["t0", "t1", "t2"];
                    tables.rotate_left(first);
                    let got = store.book(&wish, &tables).await.unwrap();
                    matches!(got, Booked::Confirmed(_))
                })
            }).collect();
            let mut confirmed = 0;
            for task in tasks {
                confirmed += usize::from(task.await.unwrap());
            }
            let stored = store.bookings_on(&shop("haengbok"), date(2026, 11, 25)).await.unwrap();
            assert_eq!(stored.len(), confirmed, "what was confirmed is what is stored");
            assert!(!overlaps(&stored));
            // A wish was refused only if each table is taken then: asking again finds nothing free either.
            for (n, &(slot, halves, _)) in wishes.iter().enumerate() {
                let id = format!("b{n}");
                if !stored.iter().any(|b| b.id.as_str() == id) {
                    let late = wish(&id, "haengbok", 10 + slot / 2, slot % 2 * 30, halves * 30);
                    assert_eq!(store.book(&late, &["t0", "t1", "t2"]).await.unwrap(), Booked::Full);
                }
            }
        });
    }
}
