//! Calls, turns and messages: what was acknowledged is there, and only for its own shop.

use crate::both;
use crate::common::{Db, at, call, shop, turn};
use biseo_model::ids::MessageId;
use biseo_model::record::{CallEnd, Message};
use biseo_store::{Store, StoreError};

async fn a_call_is_stored_as_it_happens(db: Db) {
    let store = db.open().await;
    let mut record = call("c1", "haengbok");
    store.begin_call(&record).await.unwrap();
    store
        .answer_call(&record.id, at(2), Some("2026/c1.wav"))
        .await
        .unwrap();
    store.add_turn(&turn("c1", 0)).await.unwrap();
    store.add_turn(&turn("c1", 1)).await.unwrap();
    store.end_call(&record.id, at(60), CallEnd::Caller).await.unwrap();
    store.end_call(&record.id, at(61), CallEnd::Failed).await.unwrap();
    store.close().await;

    let again = db.open().await;
    (record.answered, record.recording) = (Some(at(2)), Some("2026/c1.wav".into()));
    (record.ended, record.end) = (Some(at(60)), Some(CallEnd::Caller));
    assert_eq!(
        again.call(&record.shop, &record.id).await.unwrap().as_ref(),
        Some(&record)
    );
    assert_eq!(
        again.turns(&record.shop, &record.id).await.unwrap(),
        [turn("c1", 0), turn("c1", 1)]
    );
}

async fn a_turn_is_amended_once_it_is_known_what_was_heard_of_it(db: Db) {
    let store = db.open().await;
    store.begin_call(&call("c1", "haengbok")).await.unwrap();
    for number in 0..3 {
        store.add_turn(&turn("c1", number)).await.unwrap();
    }
    let mut broken_off = turn("c1", 1);
    broken_off.said = "네, 성함이".into();
    broken_off.latency.pacing_ms = Some(3.5);
    store.amend_turn(&broken_off).await.unwrap();
    let expected = [turn("c1", 0), broken_off, turn("c1", 2)];
    let c1 = call("c1", "haengbok").id;
    assert_eq!(store.turns(&shop("haengbok"), &c1).await.unwrap(), expected);
    for absent in [turn("c1", 3), turn("c2", 1)] {
        assert!(matches!(
            store.amend_turn(&absent).await,
            Err(StoreError::Conflict(_))
        ));
    }
    assert_eq!(store.turns(&shop("haengbok"), &c1).await.unwrap(), expected);
}

async fn the_recording_is_known_at_the_ring_or_at_the_answer(db: Db) {
    let store = db.open().await;
    for (id, at_ring, at_answer, expected) in [
        ("none", None, None, None),
        ("ring", Some("r.wav"), None, Some("r.wav")),
        ("answer", None, Some("a.wav"), Some("a.wav")),
        ("both", Some("r.wav"), Some("a.wav"), Some("a.wav")),
    ] {
        let mut record = call(id, "haengbok");
        record.recording = at_ring.map(String::from);
        store.begin_call(&record).await.unwrap();
        store.answer_call(&record.id, at(1), at_answer).await.unwrap();
        let stored = store.call(&record.shop, &record.id).await.unwrap().unwrap();
        assert_eq!(stored.recording.as_deref(), expected, "{id}");
    }
}

async fn calls_come_newest_first_up_to_the_limit(db: Db) {
    let store = db.open().await;
    for n in 0..5 {
        let mut record = call(&format!("c{n}"), "haengbok");
        record.started = at(n);
        store.begin_call(&record).await.unwrap();
    }
    let ids: Vec<_> = store
        .calls(&shop("haengbok"), 3)
        .await
        .unwrap()
        .into_iter()
        .map(|c| c.id.to_string())
        .collect();
    assert_eq!(ids, ["c4", "c3", "c2"]);
}

