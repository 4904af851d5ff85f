//! What is said. Each value is a sentence of its own, so that all of them can be kept spoken.

use std::collections::BTreeSet;

use biseo_model::incident::IncidentKind;
use biseo_model::shop::{BookingRules, ShopProfile};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

use super::{Keypad, KeypadOutput};
use crate::flow::Flows;
use crate::io::{Language, Prompt};
use crate::open;
use crate::wording::Values;

/// Sentences without values.
const PLAIN: [&str; 32] = [
    "deaf",
    "menu",
    "menu_without_booking",
    "switch",
    "service",
    "ask_party",
    "ask_date",
    "ask_time",
    "ask_phone",
    "ask_phone_or_not",
    "wrong_key",
    "not_a_number",
    "silent",
    "refuse_closed",
    "refuse_time",
    "refuse_soon",
    "refuse_far",
    "refuse_many",
    "refuse_full",
    "offer",
    "offer_choose",
    "read_back",
    "phone_is",
    "confirm",
    "booked",
    "failed",
    "record",
    "nothing_heard",
    "message_done",
    "message_failed",
    "goodbye",
    "guest",
];
/// Days whose opening hours are kept.
const DAYS: i32 = 370;

/// Everything that a shop's callers may hear by keys in a language, sentence by sentence: what is to be kept spoken. `now` is the
/// instant on the shop's clock.
#[must_use]
pub fn sentences(
    profile: &ShopProfile,
    flows: &Flows,
    language: Language,
    now: DateTime,
) -> BTreeSet<String> {
    let plain = |key: &str| of(flows, language, &format!("keypad.{key}"), 0, &[]).text;
    let mut all: BTreeSet<String> = PLAIN.iter().map(|key| plain(key)).collect();
    for key in ["keypad.greeting", "keypad.greeting_recorded"] {
        all.insert(of(flows, language, key, 0, &[("shop", shop(profile, language))]).text);
    }
    all.extend(
        IncidentKind::ALL
            .into_iter()
            .map(|kind| of(flows, language, &format!("incident.{}", kind.code()), 0, &[]).text),
    );
    all.extend((1..=12).map(|n| month(flows, language, n).text));
    all.extend((1..=31).map(|n| day(flows, language, n).text));
    all.extend(('0'..='9').map(|c| digit(flows, language, c).text));
    let say = &flows.wording(language).say;
    all.extend(starts(profile).into_iter().map(|t| say.time(t)));
    all.extend((1..=largest(profile)).map(|n| say.party(n)));
    for (n, service) in profile.services.iter().enumerate() {
        all.insert(service.name.clone());
        all.insert(service_item(flows, language, n, &service.name).text);
    }
    for n in 0..DAYS {
        let Ok(date) = now.date().checked_add(n.days()) else {
            continue;
        };
        for name in near(flows, language, now) {
            all.extend(
                hours(profile, flows, language, (&name, date))
                    .into_iter()
                    .map(|p| p.text),
            );
        }
    }
    // What is said is cut into sentences before it is spoken.
    all.retain(|text| !text.trim().is_empty());
    all
}

/// Today and tomorrow, by their names.
fn near(flows: &Flows, language: Language, now: DateTime) -> Vec<String> {
    let say = &flows.wording(language).say;
    let days = [Some(now.date()), now.date().tomorrow().ok()];
    days.into_iter()
        .flatten()
        .map(|date| say.day(now, date))
        .collect()
}

/// The times of day at which anything may begin.
fn starts(profile: &ShopProfile) -> Vec<Time> {
    let step = match &profile.booking {
        Some(BookingRules::Tables(rules)) => return rules.starts(),
        Some(BookingRules::Staff(rules)) => rules.step_minutes.max(5),
        None => return Vec::new(),
    };
    // Appointments begin at steps from the opening, which may be at any quarter of an hour.
    let minutes = (0..24 * 60).step_by(usize::try_from(step.min(15)).unwrap_or(15));
    let time = |m: i32| Time::new(i8::try_from(m / 60).ok()?, i8::try_from(m % 60).ok()?, 0, 0).ok();
    minutes.filter_map(time).collect()
}

fn largest(profile: &ShopProfile) -> u32 {
    match &profile.booking {
        Some(BookingRules::Tables(rules)) => rules.largest_party().min(99),
        _ => 0,
    }
}

fn shop(profile: &ShopProfile, language: Language) -> String {
    match language {
        Language::Ko => profile.name.ko.clone(),
        Language::En => profile.name.en.as_ref().unwrap_or(&profile.name.ko).clone(),
    }
}

