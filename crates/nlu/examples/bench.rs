//! Microseconds per utterance over the development utterances.
//!
//! `cargo run --release -p biseo-nlu --example bench -- SHOPS_DIR UTTERANCES.jsonl`

#![allow(clippy::disallowed_methods)] // A measurement needs the clock.

use std::collections::BTreeMap;
use std::time::Instant;

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::Context;
use biseo_nlu::Nlu;
use biseo_nlu::entities::entities;

const ROUNDS: usize = 50;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (dir, file) = (args.next().ok_or("SHOPS_DIR")?, args.next().ok_or("UTTERANCES")?);
    let mut shops = BTreeMap::new();
    for id in ["haengbok", "byeol", "sotong", "gugu", "maeum"] {
        let shop = ShopProfile::from_toml(&std::fs::read_to_string(format!("{dir}/{id}.toml"))?)?;
        shops.insert(id, Nlu::new(&shop));
    }
    let mut cases = Vec::new();
    for line in std::fs::read_to_string(file)?.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let word = |key: &str| row[key].as_str().unwrap_or("").to_string();
        let now = word("now").split('+').next().unwrap_or("").parse()?;
        let awaiting = row["awaiting"]
            .as_str()
            .map(biseo_rehearse::awaiting)
            .transpose()?;
        cases.push((word("shop"), word("text"), Context { now, awaiting }));
    }
    let mut micros = Vec::new();
    let mut least = vec![f64::INFINITY; cases.len()];
    for _ in 0..ROUNDS {
        for ((shop, text, context), least) in cases.iter().zip(&mut least) {
            let nlu = shops.get(shop.as_str()).ok_or("an unknown shop")?;
            let start = Instant::now();
            let u = nlu.understand(text, context);
            let took = start.elapsed();
            std::hint::black_box(u);
            let took = took.as_nanos() as f64 / 1000.0;
            *least = least.min(took);
            micros.push(took);
        }
    }
    println!("utterances {}, {ROUNDS} rounds", cases.len());
    show("every time measured", micros);
    // What another program on the core takes is in few of the rounds.
    show("of each utterance the quickest", least);
    let mut micros = Vec::new();
    for (_, text, context) in cases.iter().cycle().take(cases.len() * ROUNDS) {
        let start = Instant::now();
        std::hint::black_box(entities(text, Some(context.now.into())));
        micros.push(start.elapsed().as_nanos() as f64 / 1000.0);
    }
    show("entities alone, every time measured", micros);
    Ok(())
}

fn show(what: &str, mut micros: Vec<f64>) {
    micros.sort_by(f64::total_cmp);
    let at = |p: f64| micros[((micros.len() - 1) as f64 * p) as usize];
    let (median, high, most) = (at(0.5), at(0.99), at(1.0));
    println!("{what}: median {median:.1} µs  p99 {high:.1} µs  max {most:.1} µs");
}
