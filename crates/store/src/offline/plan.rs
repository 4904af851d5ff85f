//! What becomes of a journal: the rule, without a database.

use std::collections::{BTreeMap, BTreeSet};

use biseo_model::ids::{BookingId, ShopId};
use biseo_model::record::{Booking, BookingState};

use super::{Entry, OfflineDeed};
use crate::bookings::span;

/// A time that is taken on a resource of a shop; minutes since 1970 of its own clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The resource; "" is all of them.
    pub resource: String,
    /// From this minute on.
    pub starts: i64,
    /// Up to but without that one.
    pub ends: i64,
    /// The booking that takes it, if it is one.
    pub booking: Option<BookingId>,
}

/// What a shop's books hold, as far as an entry may meet it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    /// What is taken.
    pub taken: Vec<Slot>,
    /// The bookings that entries name, cancelled ones too.
    pub bookings: Vec<Booking>,
}

/// Why an entry cannot be brought into the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// All that could serve it was taken meanwhile.
    Taken,
    /// The booking was changed by somebody else meanwhile.
    Changed,
    /// The booking was given up by somebody else meanwhile, or is no more.
    Gone,
}

/// What is to be done for an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Enter this booking.
    Insert(Booking),
    /// Change the booking of that id into this one.
    Replace(Booking),
    /// Cancel it.
    Cancel(BookingId),
    /// Keep it: it meets nothing.
    Keep,
    /// There is nothing to do.
    Nothing,
    /// It cannot stand: somebody has to call back.
    Conflict(Clash),
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the books, or needed nothing.
    Applied,
    /// It is not, and could not be.
    Conflict,
}

impl Step {
    /// What becomes of the entry by it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Conflict(_) => Outcome::Conflict,
            _ => Outcome::Applied,
        }
    }
}

/// What is to be done for the journal's entry `at`, given the books of its shop.
#[must_use]
pub fn decide(view: &View, journal: &[Entry], at: usize) -> Step {
    let Some(entry) = journal.get(at) else {
        return Step::Nothing;
    };
    if is_void(journal, entry) {
        return Step::Nothing;
    }
    match &entry.deed {
        OfflineDeed::Book { booking, candidates } => match standing(view, &booking.id) {
            // It reached the books after all, just before they were away.
            Some(_) => Step::Nothing,
            None => place(view, booking, candidates, Step::Insert),
        },
        OfflineDeed::Move {
            after, candidates, ..
        } => match known(view, journal, at, &after.id) {
            Known::Ours if stands_so(view, after) => Step::Nothing,
            Known::Ours => place(view, after, candidates, Step::Replace),
            Known::Never => place(view, after, candidates, Step::Insert),
            Known::Theirs(clash) => Step::Conflict(clash),
        },
        OfflineDeed::Cancel { before, .. } => match known(view, journal, at, &before.id) {
            Known::Ours => Step::Cancel(before.id.clone()),
            Known::Never | Known::Theirs(Clash::Gone) => Step::Nothing,
            Known::Theirs(clash) => Step::Conflict(clash),
        },
        OfflineDeed::Message { .. } | OfflineDeed::Order { .. } => Step::Keep,
        OfflineDeed::Void { .. } => Step::Nothing,
    }
}

fn is_void(journal: &[Entry], entry: &Entry) -> bool {
    let voids = |e: &Entry| matches!(&e.deed, OfflineDeed::Void { entry: id } if *id == entry.id);
    journal.iter().any(voids)
}

/// The entries that were taken back, by their ids.
pub(super) fn voided(journal: &[Entry]) -> BTreeSet<&str> {
    let all = journal.iter().filter_map(|e| match &e.deed {
        OfflineDeed::Void { entry } => Some(entry.as_str()),
        _ => None,
    });
    all.collect()
}

/// What the books hold of a booking that the journal means.
enum Known {
    /// As the journal left it, or found it.
    Ours,
    /// It was made offline and never came into the books.
    Never,
    /// Somebody else has done something to it.
    Theirs(Clash),
}

fn known(view: &View, journal: &[Entry], at: usize, id: &BookingId) -> Known {
    let ours = |e: &&Entry| e.booking() == Some(id) && !is_void(journal, e);
    let before = || journal.iter().take(at + 1).filter(ours);
    let begun_here = before().any(|e| matches!(e.deed, OfflineDeed::Book { .. }));
    let Some(found) = view.bookings.iter().find(|b| b.id == *id) else {
        return if begun_here {
            Known::Never
        } else {
            Known::Theirs(Clash::Gone)
        };
    };
    if found.state == BookingState::Cancelled {
        return Known::Theirs(Clash::Gone);
    }
    let mut states = before().flat_map(states);
    match states.any(|state| same(state, found)) {
        true => Known::Ours,
        false => Known::Theirs(Clash::Changed),
    }
}

