//! What of a model's answer is believed. It is hostile input: the caller may have talked the model into anything.

use biseo_model::shop::{BookingRules, ShopProfile};
use biseo_model::understanding::{Act, Awaiting, Filled, Intent, Slot, Topic, Understanding, Value};
use jiff::civil::{Date, Time};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answer::{ACTS, Answer, SlotAnswer};
use crate::evidence::{Said, compact, says_date, says_number, says_time};
use crate::mask::HIDDEN;
use crate::question::Question;

/// What is believed at most.
pub(crate) const MOST_SURE: f32 = 0.8;
/// A shop that takes no bookings is asked of days so far ahead.
const AHEAD_DAYS: u32 = 366;
/// The largest party and number of pieces.
const MOST_PERSONS: u32 = 300;
const MOST_PIECES: u32 = 100;
/// The longest texts, in characters.
const LONGEST_NAME: usize = 40;
const LONGEST_TEXT: usize = 300;

/// Why something of an answer is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// No such slot, intent, act or topic.
    Unknown,
    /// Only the rules may tell this.
    NotItsOwn,
    /// The words do not stand in the utterance, or do not say the value.
    NotSaid,
    /// The shop's profile does not hold it.
    NotInProfile,
    /// Impossible, past, or further ahead than bookings are taken.
    OutOfRange,
}

/// What is left of an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// The meaning; its confidence is 0.8, or 0 if nothing is left.
    pub understanding: Understanding,
    /// The key of a fact of the profile that has no topic of its own.
    pub fact: Option<String>,
    /// What was refused, in the order of the answer.
    pub refused: Vec<Refused>,
}

/// Checks an answer against the utterance as the model saw it and the shop's profile.
pub fn check(answer: &Answer, question: &Question<'_>) -> Checked {
    let mut checked = Checked::default();
    let said = Said::new(&question.shown);
    for name in &answer.intents {
        let intent = named::<Intent>(name);
        checked.keep(intent, |u, intent| once(&mut u.intents, intent));
    }
    for name in &answer.acts {
        let act = act(name, question.context.awaiting);
        checked.keep(act, |u, act| once(&mut u.acts, act));
    }
    for given in &answer.slots {
        let value = filled(given, question, &said);
        checked.keep(value, |u, value| u.slots.push(value));
    }
    if let Some(key) = &answer.fact {
        checked.take_fact(key, question);
    }
    checked.understanding.slots.sort_by_key(|f| f.start);
    if !checked.understanding.is_empty() {
        checked.understanding.confidence = MOST_SURE;
    }
    checked
}

impl Checked {
    fn keep<T>(&mut self, found: Result<T, Refused>, put: impl FnOnce(&mut Understanding, T)) {
        match found {
            Ok(value) => put(&mut self.understanding, value),
            Err(why) => self.refused.push(why),
        }
    }

    /// A fact answers a question; it is said as the owner wrote it.
    fn take_fact(&mut self, key: &str, question: &Question<'_>) {
        if !question.shop.facts.contains_key(key) {
            return self.refused.push(Refused::NotInProfile);
        }
        let topic = named::<Topic>(key).unwrap_or(Topic::Other);
        let u = &mut self.understanding;
        once(&mut u.intents, Intent::Ask);
        // A topic beside it was the question that the fact answers.
        u.slots.retain(|f| f.value != Value::Topic(Topic::Other));
        if !u.topics().any(|t| t == topic) {
            let end = question.shown.chars().count();
            u.slots.push(Filled {
                value: Value::Topic(topic),
                start: 0,
                end,
                was: false,
            });
        }
        self.fact = (topic == Topic::Other).then(|| key.to_string());
    }
}

fn once<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

fn named<T: DeserializeOwned>(name: &str) -> Result<T, Refused> {
    serde_json::from_value(serde_json::Value::String(name.to_string())).map_err(|_| Refused::Unknown)
}

/// A yes to what was read back stores something: it must have been heard by the rules. So must a stop and a good-bye.
fn act(name: &str, awaiting: Option<Awaiting>) -> Result<Act, Refused> {
    let act = named::<Act>(name)?;
    let confirms = act == Act::Affirm && awaiting == Some(Awaiting::Confirm);
    if confirms || !ACTS.contains(&name) {
        return Err(Refused::NotItsOwn);
    }
    Ok(act)
}

fn filled(given: &SlotAnswer, question: &Question<'_>, said: &Said) -> Result<Filled, Refused> {
    let slot = named::<Slot>(&given.slot)?;
    let (start, end) = said.find(&given.words).ok_or(Refused::NotSaid)?;
    let value = value(slot, given, question, said)?;
    Ok(Filled {
        value,
        start,
        end,
        was: given.was,
    })
}

