//! Utterance cases: understanding alone, held against what was expected.

use std::collections::BTreeMap;

use biseo_conversation::Language;
use biseo_model::understanding::{Awaiting, Context, Filled, Slot, Understanding, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One utterance with what it means.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// The language that is spoken.
    #[serde(default)]
    pub lang: Language,
    /// The shop that is called.
    pub shop: String,
    /// The instant, with the offset of the shop's zone: `2026-11-24T10:12:00+09:00`.
    pub now: String,
    /// What was asked: a slot's name, `confirm`, `alternative`, `offer` or `anything_else`; none at a call's beginning.
    #[serde(default)]
    pub awaiting: Option<String>,
    /// The words.
    pub text: String,
    /// Stratum for reports.
    #[serde(default)]
    pub kind: String,
    /// Further strata.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What they mean, in the form that [`judge_understanding`] reads.
    pub expect: Json,
}

impl Case {
    /// Reads a file's text, one case per line; empty lines are skipped.
    ///
    /// # Errors
    /// The line's number and what is wrong with it.
    pub fn read_lines(text: &str) -> Result<Vec<Self>, String> {
        let lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
        let read = |line: &str| {
            let case: Self = serde_json::from_str(line).map_err(|e| e.to_string())?;
            case.check().map(|()| case)
        };
        lines
            .map(|(n, line)| read(line).map_err(|e| format!("line {}: {e}", n + 1)))
            .collect()
    }

    /// What the words are understood against.
    ///
    /// # Errors
    /// If the instant or what was asked cannot be read.
    pub fn context(&self) -> Result<Context, String> {
        let clock: String = self.now.chars().take(19).collect();
        let now = clock.parse().map_err(|e| format!("now = {:?}: {e}", self.now))?;
        Ok(Context {
            now,
            awaiting: self.awaiting.as_deref().map(awaiting).transpose()?,
        })
    }

    fn check(&self) -> Result<(), String> {
        self.context()?;
        if self.expect.is_object() {
            Ok(())
        } else {
            Err("expect: an object is wanted, such as {\"intents\": [\"book\"]}".into())
        }
    }
}

/// What is waited for, by its name in cases.
///
/// # Errors
/// If there is no such slot.
pub fn awaiting(name: &str) -> Result<Awaiting, String> {
    Ok(match name {
        "confirm" => Awaiting::Confirm,
        "alternative" => Awaiting::Alternative,
        "offer" => Awaiting::Offer,
        "anything_else" => Awaiting::AnythingElse,
        slot => Awaiting::Slot(
            serde_json::from_value::<Slot>(Json::from(slot)).map_err(|e| format!("awaiting: {e}"))?,
        ),
    })
}

/// What is wrong with each part of an understanding; empty when all is right. `-book` is missing, `+book` is too much.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// Of the intents.
    pub intents: Vec<String>,
    /// Of the acts.
    pub acts: Vec<String>,
    /// Of the slots.
    pub slots: Vec<String>,
}

impl Faults {
    /// Whether all is right.
    pub fn none(&self) -> bool {
        self.intents.is_empty() && self.acts.is_empty() && self.slots.is_empty()
    }

    /// All of them in a row.
    pub fn all(&self) -> Vec<String> {
        [&self.intents, &self.acts, &self.slots]
            .into_iter()
            .flatten()
            .cloned()
            .collect()
    }
}

/// Holds an understanding against what is expected: `intents` as a set, `acts`, all `slots`, what `was`, the `queue`;
/// `intents_ok`, `acts_ok` and `slots_ok` may be there too; with `emergency` nothing else counts.
///
/// ```
/// use biseo_model::understanding::{Intent, Understanding};
/// use biseo_rehearse::judge_understanding;
/// let heard = Understanding { intents: vec![Intent::Book], ..Understanding::default() };
/// assert!(judge_understanding(&serde_json::json!({"intents": ["book"]}), &heard).none());
/// let faults = judge_understanding(&serde_json::json!({"intents": ["order"]}), &heard);
/// assert_eq!(faults.all(), ["-order", "+book"]);
/// ```
pub fn judge_understanding(expect: &Json, u: &Understanding) -> Faults {
    let mut faults = Faults::default();
    if expect["emergency"] == true {
        if !u.emergency {
            faults.slots.push("no emergency".into());
        }
        return faults;
    }
    if u.emergency {
        faults.slots.push("emergency".into());
    }
    let intents: Vec<String> = u.intents.iter().map(named).collect();
    let acts: Vec<String> = u.acts.iter().map(named).collect();
    sets(
        &expect["intents"],
        &expect["intents_ok"],
        &intents,
        &mut faults.intents,
    );
    sets(&expect["acts"], &expect["acts_ok"], &acts, &mut faults.acts);
    slots(expect, u, &mut faults.slots);
    faults
}

