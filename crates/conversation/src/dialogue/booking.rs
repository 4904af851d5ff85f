//! Holding a wish against the shop's rules, and finding what could be had instead.

use biseo_model::shop::{BookingRules, Closed, OpenOn, Refusal, SpecialDay};
use biseo_model::understanding::{Awaiting, Slot};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

use super::frame::Alternative;
use super::slots::Slots;
use super::{Destination, Dialogue, Waiting};
use crate::flow::StepKind;
use crate::io::{Action, Wish};
use crate::open;
use crate::rules::{self, Wanted};
use crate::wording::Values;

/// So many wishes are checked at once.
const MOST_OPTIONS: usize = 40;
/// How far ahead another open day is looked for.
pub(super) const DAYS_AHEAD: i32 = 14;

impl Dialogue {
    /// The wish of a flow as the store can try it.
    pub(super) fn wish(&self, slots: &Slots, at: DateTime) -> Result<Wish, Refusal> {
        if self.closed_early(at.date()) {
            return Err(Refusal::Time);
        }
        let wanted = Wanted {
            party: slots.party_size.unwrap_or(1),
            services: &slots.services,
            staff: slots.staff.as_deref(),
        };
        let mut wish = rules::wish(&self.profile, self.now, at, &wanted)?;
        wish.candidates.retain(|name| !self.unwanted(name));
        if wish.candidates.is_empty() {
            return Err(Refusal::StaffOff);
        }
        Ok(wish)
    }

    /// Whether the day can be had at all, as soon as it is known.
    pub(super) fn check_day(&mut self) {
        let Some(frame) = self.stack.last() else {
            return;
        };
        let Some(date) = frame.all().date else { return };
        let refusal = match self.profile.hours.open_on(date) {
            _ if date < self.now.date() => Refusal::TooSoon,
            OpenOn::Closed(why) => Refusal::Closed(why),
            OpenOn::Open(_) if (date - self.now.date()).get_days() > self.ahead_days() => Refusal::TooFar,
            OpenOn::Open(_) => return self.day_is_good(date),
        };
        let whole = self.stack.last().is_some_and(|f| {
            let all = f.all();
            all.at().is_some() && (all.party_size.is_some() || !all.services.is_empty())
        });
        if whole && matches!(refusal, Refusal::Closed(_)) {
            // The whole wish is checked next, and then an alternative that is really free can be offered.
            return self.day_is_good(date);
        }
        self.say_refusal(refusal);
        if !self.take_other_day(date) {
            self.offer_day(date, refusal);
        }
    }

    fn day_is_good(&mut self, date: Date) {
        if let Some(frame) = self.stack.last_mut() {
            frame.day_checked = Some(date);
        }
    }

    fn ahead_days(&self) -> i32 {
        let days = match &self.profile.booking {
            Some(BookingRules::Tables(t)) => t.ahead_days,
            Some(BookingRules::Staff(s)) => s.ahead_days,
            None => 0,
        };
        i32::try_from(days).unwrap_or(i32::MAX)
    }

    /// The next open day instead of a closed one.
    fn offer_day(&mut self, date: Date, refusal: Refusal) {
        let next = matches!(refusal, Refusal::Closed(_)).then(|| self.next_open(date));
        match next.flatten() {
            Some(day) => {
                let at = day.to_datetime(Time::midnight());
                let values = Values::from([("date", self.words().day(self.now, day))]);
                if let Some(frame) = self.stack.last_mut() {
                    frame.alternatives = vec![Alternative {
                        at,
                        staff: None,
                        wish: None,
                    }];
                }
                self.ask("book.offer_date", &values, Some(Awaiting::Alternative));
            }
            None => self.ask_other_time(),
        }
    }

    /// The next day on which the shop is open. Several days off in a row are passed over, so that it is found behind the longest; days with
    /// other hours are open.
    pub(super) fn next_open(&self, date: Date) -> Option<Date> {
        let special = self.profile.hours.special_on(date);
        let off = special.filter(|special| special.hours.is_none());
        let after = off.map_or(date, SpecialDay::last);
        (1..=DAYS_AHEAD)
            .filter_map(|n| after.checked_add(n.days()).ok())
            .find(|d| matches!(self.profile.hours.open_on(*d), OpenOn::Open(_)))
    }

    /// Forgets the day and time that cannot be had, and asks for others.
    pub(super) fn ask_other_time(&mut self) {
        if let Some(frame) = self.stack.last_mut() {
            (frame.slots.date, frame.slots.time) = (None, None);
            frame.alternatives.clear();
        }
        self.ask(
            "book.no_alternative",
            &Values::new(),
            Some(Awaiting::Slot(Slot::Date)),
        );
    }

    /// Asks the store whether the wish is free, and at once for what is near it.
    pub(super) fn check_bookable(&mut self) {
        let Some(frame) = self.stack.last() else { return };
        let all = frame.all();
        let Some(at) = all.at() else {
            return self.ask_other_time();
        };
        let except = frame.standing.as_ref().map(|s| s.id.clone());
        let wish = self.wish(&all, at);
        if matches!(wish, Err(Refusal::TooMany)) {
            return self.too_many();
        }
        let refusal = wish.as_ref().err().copied();
        let mut options: Vec<Alternative> = Vec::new();
        options.extend(wish.ok().map(|wish| Alternative {
            at,
            staff: all.staff.clone(),
            wish: Some(wish),
        }));
        options.extend(self.near(&all, at));
        if options.is_empty() {
            self.say_refusal(refusal.unwrap_or(Refusal::Time));
            return self.ask_other_time();
        }
        options.truncate(MOST_OPTIONS);
        let wishes = options.iter().filter_map(|o| o.wish.clone()).collect();
        self.act(
            Waiting::Check { refusal, options },
            Action::Check { wishes, except },
        );
    }

