//! What Biseo promised in the shop's name, for the owner to keep.

use std::collections::BTreeSet;

use biseo_model::ids::CallId;
use biseo_model::phone::PhoneNumber;

use crate::book::Book;
use crate::facts::{Promise, Source, Vow};
use crate::signs::Sign;
use crate::story::Story;

/// Promises: first those that no record backs, then what is to be passed on, then wishes by the day of the booking.
pub(crate) fn promises(book: &Book<'_>) -> Vec<Promise> {
    let mut all: Vec<Promise> = book.stories.iter().filter_map(|s| unrecorded(book, s)).collect();
    all.extend(passed_on(book));
    all.extend(call_backs(book));
    let mut wishes: Vec<Promise> = requests(book);
    wishes.sort_by_key(when);
    all.extend(wishes);
    all
}

fn when(promise: &Promise) -> Option<jiff::civil::DateTime> {
    match promise.vow {
        Vow::Request(at, _) => Some(at),
        _ => None,
    }
}

/// The shop's word was given, and nothing was stored that would remind anybody.
fn unrecorded(book: &Book<'_>, story: &Story<'_>) -> Option<Promise> {
    let kept = book
        .day
        .messages
        .iter()
        .any(|m| m.call.as_ref() == Some(&story.call.id));
    let turn = story.showing(Sign::Promise).last().filter(|_| !kept)?;
    let words = story.word_given(turn).unwrap_or(&turn.said);
    Some(Promise {
        vow: Vow::Unrecorded(words.to_string()),
        name: None,
        phone: story.call.caller.clone(),
        sources: BTreeSet::from([
            Source::Call(story.call.id.clone()),
            Source::Turn(turn.call.clone(), turn.number),
        ]),
    })
}

fn passed_on<'b>(book: &'b Book<'_>) -> impl Iterator<Item = Promise> + 'b {
    let messages = book.day.messages.iter().filter(|m| book.day.within(m.at));
    messages.filter(|m| book.call_back(m).is_none()).map(|m| Promise {
        vow: Vow::PassOn(m.text.clone()),
        name: m.name.clone(),
        phone: m.call.as_ref().and_then(|id| caller(book, id)),
        sources: BTreeSet::from([Source::Message(m.id.clone())]),
    })
}

/// The number from which a call came.
fn caller(book: &Book<'_>, call: &CallId) -> Option<PhoneNumber> {
    book.story(call)?.call.caller.clone()
}

fn call_backs(book: &Book<'_>) -> Option<Promise> {
    let messages = book
        .day
        .messages
        .iter()
        .filter(|m| book.day.within(m.at) && book.call_back(m).is_some());
    let sources: BTreeSet<Source> = messages.map(|m| Source::Message(m.id.clone())).collect();
    (!sources.is_empty()).then_some(Promise {
        vow: Vow::CallBacks(sources.len()),
        name: None,
        phone: None,
        sources,
    })
}

/// Wishes on bookings made today. Those of bookings for tomorrow are told there.
fn requests(book: &Book<'_>) -> Vec<Promise> {
    let later = book
        .bookings()
        .filter(|b| b.date != book.clock.tomorrow && b.date >= book.clock.today);
    let with_wishes = later.filter(|b| !b.requests.is_empty());
    let promise = |b: &biseo_model::record::Booking| Promise {
        vow: Vow::Request(b.date.to_datetime(b.time), b.requests.join(", ")),
        name: Some(b.name.clone()),
        phone: Some(b.phone.clone()),
        sources: BTreeSet::from([Source::Booking(b.id.clone())]),
    };
    with_wishes.map(promise).collect()
}
