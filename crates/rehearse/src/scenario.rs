//! Scenarios as they are written in files, one JSON object per line.

use std::collections::BTreeMap;

use biseo_conversation::Language;
use biseo_model::phone::PhoneNumber;
use jiff::civil::DateTime;
use serde::Deserialize;
use serde_json::Value;

/// A simulated caller with a goal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Scenario {
    /// Its name.
    pub id: String,
    /// The language that the caller speaks.
    #[serde(default)]
    pub lang: Language,
    /// The shop that is called.
    pub shop: String,
    /// The instant of the call, with the offset of the shop's zone: `2026-11-24T10:12:00+09:00`.
    pub now: String,
    /// The caller.
    #[serde(default)]
    pub caller: CallerIs,
    /// Records that exist before the call.
    #[serde(default)]
    pub given: Given,
    /// What the caller says first; several utterances are said one after another. "…" is silence.
    pub opens: OneOrMore,
    /// Slot → answers, used in order; the last one repeats.
    #[serde(default)]
    pub knows: BTreeMap<String, Vec<String>>,
    /// Said instead of an answer, once.
    #[serde(default)]
    pub interjects: Vec<Interject>,
    /// What is said to offers.
    #[serde(default)]
    pub accepts: Accepts,
    /// What is said when something is read back.
    #[serde(default)]
    pub confirms: Option<String>,
    /// What is said to "anything else?".
    #[serde(default)]
    pub closes: Option<String>,
    /// What must come of it.
    pub expect: Expect,
    /// Stratum for reports.
    #[serde(default)]
    pub kind: String,
    /// Further strata.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Scenario {
    /// Reads a file's text, one scenario per line; empty lines are skipped.
    ///
    /// # Errors
    /// The line's number and what is wrong with it.
    pub fn read_lines(text: &str) -> Result<Vec<Self>, String> {
        let lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
        lines
            .map(|(n, line)| serde_json::from_str(line).map_err(|e| format!("line {}: {e}", n + 1)))
            .collect()
    }

    /// The instant of the call on the shop's clock: what is written before the offset.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn now(&self) -> Result<DateTime, String> {
        let clock: String = self.now.chars().take(19).collect();
        clock
            .parse()
            .map_err(|e| format!("{}: now = {:?}: {e}", self.id, self.now))
    }
}

/// Who calls.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct CallerIs {
    /// The caller's number; none if withheld.
    #[serde(default)]
    pub number: Option<PhoneNumber>,
}

/// What exists before the call.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Given {
    /// Bookings.
    #[serde(default)]
    pub bookings: Vec<Value>,
    /// Orders.
    #[serde(default)]
    pub orders: Vec<Value>,
}

/// One utterance, or several.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl OneOrMore {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// Said instead of an answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Interject {
    /// When.
    pub when: When,
    /// What.
    pub says: String,
}

/// When something is interjected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum When {
    /// At this turn of the caller, counted from 1.
    Turn(u32),
    /// When this is asked for: a slot, `confirm` or `anything_else`.
    Asked(String),
}

/// What the caller says to offers; a missing one is declined.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Accepts {
    /// To another time or person.
    #[serde(default)]
    pub alternative: Option<String>,
    /// To something else.
    #[serde(default)]
    pub offer: Option<String>,
}

/// What must come of a call. A key that is missing is not judged.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Expect {
    /// The bookings beyond the given ones that are untouched.
    #[serde(default)]
    pub bookings: Option<Vec<Value>>,
    /// The orders, likewise.
    #[serde(default)]
    pub orders: Option<Vec<Value>>,
    /// Topics that must have been answered.
    #[serde(default)]
    pub answers: Vec<String>,
    /// How many messages, or what they contain.
    #[serde(default)]
    pub messages: Option<Value>,
    /// With whom the caller must be connected; `null`: with nobody.
    #[serde(default, deserialize_with = "present")]
    pub transfer: Option<Value>,
    /// Groups of strings, of each of which one must be said.
    #[serde(default)]
    pub says: Vec<Vec<String>>,
    /// Strings that must not be said.
    #[serde(default)]
    pub says_not: Vec<String>,
    /// At most so many turns of the caller.
    #[serde(default)]
    pub max_turns: Option<u32>,
}

/// Tells `null` from a missing key.
fn present<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(d).map(Some)
}
