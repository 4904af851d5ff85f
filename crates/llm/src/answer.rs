//! The form of a model's answer, before anything of it is believed.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::question::Vocabulary;

/// Octets of an answer that are read at most.
pub const MOST_OCTETS: usize = 4096;
/// Values that are looked at; an answer with more is refused.
pub const MOST_SLOTS: usize = 16;
/// Intents, and acts, that an answer may hold.
pub const MOST_NAMES: usize = 8;

/// The slots that a model may fill, by the names of the scenario format. A telephone number is never taken from it.
pub const SLOTS: [&str; 15] = [
    "date",
    "time",
    "party_size",
    "name",
    "phone",
    "service",
    "staff",
    "menu_item",
    "quantity",
    "pickup_time",
    "address",
    "message",
    "topic",
    "booking_ref",
    "queue",
];
/// The intents that it may tell.
pub const INTENTS: [&str; 14] = [
    "book",
    "change_booking",
    "cancel_booking",
    "find_booking",
    "order",
    "change_order",
    "cancel_order",
    "ask",
    "leave_message",
    "request_callback",
    "transfer",
    "complain",
    "sales_pitch",
    "chitchat",
];
/// The acts that it may tell. That the call is over and that all is dropped only the rules tell.
pub const ACTS: [&str; 8] = [
    "greet", "affirm", "deny", "correct", "wait", "repeat", "unsure", "thank",
];

/// An answer as it came.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Names of intents.
    pub intents: Vec<String>,
    /// Names of acts.
    pub acts: Vec<String>,
    /// Values.
    pub slots: Vec<SlotAnswer>,
    /// The key of a fact.
    pub fact: Option<String>,
}

/// A value as it came.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotAnswer {
    /// The slot's name.
    pub slot: String,
    /// The value as text.
    pub value: String,
    /// The words of the utterance that say it.
    pub words: String,
    /// How many of a menu item.
    #[serde(default)]
    pub quantity: Option<u32>,
    /// Whether it tells what was.
    #[serde(default)]
    pub was: bool,
}

/// Why a whole answer is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Longer than [`MOST_OCTETS`], or with more values or names than an utterance could hold.
    #[error("the answer is too large")]
    Large,
    /// No JSON, or not of the schema.
    #[error("the answer is not of the schema that was asked for")]
    Form,
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`Unreadable`]; it does not repeat the answer, which may hold the caller's words.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        if text.len() > MOST_OCTETS {
            return Err(Unreadable::Large);
        }
        let answer: Self = serde_json::from_str(text).map_err(|_| Unreadable::Form)?;
        let many = answer.slots.len() > MOST_SLOTS
            || answer.intents.len() > MOST_NAMES
            || answer.acts.len() > MOST_NAMES;
        if many { Err(Unreadable::Large) } else { Ok(answer) }
    }
}

/// The JSON schema of an answer for one shop, in the subset that endpoints with strict schemas take.
pub(crate) fn schema(shop: &Vocabulary<'_>) -> Json {
    let text = json!({"type": "string"});
    let slot = json!({
        "type": "object",
        "properties": {
            "slot": {"type": "string", "enum": SLOTS},
            "value": text, "words": text,
            "quantity": {"type": ["integer", "null"]},
            "was": {"type": "boolean"},
        },
        "required": ["slot", "value", "words", "quantity", "was"],
        "additionalProperties": false,
    });
    let keys: Vec<Json> = shop.facts.keys().map(|k| json!(k)).chain([Json::Null]).collect();
    json!({
        "type": "object",
        "properties": {
            "intents": {"type": "array", "items": {"type": "string", "enum": INTENTS}},
            "acts": {"type": "array", "items": {"type": "string", "enum": ACTS}},
            "slots": {"type": "array", "items": slot},
            "fact": {"type": ["string", "null"], "enum": keys},
        },
        "required": ["intents", "acts", "slots", "fact"],
        "additionalProperties": false,
    })
}
