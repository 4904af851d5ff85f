//! Understands one utterance per line of standard input and prints its meaning as JSON.
//!
//! `cargo run -p biseo-nlu --example understand -- shops/haengbok.toml 2026-11-24T10:12:00 [awaiting]`

use std::io::BufRead;

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::Context;
use biseo_nlu::Nlu;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let shop = ShopProfile::from_toml(&std::fs::read_to_string(
        args.next().ok_or("name a shop's file")?,
    )?)?;
    let now = args.next().ok_or("give the time of the call")?.parse()?;
    let asked = args.next();
    let awaiting = asked.as_deref().map(biseo_rehearse::awaiting).transpose()?;
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
