//! Calls over a trunk: all, and by the area they come from. What came by few calls is judged by the last of them, however long ago the one before
//! was: a small shop has some in an hour.

use std::collections::{BTreeMap, VecDeque};

use super::past::{push, refusing};
use crate::evidence::Calls;
use crate::normal::Chance;

/// So many set-ups that failed in a row, within so long, ms, are no chance.
const ROW: u32 = 3;
const ROW_MS: i64 = 15 * 60_000;
/// Windows with set-ups that are remembered.
const MOST_WINDOWS: usize = 32;
/// Areas that are remembered: there are seventeen codes.
const MOST_AREAS: usize = 32;
/// Set-ups elsewhere that went well while those of one area failed.
const ELSEWHERE: u32 = 2;

/// Set-ups, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SetUps {
    pub tried: u32,
    pub refused: u32,
    pub unanswered: u32,
    /// Registrations of ours that went well.
    pub registered: u32,
}

impl SetUps {
    pub fn failed(&self) -> u32 {
        self.refused.saturating_add(self.unanswered)
    }

    /// Calls that went well. A registration that did says nothing of calls: a provider keeps them apart.
    pub fn well(&self) -> u32 {
        self.tried
            .saturating_sub(self.failed())
            .saturating_sub(self.registered)
    }

    fn add(&mut self, other: &Self) {
        self.tried = self.tried.saturating_add(other.tried);
        self.refused = self.refused.saturating_add(other.refused);
        self.unanswered = self.unanswered.saturating_add(other.unanswered);
        self.registered = self.registered.saturating_add(other.registered);
    }
}

/// Windows with set-ups, the newest last.
#[derive(Debug, Clone, Default)]
struct Row(VecDeque<(i64, SetUps)>);

impl Row {
    fn take(&mut self, at_ms: i64, set_ups: SetUps) {
        // What only registered would push calls of long ago out of a small shop's row.
        if set_ups.failed() > 0 || set_ups.well() > 0 {
            push(&mut self.0, (at_ms, set_ups), MOST_WINDOWS);
        }
    }

    /// Those since the last that went well, if there are enough of them; since when.
    fn failing(&self, now_ms: i64) -> Option<(SetUps, i64)> {
        let (mut sum, mut since) = (SetUps::default(), now_ms);
        let lately = self.0.iter().rev().take_while(|(at, _)| *at > now_ms - ROW_MS);
        for (at, set_ups) in lately.take_while(|(_, s)| s.well() == 0) {
            sum.add(set_ups);
            since = *at;
        }
        (sum.failed() >= ROW).then_some((sum, since))
    }

    fn since(&self, at_ms: i64) -> SetUps {
        let mut sum = SetUps::default();
        let later = self.0.iter().filter(|(at, _)| *at >= at_ms);
        later.for_each(|(_, set_ups)| sum.add(set_ups));
        sum
    }
}

/// Calls from one area fail, and others do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OneArea {
    pub area: String,
    pub failing: SetUps,
    /// How many from elsewhere went well since the first of them.
    pub elsewhere: u32,
    pub since_ms: i64,
}

/// Calls over a trunk.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallsPast {
    recent: VecDeque<(i64, Calls)>,
    row: Row,
    areas: BTreeMap<String, Row>,
    usual_bad: Chance,
}

impl CallsPast {
    pub fn take(&mut self, at_ms: i64, calls: &Calls) {
        let set_ups = SetUps {
            tried: calls.tried,
            refused: calls.refused,
            unanswered: calls.unanswered,
            registered: calls.registered,
        };
        self.row.take(at_ms, set_ups);
        for of in &calls.areas {
            let set_ups = SetUps {
                tried: of.tried,
                refused: of.refused,
                unanswered: of.unanswered,
                registered: 0,
            };
            let room = self.areas.len() < MOST_AREAS && of.area.len() <= 4;
            if room || self.areas.contains_key(&of.area) {
                self.areas
                    .entry(of.area.clone())
                    .or_default()
                    .take(at_ms, set_ups);
            }
        }
        push(&mut self.recent, (at_ms, calls.clone()), 128);
    }

    /// All of the last `span_ms` added up; of the sound only the newest window.
    pub fn sum(&self, now_ms: i64, span_ms: i64) -> Calls {
        let mut sum = Calls::default();
        for (_, calls) in self.recent.iter().filter(|(at, _)| *at > now_ms - span_ms) {
            sum.tried = sum.tried.saturating_add(calls.tried);
            sum.refused = sum.refused.saturating_add(calls.refused);
            sum.unanswered = sum.unanswered.saturating_add(calls.unanswered);
            sum.registered = sum.registered.saturating_add(calls.registered);
        }
        if let Some((_, newest)) = self.recent.back().filter(|(at, _)| *at > now_ms - 2_000) {
            (sum.media_good, sum.media_bad) = (newest.media_good, newest.media_bad);
            sum.areas.clone_from(&newest.areas);
        }
        sum
    }

    /// The last set-ups, if they failed one and all; since when.
    pub fn failing(&self, now_ms: i64) -> Option<(SetUps, i64)> {
        self.row.failing(now_ms)
    }

    /// The area whose last set-ups failed one and all while those from elsewhere hardly did.
    pub fn one_area(&self, now_ms: i64) -> Option<OneArea> {
        self.areas.iter().find_map(|(area, row)| {
            let (failing, since_ms) = row.failing(now_ms)?;
            let all = self.row.since(since_ms);
            let failed = all.failed().saturating_sub(failing.failed());
            let elsewhere = all.well();
            (elsewhere >= ELSEWHERE && failed.saturating_mul(4) <= elsewhere).then(|| OneArea {
                area: area.clone(),
                failing,
                elsewhere,
                since_ms,
            })
        })
    }

    pub fn learn_codes(&mut self, codes: &[(u16, u32)]) {
        for (code, n) in codes {
            self.usual_bad.learn(*n, if refusing(*code) { *n } else { 0 });
        }
    }

    /// Whether the server refuses OPTIONS by custom, so that it says nothing.
    pub fn refuses_always(&self) -> bool {
        self.usual_bad.loss() > 0.2
    }
}
