//! What was said beside values: "저녁때요", "한 시간만 늦춰 주세요", "다음 주요", "아무 때나요", a number in pieces.

use biseo_model::hint::{Choice, Hint, PhonePart};
use biseo_model::phone::PhoneNumber;
use biseo_model::understanding::{Awaiting, Intent, Slot, Understanding};
use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::frame::Frame;
use super::slots::Slots;
use super::{Asked, Dialogue};
use crate::wording::Values;

/// A mobile number has so many digits; one in pieces is not read before.
const MOBILE_DIGITS: usize = 11;
/// Words that name a day of this week, or one near today.
const NEAR: [&str; 8] = [
    "이번", "오늘", "내일", "모레", "글피", "this", "today", "tomorrow",
];
/// With "any time", so many times or days are tried.
const MOST_TRIED: usize = 8;

/// Changes relative to a value that may not be known yet: that of a booking still to be found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shift {
    pub days: i32,
    pub minutes: i32,
    pub people: i32,
}

/// Bounds that were named in place of a value.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Bounds {
    /// Earliest and latest time.
    pub times: (Option<Time>, Option<Time>),
    /// First and last day.
    pub days: Option<(Date, Date)>,
    /// Any time, any day will do.
    pub any_time: bool,
    pub any_day: bool,
}

impl Bounds {
    /// Whether a time lies within what was named.
    pub fn hold(&self, time: Time) -> bool {
        match self.times {
            (Some(from), Some(to)) if to < from => time >= from || time <= to,
            (from, to) => from.is_none_or(|f| time >= f) && to.is_none_or(|t| time <= t),
        }
    }
}

/// Whether words name a day of this week by more than its name.
pub(super) fn names_near_day(text: &str) -> bool {
    NEAR.iter().any(|word| text.contains(word))
}

impl Dialogue {
    /// Takes what was said beside the values. True if something was taken.
    pub(super) fn take_hints(&mut self, asked: &Asked, u: &Understanding) -> bool {
        if u.hints.is_empty() {
            return false;
        }
        self.begin_shift(u);
        let mut any = false;
        for hint in &u.hints {
            any |= self.take_hint(asked, u, hint);
        }
        any
    }

    /// "한 시간만 늦춰 주세요" when all is done means the booking that was just made.
    fn begin_shift(&mut self, u: &Understanding) {
        let shift = |h: &Hint| {
            matches!(
                h,
                Hint::LaterDays { .. } | Hint::LaterMinutes { .. } | Hint::MorePeople { .. }
            )
        };
        if !self.stack.is_empty() || self.last_booked.is_none() || !u.hints.iter().any(shift) {
            return;
        }
        let Some(flow) = self.flows.started_by(Intent::ChangeBooking).cloned() else {
            return;
        };
        let mut frame = Frame::new(flow, self.next_key());
        frame.standing.clone_from(&self.last_booked);
        self.stack.push(frame);
    }

    fn take_hint(&mut self, asked: &Asked, u: &Understanding, hint: &Hint) -> bool {
        if let Hint::PhonePart(part) = hint {
            return self.take_phone_part(part);
        }
        if let Hint::Choice { which } = hint {
            return self.take_choice_of(asked, *which);
        }
        if *hint == Hint::Usual {
            return self.take_usual();
        }
        let chooses = |f: &&mut Frame| f.uses(Slot::Date) && f.changes();
        let Some(frame) = self.stack.iter_mut().rev().find(chooses) else {
            return false;
        };
        match hint {
            Hint::Between { from, to } => frame.bounds.times = (*from, *to),
            Hint::Days { from, to } => frame.bounds.days = Some((*from, *to)),
            Hint::Any { of: Slot::Time } => frame.bounds.any_time = u.value(Slot::Time).is_none(),
            Hint::Any { of: Slot::Date } => frame.bounds.any_day = u.value(Slot::Date).is_none(),
            Hint::Any { of } => frame.waived.push(*of),
            Hint::LaterDays { days } => frame.shift.days += days,
            Hint::LaterMinutes { minutes } => frame.shift.minutes += minutes,
            Hint::MorePeople { people } => frame.shift.people += people,
            Hint::Request { words } => frame.request(words),
            Hint::Without { words } => frame.slots.requests.retain(|r| !r.contains(words.as_str())),
            Hint::PhonePart(_) | Hint::Choice { .. } | Hint::Usual => return false,
        }
        true
    }

