//! What is too old is forgotten, and what a caller wants erased is gone; of one shop only.

use std::collections::BTreeSet;

use biseo_model::ids::CallId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, Order};
use biseo_store::{CallerNote, Correction, KeptDigest, Question, Span, Store};
use jiff::civil::{Date, date};
use serde_json::json;

use crate::both;
use crate::common::{Db, at, call, shop, turn, wish};
use crate::orders::order;
use crate::pages::message;

/// The shops' day, on which `wish` and `order` make things.
fn day() -> Date {
    wish("x", "haengbok", 10, 0, 60).date
}

fn number() -> PhoneNumber {
    wish("x", "haengbok", 10, 0, 60).phone
}

/// A caller with one of everything at a shop, at these seconds.
async fn caller(store: &Store, name: &str, second: i64) {
    let id = format!("{name}-{second}");
    let mut record = call(&id, name);
    (record.started, record.caller) = (at(second), Some(number()));
    record.recording = Some(format!("recordings/{id}.wav"));
    store.begin_call(&record).await.unwrap();
    store.add_turn(&turn(&id, 0)).await.unwrap();
    store
        .end_call(&record.id, at(second + 1), CallEnd::Caller)
        .await
        .unwrap();
    let hour = 1 + i8::try_from(second / 100).unwrap();
    let mut booking = wish(&id, name, hour, 0, 30);
    (booking.made, booking.call) = (at(second), Some(record.id.clone()));
    store.book(&booking, &["table"]).await.unwrap();
    let placed = Order {
        made: at(second),
        phone: number(),
        date: day(),
        ..order(&id, name)
    };
    store.place_order(&placed).await.unwrap();
    let mut left = message(&id, None, second);
    (left.shop, left.call_back) = (shop(name), Some(number()));
    store.leave_message(&left).await.unwrap();
    let question = Question {
        id: id.clone(),
        call: Some(record.id),
        text: "주차 되나요?".into(),
        at: at(second),
        state: "open".into(),
        topic: None,
    };
    store.add_question(&shop(name), &question).await.unwrap();
    let correction = Correction {
        call: CallId::new(&id).unwrap(),
        turn: 0,
        heard: "주차요".into(),
        said_at: at(second),
        awaiting: None,
        meant: "ask".into(),
        topic: Some("parking".into()),
        at: at(second + 50),
    };
    store.correct(&shop(name), &correction).await.unwrap();
    let digest = KeptDigest {
        date: day().checked_add(jiff::Span::new().days(second / 100)).unwrap(),
        span: Span {
            from: at(second),
            until: at(second + 1),
        },
        content: json!({}),
    };
    store.keep_digest(&shop(name), &digest).await.unwrap();
}

/// Rows of a shop in each table that holds somebody's data: calls with a number, recordings, turns, bookings, orders, messages, questions,
/// digests, callers, corrections.
async fn held(db: &Db, name: &str) -> [i64; 10] {
    let mut out = [0; 10];
    let of_shop = [
        "call WHERE caller IS NOT NULL AND",
        "call WHERE recording IS NOT NULL AND",
        "turn JOIN call ON call.id = turn.call WHERE",
        "booking WHERE",
        "food_order WHERE",
        "message WHERE",
        "question WHERE",
        "digest WHERE",
        "caller WHERE",
        "correction WHERE",
    ];
    for (n, of) in of_shop.iter().enumerate() {
        out[n] = db
            .number(&format!("SELECT COUNT(*) FROM {of} shop = '{name}'"))
            .await;
    }
    out
}

