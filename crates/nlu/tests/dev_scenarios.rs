//! The callers' answers in the development scenarios (tests/data/scenarios.jsonl, written for this project): each must
//! fill the slot that was asked for, say yes to what is read back, and decline what is offered.

mod common;

use biseo_model::understanding::{Act, Slot, Understanding, Value};
use serde_json::Value as Json;

/// Answers that must be right.
const FLOOR: usize = 315;

#[test]
fn answers_of_the_scenarios() {
    let shops = common::shops();
    let (mut right, mut total) = (0, 0);
    for line in include_str!("data/scenarios.jsonl").lines() {
        let row: Json = serde_json::from_str(line).expect("a row");
        let nlu = &shops[row["shop"].as_str().unwrap_or("")];
        let now = row["now"].as_str().unwrap_or("");
        let mut check = |asked: &str, text: &str, fits: &dyn Fn(&Understanding) -> bool| {
            let u = nlu.understand(text, &common::context(now, Some(asked)));
            total += 1;
            if fits(&u) {
                right += 1;
            } else {
                println!(
                    "{} [{asked}] {text}\n   {}",
                    row["id"],
                    serde_json::to_string(&u).expect("JSON")
                );
            }
        };
        let books = row["expect"]["bookings"]
            .as_array()
            .is_some_and(|b| !b.is_empty());
        for (slot, answers) in row["knows"].as_object().into_iter().flatten() {
            if ![
                "date",
                "time",
                "party_size",
                "name",
                "phone",
                "staff",
                "service",
                "menu_item",
                "quantity",
                "message",
            ]
            .contains(&slot.as_str())
            {
                continue;
            }
            for answer in answers.as_array().into_iter().flatten().filter_map(Json::as_str) {
                check(slot, answer, &|u| fills(&row, slot, answer, u));
            }
        }
        if let Some(text) = row["confirms"].as_str().filter(|_| books) {
            check("confirm", text, &|u| u.has(Act::Affirm) && !u.has(Act::Deny));
        }
        if let Some(text) = row["closes"].as_str().filter(|t| !t.starts_with('네')) {
            check("anything_else", text, &|u| {
                u.has(Act::Deny) && u.intents.is_empty()
            });
        }
        if let Some(text) = row["accepts"]["offer"].as_str() {
            check("offer", text, &|u| u.has(Act::Deny) && u.intents.is_empty());
        }
    }
    println!("answers right {right}/{total}");
    assert!(
        right >= FLOOR,
        "{right} of {total} are right, at least {FLOOR} must be"
    );
}

fn fills(row: &Json, slot: &str, answer: &str, u: &Understanding) -> bool {
    if answer.contains("그대로") && slot == "time" {
        return true;
    }
    let wanted: Slot = serde_json::from_value(slot.into()).expect("a slot");
    let Some(value) = u.value(wanted) else {
        return false;
    };
    let caller = row["caller"]["number"].as_str().unwrap_or("");
    match value {
        Value::Phone(p) => p.as_str() == caller,
        Value::Name(name) => {
            let booked = &row["expect"]["bookings"][0]["name"];
            !booked.is_string() || booked == name.as_str() || row["interjects"].is_array()
        }
        _ => u.intents.is_empty(),
    }
}