    /// A number in pieces: kept until it is whole; a named group is put right in the number that is known.
    fn take_phone_part(&mut self, part: &PhonePart) -> bool {
        let Some(frame) = self.stack.iter_mut().rev().find(|f| f.uses(Slot::Phone)) else {
            return false;
        };
        let known = frame.slots.phone.clone();
        if let Some(mended) = known.as_ref().and_then(|number| part.mend(number)) {
            frame.slots.phone = Some(mended.clone());
            self.known_phone = Some(mended);
            return true;
        }
        if known.is_some() {
            return false;
        }
        frame.digits = part.after(&frame.digits);
        match whole(&frame.digits) {
            Some(number) => {
                frame.digits.clear();
                frame.slots.phone = Some(number.clone());
                self.known_phone = Some(number);
            }
            None => self.ask(
                "call.go_on_digits",
                &Values::new(),
                Some(Awaiting::Slot(Slot::Phone)),
            ),
        }
        true
    }

    /// One of several bookings or offers, by its place.
    fn take_choice_of(&mut self, asked: &Asked, which: Choice) -> bool {
        let Some(frame) = self.stack.last_mut() else {
            return false;
        };
        if asked.awaiting == Some(Awaiting::Slot(Slot::BookingRef)) {
            let mut found: Vec<_> = frame.found.iter().flatten().collect();
            found.sort_by_key(|s| (s.date, s.time));
            frame.standing = pick(&found, which).map(|s| (*s).clone());
            return frame.standing.is_some();
        }
        if asked.awaiting == Some(Awaiting::Alternative) && matches!(which, Choice::Nth(1) | Choice::Last) {
            self.take_alternative();
            return true;
        }
        false
    }

