//! The database was away: a local copy, a journal, and what becomes of them.

use std::collections::BTreeMap;

use biseo_model::ids::BookingId;
use biseo_model::record::{Booking, BookingState, CallEnd, Message};
use biseo_store::offline::{
    CopyOf, Entry, Journal, OfflineDeed, Outcome, Step, TakenCall, View, reconcile, unresolved,
};
use biseo_store::{Booked, FoundBy, Incident, Move, Store, StoreError};
use jiff::civil::date;
use proptest::prelude::*;

use crate::both;
use crate::common::{Db, at, call, overlaps, owner, shop, turn, wish};

fn book(id: &str, hour: i8) -> Entry {
    Entry {
        id: format!("{id}-j1"),
        at: at(1),
        deed: OfflineDeed::Book {
            booking: wish(id, "haengbok", hour, 0, 60),
            candidates: vec!["t1".into(), "t2".into()],
        },
    }
}

fn moved(id: &str, from: i8, to: i8) -> Entry {
    Entry {
        id: format!("{id}-j2"),
        at: at(2),
        deed: OfflineDeed::Move {
            before: wish(id, "haengbok", from, 0, 60),
            after: wish(id, "haengbok", to, 0, 60),
            candidates: vec!["t1".into(), "t2".into()],
            call: None,
        },
    }
}

fn cancelled(id: &str, hour: i8) -> Entry {
    Entry {
        id: format!("{id}-j3"),
        at: at(3),
        deed: OfflineDeed::Cancel {
            before: wish(id, "haengbok", hour, 0, 60),
            call: None,
        },
    }
}

fn void(entry: &Entry) -> Entry {
    Entry {
        id: format!("{}-void", entry.id),
        at: at(4),
        deed: OfflineDeed::Void {
            entry: entry.id.clone(),
        },
    }
}

async fn all(store: &Store) -> Vec<Booking> {
    store
        .bookings_on(&shop("haengbok"), date(2026, 11, 25))
        .await
        .unwrap()
}

async fn settle(store: &Store, journal: &[Entry]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for n in 0..journal.len() {
        outcomes.push(store.settle_entry(journal, n, at(10)).await.unwrap());
    }
    outcomes
}

/// Journals, what others booked at 19 h meanwhile, the outcomes, and how many bookings stand then at 19 h and 20 h.
async fn a_journal_is_settled_once_and_books_nothing_twice(db: Db) {
    use Outcome::{Applied as A, Conflict as C};
    let store = db.open().await;
    let (a, b, c) = (book("a", 19), book("b", 19), book("c", 19));
    let journal = [
        a.clone(),
        b,
        c.clone(),
        moved("c", 19, 20),
        cancelled("a", 19),
        book("d", 19),
        book("e", 19),
        void(&book("e", 19)),
    ];
    let theirs = wish("theirs", "haengbok", 19, 0, 60);
    store.book(&theirs, &["t2"]).await.unwrap();
    let first = settle(&store, &journal).await;
    assert_eq!(first, [A, C, C, A, A, A, A, A]);
    let rows = all(&store).await;
    let standing: Vec<&str> = rows
        .iter()
        .filter(|b| b.state == BookingState::Confirmed)
        .map(|b| b.id.as_str())
        .collect();
    assert_eq!(standing, ["d", "theirs", "c"]);
    assert!(!overlaps(&rows));
    // After a crash, all of it again; others have booked meanwhile.
    let later = wish("later", "haengbok", 20, 0, 60);
    store.book(&later, &["t1", "t2"]).await.unwrap();
    let before = all(&store).await;
    assert_eq!(settle(&store, &journal).await, first);
    assert_eq!(all(&store).await, before);
    let outcomes: BTreeMap<String, Outcome> = journal.iter().map(|e| e.id.clone()).zip(first).collect();
    let owed: Vec<&str> = unresolved(&journal, &outcomes)
        .iter()
        .map(|e| e.id.as_str())
        .collect();
    assert_eq!(owed, ["b-j1"], "c was moved to a time that is free");
}

