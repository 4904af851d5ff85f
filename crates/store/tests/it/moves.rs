//! Changed bookings: what they become, and never two on one resource, whatever happens at once.

use crate::both;
use crate::common::{Db, overlaps, owner, shop, wish};
use biseo_model::record::{Booking, BookingState};
use biseo_store::{Booked, Move, Store, StoreError};
use jiff::civil::date;
use proptest::prelude::*;
use tokio::task::JoinSet;

fn to(hour: i8, minute: i8, minutes: u32) -> Move<'static> {
    Move {
        to: date(2026, 11, 25).at(hour, minute, 0, 0),
        minutes,
        party_size: 4,
        services: &[],
        requests: &[],
        candidates: &["t"],
    }
}

async fn all_of_a_booking_changes_but_whose_it_is(db: Db) {
    let store = db.open().await;
    let first = Booking {
        services: vec!["커트".into()],
        requests: vec!["창가 자리".into()],
        ..wish("a", "byeol", 14, 0, 40)
    };
    store.book(&first, &["지은"]).await.unwrap();
    let services = ["커트".to_string(), "펌".to_string()];
    let requests = ["창가 자리".to_string(), "아기 의자".to_string()];
    let change = Move {
        minutes: 180,
        party_size: 2,
        services: &services,
        requests: &requests,
        candidates: &["민호"],
        ..to(15, 30, 0)
    };
    let moved = Booking {
        time: jiff::civil::time(15, 30, 0, 0),
        minutes: 180,
        party_size: 2,
        services: services.to_vec(),
        requests: requests.to_vec(),
        resource: "민호".into(),
        ..first.clone()
    };
    let answer = store
        .move_booking(&first.shop, &first.id, &change, owner())
        .await
        .unwrap();
    assert_eq!(answer, Booked::Confirmed(moved.clone()));
    let stored = store.bookings_on(&first.shop, first.date).await.unwrap();
    assert_eq!(stored, [moved]);
}

async fn a_longer_stay_needs_the_room_for_it(db: Db) {
    let store = db.open().await;
    let (a, b) = (wish("a", "haengbok", 18, 0, 60), wish("b", "haengbok", 19, 0, 60));
    store.book(&a, &["t"]).await.unwrap();
    store.book(&b, &["t"]).await.unwrap();
    assert_eq!(
        store
            .move_booking(&a.shop, &a.id, &to(18, 0, 61), owner())
            .await
            .unwrap(),
        Booked::Full
    );
    let kept = store.bookings_on(&a.shop, a.date).await.unwrap();
    assert_eq!(kept[0].minutes, 60, "refused: as it was");
    store
        .move_booking(&b.shop, &b.id, &to(19, 30, 30), owner())
        .await
        .unwrap();
    assert!(matches!(
        store
            .move_booking(&a.shop, &a.id, &to(18, 0, 90), owner())
            .await
            .unwrap(),
        Booked::Confirmed(Booking { minutes: 90, .. })
    ));
}

async fn what_cannot_be_is_refused_and_changes_nothing(db: Db) {
    let store = db.open().await;
    let a = wish("a", "haengbok", 18, 0, 60);
    store.book(&a, &["t"]).await.unwrap();
    let nobody = Move {
        party_size: 0,
        ..to(19, 0, 60)
    };
    for bad in [to(19, 0, 0), nobody] {
        let refused = store.move_booking(&a.shop, &a.id, &bad, owner()).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))));
    }
    let foreign = store
        .move_booking(&shop("byeol"), &a.id, &to(19, 0, 60), owner())
        .await;
    assert!(
        matches!(foreign, Err(StoreError::Conflict(_))),
        "another tenant's"
    );
    let kept = store.bookings_on(&a.shop, a.date).await.unwrap();
    assert_eq!((kept[0].time, kept[0].minutes), (a.time, 60));
}