    /// What follows from bounds and shifts as soon as what they rest on is known.
    pub(super) fn apply_hints(&mut self) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        frame.apply_shift();
        if frame.bounds.any_day && frame.all().date.is_none() {
            self.propose_day();
        }
        let Some(frame) = self.stack.last() else { return };
        if frame.bounds.any_time && frame.all().date.is_some() && frame.all().time.is_none() {
            self.propose_times();
        }
    }

    /// Asks for a day or time within the bounds that were named, once. False if there are none.
    pub(super) fn ask_within(&mut self, slot: Slot) -> bool {
        let Some(frame) = self.stack.last() else {
            return false;
        };
        let words = self.words();
        let (key, from, to) = match (slot, &frame.bounds) {
            _ if frame.times_asked(slot) > 1 || self.rephrase => return false,
            (
                Slot::Date,
                Bounds {
                    days: Some((from, to)),
                    ..
                },
            ) => {
                let (from, to) = (words.day(self.now, *from), words.day(self.now, *to));
                ("call.ask_date_within", from, to)
            }
            (Slot::Time, Bounds { times, .. }) if *times != (None, None) => {
                let word = |t: Option<Time>| t.map(|t| words.time(t)).unwrap_or_default();
                ("call.ask_time_within", word(times.0), word(times.1))
            }
            _ => return false,
        };
        let values = Values::from([("from", from), ("to", to)]);
        if let Some(frame) = self.stack.last_mut() {
            frame.asked.push(slot);
        }
        self.ask(key, &values, Some(Awaiting::Slot(slot)));
        true
    }

    /// "금요일이요" after "다음 주요" is Friday of next week, though Friday of this week is nearer.
    pub(super) fn in_bounds(&self, at: usize, date: Date) -> Date {
        let days = self.stack.get(at).and_then(|f| f.bounds.days);
        let Some((from, to)) = days.filter(|(from, _)| date < *from && !self.this_week) else {
            return date;
        };
        let weeks = (1..=8).filter_map(|n| date.checked_add((n * 7).days()).ok());
        weeks
            .into_iter()
            .find(|d| (from..=to).contains(d))
            .unwrap_or(date)
    }

    /// Any day: the first on which the shop is open, the next ones if that is full.
    fn propose_day(&mut self) {
        let today = self.now.date();
        let (first, last) = self.stack.last().and_then(|f| f.bounds.days).unwrap_or_else(|| {
            let last = today.checked_add(super::booking::DAYS_AHEAD.days());
            (today, last.unwrap_or(today))
        });
        let mut days = Vec::new();
        let mut day = first.max(today).checked_sub(1.days()).unwrap_or(first);
        while let Some(next) = self.next_open(day).filter(|d| *d <= last) {
            days.push(next);
            day = next;
            if days.len() >= MOST_TRIED {
                break;
            }
        }
        let choices = days.iter().map(|d| Slots {
            date: Some(*d),
            ..Slots::default()
        });
        let choices: Vec<Slots> = choices.collect();
        self.propose(choices);
        if let Some(frame) = self.stack.last_mut() {
            frame.bounds.any_day = false;
        }
    }

    /// Any time: the first within the bounds, the next ones if that is taken.
    fn propose_times(&mut self) {
        let Some(frame) = self.stack.last() else { return };
        let all = frame.all();
        let Some(date) = all.date else { return };
        let times = self.starts(date).into_iter().filter(|t| frame.bounds.hold(*t));
        let possible = times.filter(|t| self.possible(&all, date.to_datetime(*t)).is_some());
        let choices = possible.take(MOST_TRIED).map(|t| Slots {
            time: Some(t),
            ..Slots::default()
        });
        let choices: Vec<Slots> = choices.collect();
        self.propose(choices);
        if let Some(frame) = self.stack.last_mut() {
            frame.bounds.any_time = false;
        }
    }

    fn propose(&mut self, mut choices: Vec<Slots>) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        if choices.is_empty() {
            return;
        }
        let first = choices.remove(0);
        frame.slots.date = first.date.or(frame.slots.date);
        frame.slots.time = first.time.or(frame.slots.time);
        frame.choices.extend(choices);
        frame.choices.truncate(MOST_TRIED);
    }
}

impl Frame {
    /// Moves what is known by what was said relative to it.
    fn apply_shift(&mut self) {
        let all = self.all();
        let Shift {
            days,
            minutes,
            people,
        } = self.shift;
        if let (Some(at), true) = (all.at(), minutes != 0) {
            self.shift.minutes = 0;
            if let Ok(moved) = at.checked_add(minutes.minutes()) {
                self.slots.time = Some(moved.time());
                self.slots.date = (moved.date() != at.date())
                    .then(|| moved.date())
                    .or(self.slots.date);
            }
        }
        if let (Some(date), true) = (all.date, days != 0) {
            self.shift.days = 0;
            self.slots.date = date.checked_add(days.days()).ok().or(self.slots.date);
        }
        if let (Some(n), true) = (all.party_size, people != 0) {
            self.shift.people = 0;
            self.slots.party_size = Some(n.saturating_add_signed(people).clamp(1, 10_000));
        }
    }

    fn request(&mut self, words: &str) {
        let words = super::slots::cut(words, 80);
        let kept = &mut self.slots.requests;
        if kept.len() < 6 && !words.is_empty() && !kept.contains(&words) {
            kept.push(words);
        }
    }
}

/// The number that digits make; a mobile number is not whole before its eleventh digit.
fn whole(digits: &str) -> Option<PhoneNumber> {
    let mobile = digits.starts_with("01");
    let enough = !mobile || digits.len() >= MOBILE_DIGITS;
    PhoneNumber::parse(digits).ok().filter(|_| enough)
}

fn pick<T>(all: &[T], which: Choice) -> Option<&T> {
    match which {
        Choice::Nth(n) => all.get(usize::from(n).checked_sub(1)?),
        Choice::Earliest => all.first(),
        Choice::Last | Choice::Latest => all.last(),
    }
}
