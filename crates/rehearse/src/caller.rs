//! The simulated caller.

use std::collections::BTreeMap;

use biseo_conversation::Language;
use biseo_model::understanding::{Awaiting, Slot};

use crate::doubt::Goal;
use crate::scenario::{Scenario, When};

/// A caller who has heard the same question so often hangs up.
const MOST_TURNS: u32 = 40;

/// What the caller does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Speaks.
    Words(String),
    /// Keeps silent.
    Nothing,
    /// Hangs up.
    HangsUp,
}

/// A caller with a goal.
#[derive(Debug, Clone)]
pub struct Caller {
    scenario: Scenario,
    turns: u32,
    opened: usize,
    used: BTreeMap<String, usize>,
    interjected: Vec<bool>,
    goal: Goal,
}

impl Caller {
    /// A caller who has not yet spoken.
    pub fn new(scenario: Scenario) -> Self {
        Self {
            interjected: vec![false; scenario.interjects.len()],
            goal: Goal::new(&scenario),
            scenario,
            turns: 0,
            opened: 0,
            used: BTreeMap::new(),
        }
    }

    /// How often the caller has spoken.
    pub fn turns(&self) -> u32 {
        self.turns
    }

    /// Hears what was said and answers. `awaiting`: what was asked, if known; on a real call [`guess`] guesses it from the
    /// words.
    pub fn hears(&mut self, said: &str, awaiting: Option<Awaiting>) -> Says {
        if self.turns >= MOST_TURNS {
            return Says::HangsUp;
        }
        let words = self.answer(said, awaiting);
        if words == "…" || words.trim().is_empty() {
            return Says::Nothing;
        }
        self.turns += 1;
        Says::Words(words)
    }

    fn answer(&mut self, said: &str, awaiting: Option<Awaiting>) -> String {
        let keys = asked(said, awaiting);
        if let Some(words) = self.interjection(&keys) {
            return words;
        }
        let opens = self.scenario.opens.all();
        if self.opened < opens.len() {
            let words = opens[self.opened].clone();
            self.opened += 1;
            return words;
        }
        match awaiting {
            Some(Awaiting::Slot(slot)) => self.value(slot, said),
            Some(Awaiting::Confirm) => self
                .doubt(said)
                .unwrap_or_else(|| self.or(self.scenario.confirms.clone(), "네 맞아요", "yes")),
            Some(Awaiting::Alternative) => self.declined(self.scenario.accepts.alternative.clone()),
            Some(Awaiting::Offer) => self.declined(self.scenario.accepts.offer.clone()),
            Some(Awaiting::AnythingElse) => self.or(
                self.scenario.closes.clone(),
                "아니요 없어요 감사합니다",
                "no, thank you",
            ),
            None => opens.last().cloned().unwrap_or_default(),
        }
    }

    /// What is put right of a read-back. A Korean caller whose goal is a single record listens to it.
    fn doubt(&mut self, said: &str) -> Option<String> {
        let korean = self.scenario.lang == Language::Ko;
        self.goal.doubts(said).filter(|_| korean)
    }

    fn interjection(&mut self, keys: &[&str]) -> Option<String> {
        let turn = self.turns + 1;
        let due = |when: &When| match when {
            When::Turn(n) => *n == turn,
            When::Asked(asked) => keys.contains(&asked.as_str()),
        };
        let all = self.scenario.interjects.iter().zip(&mut self.interjected);
        let (interject, done) = all.into_iter().find(|(i, done)| !**done && due(&i.when))?;
        *done = true;
        Some(interject.says.clone())
    }

    /// What the caller knows of a slot.
    fn value(&mut self, slot: Slot, said: &str) -> String {
        let known = |key: &&&str| self.scenario.knows.contains_key(**key);
        let keys = substitutes(slot);
        let Some(key) = keys.iter().find(known) else {
            return self.or(None, "글쎄요, 잘 모르겠어요", "I'm not sure");
        };
        let answers = &self.scenario.knows[*key];
        let used = self.used.entry((*key).to_string()).or_default();
        let answer = answers.get(*used).or(answers.last()).cloned().unwrap_or_default();
        *used += 1;
        // A question for two values at once is answered with both.
        let both = slot == Slot::Date && asks_time_too(said);
        match self
            .scenario
            .knows
            .get("time")
            .and_then(|t| t.first())
            .filter(|_| both)
        {
            Some(time) => format!("{answer} {time}"),
            None => answer,
        }
    }

    fn or(&self, words: Option<String>, ko: &str, en: &str) -> String {
        words.unwrap_or_else(|| match self.scenario.lang {
            Language::Ko => ko.to_string(),
            Language::En => en.to_string(),
        })
    }

    fn declined(&self, words: Option<String>) -> String {
        self.or(words, "아니요 괜찮아요", "no, thank you")
    }
}

/// What is asked: a question for the day may ask for the time too.
fn asked(said: &str, awaiting: Option<Awaiting>) -> Vec<&'static str> {
    let mut keys: Vec<&str> = awaiting.map(key).into_iter().collect();
    if awaiting == Some(Awaiting::Slot(Slot::Date)) && asks_time_too(said) {
        keys.push("time");
    }
    keys
}

/// Whether a question for the day asks for the time too.
fn asks_time_too(said: &str) -> bool {
    said.contains("시간은 언제") || said.contains("언제 몇 시") || said.contains("day and time")
}

/// What a caller tells when asked for a slot: itself, or what comes nearest.
fn substitutes(slot: Slot) -> &'static [&'static str] {
    match slot {
        Slot::Date => &["date"],
        Slot::Time => &["time"],
        Slot::PartySize => &["party_size"],
        Slot::Name => &["name"],
        Slot::Phone => &["phone"],
        Slot::Service => &["service"],
        Slot::Staff => &["staff"],
        Slot::MenuItem => &["menu_item"],
        Slot::Quantity => &["quantity"],
        Slot::PickupTime => &["pickup_time"],
        Slot::Address => &["address"],
        Slot::Message => &["message", "topic"],
        Slot::Topic => &["topic", "message"],
        Slot::BookingRef => &["booking_ref", "date", "time", "menu_item", "name"],
        Slot::Queue => &["queue"],
    }
}

fn key(awaiting: Awaiting) -> &'static str {
    match awaiting {
        Awaiting::Slot(slot) => substitutes(slot)[0],
        Awaiting::Confirm => "confirm",
        Awaiting::Alternative => "alternative",
        Awaiting::Offer => "offer",
        Awaiting::AnythingElse => "anything_else",
    }
}