async fn each_kind_ends_at_its_own_time(db: Db) {
    let store = db.open().await;
    for name in ["haengbok", "byeol"] {
        caller(&store, name, 100).await;
        caller(&store, name, 500).await;
    }
    let own = shop("haengbok");
    let old = store.recordings_before(&own, at(300)).await.unwrap();
    let [old] = &old[..] else { panic!("{old:?}") };
    assert_eq!(old.path, "recordings/haengbok-100.wav");
    store.recording_gone(&own, &old.call).await.unwrap();
    assert_eq!(held(&db, "haengbok").await, [2, 1, 2, 2, 2, 2, 2, 2, 1, 2]);
    assert_eq!(store.forget_words(&own, at(300)).await.unwrap(), 4);
    assert_eq!(held(&db, "haengbok").await, [2, 1, 1, 2, 2, 2, 1, 1, 1, 1]);
    // What is for today or later stays, however long ago it was made.
    assert_eq!(store.forget_people(&own, (at(300), day())).await.unwrap(), 2);
    assert_eq!(held(&db, "haengbok").await, [1, 1, 1, 2, 2, 1, 1, 1, 1, 1]);
    let tomorrow = day().tomorrow().unwrap();
    assert_eq!(store.forget_people(&own, (at(300), tomorrow)).await.unwrap(), 2);
    assert_eq!(held(&db, "haengbok").await, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    assert_eq!(store.forget_people(&own, (at(900), tomorrow)).await.unwrap(), 5);
    assert_eq!(held(&db, "haengbok").await, [0, 1, 1, 0, 0, 0, 1, 1, 0, 1]);
    // That there was a call stays, and so does all of another shop.
    assert_eq!(
        db.number("SELECT COUNT(*) FROM call WHERE shop = 'haengbok'")
            .await,
        2
    );
    assert_eq!(held(&db, "byeol").await, [2, 2, 2, 2, 2, 2, 2, 2, 1, 2]);
}

async fn a_call_under_way_and_a_blocked_number_stay(db: Db) {
    let store = db.open().await;
    let own = shop("haengbok");
    let mut record = call("c", "haengbok");
    (record.caller, record.recording) = (Some(number()), Some("recordings/c.wav".into()));
    store.begin_call(&record).await.unwrap();
    store.add_turn(&turn("c", 0)).await.unwrap();
    let blocked = CallerNote {
        blocked: true,
        ..CallerNote::default()
    };
    let none = CallerNote::default();
    assert!(store.note_caller(&own, &number(), &none, &blocked).await.unwrap());
    assert!(store.recordings_before(&own, at(9_000)).await.unwrap().is_empty());
    assert_eq!(store.forget_words(&own, at(9_000)).await.unwrap(), 0);
    assert_eq!(
        store
            .forget_people(&own, (at(9_000), date(2100, 1, 1)))
            .await
            .unwrap(),
        0
    );
    let erased = store.erase_caller(&own, &number(), day()).await.unwrap();
    assert_eq!((erased.kept_calls, erased.kept_block), (1, true));
    assert!(store.is_blocked(&own, &number()).await.unwrap());
}

async fn everything_of_one_caller_is_handed_out_and_then_gone(db: Db) {
    let store = db.open().await;
    for name in ["haengbok", "byeol"] {
        caller(&store, name, 100).await;
    }
    let own = shop("haengbok");
    // Somebody with a withheld number who left this one.
    let mut hidden = call("hidden", "haengbok");
    hidden.caller = None;
    store.begin_call(&hidden).await.unwrap();
    store.add_turn(&turn("hidden", 0)).await.unwrap();
    store.end_call(&hidden.id, at(50), CallEnd::Caller).await.unwrap();
    let mut left = message("hidden", Some("hidden"), 40);
    left.call_back = Some(number());
    store.leave_message(&left).await.unwrap();
    // And somebody else.
    let mut other = call("other", "haengbok");
    other.caller = PhoneNumber::parse("010-5555-6666").ok();
    store.begin_call(&other).await.unwrap();
    store.add_turn(&turn("other", 0)).await.unwrap();
    store.end_call(&other.id, at(60), CallEnd::Caller).await.unwrap();

    let all = store.dossier(&own, &number()).await.unwrap();
    assert_eq!(all.calls.len(), 2, "{all:?}");
    assert!(all.calls.iter().all(|(_, turns)| turns.len() == 1));
    assert_eq!(
        (
            all.bookings.len(),
            all.orders.len(),
            all.messages.len(),
            all.questions.len()
        ),
        (1, 1, 2, 1)
    );
    // What stands for today is still owed.
    let erased = store.erase_caller(&own, &number(), day()).await.unwrap();
    let calls: BTreeSet<_> = ["haengbok-100", "hidden"]
        .map(|id| CallId::new(id).unwrap())
        .into();
    assert_eq!(erased.calls, calls);
    assert_eq!((erased.kept_bookings, erased.kept_orders), (1, 1));
    assert_eq!((erased.messages.len(), erased.kept_block), (2, false));
    // The day after nothing is.
    let tomorrow = day().tomorrow().unwrap();
    let erased = store.erase_caller(&own, &number(), tomorrow).await.unwrap();
    assert_eq!(
        (erased.bookings.len(), erased.orders.len(), erased.kept_bookings),
        (1, 1, 0)
    );
    assert!(store.dossier(&own, &number()).await.unwrap().is_empty());
    // The other caller's words, the digest's row and the other shop's data are as they were.
    assert_eq!(held(&db, "haengbok").await, [1, 0, 1, 0, 0, 0, 0, 1, 1, 0]);
    assert_eq!(held(&db, "byeol").await, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
}

both!(
    each_kind_ends_at_its_own_time,
    a_call_under_way_and_a_blocked_number_stay,
    everything_of_one_caller_is_handed_out_and_then_gone
);
