//! Putting a reply together: statements, at most one question, and how it ends.

use biseo_model::shop::BookingRules;
use biseo_model::understanding::{Awaiting, Slot};

use super::{Asked, Dialogue, Offer, Waiting};
use crate::io::{Action, Language, Listen, Output, Prompt};
use crate::wording::{Say, Values};

/// Silence after these waits is noticed.
const SILENCE_MS: u64 = 7_000;
const SILENCE_DIGITS_MS: u64 = 10_000;
const SILENCE_PATIENT_MS: u64 = 45_000;

impl Dialogue {
    pub(super) fn words(&self) -> &Say {
        &self.flows.wording(self.language).say
    }

    pub(super) fn prompt(&self, key: &str, values: &Values) -> Prompt {
        let wording = self.flows.wording(self.language);
        // A flow that was written in Korean only speaks Korean; silence would be worse.
        let language = if wording.has(key) {
            self.language
        } else {
            Language::Ko
        };
        Prompt {
            key: key.to_string(),
            text: self.flows.wording(language).sentence(key, self.turn, values),
            language,
            interruptible: true,
            slow: false,
        }
    }

    pub(super) fn say(&mut self, key: &str, values: &Values) {
        let prompt = self.prompt(key, values);
        self.speak(prompt);
    }

    /// Says a text as the owner wrote it.
    pub(super) fn say_text(&mut self, key: &str, text: String, language: Language) {
        self.speak(Prompt {
            key: key.to_string(),
            text,
            language,
            interruptible: true,
            slow: false,
        });
    }

    pub(super) fn speak(&mut self, prompt: Prompt) {
        if !prompt.text.is_empty() {
            self.reply.push(Output::Say(prompt));
        }
    }

    /// Asks; the reply ends with it.
    pub(super) fn ask(&mut self, key: &str, values: &Values, awaiting: Option<Awaiting>) {
        let prompt = self.prompt(key, values);
        self.ask_prompt(prompt, awaiting);
    }

    pub(super) fn ask_prompt(&mut self, prompt: Prompt, awaiting: Option<Awaiting>) {
        self.asked = Asked {
            awaiting,
            prompt: Some(prompt.clone()),
            offer: None,
            patient: false,
            stale: false,
            grounding: Vec::new(),
            note: None,
        };
        self.speak(prompt);
    }

    pub(super) fn offer(&mut self, key: &str, values: &Values, offer: Offer) {
        self.ask(key, values, Some(Awaiting::Offer));
        self.asked.offer = Some(offer);
    }

    pub(super) fn act(&mut self, waiting: Waiting, action: Action) {
        self.waiting = Some(waiting);
        self.reply.push(Output::Do(action));
    }

    /// Whether the reply has its end: a question, an action, or the call's end.
    pub(super) fn settled(&self) -> bool {
        self.over || self.waiting.is_some() || self.asked.prompt.is_some()
    }

    /// The finished reply.
    pub(super) fn finish(&mut self) -> Vec<Output> {
        let mut reply = std::mem::take(&mut self.reply);
        let said: Vec<Prompt> = reply.iter().filter_map(said).collect();
        if !said.is_empty() {
            self.last_said = said;
            self.cut = false;
        }
        if !self.over && self.waiting.is_none() {
            reply.push(Output::Listen(self.listen()));
        }
        reply
    }

    fn listen(&self) -> Listen {
        let silence_after_ms = match self.asked.awaiting {
            _ if self.asked.patient => SILENCE_PATIENT_MS,
            Some(Awaiting::Slot(Slot::Phone | Slot::Message)) => SILENCE_DIGITS_MS,
            _ => SILENCE_MS,
        };
        Listen {
            awaiting: self.asked.awaiting,
            silence_after_ms,
            boost: self.boost(),
        }
    }

    /// The shop's own words; before them, when a name was asked for, names.
    fn boost(&self) -> Vec<String> {
        let services = self.profile.services.iter().map(|s| s.name.clone());
        let menu = self.profile.menu.iter().map(|m| m.name.clone());
        let staff = match &self.profile.booking {
            Some(BookingRules::Staff(rules)) => rules.staff.iter().map(|s| s.name.clone()).collect(),
            _ => Vec::new(),
        };
        let queues = self.profile.queues.iter().flat_map(|q| q.called.clone());
        let shop = services.chain(menu).chain(staff).chain(queues).take(MOST_WORDS);
        let name_asked = self.asked.awaiting == Some(Awaiting::Slot(Slot::Name));
        let names = given_names().filter(|_| name_asked).map(str::to_string);
        names.chain(shop).collect()
    }
}

/// Words of the shop that the recogniser is told of.
const MOST_WORDS: usize = 100;

fn given_names() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("../../data/given_names.txt").lines();
    lines
        .filter(|l| !l.starts_with('#'))
        .flat_map(str::split_whitespace)
}

fn said(output: &Output) -> Option<Prompt> {
    match output {
        Output::Say(prompt) => Some(prompt.clone()),
        _ => None,
    }
}