async fn what_others_changed_meanwhile_is_not_overruled(db: Db) {
    let store = db.open().await;
    let haengbok = shop("haengbok");
    for (id, hour) in [("a", 12), ("b", 14), ("c", 16)] {
        store
            .book(&wish(id, "haengbok", hour, 0, 60), &["t1"])
            .await
            .unwrap();
    }
    let to = Move {
        to: date(2026, 11, 25).at(18, 0, 0, 0),
        minutes: 60,
        party_size: 4,
        services: &[],
        requests: &[],
        candidates: &["t1"],
    };
    let id = |id: &str| BookingId::new(id).unwrap();
    store
        .move_booking(&haengbok, &id("a"), &to, owner())
        .await
        .unwrap();
    store.cancel_booking(&haengbok, &id("b")).await.unwrap();
    let journal = [
        moved("a", 12, 20),
        moved("b", 14, 20),
        cancelled("c", 16),
        cancelled("a", 20),
        moved("gone", 10, 11),
    ];
    use Outcome::{Applied as A, Conflict as C};
    assert_eq!(settle(&store, &journal).await, [C, C, A, C, C]);
    let states: Vec<(String, i8, BookingState)> = all(&store)
        .await
        .into_iter()
        .map(|b| (b.id.to_string(), b.time.hour(), b.state))
        .collect();
    use BookingState::{Cancelled, Confirmed};
    assert_eq!(
        states,
        [
            ("b".into(), 14, Cancelled),
            ("c".into(), 16, Cancelled),
            ("a".into(), 18, Confirmed)
        ]
    );
}

async fn a_copy_has_what_answering_needs_and_its_calls_come_back(db: Db) {
    let (store, dir) = (db.open().await, tempfile::tempdir().unwrap());
    let local = Store::open(dir.path().join("local.db")).await.unwrap();
    let haengbok = shop("haengbok");
    let from = date(2026, 11, 1);
    let empty = store.books_state(from).await.unwrap();
    store
        .book(&wish("a", "haengbok", 19, 0, 60), &["t1"])
        .await
        .unwrap();
    let state = store.books_state(from).await.unwrap();
    assert_ne!(state, empty);
    assert_eq!(local.copy_of().await.unwrap(), None);
    let books = store.books(from).await.unwrap();
    local.copy_books(&books, store.place(), at(7)).await.unwrap();
    assert_eq!(all(&local).await, all(&store).await);
    let of = CopyOf {
        place: Some(store.place().into()),
        at: Some(at(7)),
    };
    assert_eq!(local.copy_of().await.unwrap(), Some(of));
    // What is out of order is copied, and goes when it is over.
    store.begin_incident(&incident()).await.unwrap();
    assert_ne!(store.books_state(from).await.unwrap(), state);
    let books = store.books(from).await.unwrap();
    local.copy_books(&books, store.place(), at(8)).await.unwrap();
    assert_eq!(local.open_incidents().await.unwrap(), [incident()]);
    assert!(store.end_incident(&haengbok, "card", at(9)).await.unwrap());
    let books = store.books(from).await.unwrap();
    local.copy_books(&books, store.place(), at(9)).await.unwrap();
    assert_eq!(local.open_incidents().await.unwrap(), []);
    // A call goes on against the copy: the one table is taken there as well.
    let c1 = call("c1", "haengbok");
    local.begin_call(&c1).await.unwrap();
    let mut wanted = wish("b", "haengbok", 19, 30, 60);
    wanted.call = Some(c1.id.clone());
    assert_eq!(local.book(&wanted, &["t1"]).await.unwrap(), Booked::Full);
    local.add_turn(&turn("c1", 1)).await.unwrap();
    let taken = local.taken_calls(None).await.unwrap();
    let last = taken.last().map(|t| &t.record);
    assert!(last.is_some() && local.taken_calls(last).await.unwrap().is_empty());
    let [TakenCall { record, turns, .. }] = &taken[..] else {
        panic!("{taken:?}")
    };
    assert_eq!((record, &turns[..]), (&c1, &[turn("c1", 1)][..]));
    for _ in 0..2 {
        store.bring_call(&taken[0]).await.unwrap();
    }
    assert_eq!(store.turns(&haengbok, &c1.id).await.unwrap(), [turn("c1", 1)]);
    let message = Entry {
        id: "m".into(),
        at: at(1),
        deed: OfflineDeed::Message {
            message: Message {
                id: "m1".to_string().try_into().unwrap(),
                shop: haengbok.clone(),
                call: Some(c1.id.clone()),
                name: None,
                text: "전화 주세요".into(),
                call_back: None,
                at: at(1),
            },
            urgent: false,
        },
    };
    for _ in 0..2 {
        assert_eq!(
            store
                .settle_entry(std::slice::from_ref(&message), 0, at(9))
                .await
                .unwrap(),
            Outcome::Applied
        );
        store.keep_offline(&message).await.unwrap();
    }
    assert_eq!(store.messages(&haengbok, 9).await.unwrap().len(), 1);
    local.forget_taken().await.unwrap();
    assert!(local.taken_calls(None).await.unwrap().is_empty());
    // What was cancelled since is free in the next copy.
    store
        .cancel_booking(&haengbok, &BookingId::new("a").unwrap())
        .await
        .unwrap();
    assert_ne!(store.books_state(from).await.unwrap(), state);
    let books = store.books(from).await.unwrap();
    local.copy_books(&books, store.place(), at(10)).await.unwrap();
    wanted.call = None;
    assert!(matches!(
        local.book(&wanted, &["t1"]).await.unwrap(),
        Booked::Confirmed(_)
    ));
}

