//! What came of the utterances.

use serde::Serialize;

use crate::bench::script::Utterance;
use crate::simulate::load::report::quantile;
use crate::wording::Wording;

/// What an ear made of an utterance.
pub(super) struct Heard {
    label: String,
    /// The text of the first turn.
    text: String,
    /// Milliseconds from the utterance's last sample to the turn's end; negative if it was cut off, `None` if there was no turn.
    wait: Option<f64>,
}

impl Heard {
    /// `turn`: when the first turn was over, and its text; `ended`: when the utterance was. Both in ms of the same clock.
    pub(super) fn of(utterance: &Utterance, turn: Option<(f64, String)>, ended: f64) -> Self {
        let wait = turn.as_ref().map(|(at, _)| at - ended);
        Self {
            label: utterance.label.clone(),
            text: turn.map(|(_, text)| text).unwrap_or_default(),
            wait,
        }
    }

    fn cut_off(&self) -> bool {
        self.wait.is_some_and(|w| w < 0.0)
    }
}

/// One setting's outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Row {
    patience_percent: u32,
    utterances: usize,
    false_cut_offs: usize,
    not_heard: usize,
    /// Median, 95 of 100 and longest, of those that were heard to their end.
    wait_ms: [f64; 3],
}

impl Row {
    pub(super) fn of(patience_percent: u32, heard: &[Heard]) -> Self {
        let mut waits: Vec<f64> = heard
            .iter()
            .filter_map(|h| h.wait)
            .filter(|w| *w >= 0.0)
            .collect();
        waits.sort_by(f64::total_cmp);
        Self {
            patience_percent,
            utterances: heard.len(),
            false_cut_offs: heard.iter().filter(|h| h.cut_off()).count(),
            not_heard: heard.iter().filter(|h| h.wait.is_none()).count(),
            wait_ms: [50, 95, 100].map(|p| quantile(&waits, p)),
        }
    }

    /// The line above all rows.
    pub(super) fn head(json: bool, wording: &Wording) {
        if !json {
            crate::out::line!("{}", wording.say("turns_head", "", ""));
            crate::out::line!("|---|---|---|---|---|");
        }
    }

    pub(super) fn print(&self, json: bool) {
        if json {
            return crate::out::line!("{}", serde_json::to_string(self).unwrap_or_default());
        }
        let share = 100.0 * self.false_cut_offs as f64 / self.utterances.max(1) as f64;
        let [median, p95, longest] = self.wait_ms;
        crate::out::line!(
            "| {} % | {} | {} ({share:.1} %) | {} | {median:.0} / {p95:.0} / {longest:.0} |",
            self.patience_percent,
            self.utterances,
            self.false_cut_offs,
            self.not_heard,
        );
    }
}

/// A wait that is worth showing, ms.
const LONG: f64 = 700.0;

/// Shows what was cut off and what was waited for longest.
pub(super) fn show(heard: &[Heard], wording: &Wording) {
    for one in heard {
        let key = match one.wait {
            Some(wait) if wait < 0.0 => "turns_cut",
            Some(wait) if wait > LONG => "turns_late",
            _ => continue,
        };
        crate::out::line!("{}", wording.say(key, &one.label, &one.text));
    }
}
