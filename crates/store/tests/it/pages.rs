//! Lists by page: calls, callers, messages, questions; each the shop's own.

use crate::both;
use crate::common::{Db, at, call, shop, wish};
use biseo_model::ids::{CallId, MessageId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord, Message};
use biseo_store::{CallFilter, CallerNote, Cursor, ListedCall, Page, Question, Store};
use proptest::prelude::*;

/// Calls with few different instants, callers and ends, as a filter meets them.
fn calls() -> impl Strategy<Value = Vec<(u8, u8, u8, bool)>> {
    prop::collection::vec((0..4_u8, 0..3_u8, 0..8_u8, any::<bool>()), 0..24)
}

fn number(n: u8) -> Option<PhoneNumber> {
    (n > 0).then(|| PhoneNumber::parse(&format!("0101234567{n}")).unwrap())
}

const OUTCOMES: [&str; 9] = [
    "live",
    "missed",
    "caller",
    "biseo",
    "transferred",
    "silence",
    "failed",
    "interrupted",
    "blocked",
];

fn record(n: usize, (second, caller, end, answered): (u8, u8, u8, bool)) -> CallRecord {
    let ends = [
        CallEnd::Caller,
        CallEnd::Biseo,
        CallEnd::Transferred,
        CallEnd::Silence,
        CallEnd::Failed,
        CallEnd::Interrupted,
        CallEnd::Blocked,
    ];
    let end = ends.get(usize::from(end)).copied();
    CallRecord {
        caller: number(caller),
        started: at(i64::from(second)),
        answered: answered.then(|| at(10)),
        ended: end.map(|_| at(20)),
        end,
        ..call(&format!("c{n}"), if n % 5 == 4 { "byeol" } else { "haengbok" })
    }
}

fn outcome(call: &CallRecord) -> &'static str {
    match call.end {
        None => "live",
        Some(CallEnd::Failed) => "failed",
        Some(CallEnd::Interrupted) => "interrupted",
        Some(CallEnd::Blocked) => "blocked",
        Some(_) if call.answered.is_none() => "missed",
        Some(CallEnd::Caller) => "caller",
        Some(CallEnd::Biseo) => "biseo",
        Some(CallEnd::Transferred) => "transferred",
        Some(CallEnd::Silence) => "silence",
    }
}

async fn all_pages(store: &Store, filter: &CallFilter) -> Vec<ListedCall> {
    let mut all: Vec<ListedCall> = Vec::new();
    let mut page = Page {
        after: None,
        limit: 3,
    };
    // Twelve pages hold more than there are calls.
    for _ in 0..12 {
        let some = store.call_page(&shop("haengbok"), filter, &page).await.unwrap();
        page.after = some.last().map(|c| Cursor {
            at: c.call.started,
            id: c.call.id.to_string(),
        });
        let last = some.len() < 3;
        all.extend(some);
        if last {
            break;
        }
    }
    all
}

/// Whatever is filtered, the pages together are what a plain filter over all calls gives.
async fn pages_hold_each_call_once_and_in_order(db: Db, given: Vec<(u8, u8, u8, bool)>) {
    let store = db.open().await;
    let records: Vec<_> = given.into_iter().enumerate().map(|(n, c)| record(n, c)).collect();
    for record in &records {
        store.begin_call(record).await.unwrap();
    }
    let outcomes = OUTCOMES.iter().map(|o| Some(*o)).chain([None]);
    for outcome_wanted in outcomes {
        for (caller, from, to) in [(0, 0, 9), (1, 0, 9), (0, 1, 3), (2, 1, 2)] {
            let filter = CallFilter {
                from: Some(at(from)),
                to: Some(at(to)),
                caller: number(caller),
                outcome: outcome_wanted,
            };
            let mut expected: Vec<_> = records
                .iter()
                .filter(|c| c.shop == shop("haengbok") && c.started >= at(from) && c.started < at(to))
                .filter(|c| filter.caller.is_none() || c.caller == filter.caller)
                .filter(|c| outcome_wanted.is_none_or(|o| outcome(c) == o))
                .cloned()
                .collect();
            expected.sort_by(|a, b| (b.started, b.id.as_str()).cmp(&(a.started, a.id.as_str())));
            let got: Vec<_> = all_pages(&store, &filter)
                .await
                .into_iter()
                .map(|l| l.call)
                .collect();
            assert_eq!(got, expected, "{filter:?}");
        }
    }
}

