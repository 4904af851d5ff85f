//! What people are to be told of is noted with the deed or not at all, and its end with the notices.

use crate::both;
use crate::common::{Db, at, call, owner, shop, wish};
use biseo_model::ids::{CallId, MessageId};
use biseo_model::record::{Booking, CallEnd, Message};
use biseo_store::offline::{Entry, OfflineDeed, Outcome};
use biseo_store::{Booked, Done, Move, NewNotice, Store, StoreError, Untold};
use jiff::civil::date;
use tokio::task::JoinSet;

fn to(hour: i8) -> Move<'static> {
    Move {
        to: date(2026, 11, 25).at(hour, 0, 0, 0),
        minutes: 60,
        party_size: 4,
        services: &[],
        requests: &[],
        candidates: &["t"],
    }
}

fn notice(id: &str) -> NewNotice {
    NewNotice {
        id: id.into(),
        event: id.into(),
        reader: "owner".into(),
        channel: "email".into(),
        address: "owner@example.com".into(),
        content: serde_json::json!({}),
        urgent: false,
        due: at(0),
    }
}

/// What is noted, by its kind and what it was done to.
async fn noted(store: &Store) -> Vec<String> {
    let untold = store.untold(&shop("haengbok")).await.unwrap();
    let kind = |u: &Untold| match &u.done {
        Done::Booked { .. } => "booked",
        Done::Moved { .. } => "moved",
        Done::Cancelled { .. } => "cancelled",
        Done::Left { urgent: true, .. } => "alert",
        Done::Left { .. } => "message",
        _ => "order",
    };
    untold
        .iter()
        .map(|u| format!("{} {}", kind(u), u.done.of()))
        .collect()
}

async fn what_is_not_done_is_not_noted(db: Db) {
    let store = db.open().await;
    let telling = store.telling(None, at(0));
    let (a, b) = (
        wish("a", "haengbok", 19, 0, 60),
        wish("b", "haengbok", 19, 30, 60),
    );
    telling.book(&a, &["t"]).await.unwrap();
    telling.book(&a, &["t"]).await.unwrap();
    assert_eq!(telling.book(&b, &["t"]).await.unwrap(), Booked::Full);
    assert_eq!(noted(&store).await, ["booked a"]);
    store
        .book(&wish("c", "haengbok", 21, 0, 60), &["t"])
        .await
        .unwrap();
    let full = telling.move_booking(&a.shop, &a.id, &to(21), owner()).await;
    assert_eq!(full.unwrap(), Booked::Full);
    let other = Booking {
        party_size: 7,
        ..a.clone()
    };
    assert!(
        !telling.cancel_as_read(&other).await.unwrap(),
        "it is another one"
    );
    assert_eq!(
        telling.change_booking(&other, &to(12), owner()).await.unwrap(),
        None
    );
    assert!(
        !telling.cancel_booking(&shop("byeol"), &a.id).await.unwrap(),
        "another shop's"
    );
    assert_eq!(
        noted(&store).await,
        ["booked a"],
        "and what the owner does on the page"
    );
    telling
        .move_booking(&a.shop, &a.id, &to(12), owner())
        .await
        .unwrap();
    assert!(telling.cancel_booking(&a.shop, &a.id).await.unwrap());
    assert!(!telling.cancel_booking(&a.shop, &a.id).await.unwrap());
    assert_eq!(noted(&store).await, ["booked a", "moved a", "cancelled a"]);
    let untold = store.untold(&a.shop).await.unwrap();
    let Done::Moved { booking, before } = &untold[1].done else {
        panic!("{untold:?}")
    };
    assert_eq!(booking.time.hour(), 12);
    assert_eq!(*before, a.date.to_datetime(a.time));
}

/// The deed is undone with its note: here the note cannot be written.
async fn what_cannot_be_noted_is_not_done(db: Db) {
    let store = db.open().await;
    let a = wish("a", "haengbok", 19, 0, 60);
    store.book(&a, &["t"]).await.unwrap();
    db.run("ALTER TABLE untold RENAME TO elsewhere").await;
    let telling = store.telling(None, at(0));
    let b = wish("b", "haengbok", 21, 0, 60);
    assert!(telling.book(&b, &["t"]).await.is_err());
    assert!(telling.cancel_booking(&a.shop, &a.id).await.is_err());
    assert!(
        telling
            .move_booking(&a.shop, &a.id, &to(12), owner())
            .await
            .is_err()
    );
    let stored = store.bookings_on(&a.shop, a.date).await.unwrap();
    let a = Booking {
        resource: "t".into(),
        ..a
    };
    assert_eq!(stored, [a]);
}

