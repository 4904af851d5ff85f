//! The table.

use std::collections::BTreeMap;
use std::time::Duration;

use biseo_telephony::flood::{Calls, percentile};
use serde::Serialize;

use crate::cli::BenchFloodOptions;
use crate::out::line;
use crate::wording::Wording;

/// So many of a hundred calls must be answered.
const ANSWERED: f64 = 99.0;
/// So much may memory grow, MiB.
const GROWTH: f64 = 32.0;

/// Calls for a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Phase {
    placed: usize,
    answered: usize,
    answered_percent: f64,
    /// INVITE to 200: median, 95 of 100, longest, in ms.
    response_ms: [f64; 3],
    /// Of one core, in percent.
    core_percent: f64,
    /// Memory of the answering process at its end, MiB.
    memory_mib: f64,
}

impl Phase {
    pub(super) fn of(calls: &Calls, core: f64, memory_mib: f64) -> Self {
        let ms = |share| Duration::as_secs_f64(&percentile(&calls.answered, share)) * 1000.0;
        Self {
            placed: calls.placed,
            answered: calls.answered.len(),
            answered_percent: calls.percent(),
            response_ms: [0.5, 0.95, 1.0].map(ms),
            core_percent: core * 100.0,
            memory_mib,
        }
    }

    fn print(&self, name: &str) {
        let [p50, p95, most] = self.response_ms;
        line!(
            "| {name} | {} | {:.2} % | {p50:.2} / {p95:.2} / {most:.2} | {:.1} % | {:.1} |",
            self.placed,
            self.answered_percent,
            self.core_percent,
            self.memory_mib
        );
    }
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Outcome {
    pub(super) quiet: Phase,
    pub(super) flooded: Phase,
    pub(super) memory_before_mib: f64,
    pub(super) memory_most_mib: f64,
    /// Junk that the system took.
    pub(super) sent: u64,
    /// What the answering process has counted.
    pub(super) counts: BTreeMap<String, u64>,
}

impl Outcome {
    /// Whether the flood was stood. How soon calls were answered is told and not judged: the junk shares the machine.
    pub(super) fn stood(&self) -> bool {
        let grown = self.memory_most_mib - self.memory_before_mib;
        self.flooded.placed > 0 && self.flooded.answered_percent >= ANSWERED && grown <= GROWTH
    }

    fn ratio(&self) -> f64 {
        let [_, quiet, _] = self.quiet.response_ms;
        let [_, flooded, _] = self.flooded.response_ms;
        flooded / quiet.max(0.001)
    }

    pub(super) fn print(&self, options: &BenchFloodOptions, wording: &Wording) {
        if options.json {
            return line!("{}", serde_json::to_string(self).unwrap_or_default());
        }
        let say = |key, name: &str, why: &str| line!("{}", wording.say(key, name, why));
        say("flood_head", "", "");
        line!("|---|---|---|---|---|---|");
        self.quiet.print(&wording.say("flood_quiet", "", ""));
        self.flooded.print(&wording.say("flood_poured", "", ""));
        say("flood_ratio", &format!("{:.2}", self.ratio()), "");
        let (before, most) = (self.memory_before_mib, self.memory_most_mib);
        say("flood_memory", &format!("{before:.1}"), &format!("{most:.1}"));
        say("flood_sent", &self.sent.to_string(), &options.seconds.to_string());
        say("flood_counts", "", "");
        self.counts
            .iter()
            .for_each(|(name, count)| line!("  {name} {count}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(answered: usize, most: f64) -> Outcome {
        let calls = |answered| Calls {
            placed: 200,
            answered: vec![Duration::from_millis(2); answered],
        };
        Outcome {
            quiet: Phase::of(&calls(200), 0.01, 50.0),
            flooded: Phase::of(&calls(answered), 0.2, 52.0),
            memory_before_mib: 50.0,
            memory_most_mib: most,
            sent: 1,
            counts: BTreeMap::new(),
        }
    }

    #[test]
    fn a_flood_is_stood_or_not() {
        assert!(outcome(198, 60.0).stood());
        assert!(!outcome(197, 60.0).stood());
        assert!(!outcome(200, 90.0).stood());
        assert!((outcome(200, 60.0).ratio() - 1.0).abs() < 1e-9);
    }
}
