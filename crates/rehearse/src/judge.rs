//! Holding the outcome of a call against what the scenario expects.

use biseo_conversation::{Destination, Item, Standing};
use biseo_model::understanding::Topic;
use serde_json::{Map, Value};

use crate::failure::{Failure, RecordKind};
use crate::memory::{Kept, PlacedOrder};
use crate::scenario::Scenario;

/// What came of a call.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The shop's bookings afterwards.
    pub bookings: Vec<Kept>,
    /// The shop's orders afterwards.
    pub orders: Vec<PlacedOrder>,
    /// The messages left.
    pub messages: Vec<String>,
    /// The topics answered.
    pub answered: Vec<Topic>,
    /// With whom the caller was connected.
    pub transferred: Option<Destination>,
    /// All that Biseo said.
    pub said: String,
    /// How often the caller spoke.
    pub turns: u32,
}

/// What failed; empty if all is as expected.
pub fn judge(scenario: &Scenario, outcome: &Outcome) -> Vec<Failure> {
    let expect = &scenario.expect;
    let mut failures = Vec::new();
    if let Some(expected) = &expect.bookings {
        let actual = outcome.bookings.iter().filter_map(booking_record).collect();
        failures.extend(records(RecordKind::Booking, expected, actual));
    }
    if let Some(expected) = &expect.orders {
        let actual = outcome.orders.iter().filter_map(order_record).collect();
        failures.extend(records(RecordKind::Order, expected, actual));
    }
    let unanswered = expect.answers.iter();
    let unanswered = unanswered.filter(|t| !outcome.answered.iter().any(|a| a.key() == t.as_str()));
    failures.extend(unanswered.map(|t| Failure::Unanswered(t.clone())));
    failures.extend(
        expect
            .messages
            .as_ref()
            .and_then(|e| messages(e, &outcome.messages)),
    );
    failures.extend(expect.transfer.as_ref().and_then(|e| transfer(e, outcome)));
    let said = bare(&outcome.said);
    let unsaid = expect
        .says
        .iter()
        .filter(|any| !any.iter().any(|s| said.contains(&bare(s))));
    failures.extend(unsaid.map(|any| Failure::Unsaid(any.clone())));
    let wrong = expect.says_not.iter().filter(|s| said.contains(&bare(s)));
    failures.extend(wrong.map(|s| Failure::Said(s.clone())));
    if expect.max_turns.is_some_and(|most| outcome.turns > most) {
        failures.push(Failure::Turns(outcome.turns));
    }
    failures
}

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A booking that the call made or touched, in the form of expectations.
fn booking_record(kept: &Kept) -> Option<Value> {
    let untouched = kept.given.as_ref() == Some(&kept.standing) && !kept.cancelled;
    if untouched || (kept.given.is_none() && kept.cancelled) {
        return None;
    }
    let mut record = Map::new();
    if let Some(was) = &kept.given {
        record.insert("was".into(), Value::Object(fields(was)));
    }
    if kept.cancelled {
        record.insert("cancelled".into(), true.into());
    } else {
        record.extend(fields(&kept.standing));
    }
    Some(Value::Object(record))
}

fn fields(s: &Standing) -> Map<String, Value> {
    let time = s.time.strftime("%H:%M").to_string();
    let mut map = Map::from_iter([
        ("date".to_string(), Value::from(s.date.to_string())),
        ("time".to_string(), Value::from(time)),
        ("name".to_string(), Value::from(s.name.clone())),
        ("phone".to_string(), Value::from(s.phone.as_str())),
        ("party_size".to_string(), Value::from(s.party_size)),
    ]);
    if !s.services.is_empty() {
        map.insert("service".into(), s.services.join(", ").into());
        map.insert("staff".into(), s.resource.clone().into());
    }
    map
}

fn order_record(placed: &PlacedOrder) -> Option<Value> {
    let untouched = placed.given.as_ref() == Some(&placed.order) && !placed.cancelled;
    if untouched || (placed.given.is_none() && placed.cancelled) {
        return None;
    }
    let phone = placed.phone.as_ref().map(|p| p.as_str().to_string());
    let fields = |order: &biseo_conversation::StandingOrder| {
        let mut map = Map::from_iter([
            ("items".to_string(), items(&order.items)),
            ("name".to_string(), Value::from(order.name.clone())),
            ("phone".to_string(), phone.clone().into()),
        ]);
        let time = order.pickup_time.map(|t| t.strftime("%H:%M").to_string());
        map.extend(time.map(|t| ("pickup_time".to_string(), Value::from(t))));
        map
    };
    let mut record = Map::new();
    if let Some(was) = &placed.given {
        record.insert("was".into(), Value::Object(fields(was)));
    }
    if placed.cancelled {
        record.insert("cancelled".into(), true.into());
    } else {
        record.extend(fields(&placed.order));
    }
    Some(Value::Object(record))
}

