//! The development utterances (tests/data/utterances.jsonl, written for this project) judged whole. The floor only rises.

mod common;

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// Rows that must be wholly right.
const FLOOR: usize = 166;

#[test]
fn development_utterances() {
    let shops = common::shops();
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut right, mut total, mut parts) = (0, 0, [0; 3]);
    for line in include_str!("data/utterances.jsonl").lines() {
        let row: Json = serde_json::from_str(line).expect("a row");
        let text = row["text"].as_str().unwrap_or("");
        let context = common::context(row["now"].as_str().unwrap_or(""), row["awaiting"].as_str());
        let u = shops[row["shop"].as_str().unwrap_or("")].understand(text, &context);
        let faults = common::judge(&row["expect"], &u);
        for (n, part) in [&faults.intents, &faults.acts, &faults.slots].iter().enumerate() {
            parts[n] += usize::from(part.is_empty());
        }
        let kind = kinds
            .entry(row["kind"].as_str().unwrap_or("").to_string())
            .or_default();
        kind.1 += 1;
        total += 1;
        if faults.none() {
            right += 1;
            kind.0 += 1;
        } else {
            println!(
                "{} [{}] {text}\n   {faults:?}",
                row["id"].as_str().unwrap_or(""),
                row["awaiting"].as_str().unwrap_or("")
            );
        }
    }
    println!("exact {right}/{total}; intents, acts, slots {parts:?}; {kinds:?}");
    assert!(
        right >= FLOOR,
        "{right} of {total} are right, at least {FLOOR} must be"
    );
}
