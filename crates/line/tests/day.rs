//! A simulated day of an office: jitter, bursts of loss, downloads. At most one verdict.

mod common;

use biseo_line::Doctor;
use common::{Fault, Sim, site};

#[test]
fn an_ordinary_day_has_at_most_one_verdict() {
    for seed in [11, 12, 13, 14, 15] {
        let (mut sim, mut doctor) = (Sim::new(seed), Doctor::new(site()));
        let mut until = i64::MAX;
        let mut said = vec![];
        while sim.at_ms < 24 * 3_600_000 {
            if sim.at_ms >= until {
                sim.fault = None;
                until = i64::MAX;
            }
            // Some eight bursts and four downloads an hour.
            if sim.fault.is_none() && sim.random.u32(..900) == 0 {
                sim.begin(Fault::Burst);
                until = sim.at_ms + sim.random.i64(1..=3) * 500;
            } else if sim.fault.is_none() && sim.random.u32(..1_800) == 0 {
                sim.begin(Fault::Download);
                until = sim.at_ms + sim.random.i64(5..120) * 1_000;
            }
            said.extend(
                doctor
                    .handle(&sim.window())
                    .into_iter()
                    .filter(|c| c.verdict().until_ms.is_none() && c.verdict().because_of.is_none()),
            );
        }
        assert!(said.len() <= 1, "seed {seed}: {said:#?}");
    }
}