async fn told_is_told_once_and_its_caller_afterwards(db: Db) {
    let store = db.open().await;
    let c1 = call("c1", "haengbok");
    store.begin_call(&c1).await.unwrap();
    let booking = Booking {
        call: Some(c1.id.clone()),
        ..wish("a", "haengbok", 19, 0, 60)
    };
    let telling = store.telling(Some(&c1.id), at(1));
    telling.book(&booking, &["t"]).await.unwrap();
    let untold = store.untold(&c1.shop).await.unwrap();
    assert_eq!(
        (untold[0].at, &untold[0].call, untold[0].told),
        (at(1), &Some(c1.id.clone()), None)
    );
    for new in [1, 0] {
        let posted = store.post_told(&untold[0], &[notice("n1")], at(2)).await.unwrap();
        assert_eq!(posted, new);
    }
    assert!(store.untold(&c1.shop).await.unwrap().is_empty());
    let left = store.untold_in(&c1.shop, &c1.id).await.unwrap();
    assert_eq!((left.len(), left[0].told), (1, Some(at(2))));
    assert_eq!(
        store.untold_calls(&c1.shop).await.unwrap(),
        std::slice::from_ref(&c1.id)
    );
    let this = (&c1.shop, &c1.id);
    for new in [1, 0] {
        let posted = store
            .post_to_caller(this, left[0].place, &[notice("n2")], at(3))
            .await;
        assert_eq!(posted.unwrap(), new);
    }
    assert!(store.untold_calls(&c1.shop).await.unwrap().is_empty());
    assert_eq!(db.number("SELECT COUNT(*) FROM untold").await, 0);
    assert_eq!(db.number("SELECT COUNT(*) FROM notice").await, 2);
}

/// A notice that is there already does not keep the note from ending.
async fn what_was_posted_by_a_note_that_was_lost_is_not_posted_twice(db: Db) {
    let store = db.open().await;
    store
        .post_notices(&shop("haengbok"), &[notice("n1")], at(0))
        .await
        .unwrap();
    let a = wish("a", "haengbok", 19, 0, 60);
    store.telling(None, at(0)).book(&a, &["t"]).await.unwrap();
    let untold = store.untold(&a.shop).await.unwrap();
    assert_eq!(
        store.post_told(&untold[0], &[notice("n1")], at(1)).await.unwrap(),
        0
    );
    assert!(store.untold(&a.shop).await.unwrap().is_empty());
    // The place is free again: whoever still holds the old note ends no other.
    store
        .telling(None, at(5))
        .cancel_booking(&a.shop, &a.id)
        .await
        .unwrap();
    assert_eq!(
        store.post_told(&untold[0], &[notice("n3")], at(6)).await.unwrap(),
        0
    );
    assert_eq!(noted(&store).await, ["cancelled a"]);
}

async fn many_at_once_are_all_noted(db: Db) {
    let store = db.open().await;
    let mut all = JoinSet::new();
    for n in 0..24 {
        let store = store.clone();
        all.spawn(async move {
            let id = format!("b{n}");
            let wish = wish(&id, "haengbok", 10 + n % 12, 0, 30);
            let table = format!("t{}", n / 12);
            let booked = store.telling(None, at(0)).book(&wish, &[&table]).await;
            assert!(matches!(booked.unwrap(), Booked::Confirmed(_)));
        });
    }
    while let Some(done) = all.join_next().await {
        done.unwrap();
    }
    assert_eq!(noted(&store).await.len(), 24);
}

fn entry(id: &str, deed: OfflineDeed) -> Entry {
    Entry {
        id: id.into(),
        at: at(9),
        deed,
    }
}

async fn settled(store: &Store, journal: &[Entry]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (n, entry) in journal.iter().enumerate() {
        let outcome = store.settle_entry(journal, n, at(20)).await.unwrap();
        match store.keep_offline(entry).await {
            Ok(()) | Err(StoreError::Conflict(_)) => {}
            Err(e) => panic!("{e}"),
        }
        outcomes.push(outcome);
    }
    outcomes
}

