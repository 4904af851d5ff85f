//! Measures the front end: `cargo run --release -p biseo-media --example front`.
//!
//! Prints the CPU time that each part takes for 20 ms of one call (median and 99th percentile), and tables of echo: sentences of
//! Biseo's that are taken for a caller, and how much later a caller who speaks over the echo is heard. Needs espeak-ng.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement needs a clock; the crate itself has none"
)]

#[path = "../tests/common/telephone.rs"]
mod telephone;

use std::{hint::black_box, time::Instant};

use biseo_media::Frame;
use biseo_media::front::beep::BeepDetector;
use biseo_media::front::echo::EchoGuard;
use biseo_media::front::fax::FaxDetector;
use biseo_media::front::level::{LevelConfig, LevelControl};
use biseo_media::front::surroundings::Surroundings;
use telephone::{DELAYS_MS, Front, LOSSES_DB, coded, delayed, falsely_heard, line, returned, said};

fn main() {
    costs();
    own_voice();
    over_the_echo();
}

fn costs() {
    let said = (0..8).flat_map(|n| said(n, false)).collect::<Vec<f32>>();
    let heard = line(&[&returned(&said, 140, 18.0, 1)], 1);
    let sent = coded(&said);
    println!("CPU time for 20 ms of a call: median, 99 %");
    let mut guard = EchoGuard::new();
    cost("echo guard", &sent, &heard, |s, h| {
        black_box(guard.push(s, h));
    });
    let mut guard = EchoGuard::new();
    cost("the same while Biseo says nothing", &sent, &heard, |_, h| {
        black_box(guard.push(&biseo_media::SILENCE, h));
    });
    let quiet = line(&[&vec![0.0; said.len()]], 1);
    let mut guard = EchoGuard::new();
    cost("the same on a line without echo", &sent, &quiet, |s, h| {
        black_box(guard.push(s, h));
    });
    let mut level = LevelControl::new(LevelConfig::default());
    cost("level control", &sent, &heard, |_, h| {
        let mut frame = *h;
        black_box(level.process(&mut frame, 1.0));
        black_box(frame);
    });
    let mut surroundings = Surroundings::new();
    cost("surroundings", &sent, &heard, |_, h| {
        black_box(surroundings.push(h));
    });
    let (mut guard, mut level) = (EchoGuard::new(), LevelControl::new(LevelConfig::default()));
    let mut surroundings = Surroundings::new();
    cost("an ordinary call, all of it", &sent, &heard, |s, h| {
        black_box(guard.push(s, h));
        let mut frame = *guard.cleaned();
        black_box(surroundings.push(&frame));
        black_box(level.process(&mut frame, 1.0));
        black_box(frame);
    });
    let mut beep = BeepDetector::new();
    cost("beep (outgoing calls)", &sent, &heard, |_, h| {
        black_box(beep.push(h));
    });
    let mut fax = FaxDetector::new();
    cost("fax (outgoing calls)", &sent, &heard, |_, h| {
        black_box(fax.push(h));
    });
}

fn cost(name: &str, sent: &[Frame], heard: &[Frame], mut part: impl FnMut(&Frame, &Frame)) {
    let mut times: Vec<f64> = Vec::new();
    // The first round warms up.
    for round in 0..5 {
        for (sent, heard) in sent.iter().zip(heard) {
            let begun = Instant::now();
            part(sent, heard);
            let took = begun.elapsed().as_secs_f64() * 1e6;
            if round > 0 {
                times.push(took);
            }
        }
    }
    times.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| times[times.len() * share / 100];
    println!("  {name}: {:.1} µs, {:.1} µs", at(50), at(99));
}

fn own_voice() {
    println!(
        "\nsentences of 20 taken for a caller: without the guard, by its verdict, with the sound that it leaves"
    );
    for loss_db in LOSSES_DB {
        print!("  -{loss_db} dB:");
        for delay_ms in DELAYS_MS {
            let count = |front| {
                (0..20)
                    .filter(|&n| falsely_heard(front, 3 * n, delay_ms, loss_db))
                    .count()
            };
            let counts = [Front::Bare, Front::Verdict, Front::Cleaned].map(count);
            print!("  {delay_ms} ms {}, {}, {}", counts[0], counts[1], counts[2]);
        }
        println!();
    }
}

fn over_the_echo() {
    println!(
        "\ncallers over the echo, 40 each: heard so much later than without echo (median, 90 %, longest), never heard"
    );
    for loss_db in [12.0, 18.0, 30.0] {
        for over_db in [0.0, 6.0, 12.0] {
            let late = |front| {
                let all: Vec<Option<i64>> = (0..40)
                    .filter_map(|n| delayed(front, n, loss_db, over_db))
                    .collect();
                let mut late: Vec<i64> = all.iter().copied().flatten().collect();
                late.sort_unstable();
                let never = all.len() - late.len();
                let at = |share: usize| {
                    late.get(late.len() * share / 100)
                        .or(late.last())
                        .copied()
                        .unwrap_or(i64::MAX)
                };
                format!("{}, {}, {} ms; {never}", at(50), at(90), at(100))
            };
            let (verdict, cleaned) = (late(Front::Verdict), late(Front::Cleaned));
            println!(
                "  -{loss_db} dB, {over_db} dB over it: {verdict}; with the sound that is left: {cleaned}"
            );
        }
    }
}
