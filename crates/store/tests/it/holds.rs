//! What is offered to one caller stays free for that caller, and for nobody longer than it should.

use std::collections::BTreeMap;

use crate::both;
use crate::common::{Db, at, call, overlaps, owner, shop, wish};
use biseo_model::ids::CallId;
use biseo_model::record::{Booking, CallEnd};
use biseo_store::{Asker, Booked, Move, Store, Want};
use jiff::civil::{date, time};
use proptest::prelude::*;
use tokio::task::JoinSet;

const TABLES: [&str; 2] = ["t0", "t1"];
/// Seconds for which the tests hold.
const HELD: i64 = 180;

fn id(n: usize) -> CallId {
    call(&format!("c{n}"), "haengbok").id
}

fn by(call: &CallId, now: i64) -> Asker<'_> {
    Asker {
        call: Some(call),
        now: at(now),
    }
}

/// From a half hour after 10:00 on, for so many half hours, on either table.
fn want((slot, halves): (i8, u32)) -> Want<'static> {
    Want {
        date: date(2026, 11, 25),
        time: time(10 + slot / 2, slot % 2 * 30, 0, 0),
        minutes: halves * 30,
        candidates: &TABLES,
    }
}

/// A booking of a call for the same.
fn booking(name: &str, call: &CallId, (slot, halves): (i8, u32), now: i64) -> Booking {
    Booking {
        call: Some(call.clone()),
        made: at(now),
        ..wish(name, "haengbok", 10 + slot / 2, slot % 2 * 30, halves * 30)
    }
}

async fn offer(store: &Store, call: &CallId, wishes: &[(i8, u32)], now: i64) -> Vec<bool> {
    let wishes: Vec<_> = wishes.iter().map(|&w| want(w)).collect();
    let time = (at(now), at(now + HELD));
    store
        .offer(&shop("haengbok"), &wishes, None, call, time)
        .await
        .unwrap()
}

async fn with_calls(db: &Db, calls: usize) -> Store {
    let store = db.open().await;
    for n in 0..calls {
        let record = call(&format!("c{n}"), "haengbok");
        store.begin_call(&record).await.unwrap();
    }
    store
}

const SEVEN: (i8, u32) = (18, 4);
const NINE: (i8, u32) = (22, 2);

async fn the_last_table_waits_for_the_caller_who_was_offered_it(db: Db) {
    let store = with_calls(&db, 3).await;
    store
        .book(&wish("a", "haengbok", 19, 0, 120), &["t0"])
        .await
        .unwrap();
    let (first, second) = (id(0), id(1));
    assert_eq!(offer(&store, &first, &[SEVEN], 0).await, [true]);
    assert_eq!(offer(&store, &second, &[SEVEN, NINE], 0).await, [false, true]);
    let late = booking("b", &second, SEVEN, 10);
    assert_eq!(store.book(&late, &TABLES).await.unwrap(), Booked::Full);
    let asked = [want(SEVEN)];
    let haengbok = shop("haengbok");
    for (asker, expected) in [(by(&first, 10), true), (by(&second, 10), false), (owner(), false)] {
        let told = store.free(&haengbok, &asked, None, asker).await.unwrap();
        assert_eq!(told, [expected], "{asker:?}");
    }
    store.end_call(&first, at(20), CallEnd::Caller).await.unwrap();
    assert!(matches!(
        store.book(&late, &TABLES).await.unwrap(),
        Booked::Confirmed(_)
    ));
}

async fn a_hold_is_used_up_by_booking_and_by_moving(db: Db) {
    let store = with_calls(&db, 2).await;
    let (first, second) = (id(0), id(1));
    offer(&store, &first, &[SEVEN], 0).await;
    let booked = booking("a", &first, SEVEN, 10);
    let Booked::Confirmed(booked) = store.book(&booked, &TABLES).await.unwrap() else {
        panic!("its own hold was in its way")
    };
    assert!(!store.release_hold(&first).await.unwrap(), "it was used up");
    // Moving to nine, where the other table goes to somebody else meanwhile.
    let wishes = [want(NINE)];
    let time = (at(20), at(20 + HELD));
    let offered = store.offer(&booked.shop, &wishes, Some(&booked.id), &first, time);
    assert_eq!(offered.await.unwrap(), [true]);
    for (name, expected) in [("b", true), ("c", false)] {
        let other = booking(name, &second, NINE, 30);
        let got = store.book(&other, &TABLES).await.unwrap();
        assert_eq!(matches!(got, Booked::Confirmed(_)), expected, "{name}");
    }
    let change = Move {
        to: date(2026, 11, 25).at(21, 0, 0, 0),
        minutes: 60,
        party_size: 4,
        services: &[],
        requests: &[],
        candidates: &TABLES,
    };
    let moved = store.move_booking(&booked.shop, &booked.id, &change, by(&first, 40));
    assert!(matches!(moved.await.unwrap(), Booked::Confirmed(_)));
    assert_eq!(db.number("SELECT count(*) FROM hold").await, 0);
}