/// What was done while the database was away is noted when it is in the books, with the call whose caller is told; what needed nothing,
/// could not stand or was taken back is not.
async fn what_the_journal_brings_is_noted_with_it(db: Db) {
    let store = db.open().await;
    let c1 = call("c1", "haengbok");
    store.begin_call(&c1).await.unwrap();
    let a = Booking {
        resource: "t".into(),
        ..wish("a", "haengbok", 19, 0, 60)
    };
    store.book(&a, &["t"]).await.unwrap();
    let moved = Booking {
        time: jiff::civil::time(12, 0, 0, 0),
        ..a.clone()
    };
    let new = Booking {
        call: Some(c1.id.clone()),
        ..wish("b", "haengbok", 15, 0, 60)
    };
    let clashes = wish("c", "haengbok", 15, 0, 60);
    let book = |booking: &Booking| OfflineDeed::Book {
        booking: booking.clone(),
        candidates: vec!["t".into()],
    };
    let message = Message {
        id: MessageId::new("m1").unwrap(),
        shop: a.shop.clone(),
        call: Some(c1.id.clone()),
        name: None,
        text: "급해요".into(),
        call_back: None,
        at: at(9),
    };
    let journal = [
        entry(
            "1",
            OfflineDeed::Move {
                before: a.clone(),
                after: moved.clone(),
                candidates: vec!["t".into()],
                call: Some(c1.id.clone()),
            },
        ),
        entry(
            "2",
            OfflineDeed::Cancel {
                before: moved,
                call: CallId::new("lost").ok(),
            },
        ),
        entry("3", book(&new)),
        entry("4", book(&clashes)),
        entry("5", book(&a)),
        entry(
            "6",
            OfflineDeed::Message {
                message,
                urgent: true,
            },
        ),
        entry("7", book(&wish("d", "haengbok", 17, 0, 60))),
        entry("8", OfflineDeed::Void { entry: "7".into() }),
    ];
    let outcomes = settled(&store, &journal).await;
    assert_eq!(outcomes[3], Outcome::Conflict);
    let expected = ["moved a", "cancelled a", "booked b", "alert m1"];
    assert_eq!(noted(&store).await, expected);
    // Again, after a crash before the journal was cleared.
    settled(&store, &journal).await;
    assert_eq!(noted(&store).await, expected);
    let calls: Vec<Option<CallId>> = store
        .untold(&a.shop)
        .await
        .unwrap()
        .into_iter()
        .map(|u| u.call)
        .collect();
    // A call of which nothing is known has no end at which its caller could be told.
    assert_eq!(calls, [Some(c1.id.clone()), None, Some(c1.id), None]);
}

async fn who_is_erased_is_not_told_of_any_more(db: Db) {
    let store = db.open().await;
    let a = wish("a", "haengbok", 19, 0, 60);
    let other = Booking {
        phone: biseo_model::phone::PhoneNumber::parse("010-9999-8888").unwrap(),
        ..wish("b", "haengbok", 21, 0, 60)
    };
    let telling = store.telling(None, at(0));
    telling.book(&a, &["t"]).await.unwrap();
    telling.book(&other, &["t"]).await.unwrap();
    telling.cancel_booking(&a.shop, &a.id).await.unwrap();
    let c1 = call("c1", "haengbok");
    store.begin_call(&c1).await.unwrap();
    store.end_call(&c1.id, at(5), CallEnd::Caller).await.unwrap();
    store
        .erase_caller(&a.shop, &a.phone, date(2026, 11, 24))
        .await
        .unwrap();
    assert_eq!(noted(&store).await, ["booked b"]);
}

/// One note that cannot be read, by whatever it came to be so, is set aside and holds up no other.
async fn what_cannot_be_read_is_set_aside(db: Db) {
    let store = db.open().await;
    let c1 = call("c1", "haengbok");
    store.begin_call(&c1).await.unwrap();
    let telling = store.telling(Some(&c1.id), at(1));
    for (id, hour) in [("a", 17), ("b", 19), ("c", 21)] {
        let wish = Booking {
            call: Some(c1.id.clone()),
            ..wish(id, "haengbok", hour, 0, 60)
        };
        telling.book(&wish, &["t"]).await.unwrap();
    }
    db.run("UPDATE untold SET deed = '{\"kind\":\"later_version\"}' WHERE place = 1")
        .await;
    assert_eq!(noted(&store).await, ["booked b", "booked c"]);
    db.run("UPDATE untold SET deed = 'x' WHERE place = 3").await;
    let left = store.untold_in(&c1.shop, &c1.id).await.unwrap();
    assert_eq!((left.len(), left[0].place), (1, 2));
    assert_eq!(noted(&store).await, ["booked b"]);
    let aside = "SELECT COUNT(*) FROM untold WHERE told IS NOT NULL AND call IS NULL";
    assert_eq!(db.number(aside).await, 2, "and stays, for whoever can read it");
    store.post_told(&left[0], &[], at(2)).await.unwrap();
    store
        .post_to_caller((&c1.shop, &c1.id), 2, &[], at(2))
        .await
        .unwrap();
    assert!(noted(&store).await.is_empty());
    assert!(store.untold_calls(&c1.shop).await.unwrap().is_empty());
}

