//! Understands one utterance per line of standard input and prints its meaning as JSON.
//!
//! `cargo run -p biseo-nlu --example understand -- shops/haengbok.toml 2026-11-24T10:12:00 [awaiting]`

use std::io::BufRead;

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Awaiting, Context, Slot};
use biseo_nlu::Nlu;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let shop = ShopProfile::from_toml(&std::fs::read_to_string(
        args.next().ok_or("name a shop's file")?,
    )?)?;
    let now = args.next().ok_or("give the time of the call")?.parse()?;
    let asked = args.next();
    let awaiting = match asked.as_deref() {
        None => None,
        Some("confirm") => Some(Awaiting::Confirm),
        Some("alternative") => Some(Awaiting::Alternative),
        Some("offer") => Some(Awaiting::Offer),
        Some("anything_else") => Some(Awaiting::AnythingElse),
        Some(slot) => Some(Awaiting::Slot(serde_json::from_value::<Slot>(slot.into())?)),
    };
    let nlu = Nlu::new(&shop);
    let context = Context { now, awaiting };
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        println!(
            "{line}\n  {}",
            serde_json::to_string(&nlu.understand(&line, &context))?
        );
        if std::env::var_os("TRACE").is_some() {
            println!("  {}", nlu.trace(&line, &context));
        }
    }
    Ok(())
}