    /// The store's answer: what was wished is free, or something else is offered.
    pub(super) fn checked(&mut self, refusal: Option<Refusal>, options: Vec<Alternative>, free: &[bool]) {
        let free = options.into_iter().zip(free).filter(|(_, free)| **free);
        let mut free: Vec<Alternative> = free.map(|(option, _)| option).collect();
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let all = frame.all();
        let wished = refusal.is_none()
            && free
                .first()
                .is_some_and(|o| Some(o.at) == all.at() && o.staff == all.staff);
        if wished {
            let wish = free.swap_remove(0).wish;
            frame.checked = wish.map(|wish| (all.bookable(), wish));
            frame.wants_to_know = false;
            self.say_free();
            return self.advance();
        }
        match refusal {
            Some(refusal) => self.say_refusal(refusal),
            None => self.say_full(),
        }
        if let Some(at) = self.choice_in(&free) {
            return self.take_choice(free.swap_remove(at));
        }
        self.offer_alternatives(free);
    }

    /// Tells what was found free, so that a misheard day or time shows at once; a read-back that follows tells it anyway.
    pub(super) fn say_free(&mut self) {
        self.fill_what_is_known();
        let Some(frame) = self.stack.last() else { return };
        let read_back = matches!(
            frame.next(self.place()).map(|s| &s.kind),
            Some(StepKind::Confirm(_))
        );
        if !read_back {
            let values = self.frame_values();
            self.say("book.free", &values);
        }
    }

    /// Name and number that were said before, so that the read-back follows at once.
    fn fill_what_is_known(&mut self) {
        for _ in 0..2 {
            let next = self.stack.last().and_then(|f| f.next(self.place()));
            let Some(StepKind::Collect {
                slot, default_caller, ..
            }) = next.map(|s| s.kind.clone())
            else {
                return;
            };
            if !matches!(slot, Slot::Name | Slot::Phone) || !self.fill_known(slot, default_caller) {
                return;
            }
        }
    }

    fn say_full(&mut self) {
        let staffed = self.stack.last().is_some_and(|f| f.all().staff.is_some());
        let key = if staffed {
            "book.refuse_full_staff"
        } else {
            "book.refuse_full"
        };
        let values = self.frame_values();
        self.say(key, &values);
    }

    fn say_refusal(&mut self, refusal: Refusal) {
        let mut values = self.frame_values();
        values.insert("days", self.ahead_days().to_string());
        let past = self.stack.last().is_some_and(|f| {
            f.all().date.is_some_and(|d| d < self.now.date()) || f.all().at() < Some(self.now)
        });
        let key = match refusal {
            Refusal::Closed(Closed::Holiday(holiday)) => {
                values.insert("holiday", self.words().holiday(holiday));
                "book.refuse_closed_holiday"
            }
            Refusal::Closed(Closed::Special) => match self.special_reason() {
                Some(reason) => {
                    values.insert("reason", reason);
                    "book.refuse_closed_special_why"
                }
                None => "book.refuse_closed_special",
            },
            Refusal::Closed(_) => "book.refuse_closed_weekly",
            Refusal::Time | Refusal::TooMany => "book.refuse_time",
            Refusal::TooSoon if past => "book.refuse_past",
            Refusal::TooSoon => "book.refuse_too_soon",
            Refusal::TooFar => "book.refuse_too_far",
            Refusal::StaffOff => "book.refuse_staff_off",
            Refusal::Service => "book.refuse_service",
            Refusal::ServiceTime => {
                let all = self.stack.last().map(|f| f.all().services).unwrap_or_default();
                if let Some((from, to)) = rules::service_times(&self.profile, &all) {
                    values.insert("from", self.words().time(from));
                    values.insert("to", self.words().time(to));
                }
                "book.refuse_service_time"
            }
        };
        if values.get("when").is_some_and(String::is_empty) {
            let date = values.get("date").cloned().unwrap_or_default();
            values.insert("when", date);
        }
        self.say(key, &values);
    }

    /// Why the day that is wished for is not as usual, if callers are to know.
    fn special_reason(&self) -> Option<String> {
        let date = self.stack.last()?.all().date?;
        let special = self.profile.hours.special_on(date)?;
        open::reason(special, self.language).map(str::to_string)
    }

    /// A party that only the owner can seat: the owner if there, else a message with what was wished.
    fn too_many(&mut self) {
        let values = self.frame_values();
        self.say("book.too_many", &values);
        let text = self.prompt("book.too_many_text", &values).text;
        self.stack.pop();
        self.say("call.transfer", &Values::new());
        let waiting = Waiting::Transfer {
            to: Destination::Owner,
            message: Some(text),
            emergency: false,
        };
        self.act(
            waiting,
            Action::Transfer {
                to: Destination::Owner,
            },
        );
    }
}
