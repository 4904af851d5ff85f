//! What could be had instead of what cannot be: other people, other times, other days.

use biseo_model::shop::{BookingRules, OpenOn};
use biseo_model::understanding::{Awaiting, Slot};
use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use super::Dialogue;
use super::booking::DAYS_AHEAD;
use super::choices::is_of;
use super::frame::{Alternative, Frame};
use super::slots::Slots;
use crate::wording::Values;

/// So many other times of the same day are looked at, the nearest first.
const SAME_DAY: usize = 10;
/// And so many other days.
const OTHER_DAYS: usize = 4;
/// A time of the same day counts as near within so many minutes; beyond, the same time on another day is nearer.
const CLOSE_MINUTES: i64 = 180;

impl Dialogue {
    /// What the rules allow near a wish, in the order in which it is offered: another person at the same time, the
    /// nearest times of the day, the same time on the next days.
    pub(super) fn near(&self, all: &Slots, at: DateTime) -> Vec<Alternative> {
        let mut near = self.choices(all);
        near.extend(self.other_staff(all, at));
        let mut starts: Vec<Time> = self.starts(at.date());
        starts.retain(|t| *t != at.time());
        starts.sort_by_key(|t| (apart(*t, at.time()), *t < at.time()));
        let (close, far): (Vec<Time>, Vec<Time>) = starts
            .into_iter()
            .partition(|t| apart(*t, at.time()) <= CLOSE_MINUTES);
        let on_day = |times: Vec<Time>| {
            let times = times.into_iter().map(|t| at.date().to_datetime(t));
            times.filter_map(|at| self.possible(all, at)).take(SAME_DAY)
        };
        near.extend(on_day(close));
        let days = (1..=DAYS_AHEAD).filter_map(|n| at.checked_add(Span::new().days(n)).ok());
        near.extend(days.filter_map(|at| self.possible(all, at)).take(OTHER_DAYS));
        near.extend(on_day(far));
        near.retain(|o| !self.ruled_out(o));
        if let Some(frame) = self.stack.last() {
            near.sort_by_key(|o| !frame.bounds.hold(o.at.time()));
        }
        near
    }

    pub(super) fn possible(&self, all: &Slots, at: DateTime) -> Option<Alternative> {
        let wish = self.wish(all, at).ok()?;
        Some(Alternative {
            at,
            staff: all.staff.clone(),
            wish: Some(wish),
        })
    }

    pub(super) fn other_staff(&self, all: &Slots, at: DateTime) -> Vec<Alternative> {
        let Some(asked) = &all.staff else {
            return Vec::new();
        };
        let other = |name: &String| name != asked && !self.unwanted(name);
        let others = self.staff_names().into_iter().filter(other);
        let with = |name: String| {
            let slots = Slots {
                staff: Some(name),
                ..all.clone()
            };
            self.possible(&slots, at)
        };
        others.filter_map(with).collect()
    }

    /// Everybody who can be booked.
    pub(super) fn staff_names(&self) -> Vec<String> {
        match &self.profile.booking {
            Some(BookingRules::Staff(rules)) => rules.staff.iter().map(|s| s.name.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// Those of them who do what the topmost flow wants, on that day if it is known.
    pub(super) fn able_staff(&self) -> Vec<String> {
        let Some(BookingRules::Staff(rules)) = &self.profile.booking else {
            return Vec::new();
        };
        let all = self.stack.last().map(Frame::all).unwrap_or_default();
        let able = rules.staff.iter().filter(|s| {
            let does = s.services.is_empty() || all.services.iter().all(|n| s.services.contains(n));
            let works = all.date.is_none_or(|d| !s.off.contains(&d.weekday().into()));
            does && works && !self.unwanted(&s.name)
        });
        able.map(|s| s.name.clone()).collect()
    }

    /// When something may begin on a day, rules of the single wish aside.
    pub(super) fn starts(&self, date: Date) -> Vec<Time> {
        match &self.profile.booking {
            Some(BookingRules::Tables(rules)) => rules.starts(),
            Some(BookingRules::Staff(rules)) => {
                let OpenOn::Open(day) = self.profile.hours.open_on(date) else {
                    return Vec::new();
                };
                let step = i64::from(rules.step_minutes.clamp(1, 240));
                (0..24 * 60 / step)
                    .map_while(|n| day.open.checked_add(Span::new().minutes(n * step)).ok())
                    .collect()
            }
            None => Vec::new(),
        }
    }

    /// The caller has named it as good, so it is taken, and told.
    pub(super) fn take_choice(&mut self, taken: Alternative) {
        if let Some(frame) = self.stack.last_mut() {
            frame.choices.clear();
            frame.alternatives = vec![taken];
        }
        self.take_alternative();
        self.say_free();
        self.advance();
    }

    pub(super) fn offer_alternatives(&mut self, free: Vec<Alternative>) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        frame.alternatives = free;
        frame.alternatives.truncate(4);
        match frame.alternatives.first().cloned() {
            Some(first) => self.offer_one(&first, "book.offer_time"),
            None => self.ask_other_time(),
        }
    }

    pub(super) fn offer_one(&mut self, offered: &Alternative, same_day_key: &str) {
        let all = self.stack.last().map(Frame::all).unwrap_or_default();
        let words = self.words();
        let values = Values::from([
            ("time", words.time(offered.at.time())),
            ("date", words.day(self.now, offered.at.date())),
            (
                "staff",
                offered
                    .staff
                    .as_deref()
                    .map(|n| words.person(n))
                    .unwrap_or_default(),
            ),
        ]);
        let key = if all.at() == Some(offered.at) {
            "book.offer_staff"
        } else if all.date == Some(offered.at.date()) {
            same_day_key
        } else {
            "book.offer_day"
        };
        self.ask(key, &values, Some(Awaiting::Alternative));
    }

    /// Yes to what was offered.
    pub(super) fn take_alternative(&mut self) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        if frame.alternatives.is_empty() {
            return;
        }
        let taken = frame.alternatives.remove(0);
        frame.alternatives.clear();
        frame.slots.date = Some(taken.at.date());
        if let Some(wish) = taken.wish {
            frame.slots.time = Some(taken.at.time());
            frame.slots.staff = taken.staff.or(frame.slots.staff.take());
            frame.checked = Some((frame.all().bookable(), wish));
        }
    }

    /// No: the next best, once; then the caller is asked.
    pub(super) fn next_alternative(&mut self) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let excluded = std::mem::take(&mut frame.excluded);
        let mut rest = frame.alternatives.drain(..).skip(1);
        let next = rest.find(|o| !excluded.iter().any(|v| is_of(v, o)));
        let rest: Vec<Alternative> = next.iter().cloned().chain(rest).collect();
        // Where nothing is ruled out by its kind, another one is offered once only: no guessing game.
        let again = !excluded.is_empty() || frame.times_asked(Slot::Topic) == 0;
        (frame.alternatives, frame.excluded) = (rest, excluded);
        let Some(next) = next.filter(|_| again) else {
            return self.ask_other_time();
        };
        frame.asked.push(Slot::Topic); // Counts how often another alternative was offered.
        self.offer_one(&next, "book.offer_other_time");
    }
}

/// Minutes between two times of a day.
pub(super) fn apart(a: Time, b: Time) -> i64 {
    a.duration_since(b).as_mins().abs()
}
