//! What came of many calls.

use serde::Serialize;

use super::caller::Outcome;
use crate::wording::Wording;

/// What came of many calls, as their callers heard them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Report {
    /// Calls placed.
    pub(super) calls: usize,
    /// Calls that were refused, cut off, or never ended.
    pub(super) failed: usize,
    /// Why, each reason once.
    pub(super) reasons: Vec<String>,
    /// Sentences that were answered.
    pub(super) replies: usize,
    /// Sentences after which nothing was heard for long.
    pub(super) unanswered: u32,
    /// Last packet of a sentence sent to first loud packet received, milliseconds: median, 95 of 100, longest.
    pub(super) response_ms: [f64; 3],
    /// Mean length of a call, seconds.
    pub(super) seconds: f64,
}

impl Report {
    /// Of these calls.
    pub(super) fn of(outcomes: &[Outcome]) -> Self {
        let mut replies: Vec<f64> = outcomes.iter().flat_map(|o| o.responses.clone()).collect();
        replies.sort_by(f64::total_cmp);
        let mut reasons: Vec<String> = outcomes.iter().filter_map(|o| o.failure.clone()).collect();
        let failed = reasons.len();
        reasons.sort();
        reasons.dedup();
        let length: f64 = outcomes.iter().map(|o| o.seconds).sum();
        Self {
            calls: outcomes.len(),
            failed,
            reasons,
            replies: replies.len(),
            unanswered: outcomes.iter().map(|o| o.unanswered).sum(),
            response_ms: [50, 95, 100].map(|percent| quantile(&replies, percent)),
            seconds: length / outcomes.len().max(1) as f64,
        }
    }

    /// Prints it.
    pub(super) fn print(&self, json: bool, wording: &Wording) {
        if json {
            crate::out::line!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        let say = |key, a: &dyn ToString, b: &dyn ToString| wording.say(key, &a.to_string(), &b.to_string());
        crate::out::line!("{}", say("calls", &self.calls, &self.failed));
        crate::out::line!("{}", say("answers", &self.replies, &self.unanswered));
        let shown = self.response_ms.map(|ms| format!("{ms:.0}")).join(" / ");
        crate::out::line!("{}", say("response", &shown, &""));
        self.reasons.iter().for_each(|why| crate::out::line!("✗ {why}"));
    }
}

/// The smallest value that so many of 100 do not exceed (nearest rank); 0 of nothing.
pub(crate) fn quantile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_nearest_ranks() {
        let values: Vec<f64> = (1..=60).map(f64::from).collect();
        assert_eq!([50, 95, 100].map(|p| quantile(&values, p)), [30.0, 57.0, 60.0]);
        assert_eq!([50, 95, 100].map(|p| quantile(&[7.0], p)), [7.0; 3]);
        assert_eq!(quantile(&[], 95), 0.0);
    }

    #[test]
    fn failures_are_counted_by_call_and_told_once() {
        let cut = Outcome {
            failure: Some("refused".into()),
            ..Outcome::default()
        };
        let good = Outcome {
            responses: vec![700.0, 900.0],
            unanswered: 1,
            seconds: 30.0,
            failure: None,
        };
        let report = Report::of(&[cut.clone(), good, cut]);
        assert_eq!((report.calls, report.failed, report.reasons.len()), (3, 2, 1));
        assert_eq!((report.replies, report.unanswered), (2, 1));
        assert_eq!(report.response_ms, [700.0, 900.0, 900.0]);
    }
}