fn items(items: &[Item]) -> Value {
    let one = |i: &Item| serde_json::json!({"menu_item": i.name, "quantity": i.quantity});
    Value::Array(items.iter().map(one).collect())
}

/// Every expected record must be there, and none beyond them.
fn records(kind: RecordKind, expected: &[Value], mut actual: Vec<Value>) -> Vec<Failure> {
    join_rebooked(expected, &mut actual);
    let mut failures = Vec::new();
    for record in expected {
        match actual.iter().position(|a| agrees(record, a)) {
            Some(at) => drop(actual.remove(at)),
            None => failures.push(Failure::Missing(kind, record.clone())),
        }
    }
    failures.extend(actual.into_iter().map(|a| Failure::Unexpected(kind, a)));
    failures
}

/// Cancelled and booked again counts as changed.
fn join_rebooked(expected: &[Value], actual: &mut Vec<Value>) {
    for record in expected {
        let changed = record.get("was").is_some() && record.get("cancelled").is_none();
        if !changed || actual.iter().any(|a| agrees(record, a)) {
            continue;
        }
        let gone = actual.iter().position(|a| {
            a.get("cancelled").is_some()
                && record
                    .get("was")
                    .zip(a.get("was"))
                    .is_some_and(|(e, a)| agrees(e, a))
        });
        let Some(gone) = gone else { continue };
        let was = actual[gone].get("was").cloned().unwrap_or_default();
        let mut merged = None;
        for (i, candidate) in actual.iter().enumerate() {
            let mut joined = candidate.clone();
            if candidate.get("was").is_none() {
                joined["was"] = was.clone();
                if agrees(record, &joined) {
                    merged = Some((i, joined));
                }
            }
        }
        if let Some((i, joined)) = merged {
            actual[i] = joined;
            actual.remove(gone);
        }
    }
}

/// Whether a record holds all that is expected of it: on the given keys, a list of plain values meaning any of them.
fn agrees(expected: &Value, actual: &Value) -> bool {
    let Value::Object(expected) = expected else {
        return false;
    };
    expected.iter().all(|(key, value)| {
        let Some(is) = actual.get(key) else {
            return value.is_null();
        };
        match (value, is) {
            (Value::Object(_), _) => agrees(value, is),
            (Value::Array(items), Value::Array(are)) => same_items(items, are),
            (Value::Array(any), _) => any.iter().any(|v| same(v, is)),
            _ => same(value, is),
        }
    }) && expected.contains_key("cancelled") == actual.get("cancelled").is_some()
}

fn same_items(expected: &[Value], actual: &[Value]) -> bool {
    expected.len() == actual.len() && expected.iter().all(|e| actual.iter().any(|a| agrees(e, a)))
}

fn same(expected: &Value, actual: &Value) -> bool {
    expected == actual
        || match (expected.as_str(), actual.as_str()) {
            (Some(e), Some(a)) => bare(e).to_lowercase() == bare(a).to_lowercase(),
            _ => false,
        }
}

fn messages(expected: &Value, actual: &[String]) -> Option<Failure> {
    let right = match expected {
        Value::Number(n) => n.as_u64() == Some(actual.len() as u64),
        Value::Array(list) => {
            let contained = |e: &Value| {
                let part = e.get("contains").and_then(Value::as_str).unwrap_or_default();
                actual.iter().any(|m| bare(m).contains(&bare(part)))
            };
            list.len() == actual.len() && list.iter().all(contained)
        }
        _ => true,
    };
    (!right).then(|| Failure::Messages {
        left: actual.to_vec(),
        expected: expected.clone(),
    })
}

fn transfer(expected: &Value, outcome: &Outcome) -> Option<Failure> {
    let is = match &outcome.transferred {
        None => Value::Null,
        Some(Destination::Owner) => "owner".into(),
        Some(Destination::Queue(name)) => name.clone().into(),
    };
    let right = match expected {
        Value::Array(any) => any.contains(&is) || any.iter().any(|name| named(name, &is)),
        one => *one == is || named(one, &is),
    };
    (!right).then(|| Failure::Transfer {
        to: is,
        expected: expected.clone(),
    })
}

/// Whether a queue goes by another name: the nurses' desk.
fn named(name: &Value, is: &Value) -> bool {
    let nurses = ["nurses", "간호데스크", "간호사실", "간호사"];
    let one_of = |v: &Value| v.as_str().is_some_and(|s| nurses.contains(&s));
    one_of(name) && one_of(is)
}