fn incident() -> Incident {
    Incident {
        id: "card".into(),
        shop: Some(shop("haengbok")),
        source: FoundBy::Shop,
        begun_by: None,
        cause: "payments_down".into(),
        subject: "shop".into(),
        name: String::new(),
        region: String::new(),
        consequences: Vec::new(),
        confidence: 1000,
        announced: Some(biseo_model::incident::IncidentKind::PaymentsDown),
        account: None,
        began: at(0),
        ends: None,
        ended: None,
        evidence: serde_json::Value::Null,
    }
}

/// A crash has come between journal and copy, or the copy was lost: what was promised is taken for the next caller, and only once.
async fn a_copy_catches_up_with_its_journal(db: Db) {
    let store = db.open().await;
    let journal = [
        book("a", 19),
        moved("a", 19, 20),
        book("b", 19),
        cancelled("b", 19),
        book("c", 19),
        book("void", 19),
        void(&book("void", 19)),
        book("d", 19),
    ];
    assert_eq!(store.catch_up(&journal, at(9)).await.unwrap(), 3);
    let standing = |rows: &[Booking]| {
        let rows = rows.iter().filter(|b| b.state == BookingState::Confirmed);
        let rows = rows.map(|b| (b.id.to_string(), b.time.hour(), b.resource.clone()));
        rows.collect::<Vec<_>>()
    };
    let row = |id: &str, hour: i8, table: &str| (id.to_string(), hour, table.to_string());
    let expected = [row("c", 19, "t1"), row("d", 19, "t2"), row("a", 20, "t1")];
    assert_eq!(standing(&all(&store).await), expected);
    // There is no table left at 19 h.
    let late = wish("late", "haengbok", 19, 0, 60);
    assert_eq!(store.book(&late, &["t1", "t2"]).await.unwrap(), Booked::Full);
    // Again, and with what has no room, nothing changes.
    let journal = [&journal[..], &[book("e", 19)]].concat();
    assert_eq!(store.catch_up(&journal, at(9)).await.unwrap(), 0);
    assert_eq!(standing(&all(&store).await), expected);
    // A move and a cancellation that the copy lacks.
    let journal = [&journal[..], &[moved("c", 19, 21), cancelled("d", 19)]].concat();
    for (missing, what) in [(2, "these"), (1, "e, which has room now"), (0, "nothing")] {
        assert_eq!(store.catch_up(&journal, at(9)).await.unwrap(), missing, "{what}");
    }
    let expected = [row("e", 19, "t1"), row("a", 20, "t1"), row("c", 21, "t1")];
    assert_eq!(standing(&all(&store).await), expected);
}

/// How a call ended during an outage is known by the copy, also where the database still has it open.
async fn calls_that_the_copy_knows_are_not_closed_as_cut_off(db: Db) {
    let (store, dir) = (db.open().await, tempfile::tempdir().unwrap());
    let local = Store::open(dir.path().join("local.db")).await.unwrap();
    for id in ["c1", "c2"] {
        store.begin_call(&call(id, "haengbok")).await.unwrap();
    }
    let c1 = call("c1", "haengbok");
    local.begin_call(&c1).await.unwrap();
    local.end_call(&c1.id, at(60), CallEnd::Biseo).await.unwrap();
    let known = local.taken_ids().await.unwrap();
    assert_eq!(store.close_interrupted_but(at(90), &known).await.unwrap(), 1);
    for taken in local.taken_calls(None).await.unwrap() {
        store.bring_call(&taken).await.unwrap();
    }
    let calls = store.calls(&shop("haengbok"), 9).await.unwrap();
    let mut ends: Vec<_> = calls.iter().map(|c| (c.id.as_str(), c.ended, c.end)).collect();
    ends.sort_by_key(|(id, ..)| *id);
    let of = |end: CallEnd, second| (Some(at(second)), Some(end));
    let (first, second) = (of(CallEnd::Biseo, 60), of(CallEnd::Interrupted, 90));
    assert_eq!(ends, [("c1", first.0, first.1), ("c2", second.0, second.1)]);
}

