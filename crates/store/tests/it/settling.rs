//! Bookings of an outage by the way they really go: a copy of the books, callers who book, move and cancel against it, others who do so in the
//! database meanwhile, and a settlement that breaks off and begins again while others go on.

use biseo_model::ids::BookingId;
use biseo_model::record::{Booking, BookingState};
use biseo_store::offline::{Entry, OfflineDeed, Outcome, unresolved};
use biseo_store::{Booked, Move, Store};
use jiff::civil::{Date, date, time};
use proptest::collection::vec as some;
use proptest::prelude::*;

use crate::both;
use crate::common::{Db, at, overlaps, owner, shop, wish};

const DAY: Date = date(2026, 11, 25);
const TABLES: [&str; 3] = ["t1", "t2", "t3"];

#[derive(Debug, Clone)]
enum Doing {
    Book { hour: i8, minutes: u32, tables: usize },
    Move { which: usize, hour: i8 },
    Cancel { which: usize },
}

fn book() -> impl Strategy<Value = Doing> {
    (10i8..16, prop_oneof![Just(60u32), Just(90), Just(120)], 1usize..4).prop_map(
        |(hour, minutes, tables)| Doing::Book {
            hour,
            minutes,
            tables,
        },
    )
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        4 => book(),
        2 => (0usize..12, 10i8..16).prop_map(|(which, hour)| Doing::Move { which, hour }),
        1 => (0usize..12).prop_map(|which| Doing::Cancel { which }),
    ]
}

/// An outage: what was in the books, what callers and others did, after how many entries the settlement breaks off, and what others book while it
/// goes on.
type Outage = (Vec<Doing>, Vec<Doing>, Vec<Doing>, Vec<usize>, Vec<Doing>);

fn outages() -> impl Strategy<Value = Outage> {
    (
        some(book(), 0..4),
        some(doing(), 1..9),
        some(doing(), 0..7),
        some(0usize..9, 0..3),
        some(book(), 0..4),
    )
}

/// Who writes in some books.
struct Desk<'a> {
    store: &'a Store,
    name: &'static str,
    made: usize,
}

impl<'a> Desk<'a> {
    fn at(store: &'a Store, name: &'static str) -> Self {
        Self { store, name, made: 0 }
    }

    async fn standing(&self, which: usize) -> Option<Booking> {
        let mut all = rows(self.store).await;
        all.retain(|b| b.state == BookingState::Confirmed);
        all.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
        all.get(which % all.len().max(1)).cloned()
    }

    /// Does it, if there is room; what a journal holds of it.
    async fn does(&mut self, doing: &Doing) -> Option<Entry> {
        self.made += 1;
        let name = format!("{}{}", self.name, self.made);
        let deed = match doing {
            Doing::Book {
                hour,
                minutes,
                tables,
            } => {
                self.books(wish(&name, "haengbok", *hour, 0, *minutes), *tables)
                    .await?
            }
            Doing::Move { which, hour } => self.moves(self.standing(*which).await?, *hour).await?,
            Doing::Cancel { which } => {
                let before = self.standing(*which).await?;
                let done = self.store.cancel_booking(&before.shop, &before.id).await.unwrap();
                assert!(done, "it stood");
                OfflineDeed::Cancel { before, call: None }
            }
        };
        Some(Entry {
            id: format!("{name}-j"),
            at: at(1),
            deed,
        })
    }

    async fn books(&self, booking: Booking, tables: usize) -> Option<OfflineDeed> {
        let candidates = &TABLES[..tables];
        let booked = self.store.book(&booking, candidates).await.unwrap();
        matches!(booked, Booked::Confirmed(_)).then(|| OfflineDeed::Book {
            booking,
            candidates: candidates.iter().map(|t| (*t).to_string()).collect(),
        })
    }

