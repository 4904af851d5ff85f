//! Judges understanding as the scenario format's "Rules of judging" tell.
#![allow(dead_code)]

use std::collections::BTreeMap;

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Awaiting, Context, Filled, Slot, Understanding, Value};
use biseo_nlu::Nlu;
use serde_json::Value as Json;

/// The five example shops.
pub fn shops() -> BTreeMap<&'static str, Nlu> {
    [
        ("haengbok", include_str!("../../../../shops/haengbok.toml")),
        ("byeol", include_str!("../../../../shops/byeol.toml")),
        ("sotong", include_str!("../../../../shops/sotong.toml")),
        ("gugu", include_str!("../../../../shops/gugu.toml")),
        ("maeum", include_str!("../../../../shops/maeum.toml")),
    ]
    .into_iter()
    .map(|(id, text)| {
        (
            id,
            Nlu::new(&ShopProfile::from_toml(text).expect("an example shop")),
        )
    })
    .collect()
}

pub fn awaiting(name: Option<&str>) -> Option<Awaiting> {
    Some(match name? {
        "confirm" => Awaiting::Confirm,
        "alternative" => Awaiting::Alternative,
        "offer" => Awaiting::Offer,
        "anything_else" => Awaiting::AnythingElse,
        slot => Awaiting::Slot(serde_json::from_value::<Slot>(Json::from(slot)).expect("a slot")),
    })
}

pub fn context(now: &str, asked: Option<&str>) -> Context {
    let now = now.split('+').next().unwrap_or(now);
    Context {
        now: now.parse().expect("a time"),
        awaiting: awaiting(asked),
    }
}

/// What is wrong with each part; empty when all is right.
#[derive(Debug, Default, Clone)]
pub struct Faults {
    pub intents: Vec<String>,
    pub acts: Vec<String>,
    pub slots: Vec<String>,
}

impl Faults {
    pub fn none(&self) -> bool {
        self.intents.is_empty() && self.acts.is_empty() && self.slots.is_empty()
    }
}

pub fn judge(expect: &Json, u: &Understanding) -> Faults {
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
    let name = |x: &dyn erased::Named| x.name();
    let intents: Vec<String> = u.intents.iter().map(|i| name(i)).collect();
    let acts: Vec<String> = u.acts.iter().map(|a| name(a)).collect();
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

mod erased {
    pub trait Named {
        fn name(&self) -> String;
    }
    impl<T: serde::Serialize> Named for T {
        fn name(&self) -> String {
            serde_json::to_value(self)
                .ok()
                .and_then(|v| v.as_str().map(str::to_string))
                .unwrap_or_default()
        }
    }
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