both!(
    a_copy_catches_up_with_its_journal,
    calls_that_the_copy_knows_are_not_closed_as_cut_off,
    a_journal_is_settled_once_and_books_nothing_twice,
    what_others_changed_meanwhile_is_not_overruled,
    a_copy_has_what_answering_needs_and_its_calls_come_back
);

#[test]
fn a_journal_outlives_a_crash_and_a_torn_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("offline/journal");
    let mut journal = Journal::open(&path).unwrap();
    journal.append(book("a", 19)).unwrap();
    journal.append(cancelled("a", 19)).unwrap();
    drop(journal);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&whole[..], b"{\"id\":\"half"].concat()).unwrap();
    let mut journal = Journal::open(&path).unwrap();
    assert_eq!(journal.entries(), [book("a", 19), cancelled("a", 19)]);
    journal.append(book("b", 20)).unwrap();
    drop(journal);
    let mut journal = Journal::open(&path).unwrap();
    assert_eq!(journal.entries().len(), 3);
    journal.clear().unwrap();
    journal.append(book("c", 20)).unwrap();
    drop(journal);
    assert_eq!(Journal::open(&path).unwrap().entries(), [book("c", 20)]);
    std::fs::write(&path, b"nonsense\n").unwrap();
    assert!(matches!(Journal::open(&path), Err(StoreError::Corrupt(_))));
}

/// A move among those that callers and others make.
#[derive(Debug, Clone)]
enum Doing {
    Book { hour: i8, minutes: u32, tables: usize },
    Move { which: usize, hour: i8 },
    Cancel { which: usize },
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        4 => (10i8..16, prop_oneof![Just(60u32), Just(90), Just(120)], 1usize..4)
            .prop_map(|(hour, minutes, tables)| Doing::Book { hour, minutes, tables }),
        2 => (0usize..12, 10i8..16).prop_map(|(which, hour)| Doing::Move { which, hour }),
        1 => (0usize..12).prop_map(|which| Doing::Cancel { which }),
    ]
}

const TABLES: [&str; 3] = ["t1", "t2", "t3"];

/// One set of books, and those who write in it one after another.
#[derive(Clone, Default)]
struct Desk {
    view: View,
    made: usize,
    name: &'static str,
}