    async fn moves(&self, before: Booking, hour: i8) -> Option<OfflineDeed> {
        let to = Move {
            to: DAY.at(hour, 0, 0, 0),
            minutes: before.minutes,
            party_size: before.party_size,
            services: &[],
            requests: &[],
            candidates: &TABLES,
        };
        let moved = self
            .store
            .move_booking(&before.shop, &before.id, &to, owner())
            .await;
        let after = Booking {
            time: time(hour, 0, 0, 0),
            ..before.clone()
        };
        matches!(moved.unwrap(), Booked::Confirmed(_)).then(|| OfflineDeed::Move {
            before,
            after,
            candidates: TABLES.map(str::to_string).into(),
            call: None,
        })
    }
}

async fn rows(store: &Store) -> Vec<Booking> {
    store.bookings_on(&shop("haengbok"), DAY).await.unwrap()
}

/// Settles the first so many entries.
async fn settle(store: &Store, journal: &[Entry], most: usize) -> Vec<(String, Outcome)> {
    let mut outcomes = Vec::new();
    for (n, entry) in journal.iter().enumerate().take(most) {
        let outcome = store.settle_entry(journal, n, at(10)).await.unwrap();
        outcomes.push((entry.id.clone(), outcome));
    }
    outcomes
}

/// Whatever callers and others do, wherever the settlement breaks off, and whoever books beside it: no two standing bookings meet on a table, each
/// promise stands or is owed a call, and to settle it again changes nothing.
async fn what_was_done_in_an_outage_is_settled_without_a_double(db: Db, outage: Outage) {
    let (before, offline, meanwhile, crashes, beside) = outage;
    let central = db.open().await;
    let mut desk = Desk::at(&central, "x");
    for doing in &before {
        desk.does(doing).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let local = Store::open(dir.path().join("local.db")).await.unwrap();
    let books = central.books(DAY).await.unwrap();
    local.copy_books(&books, "central", at(0)).await.unwrap();
    let (mut callers, mut journal) = (Desk::at(&local, "off"), Vec::new());
    for doing in &offline {
        journal.extend(callers.does(doing).await);
    }
    let mut others = Desk::at(&central, "on");
    for doing in &meanwhile {
        others.does(doing).await;
    }
    for after in crashes {
        settle(&central, &journal, after).await;
        assert!(!overlaps(&rows(&central).await));
    }
    // Others book at the same time.
    let mut others = Desk::at(&central, "late");
    let both = async {
        for doing in &beside {
            others.does(doing).await;
        }
    };
    let (outcomes, ()) = tokio::join!(settle(&central, &journal, usize::MAX), both);
    let settled = rows(&central).await;
    assert!(!overlaps(&settled), "{settled:#?}");
    assert_eq!(settle(&central, &journal, usize::MAX).await, outcomes);
    assert_eq!(rows(&central).await, settled, "again, nothing is done");
    promises(&journal, &outcomes.into_iter().collect(), &settled);
    local.close().await;
    central.close().await;
}

fn promises(journal: &[Entry], outcomes: &std::collections::BTreeMap<String, Outcome>, settled: &[Booking]) {
    let owed = unresolved(journal, outcomes);
    let id = |e: &Entry| -> Option<BookingId> { e.booking().cloned() };
    for entry in journal {
        let last = journal.iter().rfind(|e| id(e) == id(entry)).map(|e| &e.id);
        if last != Some(&entry.id) || owed.iter().any(|e| e.id == entry.id) {
            continue;
        }
        let stands = settled
            .iter()
            .find(|b| Some(&b.id) == entry.booking() && b.state == BookingState::Confirmed);
        let is = stands.map(|b| (b.time, b.minutes, b.party_size));
        let promised = entry.believed().map(|b| (b.time, b.minutes, b.party_size));
        assert_eq!(is, promised, "{entry:?}");
    }
}

both!(nothing_is_settled_of_an_empty_journal;
      what_was_done_in_an_outage_is_settled_without_a_double: 24, outages());

async fn nothing_is_settled_of_an_empty_journal(db: Db) {
    let store = db.open().await;
    assert!(settle(&store, &[], usize::MAX).await.is_empty());
    assert!(rows(&store).await.is_empty());
}
