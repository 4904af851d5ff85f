//! What the model is asked, and when.

use std::collections::BTreeMap;

use biseo_model::shop::{BookingRules, ShopProfile};
use biseo_model::understanding::{Act, Awaiting, Context, Slot, Topic, Understanding};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::answer::schema;
use crate::mask::masked;

/// Below this the rules' reading is unsure.
pub const UNSURE: f32 = 0.7;
/// With more than this share of its content unexplained an utterance is not understood whole.
const UNEXPLAINED: f32 = 0.5;
/// Longer utterances are not sent, in characters.
const LONGEST: usize = 400;
/// Tokens that an answer may take.
const MOST_TOKENS: u32 = 400;
/// Names of one kind, and facts, that are told of a shop.
const MOST_WORDS: usize = 200;

/// Whether the model is worth asking: `unexplained` is the share of content characters that no cue and no value covers.
///
/// Not where the rules heard danger, a yes, a no, a stop or a good-bye, nor where they found what was asked; and never
/// where a name, a number, an address or a message was asked for: such an answer is personal and does not leave the house.
pub fn wanted(utterance: &str, context: &Context, rules: &Understanding, unexplained: f32) -> bool {
    let personal = [
        Slot::Name,
        Slot::Phone,
        Slot::Address,
        Slot::Message,
        Slot::BookingRef,
    ];
    let asked = match context.awaiting {
        Some(Awaiting::Slot(slot)) => Some(slot),
        _ => None,
    };
    let settled = [Act::Affirm, Act::Deny, Act::Stop, Act::Goodbye];
    let firm = rules.emergency || settled.iter().any(|a| rules.has(*a));
    let answered = asked.is_some_and(|slot| rules.value(slot).is_some());
    let letters = utterance.chars().filter(|c| c.is_alphabetic()).count();
    let fits = letters >= 2 && utterance.chars().count() <= LONGEST;
    let unsure = rules.confidence < UNSURE || unexplained > UNEXPLAINED;
    fits && unsure && !firm && !answered && !asked.is_some_and(|s| personal.contains(&s))
}

/// The words of a shop that a model is told.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Vocabulary<'a> {
    services: Vec<&'a str>,
    staff: Vec<&'a str>,
    menu: Vec<&'a str>,
    queues: Vec<&'a str>,
    pub(crate) facts: BTreeMap<&'a str, &'a str>,
}

impl<'a> Vocabulary<'a> {
    pub(crate) fn of(shop: &'a ShopProfile) -> Self {
        let staff = match &shop.booking {
            Some(BookingRules::Staff(rules)) => rules.staff.as_slice(),
            _ => &[],
        };
        let facts = shop.facts.iter().map(|(k, w)| (k.as_str(), w.ko.as_str()));
        Self {
            services: names(shop.services.iter().map(|s| s.name.as_str())),
            staff: names(staff.iter().map(|s| s.name.as_str())),
            menu: names(shop.menu.iter().map(|m| m.name.as_str())),
            queues: names(shop.queues.iter().map(|q| q.name.as_str())),
            facts: facts.take(MOST_WORDS).collect(),
        }
    }
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    all.take(MOST_WORDS).collect()
}

/// One question to the model.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The utterance as the model sees it: numbers and names are hidden.
    pub shown: String,
    /// When, and what was asked.
    pub context: &'a Context,
    /// The shop.
    pub shop: &'a ShopProfile,
}

impl<'a> Question<'a> {
    /// A question after an utterance that the rules have read.
    pub fn new(utterance: &str, context: &'a Context, shop: &'a ShopProfile, rules: &Understanding) -> Self {
        let asked = match context.awaiting {
            Some(Awaiting::Slot(slot)) => Some(slot),
            _ => None,
        };
        Self {
            shown: masked(utterance, rules, asked),
            context,
            shop,
        }
    }

    /// The body of the request to a chat endpoint.
    pub fn request(&self, model: &str) -> Json {
        let shop = Vocabulary::of(self.shop);
        let now = self.context.now;
        let topics: Vec<Topic> = Topic::ALL.to_vec();
        let user = json!({
            "utterance": self.shown,
            "asked": self.context.awaiting,
            "today": now.date().to_string(),
            "weekday": format!("{:?}", now.weekday()),
            "time": now.strftime("%H:%M").to_string(),
            "topics": topics,
            "shop": &shop,
        });
        json!({
            "model": model,
            "messages": [
                {"role": "system", "content": include_str!("../data/prompt.txt")},
                {"role": "user", "content": user.to_string()},
            ],
            "temperature": 0,
            "max_tokens": MOST_TOKENS,
            "stream": false,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "understanding", "strict": true, "schema": schema(&shop)},
            },
        })
    }
}