impl Desk {
    /// Does it if there is room, as a store does; gives what a journal would hold of it.
    fn does(&mut self, doing: &Doing) -> Option<Entry> {
        self.made += 1;
        let id = format!("{}{}", self.name, self.made);
        let entry = |deed| Entry {
            id: format!("{id}-j"),
            at: at(0),
            deed,
        };
        let names = |n: usize| {
            TABLES
                .iter()
                .take(n)
                .map(|t| (*t).to_string())
                .collect::<Vec<_>>()
        };
        let standing: Vec<Booking> = (self.view.bookings.iter())
            .filter(|b| b.state == BookingState::Confirmed)
            .cloned()
            .collect();
        let pick = |which: usize| standing.get(which % standing.len().max(1)).cloned();
        let entry = match doing {
            Doing::Book {
                hour,
                minutes,
                tables,
            } => entry(OfflineDeed::Book {
                booking: wish(&id, "haengbok", *hour, 0, *minutes),
                candidates: names(*tables),
            }),
            Doing::Move { which, hour } => {
                let before = pick(*which)?;
                let after = Booking {
                    time: jiff::civil::time(*hour, 0, 0, 0),
                    ..before.clone()
                };
                entry(OfflineDeed::Move {
                    before,
                    after,
                    candidates: names(3),
                    call: None,
                })
            }
            Doing::Cancel { which } => entry(OfflineDeed::Cancel {
                before: pick(*which)?,
                call: None,
            }),
        };
        let books = BTreeMap::from([(shop("haengbok"), self.view.clone())]);
        let plan = reconcile(&books, &BTreeMap::new(), std::slice::from_ref(&entry));
        let (_, step) = plan.steps.into_iter().next()?;
        if matches!(step, Step::Conflict(_)) {
            return None;
        }
        self.view.take(&step);
        Some(entry)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(biseo_testkit::cases(600)))]

    /// Whatever callers did offline and others did meanwhile, wherever the reconciliation breaks off and begins again, and whatever
    /// others do then: no two standing bookings meet on a resource, no promise is lost, and doing it all again changes nothing.
    #[test]
    fn offline_bookings_are_reconciled_without_a_double(
        before in proptest::collection::vec(doing(), 0..8),
        offline in proptest::collection::vec(doing(), 1..14),
        meanwhile in proptest::collection::vec(doing(), 0..14),
        crashes in proptest::collection::vec((0usize..14, doing()), 0..4),
    ) {
        let mut central = Desk { name: "x", ..Desk::default() };
        for doing in &before {
            central.does(doing);
        }
        let mut local = Desk { name: "off", ..central.clone() };
        let journal: Vec<Entry> = offline.iter().filter_map(|d| local.does(d)).collect();
        central.name = "on";
        let others: Vec<Entry> = meanwhile.iter().filter_map(|d| central.does(d)).collect();
        let mut done = BTreeMap::new();
        // Each crash comes after some entries; then others do something, and all begins again.
        let ends = crashes.iter().map(|(after, doing)| (*after, Some(doing))).chain([(usize::MAX, None)]);
        for (end, doing) in ends {
            let books = BTreeMap::from([(shop("haengbok"), central.view.clone())]);
            let plan = reconcile(&books, &done, &journal);
            for (id, step) in plan.steps.into_iter().take(end) {
                central.view.take(&step);
                done.insert(id, step.outcome());
            }
            if let Some(doing) = doing {
                central.does(doing);
            }
            prop_assert!(!overlaps(&central.view.bookings));
        }
        // Each entry came to something, and again nothing is to be done.
        prop_assert_eq!(done.len(), journal.len());
        let books = BTreeMap::from([(shop("haengbok"), central.view.clone())]);
        prop_assert!(reconcile(&books, &done, &journal).steps.is_empty());
        let owed = unresolved(&journal, &done);
        if others.is_empty() && crashes.is_empty() {
            prop_assert!(owed.is_empty(), "nobody was in the way: {owed:?}");
        }
        for entry in &journal {
            let id = entry.booking().unwrap();
            let last = journal.iter().rfind(|e| e.booking() == Some(id)).unwrap();
            if last.id != entry.id || owed.iter().any(|e| e.id == entry.id) {
                continue;
            }
            let found = central.view.bookings.iter().find(|b| b.id == *id);
            let stands = found.filter(|b| b.state == BookingState::Confirmed);
            match entry.believed() {
                // Others may have changed it once it was back in the books; that is theirs to answer for.
                Some(_) if !crashes.is_empty() => {}
                Some(promised) => prop_assert_eq!(
                    stands.map(|b| (b.date, b.time, b.minutes)),
                    Some((promised.date, promised.time, promised.minutes))
                ),
                None => prop_assert!(stands.is_none(), "{entry:?}"),
            }
        }
    }
}

/// More calls than are read at once, many of them begun in the same instant, all come back, each once.
#[tokio::test]
async fn calls_come_back_some_at_a_time_and_none_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let local = Store::open(dir.path().join("local.db")).await.unwrap();
    for n in 0..1201_i64 {
        let begun = biseo_model::record::CallRecord {
            started: at(n / 700),
            ..call(&format!("c{n:04}"), "haengbok")
        };
        local.begin_call(&begun).await.unwrap();
    }
    let (mut ids, mut last) = (Vec::new(), None);
    loop {
        let taken = local.taken_calls(last.as_ref()).await.unwrap();
        assert!(taken.len() <= 500);
        let Some(end) = taken.last() else { break };
        last = Some(end.record.clone());
        ids.extend(taken.iter().map(|t| t.record.id.as_str().to_string()));
    }
    let all: Vec<String> = (0..1201).map(|n| format!("c{n:04}")).collect();
    assert_eq!(ids, all);
}
