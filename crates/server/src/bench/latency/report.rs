//! The table.

use serde::Serialize;

use super::process::Used;
use crate::simulate::load::caller::Outcome;
use crate::simulate::load::report::quantile;
use crate::wording::Wording;

/// So many calls at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Row {
    calls: u32,
    /// Calls that were refused or cut off.
    pub(super) failed: usize,
    reasons: Vec<String>,
    replies: usize,
    unanswered: u32,
    /// Last packet of speech to first of the reply, the fixed wait taken off: median, 95 of 100, longest, in ms.
    response_ms: [f64; 3],
    /// Of one core, in percent, per call under way.
    core_percent: f64,
    /// Most memory of the answering process, MiB.
    memory_mib: f64,
    /// The same before the first call.
    memory_before_mib: f64,
}

impl Row {
    pub(super) fn of(calls: u32, stop: u16, outcomes: &[Outcome], before: Used, after: Used) -> Self {
        let mut responses: Vec<f64> = outcomes
            .iter()
            .flat_map(|o| &o.responses)
            .map(|ms| ms - f64::from(stop))
            .collect();
        responses.sort_by(f64::total_cmp);
        let mut reasons: Vec<String> = outcomes.iter().filter_map(|o| o.failure.clone()).collect();
        let failed = reasons.len();
        reasons.sort();
        reasons.dedup();
        let seconds: f64 = outcomes.iter().map(|o| o.seconds).sum();
        Self {
            calls,
            failed,
            reasons,
            replies: responses.len(),
            unanswered: outcomes.iter().map(|o| o.unanswered).sum(),
            response_ms: [50, 95, 100].map(|percent| quantile(&responses, percent)),
            core_percent: 100.0 * (after.cpu - before.cpu) / seconds.max(0.001),
            memory_mib: after.memory,
            memory_before_mib: before.memory,
        }
    }

    pub(super) fn print(&self, json: bool) {
        if json {
            crate::out::line!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        let [p50, p95, most] = self.response_ms;
        crate::out::line!(
            "| {} | {} | {} | {} | {p50:.1} / {p95:.1} / {most:.1} | {:.3} % | {:.1} ({:.1}) |",
            self.calls,
            self.failed,
            self.replies,
            self.unanswered,
            self.core_percent,
            self.memory_mib,
            self.memory_before_mib
        );
        self.reasons.iter().for_each(|why| crate::out::line!("✗ {why}"));
    }
}

/// The head of the table.
pub(super) fn head(stop: u16, wording: &Wording) {
    crate::out::line!("{}", wording.say("latency_head", &stop.to_string(), ""));
    crate::out::line!("|---|---|---|---|---|---|---|");
}
