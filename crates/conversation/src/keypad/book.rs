//! A booking by keys.

use biseo_model::phone::PhoneNumber;
use biseo_model::record::CallEnd;
use biseo_model::shop::{BookingRules, OpenOn, Refusal};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::{Keypad, Step, Waiting, entry};
use crate::io::{Action, ActionResult, NewBooking, Wish};
use crate::rules::{self, Wanted};

/// Minutes from the wished time at which another is looked for, nearest first.
const NEAR: [i64; 8] = [30, -30, 60, -60, 90, -90, 120, -120];

/// What is known of a booking so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Draft {
    services: Vec<String>,
    party: u32,
    date: Option<Date>,
    /// What was asked of the store: the wish, if the rules allow it, and what is near it.
    wished: Option<DateTime>,
    options: Vec<Wish>,
    /// What is free.
    wish: Option<Wish>,
    phone: Option<PhoneNumber>,
}

impl Keypad {
    pub(super) fn begin_booking(&mut self) {
        self.draft.phone.clone_from(&self.opening.caller);
        match self.profile.booking {
            Some(BookingRules::Staff(_)) => self.ask_service(),
            _ => self.ask(Step::Party, "keypad.ask_party"),
        }
    }

    pub(super) fn ask_service(&mut self) {
        self.ask(Step::Service, "keypad.service");
        for n in 0..self.profile.services.len() {
            self.say_service(n);
        }
    }

    pub(super) fn service(&mut self, digits: &str) {
        let at = digits.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let Some(service) = at.and_then(|at| self.profile.services.get(at)) else {
            return self.missed("keypad.wrong_key");
        };
        (self.draft.services, self.draft.party) = (vec![service.name.clone()], 1);
        self.misses = 0;
        self.ask(Step::Date, "keypad.ask_date");
    }

    pub(super) fn party(&mut self, digits: &str) {
        let Some(party) = entry::party(digits) else {
            return self.missed("keypad.not_a_number");
        };
        if let Some(BookingRules::Tables(rules)) = &self.profile.booking
            && party > rules.largest_party()
        {
            return self.refuse(Refusal::TooMany);
        }
        self.draft.party = party;
        self.misses = 0;
        self.ask(Step::Date, "keypad.ask_date");
    }

    pub(super) fn date(&mut self, digits: &str) {
        let Some(date) = entry::date(digits, self.now.date()) else {
            return self.missed("keypad.not_a_number");
        };
        self.misses = 0;
        if let OpenOn::Closed(why) = self.profile.hours.open_on(date) {
            return self.refuse(Refusal::Closed(why));
        }
        self.draft.date = Some(date);
        self.ask(Step::Time, "keypad.ask_time");
    }

    pub(super) fn time(&mut self, digits: &str) {
        let (Some(date), Some(time)) = (self.draft.date, entry::time(digits)) else {
            return self.missed("keypad.not_a_number");
        };
        self.misses = 0;
        let at = date.to_datetime(time);
        match self.wish(at) {
            Ok(wish) => self.check(at, wish),
            Err(why) => self.refuse(why),
        }
    }

    fn wish(&self, at: DateTime) -> Result<Wish, Refusal> {
        if self.incidents.closed_early() && at.date() == self.now.date() {
            return Err(Refusal::Time);
        }
        let wanted = Wanted {
            party: self.draft.party,
            services: &self.draft.services,
            staff: None,
        };
        rules::wish(&self.profile, self.now, at, &wanted)
    }

    fn check(&mut self, at: DateTime, wish: Wish) {
        let near = NEAR.iter().filter_map(|m| at.checked_add(m.minutes()).ok());
        let near = near.filter(|n| n.date() == at.date());
        let near: Vec<Wish> = near.filter_map(|n| self.wish(n).ok()).collect();
        self.draft.wished = Some(at);
        self.draft.options = std::iter::once(wish).chain(near).collect();
        let wishes = self.draft.options.clone();
        self.act(Waiting::Free, Action::Check { wishes, except: None });
    }