/// Erasing goes by what a note is about; of one that cannot be read, by whether the number is in it.
async fn what_is_erased_takes_its_notes_along_and_no_others(db: Db) {
    let store = db.open().await;
    let telling = store.telling(None, at(0));
    let (kept, gone) = (wish("a", "haengbok", 19, 0, 60), wish("b", "haengbok", 21, 0, 60));
    for wish in [&kept, &gone] {
        telling.book(wish, &["t"]).await.unwrap();
    }
    telling.cancel_booking(&gone.shop, &gone.id).await.unwrap();
    let message = |id: &str| Message {
        id: MessageId::new(id).unwrap(),
        shop: kept.shop.clone(),
        call: None,
        name: None,
        text: "계좌 901023456789".into(),
        call_back: None,
        at: at(0),
    };
    for id in ["m1", "m2", "m3"] {
        telling.leave_message(&message(id), false).await.unwrap();
    }
    db.run("UPDATE untold SET deed = '{\"phone\":\"01023456789\"}' WHERE place = 5")
        .await;
    db.run("UPDATE untold SET deed = '{\"phone\":\"010234567890\"}' WHERE place = 6")
        .await;
    let to = |id: &str, event: &str| NewNotice {
        event: event.into(),
        content: serde_json::json!({"phone": kept.phone.as_str()}),
        ..notice(id)
    };
    let notices = [to("n1", "booking_made:a"), to("n2", "booking_cancelled:b")];
    store.post_notices(&kept.shop, &notices, at(0)).await.unwrap();
    let erased = store
        .erase_caller(&kept.shop, &kept.phone, date(2026, 11, 24))
        .await
        .unwrap();
    assert_eq!((erased.kept_bookings, erased.bookings.len()), (1, 1));
    assert_eq!(db.number("SELECT COUNT(*) FROM untold").await, 3);
    assert_eq!(noted(&store).await, ["booked a", "message m1"]);
    let waits = "SELECT COUNT(*) FROM notice WHERE id = 'n1'";
    assert_eq!(
        (
            db.number(waits).await,
            db.number("SELECT COUNT(*) FROM notice").await
        ),
        (1, 1)
    );
}

/// A move to where it is already, with the table that it has.
async fn what_changes_nothing_is_not_noted(db: Db) {
    let store = db.open().await;
    let telling = store.telling(None, at(0));
    let a = wish("a", "haengbok", 12, 0, 60);
    telling.book(&a, &["t"]).await.unwrap();
    let same = telling
        .move_booking(&a.shop, &a.id, &to(12), owner())
        .await
        .unwrap();
    assert!(matches!(same, Booked::Confirmed(booking) if booking.resource == "t"));
    assert_eq!(noted(&store).await, ["booked a"]);
    assert_eq!(db.number("SELECT sequence FROM booking").await, 0);
    let other = Move {
        candidates: &["u"],
        ..to(12)
    };
    telling
        .move_booking(&a.shop, &a.id, &other, owner())
        .await
        .unwrap();
    assert_eq!(noted(&store).await, ["booked a", "moved a"], "to another table");
    let o = crate::orders::order("o", "haengbok");
    telling.place_order(&o).await.unwrap();
    telling
        .change_order(&o.shop, &o.id, &o.items, o.won)
        .await
        .unwrap();
    assert_eq!(noted(&store).await, ["booked a", "moved a", "order o"]);
}

both! {
    what_is_not_done_is_not_noted,
    what_cannot_be_noted_is_not_done,
    told_is_told_once_and_its_caller_afterwards,
    what_was_posted_by_a_note_that_was_lost_is_not_posted_twice,
    many_at_once_are_all_noted,
    what_the_journal_brings_is_noted_with_it,
    who_is_erased_is_not_told_of_any_more,
    what_cannot_be_read_is_set_aside,
    what_is_erased_takes_its_notes_along_and_no_others,
    what_changes_nothing_is_not_noted
}