/// A sentence of the wording files; nobody breaks into it by speaking.
pub(super) fn of(
    flows: &Flows,
    language: Language,
    key: &str,
    variant: u32,
    values: &[(&'static str, String)],
) -> Prompt {
    let values: Values = values.iter().cloned().collect();
    let text = flows.wording(language).sentence(key, variant, &values);
    written(key, text, language)
}

fn written(key: &str, text: String, language: Language) -> Prompt {
    Prompt {
        key: key.to_string(),
        text,
        language,
        interruptible: false,
        slow: false,
    }
}

fn month(flows: &Flows, language: Language, n: u32) -> Prompt {
    of(flows, language, "keypad.month", n.saturating_sub(1), &[])
}

fn day(flows: &Flows, language: Language, n: u32) -> Prompt {
    of(flows, language, "keypad.day", 0, &[("n", n.to_string())])
}

fn digit(flows: &Flows, language: Language, digit: char) -> Prompt {
    of(flows, language, "keypad.digit", 0, &[("n", digit.to_string())])
}

fn service_item(flows: &Flows, language: Language, at: usize, name: &str) -> Prompt {
    let values = [("n", (at + 1).to_string()), ("name", name.to_string())];
    of(flows, language, "keypad.service_item", 0, &values)
}

/// When the shop is open on a day that has a name.
fn hours(profile: &ShopProfile, flows: &Flows, language: Language, day: (&str, Date)) -> Vec<Prompt> {
    let wording = flows.wording(language);
    let told = open::day(&profile.hours, &wording.say, language, day).into_iter();
    told.map(|(key, values)| written(key, wording.sentence(key, 0, &values), language))
        .collect()
}

impl Keypad {
    pub(super) fn say(&mut self, key: &str) {
        self.speak(of(&self.flows, self.language, key, 0, &[]));
    }

    pub(super) fn say_with(&mut self, key: &str, values: &[(&'static str, String)]) {
        self.speak(of(&self.flows, self.language, key, 0, values));
    }

    pub(super) fn say_shop(&mut self, key: &str) {
        let name = shop(&self.profile, self.language);
        self.speak(of(&self.flows, self.language, key, 0, &[("shop", name)]));
    }

    pub(super) fn say_day(&mut self, date: Date) {
        let number = |n: i8| u32::try_from(n).unwrap_or(1);
        self.speak(month(&self.flows, self.language, number(date.month())));
        self.speak(day(&self.flows, self.language, number(date.day())));
    }

    pub(super) fn say_time(&mut self, time: Time) {
        let text = self.flows.wording(self.language).say.time(time);
        self.speak(written("keypad.time", text, self.language));
    }

    pub(super) fn say_party(&mut self, party: u32) {
        let text = self.flows.wording(self.language).say.party(party);
        self.speak(written("keypad.party", text, self.language));
    }

    pub(super) fn say_name(&mut self, name: &str) {
        self.speak(written("keypad.name", name.to_string(), self.language));
    }

    pub(super) fn say_service(&mut self, at: usize) {
        let Some(service) = self.profile.services.get(at) else {
            return;
        };
        self.speak(service_item(&self.flows, self.language, at, &service.name));
    }

    pub(super) fn say_digits(&mut self, digits: &str) {
        for c in digits.chars().filter(char::is_ascii_digit) {
            self.speak(digit(&self.flows, self.language, c));
        }
    }

    pub(super) fn say_hours(&mut self) {
        let days = [Some(self.now.date()), self.now.date().tomorrow().ok()];
        let names = near(&self.flows, self.language, self.now);
        for (date, name) in days.into_iter().flatten().zip(names) {
            for prompt in hours(&self.profile, &self.flows, self.language, (&name, date)) {
                self.speak(prompt);
            }
        }
    }

    pub(super) fn text(&self, key: &str) -> String {
        self.text_with(key, &[])
    }

    pub(super) fn text_with(&self, key: &str, values: &[(&'static str, String)]) -> String {
        of(&self.flows, self.language, key, 0, values).text
    }

    fn speak(&mut self, prompt: Prompt) {
        self.out.push(KeypadOutput::Say(prompt));
    }

    /// How it came about that keys were asked for, and what was pressed, in a language of whoever reads the record.
    #[must_use]
    pub fn trace(&self, language: Language) -> Vec<String> {
        let why = match self.opening.reason {
            super::KeypadReason::Deaf => "keypad.trace_deaf",
            super::KeypadReason::Mute => "keypad.trace_mute",
        };
        let note = of(&self.flows, language, why, 0, &[]).text;
        let values = [("note", note), ("value", self.typed.clone())];
        vec![of(&self.flows, language, "keypad.trace", 0, &values).text]
    }
}