/// A value's name in JSON.
fn named(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_string()
}

fn strings(json: &Json) -> Vec<String> {
    json.as_array()
        .into_iter()
        .flatten()
        .filter_map(|v| v.as_str().map(str::to_string))
        .collect()
}

fn sets(wanted: &Json, allowed: &Json, got: &[String], faults: &mut Vec<String>) {
    let (wanted, allowed) = (strings(wanted), strings(allowed));
    faults.extend(
        wanted
            .iter()
            .filter(|w| !got.contains(w))
            .map(|w| format!("-{w}")),
    );
    faults.extend(
        got.iter()
            .filter(|g| !wanted.contains(g) && !allowed.contains(g))
            .map(|g| format!("+{g}")),
    );
}

fn slots(expect: &Json, u: &Understanding, faults: &mut Vec<String>) {
    let allowed = strings(&expect["slots_ok"]);
    let mut got = by_slot(u.slots.iter().filter(|f| !f.was));
    let heard = |queue: &Json| {
        got.get("queue")
            .and_then(|q| q.last())
            .is_some_and(|q| one(queue, q))
    };
    if expect.get("queue").is_some_and(|queue| !heard(queue)) {
        faults.push("-queue".into());
    }
    got.remove("queue");
    let none = serde_json::Map::new();
    let wanted = expect["slots"].as_object().unwrap_or(&none);
    for (slot, value) in wanted {
        let said = got.remove(slot).unwrap_or_default();
        let fits = if matches!(slot.as_str(), "menu_item" | "quantity" | "topic" | "service") {
            several(value, &said, allowed.contains(slot))
        } else {
            said.last().is_some_and(|s| one(value, s))
        };
        if !fits {
            faults.push(format!("{slot}: {said:?} for {value}"));
        }
    }
    for (slot, said) in got {
        let topic_of_ok = allowed.contains(&slot);
        if !topic_of_ok {
            faults.push(format!("+{slot}: {said:?}"));
        }
    }
    was(expect, u, faults);
}

fn was(expect: &Json, u: &Understanding, faults: &mut Vec<String>) {
    let got = by_slot(u.slots.iter().filter(|f| f.was));
    for (slot, value) in expect["was"].as_object().into_iter().flatten() {
        if !got
            .get(slot)
            .is_some_and(|said| said.iter().any(|s| one(value, s)))
        {
            faults.push(format!("was {slot}: {:?} for {value}", got.get(slot)));
        }
    }
}

fn several(wanted: &Json, said: &[Json], more: bool) -> bool {
    match wanted {
        Json::Array(all) => {
            all.iter().all(|w| said.iter().any(|s| one(w, s))) && (more || said.len() == all.len())
        }
        single => said.iter().any(|s| one(single, s)) && (more || said.len() == 1),
    }
}

fn one(wanted: &Json, said: &Json) -> bool {
    if let Some(any) = wanted.get("any").and_then(Json::as_array) {
        return any.iter().any(|w| one(w, said));
    }
    if let Some(words) = wanted.get("contains").and_then(Json::as_array) {
        let text = said.as_str().unwrap_or("");
        return words.iter().any(|w| w.as_str().is_some_and(|w| text.contains(w)));
    }
    wanted == said
}

fn by_slot<'a>(filled: impl Iterator<Item = &'a Filled>) -> BTreeMap<String, Vec<Json>> {
    let mut all: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    let mut put = |slot: &str, value: Json| all.entry(slot.to_string()).or_default().push(value);
    for f in filled {
        match &f.value {
            Value::Date(d) => put("date", d.to_string().into()),
            Value::Time { at, .. } => put("time", at.strftime("%H:%M").to_string().into()),
            Value::PickupTime(at) => put("pickup_time", at.strftime("%H:%M").to_string().into()),
            Value::PartySize(n) => put("party_size", (*n).into()),
            Value::Name(s) => put("name", s.as_str().into()),
            Value::Phone(p) => put("phone", p.as_str().into()),
            Value::ThisNumber => put("phone", "caller".into()),
            Value::Service(s) => put("service", s.as_str().into()),
            Value::Staff(s) => put("staff", s.as_str().into()),
            Value::MenuItem { name, quantity } => {
                put("menu_item", name.as_str().into());
                if let Some(n) = quantity {
                    put("quantity", (*n).into());
                }
            }
            Value::Quantity(n) => put("quantity", (*n).into()),
            Value::Address(s) => put("address", s.as_str().into()),
            Value::Message(s) => put("message", s.as_str().into()),
            Value::Topic(t) => put("topic", t.key().into()),
            Value::BookingRef(s) => put("booking_ref", s.as_str().into()),
            Value::Queue(s) => put("queue", s.as_str().into()),
        }
    }
    all
}