pub fn message(id: &str, call: Option<&str>, second: i64) -> Message {
    Message {
        id: MessageId::new(id).unwrap(),
        shop: shop("haengbok"),
        call: call.map(|c| CallId::new(c).unwrap()),
        name: None,
        text: "내일 전화 주세요".into(),
        call_back: PhoneNumber::parse("010-2345-6789").ok(),
        at: at(second),
    }
}

fn question(id: &str, call: &str, second: i64) -> Question {
    Question {
        id: id.into(),
        call: Some(CallId::new(call).unwrap()),
        text: "유모차 들어가나요?".into(),
        at: at(second),
        state: "open".into(),
        topic: None,
    }
}

async fn a_call_is_listed_with_what_came_of_it(db: Db) {
    let store = db.open().await;
    let c = call("c", "haengbok");
    store.begin_call(&c).await.unwrap();
    let nobody = store.listed_call(&c.shop, &c.id).await.unwrap().unwrap();
    assert_eq!((nobody.name, nobody.bookings), (None, 0));
    let booking = biseo_model::record::Booking {
        call: Some(c.id.clone()),
        ..wish("b", "haengbok", 19, 0, 90)
    };
    store.book(&booking, &["t"]).await.unwrap();
    store.leave_message(&message("m", Some("c"), 1)).await.unwrap();
    store.add_question(&c.shop, &question("q", "c", 1)).await.unwrap();
    let listed = store.listed_call(&c.shop, &c.id).await.unwrap().unwrap();
    assert_eq!(
        (listed.bookings, listed.orders, listed.messages, listed.questions),
        (1, 0, 1, 1)
    );
    assert_eq!(listed.name.as_deref(), Some("김민수"));
    let phone = c.caller.clone().unwrap();
    let noted = CallerNote {
        name: "단골 민수".into(),
        ..CallerNote::default()
    };
    assert!(
        store
            .note_caller(&c.shop, &phone, &CallerNote::default(), &noted)
            .await
            .unwrap()
    );
    let listed = store.listed_call(&c.shop, &c.id).await.unwrap().unwrap();
    assert_eq!(listed.name.as_deref(), Some("단골 민수"));
    assert_eq!(store.listed_call(&shop("byeol"), &c.id).await.unwrap(), None);
    assert_eq!(store.bookings_in(&shop("byeol"), &c.id).await.unwrap(), []);
    assert_eq!(store.bookings_in(&c.shop, &c.id).await.unwrap().len(), 1);
    assert_eq!(store.messages_in(&c.shop, &c.id).await.unwrap().len(), 1);
}

async fn callers_by_their_last_call(db: Db) {
    let store = db.open().await;
    for (n, (second, caller)) in [(0, 1), (1, 2), (2, 1), (3, 3)].into_iter().enumerate() {
        store
            .begin_call(&record(n, (second, caller, 0, true)))
            .await
            .unwrap();
    }
    let haengbok = shop("haengbok");
    let page = |after: Option<Cursor>| Page { after, limit: 2 };
    let first = store.caller_page(&haengbok, None, &page(None)).await.unwrap();
    let seen: Vec<_> = first.iter().map(|c| (c.phone.clone(), c.calls)).collect();
    assert_eq!(seen, [(number(3).unwrap(), 1), (number(1).unwrap(), 2)]);
    let after = Cursor {
        at: first[1].last_call.unwrap(),
        id: first[1].phone.as_str().into(),
    };
    let second = store
        .caller_page(&haengbok, None, &page(Some(after)))
        .await
        .unwrap();
    assert_eq!(
        second.iter().map(|c| &c.phone).collect::<Vec<_>>(),
        [&number(2).unwrap()]
    );
    let bad = CallerNote {
        blocked: true,
        note: "장난 전화".into(),
        ..CallerNote::default()
    };
    let (one, none) = (number(1).unwrap(), CallerNote::default());
    assert!(store.note_caller(&haengbok, &one, &none, &bad).await.unwrap());
    assert!(
        !store.note_caller(&haengbok, &one, &none, &bad).await.unwrap(),
        "changed meanwhile"
    );
    assert!(store.is_blocked(&haengbok, &one).await.unwrap());
    assert!(!store.is_blocked(&shop("byeol"), &one).await.unwrap());
    let blocked = store
        .caller_page(&haengbok, Some(true), &page(None))
        .await
        .unwrap();
    assert_eq!((blocked.len(), &blocked[0].note), (1, &bad));
    let stranger = PhoneNumber::parse("02-555-1234").unwrap();
    assert_eq!(store.caller(&haengbok, &stranger).await.unwrap(), None);
    store
        .note_caller(&haengbok, &stranger, &none, &bad)
        .await
        .unwrap();
    let noted = store.caller(&haengbok, &stranger).await.unwrap().unwrap();
    assert_eq!((noted.calls, noted.last_call), (0, None));
}