async fn a_crash_leaves_calls_that_the_next_start_closes(db: Db) {
    let store = db.open().await;
    store.begin_call(&call("open", "haengbok")).await.unwrap();
    store.begin_call(&call("done", "haengbok")).await.unwrap();
    store
        .end_call(&call("done", "haengbok").id, at(9), CallEnd::Biseo)
        .await
        .unwrap();
    assert_eq!(store.close_interrupted(at(100)).await.unwrap(), 1);
    let interrupted = store
        .call(&shop("haengbok"), &call("open", "haengbok").id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (interrupted.ended, interrupted.end),
        (Some(at(100)), Some(CallEnd::Interrupted))
    );
}

async fn tenants_are_apart(db: Db) {
    let store = db.open().await;
    store.begin_call(&call("c1", "haengbok")).await.unwrap();
    store.add_turn(&turn("c1", 0)).await.unwrap();
    let message = Message {
        id: MessageId::new("m1").unwrap(),
        shop: shop("haengbok"),
        call: Some(call("c1", "haengbok").id),
        name: Some("박서연".into()),
        text: "내일 전화 주세요".into(),
        call_back: call("c1", "haengbok").caller,
        at: at(5),
    };
    store.leave_message(&message).await.unwrap();
    store.leave_message(&message).await.unwrap();
    assert_eq!(store.messages(&shop("haengbok"), 10).await.unwrap(), [message]);

    let other = shop("byeol");
    assert!(store.calls(&other, 10).await.unwrap().is_empty());
    assert!(
        store
            .call(&other, &call("c1", "haengbok").id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        store
            .turns(&other, &call("c1", "haengbok").id)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.messages(&other, 10).await.unwrap().is_empty());
}

async fn contradictions_are_refused(db: Db) {
    let store = db.open().await;
    let record = call("c1", "haengbok");
    assert!(matches!(
        store.add_turn(&turn("c1", 0)).await,
        Err(StoreError::Conflict(_))
    ));
    assert!(matches!(
        store.answer_call(&record.id, at(1), None).await,
        Err(StoreError::Conflict(_))
    ));
    store.begin_call(&record).await.unwrap();
    assert!(matches!(
        store.begin_call(&record).await,
        Err(StoreError::Conflict(_))
    ));
    store.add_turn(&turn("c1", 0)).await.unwrap();
    assert!(matches!(
        store.add_turn(&turn("c1", 0)).await,
        Err(StoreError::Conflict(_))
    ));
}

/// The recogniser and the caller's telephone may send anything.
async fn texts_are_kept_on_both_alike(db: Db) {
    let store = db.open().await;
    store.begin_call(&call("c1", "haengbok")).await.unwrap();
    let mut odd = turn("c1", 0);
    odd.heard = "a\0b' \u{10ffff}; DROP TABLE turn; --".into();
    odd.said = "\0".into();
    store.add_turn(&odd).await.unwrap();
    (odd.heard, odd.said) = (odd.heard.replace('\0', "\u{fffd}"), "\u{fffd}".into());
    let c1 = call("c1", "haengbok").id;
    assert_eq!(store.turns(&shop("haengbok"), &c1).await.unwrap(), [odd]);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("biseo.db");
    std::fs::write(
        &path,
        "this is a text file, and long enough to be read as a header of a database\n".repeat(40),
    )
    .unwrap();
    let error = Store::open(&path).await.unwrap_err().to_string();
    assert!(
        error.contains("biseo.db") && error.contains("not a database"),
        "{error}"
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("data"), "a file where the folder should be").unwrap();
    let error = Store::open(&dir.path().join("data/biseo.db"))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("data/biseo.db"), "{error}");
}

both! {
    a_call_is_stored_as_it_happens,
    a_turn_is_amended_once_it_is_known_what_was_heard_of_it,
    the_recording_is_known_at_the_ring_or_at_the_answer,
    calls_come_newest_first_up_to_the_limit,
    a_crash_leaves_calls_that_the_next_start_closes,
    tenants_are_apart,
    contradictions_are_refused,
    texts_are_kept_on_both_alike
}
