//! What the recogniser takes.

use std::path::Path;
use std::time::Instant;

use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::{SpeechToText, SttOptions};

use crate::Failure;

/// What loading takes, and what each call adds in memory after two seconds of noise.
pub fn cost(folder: &Path, calls: usize) -> Result<(), Failure> {
    let began = Instant::now();
    let engine = DemoCtc::load(folder)?;
    println!("loading: {:?}, {} kB", began.elapsed(), resident()?);
    let sound: Vec<i16> = (0..16_000i32)
        .map(|n| ((n * n * 31 + n * 7) % 4_001 - 2_000) as i16)
        .collect();
    let boost = (0..50).map(|n| format!("메뉴 {n}번 김치찌개")).collect();
    let options = SttOptions {
        boost,
        ..SttOptions::default()
    };
    let before = resident()?;
    let mut sessions = Vec::new();
    for _ in 0..calls {
        let mut session = engine.session(&options)?;
        sound.chunks(160).try_for_each(|part| session.accept(part))?;
        sessions.push(session);
    }
    println!(
        "each of {calls} calls: {} kB",
        (resident()? - before) / calls.max(1)
    );
    Ok(())
}

/// Memory that the process has, in kB (Linux).
pub fn resident() -> Result<usize, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmRSS")?.parse()?)
}
