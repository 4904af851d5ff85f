//! Looking after trunks on which calls wait. A carrier that dies after its 100 or 180 says nothing any more, and neither would we notice: the
//! INVITE is not repeated then. So a trunk that is quiet is asked (OPTIONS), and where it does not answer OPTIONS the INVITE is repeated,
//! which a server answers by its last provisional response (RFC 3261 §17.2.1). One that was given up and spoke on all the same is *deaf*: it does
//! not answer what is repeated, and its silence says less from then on.

use std::time::Duration;

use super::Engine;
use super::timers::Due;
use super::trunks::TrunkState;
use crate::config::Proto;

/// Parts of the hedge: quiet for half of it, it is asked; again every sixth.
const QUIET: u32 = 2;
const AGAIN: u32 = 6;
/// A trunk that is deaf has so many times as long.
const DEAF: u32 = 3;
/// Calls that were given up on one trunk and are remembered.
const MOST_LOST: usize = 16;

impl TrunkState {
    /// For how long it may be silent while calls wait there; `None` is as long as it likes. By a stream nothing is repeated, so that the silence of
    /// one that answers no OPTIONS says nothing; its connection breaks when it dies.
    fn patience(&self, hedge: Duration, repeats: bool) -> Option<Duration> {
        match (self.health.answers_pings(), repeats, self.deaf) {
            (true, _, _) | (_, true, false) => Some(hedge),
            (_, true, true) => Some(hedge * DEAF),
            (_, false, _) => None,
        }
    }

    /// It says something after what was asked last: it is not deaf.
    fn hears(&mut self) {
        let answered = self
            .asked_last
            .zip(self.heard)
            .is_some_and(|(asked, heard)| heard > asked);
        if answered {
            self.deaf = false;
            self.asked_last = None;
        }
    }
}

impl Engine {
    /// Begins to look after a trunk.
    pub(super) fn watch(&mut self, trunk: usize) {
        let (now, quiet) = (self.now, self.cfg.timers.hedge / QUIET);
        let Some(t) = self.trunks.get_mut(trunk).filter(|t| t.watch.is_none()) else {
            return;
        };
        (t.asked_last, t.pinged) = (None, false);
        t.watch = Some((now, self.timers.set(now + quiet, Due::Watch(trunk))));
    }

    /// Looks after it: as long as calls wait there that could go elsewhere.
    pub(super) fn watch_due(&mut self, trunk: usize) {
        let (now, hedge) = (self.now, self.cfg.timers.hedge);
        let waiting = self.waiting_at(trunk);
        let by = waiting.first().and_then(|(_, leg)| self.legs.get(leg));
        let repeats = by.is_some_and(|l| l.flow.proto == Proto::Udp);
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        let Some((since, _)) = t.watch.take().filter(|_| !waiting.is_empty()) else {
            return;
        };
        t.hears();
        let heard = t.heard.map_or(since, |h| h.max(since));
        let answers = t.health.answers_pings();
        let until = t.patience(hedge, repeats).map(|limit| heard + limit);
        if until.is_some_and(|until| now >= until) {
            return self.trunk_silent(trunk);
        }
        let ask_at = heard + hedge / QUIET;
        let next = if now < ask_at {
            ask_at
        } else {
            self.ask_again(trunk, answers, waiting.first().map(|(_, leg)| *leg));
            until.map_or(now + hedge, |until| until.min(now + hedge / AGAIN))
        };
        let timer = self.timers.set(next, Due::Watch(trunk));
        if let Some(t) = self.trunks.get_mut(trunk) {
            t.asked_last = (now >= ask_at).then_some(now);
            t.watch = Some((since, timer));
        }
    }

    /// Whoever answers no OPTIONS gets one in a watch, which is repeated by itself, and otherwise the INVITE that waits there.
    fn ask_again(&mut self, trunk: usize, answers: bool, leg: Option<u64>) {
        let asked = self
            .trunks
            .get_mut(trunk)
            .is_some_and(|t| std::mem::replace(&mut t.pinged, true));
        if answers || !asked {
            self.send_ping(trunk);
        }
        if let Some(leg) = leg.filter(|_| !answers) {
            self.repeat_invite(leg);
        }
    }

    /// Sends the INVITE of a leg again, as it was.
    pub(super) fn repeat_invite(&mut self, id: u64) {
        let branch = self.legs.get(&id).and_then(|l| l.our_invite.clone()).map(|i| i.0);
        if let Some(branch) = branch {
            self.repeat(&branch);
        }
    }

    /// A call was given up because its trunk was silent.
    pub(super) fn remember_lost(&mut self, trunk: usize, leg: u64) {
        if let Some(t) = self.trunks.get_mut(trunk) {
            t.lost.push_back(leg);
            while t.lost.len() > MOST_LOST {
                t.lost.pop_front();
            }
        }
    }

    /// Its trunk is asked once more: what it says from now on is an answer.
    pub(super) fn forget_lost(&mut self, trunk: usize, leg: u64) {
        if let Some(t) = self.trunks.get_mut(trunk) {
            t.lost.retain(|l| *l != leg);
        }
    }

    /// A response to the INVITE of a leg has come by a trunk. If the leg had been given up, the trunk lived and did not answer what was repeated.
    pub(super) fn spoke(&mut self, trunk: usize, leg: u64) {
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        if let Some(place) = t.lost.iter().position(|l| *l == leg) {
            t.lost.remove(place);
            t.deaf = true;
        }
    }
}