fn value(slot: Slot, given: &SlotAnswer, question: &Question<'_>, said: &Said) -> Result<Value, Refused> {
    let (text, words, shop) = (given.value.as_str(), given.words.as_str(), question.shop);
    let verbatim = |most| copied(text, most, said);
    match slot {
        Slot::Date => date(text, words, question).map(Value::Date),
        Slot::Time => time(text, words).map(|(at, sure)| Value::Time { at, sure }),
        Slot::PickupTime => time(text, words).map(|(at, _)| Value::PickupTime(at)),
        Slot::PartySize => number(text, words, MOST_PERSONS).map(Value::PartySize),
        Slot::Quantity => number(text, words, MOST_PIECES).map(Value::Quantity),
        Slot::Service => known(shop.services.iter().map(|s| &s.name), text).map(Value::Service),
        Slot::Staff => staff(shop, text, words).map(Value::Staff),
        Slot::MenuItem => item(given, question).map(|(name, quantity)| Value::MenuItem { name, quantity }),
        Slot::Queue => known(shop.queues.iter().map(|q| &q.name), text).map(Value::Queue),
        Slot::Topic => named::<Topic>(text).map(Value::Topic),
        Slot::Name => name(verbatim(LONGEST_NAME)?).map(Value::Name),
        Slot::Address => verbatim(LONGEST_TEXT).map(Value::Address),
        Slot::Message => verbatim(LONGEST_TEXT).map(Value::Message),
        Slot::BookingRef => verbatim(LONGEST_NAME).map(Value::BookingRef),
        // A number is heard by the rules or not at all: the model has not seen it.
        Slot::Phone => this_number(text, words),
    }
}

fn date(text: &str, words: &str, question: &Question<'_>) -> Result<Date, Refused> {
    let date: Date = text.parse().map_err(|_| Refused::OutOfRange)?;
    let today = question.context.now.date();
    let ahead = match &question.shop.booking {
        Some(BookingRules::Tables(rules)) => rules.ahead_days,
        Some(BookingRules::Staff(rules)) => rules.ahead_days,
        None => AHEAD_DAYS,
    };
    let days = today.until(date).map_err(|_| Refused::OutOfRange)?.get_days();
    if !(0..=i64::from(ahead)).contains(&i64::from(days)) {
        return Err(Refused::OutOfRange);
    }
    says_date(words, date, today)
        .then_some(date)
        .ok_or(Refused::NotSaid)
}

fn time(text: &str, words: &str) -> Result<(Time, bool), Refused> {
    let at: Time = text.parse().map_err(|_| Refused::OutOfRange)?;
    if at.second() != 0 || at.subsec_nanosecond() != 0 {
        return Err(Refused::OutOfRange);
    }
    let sure = says_time(words, at).ok_or(Refused::NotSaid)?;
    Ok((at, sure))
}

fn number(text: &str, words: &str, most: u32) -> Result<u32, Refused> {
    let n: u32 = text.parse().map_err(|_| Refused::OutOfRange)?;
    if !(1..=most).contains(&n) {
        return Err(Refused::OutOfRange);
    }
    says_number(words, n).then_some(n).ok_or(Refused::NotSaid)
}

fn known<'a>(mut names: impl Iterator<Item = &'a String>, text: &str) -> Result<String, Refused> {
    names.find(|n| *n == text).cloned().ok_or(Refused::NotInProfile)
}

/// A member of staff is a person: the name must have been said.
fn staff(shop: &ShopProfile, text: &str, words: &str) -> Result<String, Refused> {
    let Some(BookingRules::Staff(rules)) = &shop.booking else {
        return Err(Refused::NotInProfile);
    };
    let name = known(rules.staff.iter().map(|s| &s.name), text)?;
    compact(words)
        .contains(&compact(&name))
        .then_some(name)
        .ok_or(Refused::NotSaid)
}

fn item(given: &SlotAnswer, question: &Question<'_>) -> Result<(String, Option<u32>), Refused> {
    let name = known(question.shop.menu.iter().map(|m| &m.name), &given.value)?;
    let Some(n) = given.quantity else {
        return Ok((name, None));
    };
    if !(1..=MOST_PIECES).contains(&n) {
        return Err(Refused::OutOfRange);
    }
    says_number(&question.shown, n)
        .then_some((name, Some(n)))
        .ok_or(Refused::NotSaid)
}

/// A text that stands in the utterance as it is; nothing hidden is in it.
fn copied(text: &str, most: usize, said: &Said) -> Result<String, Refused> {
    if text.chars().count() > most || text.contains(HIDDEN) || text.chars().any(char::is_control) {
        return Err(Refused::OutOfRange);
    }
    let found = said.find(text).ok_or(Refused::NotSaid);
    found.map(|_| text.trim().to_string())
}

fn name(text: String) -> Result<String, Refused> {
    let letters = text.chars().all(|c| c.is_alphabetic() || c == ' ');
    (letters && text.chars().count() >= 2)
        .then_some(text)
        .ok_or(Refused::OutOfRange)
}

fn this_number(text: &str, words: &str) -> Result<Value, Refused> {
    let about = ["번호", "전화", "number", "phone"]
        .iter()
        .any(|w| compact(words).contains(w));
    match text {
        "this" if about => Ok(Value::ThisNumber),
        "this" => Err(Refused::NotSaid),
        _ => Err(Refused::NotItsOwn),
    }
}
