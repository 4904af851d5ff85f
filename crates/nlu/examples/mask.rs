//! Takes the values out of a corpus: reads `labels TAB context TAB text` with real values on stdin and writes it with
//! `{date}`, `{time}` and so on in their places, as `corpus/*.tsv` wants it. The argument names the shop's profile.
//!
//! `cargo run -p biseo-nlu --example mask -- shops/haengbok.toml < raw.tsv`

use std::io::BufRead;

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::Context;
use biseo_nlu::Nlu;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("a shop's profile")?;
    let nlu = Nlu::new(&ShopProfile::from_toml(&std::fs::read_to_string(file)?)?);
    let context = Context {
        now: "2026-11-25T10:00:00".parse()?,
        awaiting: None,
    };
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        match line.rsplit_once('\t') {
            Some((head, text)) => println!("{head}\t{}", nlu.masked(text, &context)),
            None => println!("{line}"),
        }
    }
    Ok(())
}
