//! A simulated day of an office: jitter, bursts of loss, downloads. At most one verdict, at the laboratory's pace and at the program's.
//!
//! `FUZZ_FACTOR` (see `make fuzz`) plays a fifth as many days more.

mod common;

use biseo_line::{Change, Doctor};
use common::{Fault, Paced, Sim, site};

const DAY_MS: i64 = 24 * 3_600_000;

/// What is ordinary on a day: some eight bursts of loss and four downloads an hour.
struct Office {
    until_ms: i64,
}

impl Office {
    fn new() -> Self {
        Self { until_ms: i64::MAX }
    }

    fn go_on(&mut self, sim: &mut Sim) {
        if sim.at_ms >= self.until_ms {
            sim.fault = None;
            self.until_ms = i64::MAX;
        }
        if sim.fault.is_none() && sim.random.u32(..900) == 0 {
            sim.begin(Fault::Burst);
            self.until_ms = sim.at_ms + sim.random.i64(1..=3) * 500;
        } else if sim.fault.is_none() && sim.random.u32(..1_800) == 0 {
            sim.begin(Fault::Download);
            self.until_ms = sim.at_ms + sim.random.i64(5..120) * 1_000;
        }
    }
}

fn is_verdict(change: &Change) -> bool {
    change.verdict().until_ms.is_none() && change.verdict().because_of.is_none()
}

/// The fixed seeds, and more of them if asked for.
fn seeds() -> std::ops::Range<u64> {
    let more: u64 = std::env::var("FUZZ_FACTOR").map_or(0, |n| n.parse().expect("FUZZ_FACTOR is a number"));
    // A day takes some seconds.
    11..16 + more / 5
}

#[test]
fn an_ordinary_day_has_at_most_one_verdict() {
    for seed in seeds() {
        let (mut sim, mut doctor) = (Sim::new(seed), Doctor::new(site()));
        let (mut office, mut said) = (Office::new(), vec![]);
        while sim.at_ms < DAY_MS {
            office.go_on(&mut sim);
            said.extend(doctor.handle(&sim.window()).into_iter().filter(is_verdict));
        }
        assert!(said.len() <= 1, "seed {seed}: {said:#?}");
    }
}

#[test]
fn the_same_at_the_program_s_pace_which_is_mostly_calm() {
    for seed in seeds() {
        let (mut paced, mut office, mut said) = (Paced::new(seed), Office::new(), vec![]);
        while paced.sim.at_ms < DAY_MS {
            office.go_on(&mut paced.sim);
            said.extend(paced.window().into_iter().filter(is_verdict));
        }
        assert!(said.len() <= 1, "seed {seed}: {said:#?}");
        let share = paced.quick as f64 / paced.all as f64;
        assert!(share < 0.4, "seed {seed}: quick for {share:.2} of the day");
    }
}
