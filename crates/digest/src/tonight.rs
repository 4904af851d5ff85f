//! What cannot wait until tomorrow: whom to call back and why, and orders that still go out. One entry for each person.

use std::collections::{BTreeMap, BTreeSet};

use biseo_model::ids::CallId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, Message, Order, OrderState};
use jiff::civil::{Date, DateTime, Time};

use crate::book::Book;
use crate::facts::{Action, Deadline, Reason, Source};
use crate::input::{Clock, business_day};
use crate::story::{Story, Trouble};

/// Nobody is called after nine in the evening or before ten in the morning, but a guest who comes so early that the morning is
/// too late.
const LAST_CALL: Time = Time::constant(21, 0, 0, 0);
const FIRST_CALL: Time = Time::constant(10, 0, 0, 0);
/// A guest of tomorrow is called back so many hours before the booking at the latest.
const BEFORE_BOOKING_HOURS: i64 = 2;

/// Who is to be called: a number, or, where none is known, one call or message.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Whom {
    Number(PhoneNumber),
    Record(Source),
}

/// What is to be done tonight, most urgent first.
pub(crate) fn actions(book: &Book<'_>) -> Vec<Action> {
    let mut by_person: BTreeMap<Whom, Action> = BTreeMap::new();
    for story in &book.stories {
        troubled(book, story, &mut by_person);
    }
    for message in book.day.messages.iter().filter(|m| book.day.within(m.at)) {
        called_back(book, message, &mut by_person);
    }
    let mut all: Vec<Action> = by_person.into_values().map(ordered).collect();
    all.extend(book.day.orders.iter().filter_map(|o| goes_out(book, o)));
    all.sort_by(|a, b| urgency(a).cmp(&urgency(b)));
    all
}

fn urgency(action: &Action) -> (Deadline, u8, &BTreeSet<Source>) {
    (
        action.deadline,
        action.reasons.iter().map(rank).min().unwrap_or(u8::MAX),
        &action.sources,
    )
}

fn rank(reason: &Reason) -> u8 {
    match reason {
        Reason::Trouble(trouble) => *trouble as u8,
        Reason::Message(_) => Trouble::Complaint as u8,
        Reason::Order(_) => Trouble::Failed as u8,
    }
}

fn ordered(mut action: Action) -> Action {
    action.reasons.sort_by_key(rank);
    action
}

/// A call that went so badly that the caller is owed one. Who called again and was served is owed none, but for danger,
/// a complaint and the wish for a person.
fn troubled(book: &Book<'_>, story: &Story<'_>, all: &mut BTreeMap<Whom, Action>) {
    let served = served_later(book, story);
    let troubles = book.troubles(story).into_iter();
    let owed: Vec<Trouble> = troubles
        .filter(|t| owes_call(*t, book.done(story), served))
        .collect();
    let record = Source::Call(story.call.id.clone());
    for trouble in owed {
        let deadline = match trouble {
            Trouble::Emergency => Deadline::Now,
            _ => call_by(book, story.call.caller.as_ref()),
        };
        let reason = Reason::Trouble(trouble);
        add(
            all,
            story.call.caller.as_ref(),
            record.clone(),
            deadline,
            reason,
            name_in(book, &story.call.id),
        );
    }
}

fn owes_call(trouble: Trouble, done: bool, served_later: bool) -> bool {
    match trouble {
        Trouble::Emergency | Trouble::Complaint => true,
        // Whoever left a message has a message's entry, which is said once.
        Trouble::NoPerson | Trouble::Failed | Trouble::Unfinished => !done && !served_later,
        Trouble::HungUp => !served_later,
        Trouble::Repeated | Trouble::Silent | Trouble::RangOff => false,
    }
}

/// Whether the same caller called again afterwards and something came of it.
fn served_later(book: &Book<'_>, story: &Story<'_>) -> bool {
    let same = |other: &&Story<'_>| {
        other.call.started > story.call.started
            && other.call.caller.is_some()
            && other.call.caller == story.call.caller
    };
    book.stories
        .iter()
        .filter(same)
        .any(|other| book.done(other) || other.call.end == Some(biseo_model::record::CallEnd::Transferred))
}

