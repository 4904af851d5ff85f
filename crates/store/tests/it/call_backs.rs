//! Who is to be called back after the line was out of order: once each, in the order in which they called.

use biseo_model::ids::{CallId, MessageId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord, Message};
use biseo_store::{CallBack, NewNotice, Settlement, Store};

use crate::both;
use crate::common::{Db, at, call, shop};

fn phone(n: u32) -> PhoneNumber {
    PhoneNumber::parse(&format!("010-2345-{n:04}")).unwrap()
}

fn note(id: &str, incident: &str, n: u32, called: i64) -> CallBack {
    CallBack {
        id: id.into(),
        shop: shop("haengbok"),
        incident: incident.into(),
        phone: phone(n),
        call: CallId::new(format!("c-{id}")).unwrap(),
        english: n == 2,
        called: at(called),
        over: at(called + 5),
        settled: None,
    }
}

/// The message that the shop's people read.
fn left(note: &CallBack) -> Message {
    Message {
        id: MessageId::new(format!("m-{}", note.id)).unwrap(),
        shop: note.shop.clone(),
        call: None,
        name: None,
        text: "다시 전화해 주세요".into(),
        call_back: Some(note.phone.clone()),
        at: note.over,
    }
}

fn text(id: &str) -> NewNotice {
    NewNotice {
        id: id.into(),
        event: "call_missed:2026-11-25".into(),
        reader: "@caller".into(),
        channel: "text".into(),
        address: id.into(),
        content: serde_json::json!({}),
        urgent: false,
        due: at(0),
    }
}

async fn ids(store: &Store) -> Vec<String> {
    let waiting = store.call_backs_waiting(&shop("haengbok")).await.unwrap();
    waiting.into_iter().map(|w| w.id).collect()
}

async fn a_number_waits_once_for_each_incident_in_the_place_of_its_first_call(db: Db) {
    let store = db.open().await;
    for (one, new) in [
        (note("b", "i1", 1, 20), true),
        (note("a", "i1", 2, 10), true),
        (note("c", "i1", 1, 30), false),
        (note("d", "i2", 1, 40), true),
        (note("b", "i1", 1, 20), false),
    ] {
        assert_eq!(
            store.note_call_back(&one, &left(&one)).await.unwrap(),
            new,
            "{one:?}"
        );
    }
    assert_eq!(ids(&store).await, ["a", "b", "d"]);
    let of = store.call_backs_of(&shop("haengbok"), "i1").await.unwrap();
    assert_eq!(of, [note("a", "i1", 2, 10), note("b", "i1", 1, 20)]);
    assert_eq!(store.shops_with_call_backs().await.unwrap(), [shop("haengbok")]);
    assert!(store.call_backs_waiting(&shop("byeol")).await.unwrap().is_empty());
    let messages = store.messages(&shop("haengbok"), 10).await.unwrap();
    let messages: Vec<&str> = messages.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(messages, ["m-d", "m-b", "m-a"], "one for each that waits");
}

async fn what_is_settled_is_settled_once_with_its_text(db: Db) {
    let store = db.open().await;
    let own = shop("haengbok");
    for one in [
        note("a", "i1", 1, 10),
        note("b", "i2", 1, 20),
        note("c", "i1", 2, 30),
    ] {
        store.note_call_back(&one, &left(&one)).await.unwrap();
    }
    let settle = async |id: &str, notice: NewNotice, second| {
        let to = (&own, id);
        store
            .settle_call_back(to, Settlement::Text, Some(&notice), at(second))
            .await
            .unwrap()
    };
    assert_eq!(settle("a", text("n1"), 100).await, Some(Settlement::Text));
    assert_eq!(settle("a", text("n9"), 101).await, None, "never twice");
    // The same notice: one on that day is enough.
    assert_eq!(settle("b", text("n1"), 110).await, Some(Settlement::None));
    assert_eq!(store.last_call_back_text(&own).await.unwrap(), Some(at(100)));
    assert_eq!(ids(&store).await, ["c"]);
    let other = shop("byeol");
    let foreign = store.settle_call_back((&other, "c"), Settlement::Served, None, at(120));
    assert_eq!(foreign.await.unwrap(), None, "another shop's");
    let kept = store.call_backs_of(&own, "i1").await.unwrap();
    assert_eq!(kept[0].settled, Some((at(100), Settlement::Text)));
    assert_eq!(
        store.gather_notices(at(200)).await.unwrap(),
        1,
        "one text is sent"
    );
}

async fn who_was_answered_since_is_served(db: Db) {
    let store = db.open().await;
    let own = shop("haengbok");
    let again = |id: &str, second: i64| CallRecord {
        started: at(second),
        caller: Some(phone(1)),
        ..call(id, "haengbok")
    };
    let served = async || store.was_served_since(&own, &phone(1), at(10)).await.unwrap();
    for (id, second, answered, end) in [
        ("before", 5, true, CallEnd::Caller),
        ("broken", 20, true, CallEnd::Failed),
        ("missed", 30, false, CallEnd::Caller),
    ] {
        let one = again(id, second);
        store.begin_call(&one).await.unwrap();
        if answered {
            store.answer_call(&one.id, at(second + 1), None).await.unwrap();
        }
        store.end_call(&one.id, at(second + 2), end).await.unwrap();
        assert!(!served().await, "{id}");
    }
    let well = again("well", 40);
    store.begin_call(&well).await.unwrap();
    store.answer_call(&well.id, at(41), None).await.unwrap();
    assert!(served().await, "the call goes on");
}

/// A call in which a number waited for another one needs nothing of its own, also when that one is settled; one from before or after does.
async fn who_waited_then_needs_no_more(db: Db) {
    let store = db.open().await;
    let own = shop("haengbok");
    let again = |id: &str, second: i64| CallRecord {
        started: at(second),
        caller: Some(phone(1)),
        ..call(id, "haengbok")
    };
    let one = note("a", "i1", 1, 10);
    store.note_call_back(&one, &left(&one)).await.unwrap();
    let waits = async |second: i64| {
        let call = again("other", second);
        store.is_to_be_called_back(&call).await.unwrap()
    };
    assert!(waits(20).await);
    let settled = store.settle_call_back((&own, "a"), Settlement::Served, None, at(100));
    settled.await.unwrap();
    assert_eq!(
        (waits(5).await, waits(20).await, waits(200).await),
        (false, true, false)
    );
    let withheld = CallRecord {
        caller: None,
        ..again("withheld", 20)
    };
    assert!(!store.is_to_be_called_back(&withheld).await.unwrap());
}

async fn who_is_erased_or_too_old_waits_no_more(db: Db) {
    let store = db.open().await;
    let own = shop("haengbok");
    for one in [
        note("a", "i1", 1, 10),
        note("b", "i1", 2, 20),
        note("c", "i1", 3, 90),
    ] {
        store.note_call_back(&one, &left(&one)).await.unwrap();
    }
    let today = jiff::civil::date(2026, 11, 25);
    store.erase_caller(&own, &phone(2), today).await.unwrap();
    assert_eq!(ids(&store).await, ["a", "c"]);
    store.forget_people(&own, (at(50), today)).await.unwrap();
    assert_eq!(ids(&store).await, ["c"]);
}

both!(
    a_number_waits_once_for_each_incident_in_the_place_of_its_first_call,
    what_is_settled_is_settled_once_with_its_text,
    who_was_answered_since_is_served,
    who_waited_then_needs_no_more,
    who_is_erased_or_too_old_waits_no_more
);