async fn messages_wait_until_they_are_done(db: Db) {
    let store = db.open().await;
    for n in 0..3 {
        store
            .leave_message(&message(&format!("m{n}"), None, n))
            .await
            .unwrap();
    }
    let haengbok = shop("haengbok");
    let id = MessageId::new("m1").unwrap();
    assert!(
        !store
            .mark_message(&shop("byeol"), &id, Some(at(9)))
            .await
            .unwrap()
    );
    for second in [9, 10] {
        assert!(
            store
                .mark_message(&haengbok, &id, Some(at(second)))
                .await
                .unwrap()
        );
    }
    let page = Page {
        after: None,
        limit: 10,
    };
    for (done, expected) in [
        (Some(true), vec!["m1"]),
        (Some(false), vec!["m2", "m0"]),
        (None, vec!["m2", "m1", "m0"]),
    ] {
        let listed = store.message_page(&haengbok, done, &page).await.unwrap();
        let ids: Vec<_> = listed.iter().map(|m| m.message.id.as_str()).collect();
        assert_eq!(ids, expected);
    }
    let marked = store.message(&haengbok, &id).await.unwrap().unwrap();
    assert_eq!(marked.done, Some(at(9)), "the first mark stays");
    store.mark_message(&haengbok, &id, None).await.unwrap();
    assert_eq!(store.message(&haengbok, &id).await.unwrap().unwrap().done, None);
    let phone = PhoneNumber::parse("010-2345-6789").unwrap();
    assert_eq!(store.messages_for(&haengbok, &phone).await.unwrap().len(), 3);
}

async fn questions_are_settled(db: Db) {
    let store = db.open().await;
    let haengbok = shop("haengbok");
    for n in 0..3 {
        let q = question(&format!("q{n}"), "gone", n);
        store.add_question(&haengbok, &q).await.unwrap();
        store.add_question(&haengbok, &q).await.unwrap();
    }
    assert!(
        !store
            .settle_question(&shop("byeol"), "q1", "dismissed", None)
            .await
            .unwrap()
    );
    assert!(
        store
            .settle_question(&haengbok, "q1", "answered", Some("유모차"))
            .await
            .unwrap()
    );
    let page = Page {
        after: None,
        limit: 10,
    };
    let open = store.question_page(&haengbok, Some("open"), &page).await.unwrap();
    assert_eq!(
        open.iter().map(|q| q.id.as_str()).collect::<Vec<_>>(),
        ["q2", "q0"]
    );
    assert_eq!(
        store.question_page(&haengbok, None, &page).await.unwrap().len(),
        3
    );
    let settled = store.question(&haengbok, "q1").await.unwrap().unwrap();
    assert_eq!(
        (settled.state.as_str(), settled.topic.as_deref()),
        ("answered", Some("유모차"))
    );
    assert_eq!(store.question(&shop("byeol"), "q1").await.unwrap(), None);
}

async fn what_waits_is_counted(db: Db) {
    let store = db.open().await;
    for (n, c) in [
        (1, 1, 0, true),
        (1, 1, 0, false),
        (1, 2, 9, true),
        (0, 1, 9, false),
    ]
    .into_iter()
    .enumerate()
    {
        store.begin_call(&record(n, c)).await.unwrap();
    }
    store
        .book(&wish("b", "haengbok", 19, 0, 90), &["t"])
        .await
        .unwrap();
    store.leave_message(&message("m", None, 1)).await.unwrap();
    store
        .add_question(&shop("haengbok"), &question("q", "c", 1))
        .await
        .unwrap();
    let day = jiff::civil::date(2026, 11, 25);
    let waiting = store.waiting(&shop("haengbok"), day, at(1)).await.unwrap();
    assert_eq!((waiting.live, waiting.calls, waiting.missed), (2, 3, 1));
    assert_eq!(
        (
            waiting.bookings,
            waiting.orders,
            waiting.messages,
            waiting.questions
        ),
        (1, 0, 1, 1)
    );
    let other = store.waiting(&shop("byeol"), day, at(0)).await.unwrap();
    assert_eq!(other, biseo_store::Waiting::default());
    store.ping().await.unwrap();
}

both! {
    a_call_is_listed_with_what_came_of_it,
    callers_by_their_last_call,
    messages_wait_until_they_are_done,
    questions_are_settled,
    what_waits_is_counted;
    pages_hold_each_call_once_and_in_order: 8, calls()
}
