//! What was said beside the values (`biseo_model::hint`): bounds, shifts, parts, choices, requests.

mod bounds;
mod days;
mod phone;
mod requests;
mod shifts;

use biseo_model::hint::Hint;
use biseo_model::understanding::{Awaiting, Filled, Intent, Slot, Topic, Value};

use crate::choices;
use crate::cues::Concept;
use crate::intents::Wishes;
use crate::reading::Reading;
use crate::text::Line;

/// The hints of an utterance, each once. What they say otherwise is no value: the day in 공일공 이일삼사, a time that is only
/// a bound, a day that is a shift.
pub fn hints(reading: &Reading<'_>, wishes: &Wishes, filled: &mut Vec<Filled>) -> Vec<Hint> {
    const SPEECH: [Intent; 4] = [
        Intent::SalesPitch,
        Intent::Chitchat,
        Intent::LeaveMessage,
        Intent::RequestCallback,
    ];
    if SPEECH.iter().any(|i| wishes.has(*i)) || reading.asked(Slot::Message) {
        return Vec::new();
    }
    let mut all = Vec::new();
    let whole = filled.iter().any(|f| f.value.slot() == Slot::Phone);
    if let Some((number, start, end)) = phone::joined(reading).filter(|_| !whole) {
        let (start, end) = reading.line.span(start, end);
        filled.retain(|f| f.end <= start || f.start >= end);
        filled.push(Filled {
            value: Value::Phone(number),
            start,
            end,
            was: false,
        });
    }
    if let Some((piece, start, end)) = phone::part(reading, filled) {
        let (from, to) = reading.line.span(start, end);
        filled.retain(|f| f.end <= from || f.start >= to);
        filled.retain(|f| !matches!(f.value, Value::BookingRef(_)));
        all.push(piece);
    }
    let told = [Intent::Complain, Intent::CancelBooking, Intent::FindBooking];
    if !only_asks(wishes) && !told.iter().any(|i| wishes.has(*i)) {
        all.extend(bounds::pair(reading, filled).or_else(|| bounds::between(reading, filled)));
        bounds::drop_mere_bounds(reading, wishes, filled);
        all.extend(days::days(reading, filled));
        all.extend(any(reading, filled));
    }
    all.extend(shifts::shifts(reading, wishes, filled));
    all.extend(choices::choice(reading));
    all.extend(requests::requests(reading, wishes));
    all.extend(usual(reading, filled));
    let mut once: Vec<Hint> = Vec::with_capacity(all.len());
    for hint in all {
        if !once.contains(&hint) {
            once.push(hint);
        }
    }
    once
}

/// A question of facts, nothing wished: "점심 메뉴는 뭐가 있어요" bounds no booking.
fn only_asks(wishes: &Wishes) -> bool {
    let facts = |(t, _): &(Topic, (usize, usize))| *t != Topic::Availability;
    wishes.intents.iter().any(|(i, _)| *i == Intent::Ask)
        && wishes.intents.iter().all(|(i, _)| *i == Intent::Ask)
        && wishes.topics.iter().all(facts)
}

/// Whether a slot has a value that counts.
fn has(filled: &[Filled], slot: Slot) -> bool {
    filled.iter().any(|f| !f.was && f.value.slot() == slot)
}

/// 아무 때나, 상관없어요: any value of the slot that was asked for, or of the one that is named.
fn any(reading: &Reading<'_>, filled: &[Filled]) -> Option<Hint> {
    if !reading.says(Concept::Any) {
        return None;
    }
    let of = match reading.context.awaiting {
        Some(Awaiting::Slot(slot)) => slot,
        _ => named(reading)?,
    };
    let fits = matches!(
        of,
        Slot::Date | Slot::Time | Slot::Staff | Slot::Service | Slot::PickupTime | Slot::MenuItem
    );
    (fits && !has(filled, of)).then_some(Hint::Any { of })
}

fn named(reading: &Reading<'_>) -> Option<Slot> {
    const NAMED: [(&str, Slot); 9] = [
        ("아무때", Slot::Time),
        ("아무시간", Slot::Time),
        ("anytime", Slot::Time),
        ("아무날", Slot::Date),
        ("anyday", Slot::Date),
        ("아무선생", Slot::Staff),
        ("아무나", Slot::Staff),
        ("아무쌤", Slot::Staff),
        ("anyone", Slot::Staff),
    ];
    let line = reading.line;
    NAMED
        .iter()
        .find(|(word, _)| (0..line.len()).any(|i| line.gap(i) && line.has(i, word)))
        .map(|(_, slot)| *slot)
}

/// The time that a place of the compact text was read as.
fn time_at(reading: &Reading<'_>, filled: &[Filled], start: usize, end: usize) -> Option<jiff::civil::Time> {
    let (from, _) = reading.line.span(start, end);
    filled
        .iter()
        .filter(|f| f.start == from)
        .find_map(|f| match f.value {
            Value::Time { at, .. } | Value::PickupTime(at) => Some(at),
            _ => None,
        })
}

/// Whether what was had before is wished again: 늘 하던 대로요.
pub fn says_usual(line: &Line) -> bool {
    const SAME: [&str; 20] = [
        "늘하던",
        "항상하던",
        "맨날하던",
        "매번하던",
        "평소하던",
        "평소처럼",
        "늘받던",
        "늘먹던",
        "지난번처럼",
        "저번처럼",
        "지난번하고같",
        "지난번이랑같",
        "저번이랑같",
        "저번하고같",
        "지난번과같",
        "지난번에한걸로",
        "저번에한걸로",
        "the usual",
        "same as last time",
        "like last time",
    ];
    (0..line.len()).any(|i| line.gap(i) && line.after_any(i, &SAME).is_some())
}

/// 늘 하던 걸로요, 지난번처럼 해 주세요.
fn usual(reading: &Reading<'_>, filled: &[Filled]) -> Option<Hint> {
    (says_usual(reading.line) && !has(filled, Slot::Service) && !has(filled, Slot::MenuItem))
        .then_some(Hint::Usual)
}
