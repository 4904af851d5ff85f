//! The callers who fit a shop: made of its profile, so that any shop can be rehearsed as it stands.
//!
//! What they want is what the profile says can be had there: a table or a service that is bookable by its rules, a dish of its
//! menu, each of its facts; and what must go right at any shop: a message, a question that nobody can answer, silence.

mod when;
mod words;

use std::collections::BTreeMap;

use biseo_conversation::Language;
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::ShopProfile;
use jiff::civil::{DateTime, time};
use serde_json::{Value, json};

use crate::scenario::{Accepts, CallerIs, Expect, Given, OneOrMore, Scenario};
use when::Slot;
use words::Words;

/// The number of the callers. No line of Seoul's begins with 0, so that it is nobody's, and no text message goes to it.
pub const CALLERS_NUMBER: &str = "0200000000";
/// So many of a shop's facts are asked for.
const MOST_FACTS: usize = 12;
/// Turns of a caller after which something is wrong.
const TURNS: u32 = 14;

/// The callers who fit a shop, at this time of its clock; each one's [`Scenario::kind`] tells what it wants, its only tag what
/// about. 8 to 24 of them, always the same for the same profile and day.
#[must_use]
pub fn fitting(profile: &ShopProfile, now: DateTime) -> Vec<Scenario> {
    let make = Make {
        profile,
        now,
        words: Words::get(),
    };
    let mut all = make.bookings();
    all.extend(make.order());
    all.extend(make.price());
    all.extend(make.facts());
    all.extend(make.always());
    all
}

/// The one of them who calls when a single call is to show what the shop's telephone does: a booking, an order, or a question.
#[must_use]
pub fn first_caller(profile: &ShopProfile, now: DateTime) -> Option<Scenario> {
    fitting(profile, now).into_iter().next()
}

struct Make<'a> {
    profile: &'a ShopProfile,
    now: DateTime,
    words: &'static Words,
}

