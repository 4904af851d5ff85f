//! Measures what voice activity detection costs for each 32 ms window: alone, in batches, and gated by silence.
//! Run with `--release` for figures worth writing down.

use std::hint::black_box;
use std::time::{Duration, Instant};

use biseo_speech::engines::silero::{SileroModel, SileroState, WINDOW};

const ROUNDS: usize = 2_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let began = Instant::now();
    let model = SileroModel::embedded()?;
    println!("loading the network: {:?}", began.elapsed());
    for calls in [1, 2, 4, 8, 16, 32] {
        let mut loud = [0; WINDOW];
        loud.iter_mut()
            .enumerate()
            .for_each(|(n, s)| *s = (8_000.0 * (n as f32 * 0.4).sin()) as i16);
        println!(
            "{calls:3} calls at once: {}",
            per_window(measure(&model, calls, &loud)?)
        );
    }
    println!(
        "digital silence: {}",
        per_window(measure(&model, 1, &[0; WINDOW])?)
    );
    Ok(())
}

/// The time of each round, divided by the calls in it, sorted.
fn measure(
    model: &SileroModel,
    calls: usize,
    window: &[i16; WINDOW],
) -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
    let mut states = vec![SileroState::default(); calls];
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS / calls.min(8) {
        let began = Instant::now();
        let mut batch: Vec<_> = states.iter_mut().map(|state| (state, window)).collect();
        model.infer(black_box(&mut batch))?;
        times.push(began.elapsed() / calls as u32);
    }
    times.sort_unstable();
    Ok(times)
}

fn per_window(times: Vec<Duration>) -> String {
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_nanos() as f64 / 1_000.0;
    format!("median {:.1} µs, p99 {:.1} µs a window and call", at(50), at(99))
}
