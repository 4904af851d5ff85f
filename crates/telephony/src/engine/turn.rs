//! By which trunks a call goes, and in which order. One that has asked to be left alone (503 with Retry-After, RFC 7339) gets no call but an
//! urgent one.

use std::collections::VecDeque;
use std::time::Duration;

use super::Engine;
use super::hedge::Way;
use crate::call::EndCause;
use crate::transport::Flow;
use crate::trunk::{Candidate, Standing, State, order};

/// Places that one call tries.
const MOST_WAYS: usize = 8;

impl Engine {
    /// The ways in the order in which they are tried: each trunk's best place, then the second ones. Where all trunks want to be left alone,
    /// for how long the first of them still does.
    pub(super) fn in_turn(&mut self, trunks: &[usize], urgent: bool) -> Result<VecDeque<Way>, Duration> {
        let all: Vec<(usize, Standing)> = trunks.iter().map(|t| (*t, self.standing(*t))).collect();
        let open = |(_, standing): &&(usize, Standing)| urgent || *standing != Standing::Closed;
        let open: Vec<(usize, Standing)> = all.iter().filter(open).copied().collect();
        if open.is_empty() && !all.is_empty() {
            let left = all.iter().filter_map(|(trunk, _)| self.left_alone_for(*trunk));
            return Err(left.min().unwrap_or_default());
        }
        Ok(self.ways_of(&open))
    }

    fn ways_of(&mut self, trunks: &[(usize, Standing)]) -> VecDeque<Way> {
        let candidate = |(trunk, standing): &(usize, Standing)| {
            let of = self.cfg.trunks.get(*trunk);
            Candidate {
                priority: of.map_or(u16::MAX, |t| t.priority),
                weight: of.map_or(0, |t| t.weight),
                standing: *standing,
            }
        };
        let candidates: Vec<Candidate> = trunks.iter().map(candidate).collect();
        let order = order(&candidates, &mut |most| self.ids.below(most.saturating_add(1)));
        let trunks = order
            .into_iter()
            .filter_map(|i| trunks.get(i).map(|(trunk, _)| *trunk));
        let places: Vec<(usize, Vec<Flow>)> = trunks.map(|t| (t, self.ways_to(t))).collect();
        let rounds = places.iter().map(|(_, flows)| flows.len()).max().unwrap_or(0);
        let round = |n: usize| {
            let nth = move |(trunk, flows): &(usize, Vec<Flow>)| Some((*trunk, *flows.get(n)?));
            places.iter().filter_map(nth)
        };
        let ways = (0..rounds).flat_map(round).take(MOST_WAYS);
        ways.map(|(trunk, flow)| Way { trunk, flow }).collect()
    }

    /// How a trunk stands for the call that is about to be placed.
    fn standing(&mut self, trunk: usize) -> Standing {
        let (now, lot) = (self.now, self.ids.below(100));
        let lot = u8::try_from(lot).unwrap_or(99);
        let pulled = self.is_pulled(trunk);
        let Some(t) = self.trunks.get(trunk) else {
            return Standing::Down;
        };
        let health = &t.health;
        match health.state(now) {
            // It may be down as well: what it asked for holds.
            _ if health.closed(now).is_some() || health.shedding.hits(now, lot) => Standing::Closed,
            _ if pulled => Standing::Down,
            State::Down => Standing::Down,
            State::Overloaded => Standing::Closed,
            State::Up => Standing::Good,
            State::Probing if health.wants_trial(now) => Standing::Good,
            State::Suspect | State::Probing => Standing::Doubtful,
        }
    }

    fn left_alone_for(&self, trunk: usize) -> Option<Duration> {
        let health = &self.trunks.get(trunk)?.health;
        let (closed, shed) = (health.closed(self.now), health.shedding.left(self.now));
        closed.max(shed)
    }
}

/// The end of a call that no trunk wants now: the first of them may be asked again after that time.
pub(super) fn all_closed(left: Duration) -> EndCause {
    EndCause::Rejected {
        code: 503,
        reason: crate::msg::default_reason(503).to_owned(),
        contacts: Vec::new(),
        retry_after: Some(left),
    }
}