impl Make<'_> {
    /// A caller who wants this and nothing is to come of it yet.
    fn caller(&self, kind: &str, about: &str, opens: String) -> Scenario {
        let w = self.words;
        let id = if about.is_empty() {
            kind.into()
        } else {
            format!("{kind}-{about}")
        };
        Scenario {
            id,
            lang: Language::Ko,
            shop: self.profile.id.as_str().into(),
            now: self.now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            caller: CallerIs {
                number: PhoneNumber::parse(CALLERS_NUMBER).ok(),
            },
            given: Given::default(),
            opens: OneOrMore::One(opens),
            knows: known([
                ("name", w.name_said.as_str()),
                ("phone", w.phone_said.as_str()),
                ("party_size", w.party_said.as_str()),
                ("staff", w.staff_said.as_str()),
            ]),
            interjects: Vec::new(),
            accepts: Accepts {
                alternative: None,
                offer: Some(w.declines.clone()),
            },
            confirms: Some(w.confirms.clone()),
            closes: Some(w.closes.clone()),
            expect: Expect {
                bookings: Some(Vec::new()),
                orders: Some(Vec::new()),
                max_turns: Some(TURNS),
                ..Expect::default()
            },
            kind: kind.into(),
            tags: if about.is_empty() {
                Vec::new()
            } else {
                vec![about.into()]
            },
        }
    }

    fn bookings(&self) -> Vec<Scenario> {
        let Some((first, second)) = when::slots(self.profile, self.now) else {
            return self.closed_day().into_iter().collect();
        };
        let all = [
            self.book(&first),
            self.change(&first, &second),
            self.cancel(&first),
        ];
        all.into_iter().chain(self.closed_day()).collect()
    }

    fn book(&self, slot: &Slot) -> Scenario {
        let (w, (day, time)) = (self.words, self.said(slot));
        let service = slot.service.as_deref().unwrap_or_default();
        let key = if slot.service.is_some() {
            "book_service"
        } else {
            "book_table"
        };
        let opens = w.opens(key, &[("date", &day), ("time", &time), ("service", service)]);
        let mut caller = self.caller(key, service, opens);
        caller.knows.extend(known([
            ("date", w.answer(&day).as_str()),
            ("time", w.answer(&time).as_str()),
            ("service", w.answer(service).as_str()),
        ]));
        caller.accepts.alternative = Some(w.alternative.clone());
        let mut record = at(slot);
        record["name"] = w.name.as_str().into();
        record["phone"] = CALLERS_NUMBER.into();
        self.size(&mut record, slot);
        caller.expect.bookings = Some(vec![record]);
        caller.expect.messages = Some(0.into());
        caller
    }

    fn change(&self, from: &Slot, to: &Slot) -> Scenario {
        let (w, (day, time)) = (self.words, self.said(from));
        let later = w.time(to.at.time());
        let mut caller = self.caller("change_booking", "", w.opens("change_booking", &[]));
        caller.given.bookings = vec![self.given(from)];
        caller.knows.extend(known([
            ("time", w.opens("new_time", &[("time", &later)]).as_str()),
            ("date", w.answer(&day).as_str()),
            ("booking_ref", w.answer(&format!("{day} {time}")).as_str()),
        ]));
        let mut record = at(to);
        record["was"] = at(from);
        caller.expect.bookings = Some(vec![record]);
        caller
    }

    fn cancel(&self, slot: &Slot) -> Scenario {
        let (w, (day, time)) = (self.words, self.said(slot));
        let mut caller = self.caller("cancel_booking", "", w.opens("cancel_booking", &[]));
        caller.given.bookings = vec![self.given(slot)];
        caller.knows.extend(known([
            ("date", w.answer(&day).as_str()),
            ("time", w.answer(&time).as_str()),
        ]));
        caller.expect.bookings = Some(vec![json!({"was": at(slot), "cancelled": true})]);
        caller
    }

    /// Nobody gets a booking on a day on which the shop is closed.
    fn closed_day(&self) -> Option<Scenario> {
        self.profile.booking.as_ref()?;
        let (w, day) = (self.words, when::closed_day(self.profile, self.now)?);
        let (day, at) = (w.date(day, self.now.date()), w.time(time(14, 0, 0, 0)));
        let opens = w.opens("closed_day", &[("date", &day), ("time", &at)]);
        let mut caller = self.caller("closed_day", "", opens);
        let service = self.profile.services.first().map_or("", |s| s.name.as_str());
        let away = w.opens("another_time", &[]);
        caller.knows.extend(known([
            ("service", w.answer(service).as_str()),
            ("date", &away),
            ("time", &away),
        ]));
        caller.accepts.alternative = Some(away);
        Some(caller)
    }

    fn order(&self) -> Option<Scenario> {
        let item = &self.profile.menu.first()?.name;
        let now = when::open_moment(&self.profile.hours, self.now)?;
        let w = self.words;
        let mut caller = self.caller("order", item, w.opens("order", &[("item", item)]));
        caller.now = now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        caller.knows.extend(known([
            ("menu_item", w.answer(item).as_str()),
            ("quantity", w.opens("one", &[]).as_str()),
            ("pickup_time", w.opens("pickup_said", &[]).as_str()),
        ]));
        caller.expect.orders = Some(vec![json!({"items": [{"menu_item": item, "quantity": 1}]})]);
        Some(caller)
    }

    fn price(&self) -> Option<Scenario> {
        let dish = self.profile.menu.first().map(|m| m.name.as_str());
        let priced = self.profile.services.iter().find(|s| s.won.is_some());
        let item = dish.or(priced.map(|s| s.name.as_str()))?;
        let opens = self.words.opens("ask_price", &[("item", item)]);
        let mut caller = self.caller("ask_price", item, opens);
        caller.expect.answers = vec!["price".into()];
        Some(caller)
    }

    /// Each fact is asked for, and its answer must be heard.
    fn facts(&self) -> Vec<Scenario> {
        let facts = self.profile.facts.iter().take(MOST_FACTS);
        let ask = |(topic, text): (&String, &biseo_model::shop::Wording)| {
            let mut caller = self.caller("ask_fact", topic, self.words.asks(topic));
            caller.expect.says = vec![vec![text.ko.trim().to_string()]];
            caller
        };
        facts.map(ask).collect()
    }

    /// What must go right at any shop.
    fn always(&self) -> Vec<Scenario> {
        let w = self.words;
        let mut hours = self.caller("ask_hours", "", w.opens("ask_hours", &[]));
        hours.expect.answers = vec!["hours".into()];
        let mut message = self.caller("leave_message", "", w.opens("leave_message", &[]));
        message
            .knows
            .extend(known([("message", w.opens("message_said", &[]).as_str())]));
        let kept = w.opens("message_kept", &[]);
        message.expect.messages = Some(json!([{"contains": kept}]));
        let mut unknown = self.caller("unknown", "", w.opens("unknown", &[]));
        unknown.expect.messages = Some(0.into());
        let mut silence = self.caller("silence", "", String::new());
        silence.opens = OneOrMore::More(vec![w.opens("silence", &[]), "…".into()]);
        silence.expect.messages = Some(0.into());
        for answer in [
            &mut silence.confirms,
            &mut silence.closes,
            &mut silence.accepts.offer,
        ] {
            *answer = Some("…".into());
        }
        silence.knows = BTreeMap::new();
        vec![hours, message, unknown, silence]
    }

    fn said(&self, slot: &Slot) -> (String, String) {
        let day = self.words.date(slot.at.date(), self.now.date());
        (day, self.words.time(slot.at.time()))
    }

    /// The record of a booking that stands before the call.
    fn given(&self, slot: &Slot) -> Value {
        let mut record = at(slot);
        record["name"] = self.words.name.as_str().into();
        record["phone"] = CALLERS_NUMBER.into();
        self.size(&mut record, slot);
        if let Some(staff) = &slot.staff {
            record["staff"] = staff.as_str().into();
        }
        record
    }

    fn size(&self, record: &mut Value, slot: &Slot) {
        match &slot.service {
            Some(service) => record["service"] = service.as_str().into(),
            None => record["party_size"] = when::PARTY.into(),
        }
    }
}

fn known<const N: usize>(answers: [(&str, &str); N]) -> BTreeMap<String, Vec<String>> {
    let each = answers.into_iter().filter(|(_, words)| !words.is_empty());
    each.map(|(slot, words)| (slot.to_string(), vec![words.to_string()]))
        .collect()
}

fn at(slot: &Slot) -> Value {
    json!({
        "date": slot.at.date().to_string(),
        "time": slot.at.time().strftime("%H:%M").to_string(),
    })
}