/// Of two who have read the same booking one changes it, and the other is told.
async fn what_changed_meanwhile_is_not_overwritten(db: Db) {
    let store = db.open().await;
    let a = wish("a", "haengbok", 18, 0, 60);
    let Booked::Confirmed(read) = store.book(&a, &["t"]).await.unwrap() else {
        panic!("it is free");
    };
    let mut all = JoinSet::new();
    for n in 0..6 {
        let (store, read) = (store.clone(), read.clone());
        all.spawn(async move {
            let changed = store.change_booking(&read, &to(19, 0, 60 + n), owner()).await;
            changed.unwrap()
        });
    }
    let done: Vec<_> = all.join_all().await.into_iter().flatten().collect();
    let stored = store.bookings_on(&a.shop, a.date).await.unwrap().remove(0);
    assert_eq!(done, [Booked::Confirmed(stored.clone())]);
    let foreign = Booking {
        shop: shop("byeol"),
        ..stored
    };
    let foreign = store.change_booking(&foreign, &to(18, 0, 60), owner()).await;
    assert!(matches!(foreign, Err(StoreError::Conflict(_))));
}

/// What one caller does: books, moves, gives up. Half hours from 10:00 on, half hours of length.
type Caller = ((i8, u32), Vec<(i8, u32)>, bool);

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let moves = prop::collection::vec((0..16_i8, 1..7_u32), 0..4);
    prop::collection::vec(((0..16_i8, 1..5_u32), moves, any::<bool>()), 2..16)
}

/// One caller's doings; gives the booking that the caller was told last, unless it was given up.
async fn calls(store: Store, n: usize, ((slot, halves), moves, gives_up): Caller) -> Option<Booking> {
    let tables = ["t0", "t1"];
    let (hour, minute) = (10 + slot / 2, slot % 2 * 30);
    let wish = wish(&format!("b{n}"), "haengbok", hour, minute, halves * 30);
    let Booked::Confirmed(mut told) = store.book(&wish, &tables).await.unwrap() else {
        return None;
    };
    for (slot, halves) in moves {
        let change = Move {
            minutes: halves * 30,
            candidates: &tables,
            ..to(10 + slot / 2, slot % 2 * 30, 0)
        };
        let moved = store.move_booking(&told.shop, &told.id, &change, owner());
        if let Booked::Confirmed(b) = moved.await.unwrap() {
            told = b;
        }
    }
    if gives_up {
        assert!(store.cancel_booking(&told.shop, &told.id).await.unwrap());
    }
    (!gives_up).then_some(told)
}

/// Many callers at once book, change the hour and the length, and give up: no overlap, and each stored booking is the last
/// that its caller was told.
async fn callers_at_once_never_double_book_by_moving(db: Db, callers: Vec<Caller>) {
    let store = db.open().await;
    let mut all = JoinSet::new();
    for (n, caller) in callers.into_iter().enumerate() {
        all.spawn(calls(store.clone(), n, caller));
    }
    let mut told: Vec<_> = all.join_all().await.into_iter().flatten().collect();
    let stored = store
        .bookings_on(&shop("haengbok"), date(2026, 11, 25))
        .await
        .unwrap();
    assert!(!overlaps(&stored));
    let mut standing = stored;
    standing.retain(|b| b.state == BookingState::Confirmed);
    standing.sort_by(|a, b| a.id.cmp(&b.id));
    told.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(standing, told);
}

async fn only_what_was_read_is_cancelled(db: Db) {
    let store = db.open().await;
    let wish = wish("a", "haengbok", 19, 0, 60);
    let Booked::Confirmed(read) = store.book(&wish, &["t"]).await.unwrap() else {
        panic!("the table was free");
    };
    let elsewhere = Booking {
        shop: shop("byeol"),
        ..read.clone()
    };
    assert!(!store.cancel_as_read(&elsewhere).await.unwrap(), "another shop's");
    let moved = store
        .move_booking(&read.shop, &read.id, &to(20, 0, 60), owner())
        .await;
    let Booked::Confirmed(moved) = moved.unwrap() else {
        panic!("the table was free");
    };
    assert!(!store.cancel_as_read(&read).await.unwrap(), "moved meanwhile");
    assert!(store.cancel_as_read(&moved).await.unwrap());
    let stored = store.booking(&read.shop, &read.id).await.unwrap().unwrap();
    assert_eq!(stored.state, BookingState::Cancelled);
    assert!(!store.cancel_as_read(&moved).await.unwrap(), "once");
    assert!(!store.cancel_as_read(&stored).await.unwrap(), "cancelled already");
}

both! {
    only_what_was_read_is_cancelled,
    all_of_a_booking_changes_but_whose_it_is,
    a_longer_stay_needs_the_room_for_it,
    what_cannot_be_is_refused_and_changes_nothing,
    what_changed_meanwhile_is_not_overwritten;
    callers_at_once_never_double_book_by_moving: 12, callers()
}
