//! Reads rows `{"id", "text", "reference_time"}`, one per line, and writes `{"id", "entities"}` for each.
//!
//! `cargo run -p biseo-nlu --example entities_jsonl < rows.jsonl > found.jsonl`

use std::io::BufRead;

use biseo_nlu::entities::entities;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let now = row["reference_time"].as_str().unwrap_or("2016-11-07T00:00:00");
        let now: String = now.chars().take(19).collect();
        let now = now.parse().or_else(|_| "2016-11-07T00:00:00".parse())?;
        let found = entities(row["text"].as_str().unwrap_or(""), now);
        println!("{}", json!({"id": row["id"], "entities": found}));
    }
    Ok(())
}