fn name_in(book: &Book<'_>, call: &CallId) -> Option<String> {
    use biseo_model::understanding::{Slot, Value};
    book.story(call)?
        .exchanges()
        .filter_map(|(_, m)| m.value(Slot::Name))
        .last()
        .and_then(|v| match v {
            Value::Name(name) => Some(name.clone()),
            _ => None,
        })
}

fn called_back(book: &Book<'_>, message: &Message, all: &mut BTreeMap<Whom, Action>) {
    let Some(number) = book.call_back(message) else {
        return;
    };
    let reason = Reason::Message(message.text.clone());
    let record = Source::Message(message.id.clone());
    let deadline = call_by(book, Some(number));
    add(all, Some(number), record, deadline, reason, message.name.clone());
}

fn add(
    all: &mut BTreeMap<Whom, Action>,
    number: Option<&PhoneNumber>,
    record: Source,
    deadline: Deadline,
    reason: Reason,
    name: Option<String>,
) {
    let whom = number.map_or_else(|| Whom::Record(record.clone()), |n| Whom::Number(n.clone()));
    let action = all.entry(whom).or_insert_with(|| Action {
        deadline,
        call: number.cloned(),
        name: None,
        reasons: Vec::new(),
        sources: BTreeSet::new(),
    });
    action.deadline = action.deadline.min(deadline);
    action.name = action.name.take().or(name);
    if !action.reasons.contains(&reason) {
        action.reasons.push(reason);
    }
    action.sources.insert(record);
}

/// By when a caller is to be called: this evening while one may still call, else the next morning; before a booking of tomorrow.
fn call_by(book: &Book<'_>, number: Option<&PhoneNumber>) -> Deadline {
    let clock = book.clock;
    let evening = clock.today.to_datetime(LAST_CALL);
    let usual = if clock.now < evening {
        evening
    } else {
        opens(book, clock.tomorrow)
    };
    let own = |b: &&Booking| Some(&b.phone) == number && b.date == clock.tomorrow;
    let bookings = book.day.tomorrow.iter().filter(own);
    let standing = bookings.filter(|b| b.state == BookingState::Confirmed);
    let before = standing.map(|b| before(clock, b.date.to_datetime(b.time)));
    Deadline::By(before.chain([usual]).min().unwrap_or(usual).max(clock.now))
}

/// By when a guest of tomorrow is called. Who comes so early that this would be before [`FIRST_CALL`] is called the evening
/// before. In the night that follows it, it is too late for that: it is told when the guest comes.
fn before(clock: &Clock, comes: DateTime) -> DateTime {
    let hours = jiff::Span::new().hours(BEFORE_BOOKING_HOURS);
    let first = clock.tomorrow.to_datetime(FIRST_CALL);
    match comes.checked_sub(hours) {
        Ok(at) if at >= first => at,
        _ if clock.now.date() == clock.today => clock.today.to_datetime(LAST_CALL),
        _ => comes,
    }
}

fn opens(book: &Book<'_>, date: Date) -> DateTime {
    use biseo_model::shop::OpenOn;
    let time = match book.day.shop.hours.open_on(date) {
        OpenOn::Open(hours) => hours.open.max(FIRST_CALL),
        OpenOn::Closed(_) => FIRST_CALL,
    };
    date.to_datetime(time)
}

/// An order that is still to be fetched or brought today, the night after it included.
fn goes_out(book: &Book<'_>, order: &Order) -> Option<Action> {
    let due = order.date.to_datetime(order.pickup?);
    let today = business_day(&book.day.shop.hours, due) == book.clock.today;
    let waits = order.state == OrderState::Open && today && due >= book.clock.now;
    waits.then(|| Action {
        deadline: Deadline::By(due),
        call: Some(order.phone.clone()),
        name: Some(order.name.clone()),
        reasons: vec![Reason::Order(items(order))],
        sources: BTreeSet::from([Source::Order(order.id.clone())]),
    })
}

/// An order's items in short: `김치찌개 2, 공기밥 1`.
pub(crate) fn items(order: &Order) -> String {
    let each = order.items.iter().map(|i| format!("{} {}", i.name, i.quantity));
    each.collect::<Vec<_>>().join(", ")
}