async fn time_refreshes_and_ends_a_hold(db: Db) {
    let store = with_calls(&db, 3).await;
    let (first, second) = (id(0), id(1));
    offer(&store, &first, &[SEVEN], 0).await;
    offer(&store, &second, &[SEVEN], 0).await;
    let third = id(2);
    assert_eq!(offer(&store, &third, &[SEVEN], HELD - 1).await, [false]);
    assert_eq!(
        offer(&store, &first, &[SEVEN], HELD - 1).await,
        [true],
        "refreshed"
    );
    assert_eq!(
        offer(&store, &third, &[SEVEN], HELD).await,
        [true],
        "the second's"
    );
    assert_eq!(db.number("SELECT count(*) FROM hold").await, 2, "expired ones go");
    assert_eq!(offer(&store, &second, &[SEVEN], HELD).await, [false]);
    // Whoever asks for something else gives up what was held, also if that cannot be had.
    assert_eq!(offer(&store, &first, &[(18, 0)], HELD).await, [false]);
    assert_eq!(offer(&store, &second, &[SEVEN], HELD).await, [true]);
    store.close_interrupted(at(HELD)).await.unwrap();
    assert_eq!(db.number("SELECT count(*) FROM hold").await, 0);
}

async fn another_shop_is_not_held(db: Db) {
    let store = with_calls(&db, 2).await;
    offer(&store, &id(0), &[SEVEN], 0).await;
    let elsewhere = wish("a", "byeol", 19, 0, 120);
    let got = store.book(&elsewhere, &["t0"]).await.unwrap();
    assert!(matches!(got, Booked::Confirmed(_)));
    assert!(store.release_hold(&id(0)).await.unwrap());
    assert!(!store.release_hold(&id(0)).await.unwrap());
}

/// What happens to a shop. Calls, bookings and wishes by number.
#[derive(Debug, Clone)]
enum Doing {
    Offer(usize, Vec<(i8, u32)>),
    Book(usize, (i8, u32)),
    Move(usize, usize, (i8, u32)),
    Cancel(usize),
    Ask(usize, (i8, u32)),
    End(usize),
    Wait(i64),
    Restart,
}

fn doings() -> impl Strategy<Value = Vec<Doing>> {
    let wish = || (0..8_i8, 0..5_u32);
    let doing = prop_oneof![
        4 => (0..3_usize, prop::collection::vec(wish(), 0..4)).prop_map(|(c, w)| Doing::Offer(c, w)),
        3 => (0..3_usize, (0..8_i8, 1..5_u32)).prop_map(|(c, w)| Doing::Book(c, w)),
        1 => (0..3_usize, 0..6_usize, (0..8_i8, 1..5_u32)).prop_map(|(c, b, w)| Doing::Move(c, b, w)),
        1 => (0..6_usize).prop_map(Doing::Cancel),
        2 => (0..3_usize, wish()).prop_map(|(c, w)| Doing::Ask(c, w)),
        1 => (0..3_usize).prop_map(Doing::End),
        2 => (1..HELD).prop_map(Doing::Wait),
        1 => Just(Doing::Restart),
    ];
    prop::collection::vec(doing, 1..40)
}

/// A table and the half hours from and to which it is taken.
type Stay = (&'static str, i64, i64);

/// The model: lists, and nothing clever.
#[derive(Default)]
struct Model {
    now: i64,
    booked: Vec<Option<Stay>>,
    held: BTreeMap<usize, (Stay, i64)>,
}

impl Model {
    fn table(&self, call: usize, but: Option<usize>, (slot, halves): (i8, u32)) -> Option<Stay> {
        let (from, to) = (i64::from(slot), i64::from(slot) + i64::from(halves));
        let booked = self.booked.iter().enumerate().filter(|(n, _)| Some(*n) != but);
        let booked = booked.filter_map(|(_, stay)| *stay);
        let held = self
            .held
            .iter()
            .filter(|(c, (_, until))| **c != call && *until > self.now);
        let taken: Vec<Stay> = booked.chain(held.map(|(_, (stay, _))| *stay)).collect();
        let free = |table: &&&str| !taken.iter().any(|(t, f, u)| t == *table && *f < to && from < *u);
        let table = TABLES.iter().find(free).filter(|_| halves > 0)?;
        Some((table, from, to))
    }

    fn offer(&mut self, call: usize, wishes: &[(i8, u32)]) -> Vec<bool> {
        let served: Vec<_> = wishes.iter().map(|w| self.table(call, None, *w)).collect();
        self.held.remove(&call);
        if let Some(stay) = served.iter().flatten().next() {
            self.held.insert(call, (*stay, self.now + HELD));
        }
        served.iter().map(Option::is_some).collect()
    }

    fn book(&mut self, call: usize, wish: (i8, u32)) -> Option<&'static str> {
        let stay = self.table(call, None, wish);
        self.booked.push(stay);
        if stay.is_some() {
            self.held.remove(&call);
        }
        stay.map(|s| s.0)
    }

    fn change(&mut self, call: usize, booking: usize, wish: (i8, u32)) -> Option<&'static str> {
        let stay = self.table(call, Some(booking), wish)?;
        self.booked[booking] = Some(stay);
        self.held.remove(&call);
        Some(stay.0)
    }
}

