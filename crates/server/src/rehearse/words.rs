//! Outcomes, failures and understandings in words.

use biseo_conversation::{Destination, Item, Standing, StandingOrder};
use biseo_model::phone::PhoneNumber;
use biseo_model::understanding::{Filled, Topic, Understanding, Value as Slot};
use biseo_rehearse::{Failure, Kept, Outcome, PlacedOrder, RecordKind};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::wording::Wording;

/// A failure.
pub(crate) fn failure(failure: &Failure, wording: &Wording) -> String {
    let say = |key: &str, name: &str| wording.say(key, name, "");
    match failure {
        Failure::Missing(RecordKind::Booking, r) => say("missing_booking", &record(r, wording)),
        Failure::Missing(RecordKind::Order, r) => say("missing_order", &record(r, wording)),
        Failure::Unexpected(RecordKind::Booking, r) => say("unexpected_booking", &record(r, wording)),
        Failure::Unexpected(RecordKind::Order, r) => say("unexpected_order", &record(r, wording)),
        Failure::Unanswered(topic) => say("unanswered", &topic_name(topic, wording)),
        Failure::Messages { left, expected } => {
            wording.say("messages_differ", &format!("{left:?}"), &expected.to_string())
        }
        Failure::Transfer { to, expected } => wording.say("transfer_differs", &plain(to), &plain(expected)),
        Failure::Unsaid(any) => say("unsaid", &any.join(" / ")),
        Failure::Said(text) => say("said_wrongly", text),
        Failure::Turns(turns) => say("too_long", &turns.to_string()),
        Failure::Broken(why) => say("broken", why),
    }
}

/// An expected or actual record in the form of scenarios: its values in the order in which one reads them.
fn record(record: &Value, wording: &Wording) -> String {
    const KEYS: [&str; 9] = [
        "date",
        "time",
        "pickup_time",
        "party_size",
        "service",
        "staff",
        "items",
        "name",
        "phone",
    ];
    let values = KEYS.iter().filter_map(|key| Some((*key, record.get(*key)?)));
    let shown = values.map(|(key, value)| match (key, value) {
        ("party_size", Value::Number(n)) => wording.say("people", &n.to_string(), ""),
        ("items", Value::Array(items)) => items
            .iter()
            .map(|i| piece(i, wording))
            .collect::<Vec<_>>()
            .join(", "),
        _ => plain(value),
    });
    let now = shown.collect::<Vec<_>>().join(" · ");
    let was = record.get("was").map(|was| self::record(was, wording));
    match (was, record.get("cancelled")) {
        (Some(was), Some(_)) => wording.say("cancelled", &was, ""),
        (Some(was), None) => wording.say("was", &was, &now),
        (None, _) => now,
    }
}

fn piece(item: &Value, wording: &Wording) -> String {
    let part = |key: &str| item.get(key).map(plain).unwrap_or_default();
    wording.say("pieces", &part("menu_item"), &part("quantity"))
}

/// A value of JSON without marks around it; of a list any one is meant.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(any) => any.iter().map(plain).collect::<Vec<_>>().join(" / "),
        Value::Null => "–".into(),
        other => other.to_string(),
    }
}

/// What came of a call, line by line; empty if nothing did.
pub(crate) fn outcome(outcome: &Outcome, wording: &Wording) -> Vec<String> {
    let mut lines: Vec<String> = outcome.bookings.iter().filter_map(|b| kept(b, wording)).collect();
    lines.extend(outcome.orders.iter().filter_map(|o| placed(o, wording)));
    lines.extend(outcome.messages.iter().map(|m| wording.say("message", m, "")));
    lines.extend(outcome.transferred.iter().map(|to| {
        let name = match to {
            Destination::Owner => wording.say("owner", "", ""),
            Destination::Queue(name) => name.clone(),
        };
        wording.say("transferred", &name, "")
    }));
    if !outcome.answered.is_empty() {
        let topics = outcome.answered.iter().map(|t| topic(*t, wording));
        lines.push(wording.say("answered", &topics.collect::<Vec<_>>().join(", "), ""));
    }
    lines
}

fn kept(kept: &Kept, wording: &Wording) -> Option<String> {
    let now = booking(&kept.standing, wording);
    match &kept.given {
        Some(was) if kept.cancelled => Some(wording.say("booking_cancelled", &booking(was, wording), "")),
        Some(was) if *was != kept.standing => {
            Some(wording.say("booking_changed", &booking(was, wording), &now))
        }
        Some(_) => None,
        None if kept.cancelled => Some(wording.say("booking_cancelled", &now, "")),
        None => Some(wording.say("booked", &now, "")),
    }
}

fn placed(placed: &PlacedOrder, wording: &Wording) -> Option<String> {
    let phone = placed.phone.as_ref();
    let now = order(&placed.order, phone, wording);
    match &placed.given {
        Some(was) if placed.cancelled => {
            Some(wording.say("order_cancelled", &order(was, phone, wording), ""))
        }
        Some(was) if *was != placed.order => {
            Some(wording.say("order_changed", &order(was, phone, wording), &now))
        }
        Some(_) => None,
        None if placed.cancelled => Some(wording.say("order_cancelled", &now, "")),
        None => Some(wording.say("ordered", &now, "")),
    }
}

