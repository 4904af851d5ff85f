//! How fast sound is sealed and opened, on one thread: `cargo run --release -p biseo-vault --example speed`.
#![allow(clippy::disallowed_methods)] // it measures

use std::io::Cursor;
use std::time::Instant;

use biseo_vault::{Keys, Sealed, Sealer, VaultError};

/// Octets of an hour of a call.
const HOUR: usize = 3600 * 32_000;
/// Octets that the clerk writes at once.
const ROUND: usize = 3200;

fn main() -> Result<(), VaultError> {
    let keys = Keys::generate()?;
    let round: Vec<u8> = (0..ROUND).map(|n| (n * n) as u8).collect();
    let mut file = Vec::with_capacity(HOUR + HOUR / 100);
    let begun = Instant::now();
    let mut sealer = Sealer::new(&keys)?;
    file.extend_from_slice(sealer.header());
    for _ in 0..HOUR / ROUND {
        sealer.push(&round, &mut file)?;
    }
    sealer.finish(&mut file)?;
    tell("sealing", begun);
    println!(
        "the file is {:.2} % longer",
        100.0 * (file.len() as f64 / HOUR as f64 - 1.0)
    );
    let begun = Instant::now();
    let mut sealed = Sealed::open(Cursor::new(file), &keys)?;
    let mut piece = vec![0; 64 * 1024];
    let mut at = 0;
    while at < sealed.len() {
        at += sealed.read_at(at, &mut piece)? as u64;
    }
    tell("opening", begun);
    Ok(())
}

fn tell(what: &str, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{what}: {:.0} MB/s; an hour of a call takes {:.0} ms",
        HOUR as f64 / 1e6 / seconds,
        seconds * 1000.0
    );
}
