//! Reads rows `{"id", "text", "reference_time"}`, one per line, and writes `{"id", "entities"}` for each.
//!
//! `cargo run -p biseo-nlu --example entities_jsonl < rows.jsonl > found.jsonl`

use std::io::BufRead;

use biseo_nlu::entities::{Reference, entities};
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let reference = row["reference_time"].as_str().and_then(reference);
        let found = entities(row["text"].as_str().unwrap_or(""), reference);
        println!("{}", json!({"id": row["id"], "entities": found}));
    }
    Ok(())
}

/// `2013-02-12T04:30:00-02:00`, with or without the distance from UTC.
fn reference(text: &str) -> Option<Reference> {
    let now: DateTime = text.get(..19)?.parse().ok()?;
    let offset = Pieces::parse(text).ok().and_then(|p| p.to_numeric_offset());
    Some(Reference { now, offset })
}