fn table(got: Booked) -> Option<String> {
    match got {
        Booked::Confirmed(booking) => Some(booking.resource),
        Booked::Full => None,
    }
}

async fn moved(store: &Store, call: usize, booking: usize, wish: (i8, u32), now: i64) -> Option<String> {
    let want = want(wish);
    let change = Move {
        to: want.date.to_datetime(want.time),
        minutes: want.minutes,
        party_size: 4,
        services: &[],
        requests: &[],
        candidates: &TABLES,
    };
    let name = booking_id(booking);
    let (haengbok, call) = (shop("haengbok"), id(call));
    let moved = store.move_booking(&haengbok, &name, &change, by(&call, now));
    table(moved.await.unwrap())
}

fn booking_id(n: usize) -> biseo_model::ids::BookingId {
    biseo_model::ids::BookingId::new(format!("b{n}")).unwrap()
}

async fn agrees_with_lists(db: Db, doings: Vec<Doing>) {
    let store = with_calls(&db, 3).await;
    let mut model = Model::default();
    let haengbok = shop("haengbok");
    for doing in doings {
        let now = model.now;
        match &doing {
            Doing::Offer(c, wishes) => {
                let told = offer(&store, &id(*c), wishes, now).await;
                assert_eq!(told, model.offer(*c, wishes), "{doing:?}");
            }
            Doing::Book(c, wish) => {
                let name = format!("b{}", model.booked.len());
                let got = store.book(&booking(&name, &id(*c), *wish, now), &TABLES).await;
                assert_eq!(table(got.unwrap()).as_deref(), model.book(*c, *wish), "{doing:?}");
            }
            Doing::Move(c, b, wish) if model.booked.get(*b).is_some_and(Option::is_some) => {
                let got = moved(&store, *c, *b, *wish, now).await;
                assert_eq!(got.as_deref(), model.change(*c, *b, *wish), "{doing:?}");
            }
            Doing::Cancel(b) => {
                let stood = model.booked.get_mut(*b).and_then(Option::take).is_some();
                let gone = store.cancel_booking(&haengbok, &booking_id(*b)).await;
                assert_eq!(gone.unwrap(), stood, "{doing:?}");
            }
            Doing::Ask(c, wish) => {
                let call = id(*c);
                let told = store.free(&haengbok, &[want(*wish)], None, by(&call, now)).await;
                let expected = model.table(*c, None, *wish).is_some();
                assert_eq!(told.unwrap(), [expected], "{doing:?}");
            }
            Doing::End(c) => {
                store.end_call(&id(*c), at(now), CallEnd::Caller).await.unwrap();
                model.held.remove(c);
            }
            Doing::Wait(seconds) => model.now += seconds,
            Doing::Restart => {
                store.close_interrupted(at(now)).await.unwrap();
                model.held.clear();
            }
            Doing::Move(..) => {}
        }
    }
}

/// Whoever was told that a time is free gets it, however many ask at once; nobody else does meanwhile.
async fn what_was_offered_can_be_booked(db: Db, wishes: Vec<(i8, u32)>) {
    let store = with_calls(&db, wishes.len()).await;
    let mut callers = JoinSet::new();
    for (n, wish) in wishes.into_iter().enumerate() {
        let store = store.clone();
        callers.spawn(async move {
            let offered = offer(&store, &id(n), &[wish], 0).await;
            let booking = booking(&format!("b{n}"), &id(n), wish, 1);
            let booked = store.book(&booking, &TABLES).await.unwrap();
            (offered[0], matches!(booked, Booked::Confirmed(_)))
        });
    }
    let told = callers.join_all().await;
    assert!(
        told.iter().all(|(offered, booked)| !offered || *booked),
        "{told:?}"
    );
    let stored = store.bookings_on(&shop("haengbok"), date(2026, 11, 25)).await;
    assert!(!overlaps(&stored.unwrap()));
}

both! {
    the_last_table_waits_for_the_caller_who_was_offered_it,
    a_hold_is_used_up_by_booking_and_by_moving,
    time_refreshes_and_ends_a_hold,
    another_shop_is_not_held;
    agrees_with_lists: 24, doings();
    what_was_offered_can_be_booked: 12, prop::collection::vec((0..6_i8, 1..4_u32), 2..16)
}
