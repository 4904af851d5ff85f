//! Own cases by phenomenon (tests/data/own.tsv), judged on intents, named acts and all slots. The floor only rises.

mod common;

use biseo_model::understanding::{Understanding, Value};

/// Cases that must be right.
const FLOOR: usize = 552;

#[test]
fn own_cases() {
    let shops = common::shops();
    let (mut right, mut total) = (0, 0);
    let rows = include_str!("data/own.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'));
    for row in rows {
        let cells: Vec<&str> = row.split('\t').collect();
        let [shop, asked, text, intents, acts, slots] = cells[..] else {
            panic!("{} cells: {row}", cells.len());
        };
        let shop = if shop == "-" { "haengbok" } else { shop };
        let asked = (asked != "-").then_some(asked);
        let u = shops[shop].understand(text, &common::context("2026-03-11T15:00:00", asked));
        total += 1;
        let fault = fault(&u, intents, acts, slots);
        if fault.is_empty() {
            right += 1;
        } else {
            println!("[{}] {text}: {fault}", asked.unwrap_or(""));
        }
    }
    println!("own cases right {right}/{total}");
    assert!(
        right >= FLOOR,
        "{right} of {total} are right, at least {FLOOR} must be"
    );
}

fn fault(u: &Understanding, intents: &str, acts: &str, slots: &str) -> String {
    let json = serde_json::to_value(u).expect("JSON");
    let names = |key: &str| -> Vec<String> {
        let all = json[key].as_array().cloned().unwrap_or_default();
        all.iter()
            .filter_map(|v| v.as_str().map(str::to_string))
            .collect()
    };
    let (mut got, mut want) = (names("intents"), words(intents, ','));
    got.sort();
    want.sort();
    let mut faults = Vec::new();
    if got != want {
        faults.push(format!("intents {got:?}"));
    }
    let got = names("acts");
    if words(acts, ' ').iter().any(|a| !got.contains(a))
        || (acts.is_empty() && got.iter().any(|a| a == "deny" || a == "stop" || a == "correct"))
    {
        faults.push(format!("acts {got:?}"));
    }
    let mut got: Vec<String> = u
        .slots
        .iter()
        .filter(|f| !f.was)
        .map(|f| shown(&f.value).replace(' ', "_"))
        .collect();
    let mut want = words(slots, ' ');
    got.sort();
    want.sort();
    let same = got.len() == want.len()
        && got
            .iter()
            .zip(&want)
            .all(|(g, w)| g == w || w.starts_with("message=") && g.contains(&w[8..]));
    if !same {
        faults.push(format!("slots {got:?}"));
    }
    faults.join(", ")
}

fn words(text: &str, by: char) -> Vec<String> {
    text.split(by)
        .filter(|w| !w.is_empty())
        .map(str::to_string)
        .collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Date(d) => format!("date={d}"),
        Value::Time { at, .. } => format!("time={}", at.strftime("%H:%M")),
        Value::PartySize(n) => format!("party_size={n}"),
        Value::Name(n) => format!("name={n}"),
        Value::Phone(p) => format!("phone={}", p.as_str()),
        Value::ThisNumber => "phone=caller".into(),
        Value::Service(s) => format!("service={s}"),
        Value::Staff(s) => format!("staff={s}"),
        Value::MenuItem { name, quantity } => match quantity {
            Some(n) => format!("menu_item={name}:{n}"),
            None => format!("menu_item={name}"),
        },
        Value::Quantity(n) => format!("quantity={n}"),
        Value::PickupTime(t) => format!("pickup_time={}", t.strftime("%H:%M")),
        Value::Address(a) => format!("address={a}"),
        Value::Message(m) => format!("message={m}"),
        Value::Topic(t) => format!("topic={}", t.key()),
        Value::BookingRef(r) => format!("booking_ref={r}"),
        Value::Queue(q) => format!("queue={q}"),
    }
}