fn booking(b: &Standing, wording: &Wording) -> String {
    let mut parts = vec![format!("{} {}", date(b.date, wording), b.time.strftime("%H:%M"))];
    if b.services.is_empty() {
        parts.push(wording.say("people", &b.party_size.to_string(), ""));
    } else {
        parts.push(b.services.join(", "));
    }
    parts.extend([b.resource.clone(), b.name.clone(), b.phone.grouped()]);
    joined(parts)
}

fn order(o: &StandingOrder, phone: Option<&PhoneNumber>, wording: &Wording) -> String {
    let one = |i: &Item| wording.say("pieces", &i.name, &i.quantity.to_string());
    let mut parts = vec![o.items.iter().map(one).collect::<Vec<_>>().join(", ")];
    parts.extend(o.pickup_time.map(|t| t.strftime("%H:%M").to_string()));
    parts.push(o.name.clone());
    parts.extend(phone.map(PhoneNumber::grouped));
    joined(parts)
}

fn joined(parts: Vec<String>) -> String {
    let there = parts.into_iter().filter(|p| !p.is_empty());
    there.collect::<Vec<_>>().join(" · ")
}

/// A day with its name in the week.
pub(crate) fn date(date: Date, wording: &Wording) -> String {
    let number = date.weekday().to_monday_one_offset();
    let weekday = wording.say(&format!("weekday_{number}"), "", "");
    wording.say("day", &date.to_string(), &weekday)
}

fn topic(topic: Topic, wording: &Wording) -> String {
    topic_name(topic.key(), wording)
}

fn topic_name(key: &str, wording: &Wording) -> String {
    let known = format!("topic_{key}");
    let name = wording.say(&known, "", "");
    if name == known { key.to_string() } else { name }
}

/// What an utterance was taken for, in a few words.
pub(crate) fn understanding(u: &Understanding, wording: &Wording) -> String {
    let mut parts = Vec::new();
    if u.emergency {
        parts.push(wording.say("emergency", "", ""));
    }
    parts.extend(u.intents.iter().map(|i| named("intent", i, wording)));
    parts.extend(u.acts.iter().map(|a| named("act", a, wording)));
    parts.extend(u.slots.iter().map(|f| slot(f, wording)));
    if parts.is_empty() {
        return wording.say("nothing_understood", "", "");
    }
    joined(parts)
}

fn named(kind: &str, value: &impl Serialize, wording: &Wording) -> String {
    let name = serde_json::to_value(value).unwrap_or_default();
    wording.say(&format!("{kind}_{}", plain(&name)), "", "")
}

fn slot(filled: &Filled, wording: &Wording) -> String {
    let time = |t: &jiff::civil::Time| t.strftime("%H:%M").to_string();
    let value = match &filled.value {
        Slot::Date(day) => date(*day, wording),
        Slot::Time { at, .. } => time(at),
        Slot::PickupTime(at) => time(at),
        Slot::PartySize(n) | Slot::Quantity(n) => n.to_string(),
        Slot::Phone(number) => number.grouped(),
        Slot::ThisNumber => wording.say("this_number", "", ""),
        Slot::MenuItem { name, quantity } => match quantity {
            Some(n) => wording.say("pieces", name, &n.to_string()),
            None => name.clone(),
        },
        Slot::Topic(about) => topic(*about, wording),
        Slot::Name(text)
        | Slot::Service(text)
        | Slot::Staff(text)
        | Slot::Address(text)
        | Slot::Message(text)
        | Slot::BookingRef(text)
        | Slot::Queue(text) => text.clone(),
    };
    let slot = serde_json::to_value(filled.value.slot()).unwrap_or_default();
    wording.say(&format!("slot_{}", plain(&slot)), &value, "")
}

#[cfg(test)]
mod tests {
    use biseo_model::understanding::{Act, Intent, Slot as SlotName};
    use serde_json::json;

    use super::*;
    use crate::wording::Lang;

    /// All names of a kind: those that serde tells when it is given a wrong one.
    fn names<T: serde::de::DeserializeOwned>() -> Vec<String> {
        let told = serde_json::from_value::<T>(json!("?")).err().unwrap().to_string();
        told.split('`').skip(3).step_by(2).map(str::to_string).collect()
    }

    #[test]
    fn everything_that_can_be_understood_has_a_name() {
        for (kind, names) in [
            ("intent", names::<Intent>()),
            ("act", names::<Act>()),
            ("slot", names::<SlotName>()),
            ("topic", names::<Topic>()),
        ] {
            assert!(names.len() > 9, "{kind}: {names:?}");
            for lang in [Lang::Ko, Lang::En] {
                let wording = Wording::of("rehearse", lang);
                for name in &names {
                    let key = format!("{kind}_{name}");
                    assert_ne!(wording.say(&key, "", ""), key);
                }
            }
        }
    }

    #[test]
    fn records_are_read_like_a_note() {
        let wording = Wording::of("rehearse", Lang::Ko);
        let was = json!({"date": "2026-11-28", "time": "19:00", "party_size": 2});
        let changed = json!({"was": was, "date": "2026-11-28", "time": ["20:00", "20:30"]});
        assert_eq!(
            record(&changed, &wording),
            "2026-11-28 · 19:00 · 2명 → 2026-11-28 · 20:00 / 20:30"
        );
        let gone = json!({"was": was, "cancelled": true});
        assert_eq!(record(&gone, &wording), "2026-11-28 · 19:00 · 2명 (취소)");
        let items = json!({"items": [{"menu_item": "양념", "quantity": 1}], "phone": "01064033595"});
        assert_eq!(record(&items, &wording), "양념 1개 · 01064033595");
    }
}