/// How a booking was before and after an entry, for its caller.
fn states(entry: &Entry) -> Vec<&Booking> {
    match &entry.deed {
        OfflineDeed::Book { booking, .. } => vec![booking],
        OfflineDeed::Move { before, after, .. } => vec![before, after],
        OfflineDeed::Cancel { before, .. } => vec![before],
        _ => Vec::new(),
    }
}

/// Whether two records are of one promise: the table may be another.
pub(super) fn same(a: &Booking, b: &Booking) -> bool {
    (a.date, a.time, a.minutes, a.party_size) == (b.date, b.time, b.minutes, b.party_size)
        && a.services == b.services
}

fn standing<'a>(view: &'a View, id: &BookingId) -> Option<&'a Booking> {
    view.bookings.iter().find(|b| b.id == *id)
}

fn stands_so(view: &View, after: &Booking) -> bool {
    standing(view, &after.id).is_some_and(|b| same(b, after) && b.requests == after.requests)
}

pub(super) fn place(view: &View, wish: &Booking, candidates: &[String], step: fn(Booking) -> Step) -> Step {
    let (starts, ends) = span(wish.date, wish.time, wish.minutes);
    let meets = |name: &str, slot: &Slot| {
        let own = slot.booking.as_ref() == Some(&wish.id);
        let there = slot.resource == name || slot.resource.is_empty();
        !own && there && slot.starts < ends && slot.ends > starts
    };
    let free = candidates
        .iter()
        .find(|name| !view.taken.iter().any(|slot| meets(name, slot)));
    match free {
        Some(resource) => step(Booking {
            resource: resource.clone(),
            state: BookingState::Confirmed,
            ..wish.clone()
        }),
        None => Step::Conflict(Clash::Taken),
    }
}

/// What becomes of a whole journal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// What is to be done, in the journal's order, for the entries that were not done before.
    pub steps: Vec<(String, Step)>,
    /// What became of all entries, by their ids.
    pub outcomes: BTreeMap<String, Outcome>,
}

/// Plans the reconciliation of a journal with the books. `done` are entries that were settled before, by their ids: they are not
/// done again. Entries of different shops do not meet.
#[must_use]
pub fn reconcile(
    central: &BTreeMap<ShopId, View>,
    done: &BTreeMap<String, Outcome>,
    journal: &[Entry],
) -> Plan {
    let mut books = central.clone();
    let mut plan = Plan {
        steps: Vec::new(),
        outcomes: done.clone(),
    };
    for (at, entry) in journal.iter().enumerate() {
        if plan.outcomes.contains_key(&entry.id) {
            continue;
        }
        let step = match entry.shop() {
            Some(shop) => {
                let view = books.entry(shop.clone()).or_default();
                let step = decide(view, journal, at);
                view.take(&step);
                step
            }
            None => Step::Nothing,
        };
        plan.outcomes.insert(entry.id.clone(), step.outcome());
        plan.steps.push((entry.id.clone(), step));
    }
    plan
}

impl View {
    /// The books of a shop that hold these bookings.
    #[must_use]
    pub fn of(bookings: Vec<Booking>) -> Self {
        let standing = bookings.iter().filter(|b| b.state == BookingState::Confirmed);
        let taken = standing.map(Slot::of).collect();
        Self { taken, bookings }
    }

    /// The books after a step.
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Insert(booking) | Step::Replace(booking) => {
                self.bookings.retain(|b| b.id != booking.id);
                self.bookings.push(booking.clone());
            }
            Step::Cancel(id) => {
                for booking in self.bookings.iter_mut().filter(|b| b.id == *id) {
                    booking.state = BookingState::Cancelled;
                }
            }
            Step::Keep | Step::Nothing | Step::Conflict(_) => return,
        }
        self.taken.retain(|slot| slot.booking.is_none());
        let standing = self
            .bookings
            .iter()
            .filter(|b| b.state == BookingState::Confirmed);
        self.taken.extend(standing.map(Slot::of));
    }
}

impl Slot {
    /// The time that a booking takes.
    #[must_use]
    pub fn of(booking: &Booking) -> Self {
        let (starts, ends) = span(booking.date, booking.time, booking.minutes);
        Self {
            resource: booking.resource.clone(),
            starts,
            ends,
            booking: Some(booking.id.clone()),
        }
    }
}

/// The entries whose callers believe something that is not so: conflicts that no later entry of the same booking has made good.
#[must_use]
pub fn unresolved<'a>(journal: &'a [Entry], outcomes: &BTreeMap<String, Outcome>) -> Vec<&'a Entry> {
    let outcome = |e: &Entry| outcomes.get(&e.id).copied();
    let last = |entry: &Entry| {
        let of_it = |e: &&Entry| e.booking() == entry.booking() && !is_void(journal, e);
        journal.iter().rfind(of_it).is_some_and(|e| e.id == entry.id)
    };
    journal
        .iter()
        .filter(|e| outcome(e) == Some(Outcome::Conflict) && e.booking().is_some() && last(e))
        .collect()
}