    fn refuse(&mut self, why: Refusal) {
        let (key, step) = match why {
            Refusal::Closed(_) | Refusal::StaffOff => ("keypad.refuse_closed", Step::Date),
            Refusal::TooSoon => ("keypad.refuse_soon", Step::Date),
            Refusal::TooFar => ("keypad.refuse_far", Step::Date),
            Refusal::Time | Refusal::ServiceTime => ("keypad.refuse_time", Step::Time),
            Refusal::TooMany | Refusal::Service => {
                self.say("keypad.refuse_many");
                return self.ask_message();
            }
        };
        self.say(key);
        self.enter(step);
        self.ask_again();
    }

    /// The store's answer: the wish is free, or another time is.
    pub(super) fn checked(&mut self, result: &ActionResult) {
        let ActionResult::Available(free) = result else {
            return self.not_stored();
        };
        let options = std::mem::take(&mut self.draft.options);
        let first = options.into_iter().zip(free).find(|(_, free)| **free);
        self.draft.wish = first.map(|(wish, _)| wish);
        match &self.draft.wish {
            Some(wish) if Some(wish.at) == self.draft.wished => self.free(),
            Some(_) => self.say_offer(),
            None => {
                self.say("keypad.refuse_full");
                self.enter(Step::Date);
                self.ask_again();
            }
        }
    }

    pub(super) fn say_offer(&mut self) {
        self.enter(Step::Offer);
        self.say("keypad.offer");
        self.say_when();
        self.say("keypad.offer_choose");
    }

    pub(super) fn offered(&mut self, digits: &str) {
        match digits {
            "1" => self.understood(Self::free),
            "2" => self.understood(|this| this.ask(Step::Time, "keypad.ask_time")),
            _ => self.missed("keypad.wrong_key"),
        }
    }

    /// The time is settled: whom to reach, and all of it once more.
    fn free(&mut self) {
        match self.draft.phone {
            Some(_) => self.read_back(),
            None => self.ask(Step::Phone, "keypad.ask_phone"),
        }
    }

    pub(super) fn phone(&mut self, digits: &str) {
        match entry::phone(digits) {
            Some(phone) => {
                self.draft.phone = Some(phone);
                self.understood(Self::read_back);
            }
            None => self.missed("keypad.not_a_number"),
        }
    }

    pub(super) fn read_back(&mut self) {
        self.enter(Step::Confirm);
        self.say("keypad.read_back");
        self.say_when();
        if self.draft.services.is_empty() {
            self.say_party(self.draft.party);
        }
        for name in self.draft.services.clone() {
            self.say_name(&name);
        }
        // The number that calls is known to be right.
        if self.draft.phone != self.opening.caller {
            self.say("keypad.phone_is");
            let phone = self.draft.phone.clone();
            self.say_digits(phone.as_ref().map_or("", PhoneNumber::as_str));
        }
        self.say("keypad.confirm");
    }

    fn say_when(&mut self) {
        if let Some(at) = self.draft.wish.as_ref().map(|w| w.at) {
            self.say_day(at.date());
            self.say_time(at.time());
        }
    }

    pub(super) fn confirmed(&mut self, digits: &str) {
        match digits {
            "1" => self.understood(Self::book),
            "2" => self.understood(Self::menu),
            _ => self.missed("keypad.wrong_key"),
        }
    }

    fn book(&mut self) {
        let (Some(wish), Some(phone)) = (self.draft.wish.clone(), self.draft.phone.clone()) else {
            return self.menu();
        };
        let name = self.opening.name.clone();
        let booking = NewBooking {
            key: self.next_key(),
            wish,
            party_size: self.draft.party,
            name: name.unwrap_or_else(|| self.text("keypad.guest")),
            phone,
            services: self.draft.services.clone(),
            requests: Vec::new(),
        };
        self.act(Waiting::Book, Action::Book(booking));
    }

    pub(super) fn booked(&mut self, result: ActionResult) {
        match result {
            ActionResult::Booked(standing) => {
                self.summary.booked.push(standing);
                self.say("keypad.booked");
                self.say("keypad.goodbye");
                self.good_bye(CallEnd::Biseo);
            }
            ActionResult::Full => {
                self.say("keypad.refuse_full");
                self.enter(Step::Time);
                self.ask_again();
            }
            _ => self.not_stored(),
        }
    }

    fn not_stored(&mut self) {
        self.say("keypad.failed");
        self.ask_message();
    }
}
