//! A trunk that is treated as dead for a while. Only what it would bring and carry is withheld: what is learnt of it goes on, registrations
//! and calls under way stay. Nobody is refused without another trunk that is well.

use std::time::Duration;

use tokio::sync::watch;

use super::Engine;
use super::timers::{Due, TimerId};
use crate::call::CallInfo;
use crate::msg::Request;
use crate::pull::{PullEnd, PullPhase, PullState};
use crate::stack::SipEvent;
use crate::trunk::{State, dialled, identity};

/// A trunk that has said nothing for so long is not known to be there, unless it is asked less often.
const HEARD: Duration = Duration::from_secs(60);
/// Refused callers who are remembered; whoever comes when there are more is let in.
const CALLERS: usize = 256;

/// The trunk that is pulled, or was and whose callers are still counted.
#[derive(Debug)]
pub(super) struct Pull {
    id: u64,
    trunk: usize,
    /// Puts it back; `None` when it is back.
    timer: Option<TimerId>,
    told: watch::Sender<PullState>,
    callers: Vec<Refused>,
}

/// A caller who was refused.
#[derive(Debug, PartialEq)]
struct Refused {
    /// `None` if withheld.
    caller: Option<String>,
    dialled: String,
    returned: bool,
}

impl Engine {
    /// Treats a trunk as dead for a while, if another one is well.
    pub(super) fn pull(&mut self, id: u64, trunk: usize, time: Duration, told: watch::Sender<PullState>) {
        if let Some(end) = self.not_pulled(trunk) {
            told.send_modify(|s| s.phase = PullPhase::Over(end));
            return;
        }
        told.send_modify(|s| s.phase = PullPhase::Pulled);
        let timer = Some(self.timers.set(self.now + time, Due::PutBack));
        let was = self.state_of(trunk);
        self.pulled = Some(Pull {
            id,
            trunk,
            timer,
            told,
            callers: Vec::new(),
        });
        self.tell_state(trunk, was, State::Down);
    }

    fn not_pulled(&self, trunk: usize) -> Option<PullEnd> {
        if self.closing {
            Some(PullEnd::Stopped)
        } else if self.pulled.as_ref().is_some_and(|p| p.timer.is_some()) {
            Some(PullEnd::Another)
        } else if self.state_of(trunk) == State::Down {
            Some(PullEnd::Down)
        } else {
            (!self.other_is_well(trunk)).then_some(PullEnd::NoOther)
        }
    }

    /// The order of whoever pulled it, or its time.
    pub(super) fn put_back(&mut self, id: Option<u64>, forget: bool) {
        if id.is_some() && self.pulled.as_ref().map(|p| p.id) != id {
            return;
        }
        let end = if id.is_some() {
            PullEnd::PutBack
        } else {
            PullEnd::Time
        };
        self.end_pull(end);
        if forget {
            self.pulled = None;
        }
    }

    pub(super) fn end_pull(&mut self, end: PullEnd) {
        let Some(pull) = self.pulled.as_mut().filter(|p| p.timer.is_some()) else {
            return;
        };
        self.timers.cancel(&mut pull.timer);
        pull.told.send_modify(|s| s.phase = PullPhase::Over(end));
        let trunk = pull.trunk;
        let state = self.state_of(trunk);
        self.tell_state(trunk, State::Down, state);
    }

    fn tell_state(&self, trunk: usize, was: State, state: State) {
        if was != state {
            let trunk = self.trunk_id(trunk);
            self.emit(SipEvent::TrunkState { trunk, was, state });
        }
    }

    fn state_of(&self, trunk: usize) -> State {
        let health = self.trunks.get(trunk).map(|t| t.health.state(self.now));
        health.unwrap_or(State::Down)
    }

    /// Whether it is treated as dead.
    pub(super) fn is_pulled(&self, trunk: usize) -> bool {
        let pulled = |p: &&Pull| p.trunk == trunk && p.timer.is_some();
        self.pulled.as_ref().filter(pulled).is_some()
    }

    /// Whether another trunk is well, and known to be there.
    fn other_is_well(&self, trunk: usize) -> bool {
        (0..self.trunks.len()).any(|i| i != trunk && self.state_of(i) == State::Up && self.is_there(i))
    }

    fn is_there(&self, trunk: usize) -> bool {
        let ping = self.cfg.trunks.get(trunk).and_then(|t| t.ping);
        let limit = ping.map_or(HEARD, |p| HEARD.max(p * 3));
        let heard = self.trunks.get(trunk).and_then(|t| t.heard);
        self.is_registered(trunk) == Some(true)
            || heard.is_some_and(|at| self.now.saturating_duration_since(at) <= limit)
    }

    /// A trunk's state has changed: when no other is left that may carry calls, the pulled one is put back.
    pub(super) fn look_after_pulled(&mut self) {
        let Some(trunk) = self.pulled.as_ref().map(|p| p.trunk) else {
            return;
        };
        let carries = |i: usize| !matches!(self.state_of(i), State::Down | State::Overloaded);
        if !(0..self.trunks.len()).any(|i| i != trunk && carries(i)) {
            self.end_pull(PullEnd::NoOther);
        }
    }

    /// Whether a call by a trunk is refused because it is pulled. Whoever was refused before and comes by it again is not.
    pub(super) fn refuses_by_pull(&mut self, trunk: usize, req: &Request) -> bool {
        if !self.is_pulled(trunk) {
            return false;
        }
        let well = self.other_is_well(trunk);
        let (caller, dialled) = self.parties_of(trunk, req);
        let Some(pull) = &mut self.pulled else {
            return false;
        };
        if !well || pull.callers.len() >= CALLERS {
            pull.told.send_modify(|s| s.let_in += 1);
            return false;
        }
        let again =
            |r: &Refused| !r.returned && caller.is_some() && r.caller == caller && r.dialled == dialled;
        if pull.callers.iter().any(again) {
            self.end_pull(PullEnd::CalledAgain);
            return false;
        }
        pull.callers.push(Refused {
            caller,
            dialled,
            returned: false,
        });
        pull.told.send_modify(|s| s.refused += 1);
        true
    }

    fn parties_of(&self, trunk: usize, req: &Request) -> (Option<String>, String) {
        let Some(of) = self.cfg.trunks.get(trunk) else {
            return (None, String::new());
        };
        let caller = identity(req, of.trusted_identity, self.cfg.normalise);
        let dialled = dialled(req, &of.dialled, self.cfg.normalise);
        (caller.number, dialled.number)
    }

    /// A call is taken: perhaps that of somebody who was refused.
    pub(super) fn came_back(&mut self, info: &CallInfo) {
        let Some(pull) = &mut self.pulled else { return };
        let same = |r: &&mut Refused| {
            !r.returned && r.caller == info.caller.number && r.dialled == info.dialled.number
        };
        if let Some(refused) = pull.callers.iter_mut().find(same) {
            refused.returned = true;
            pull.told.send_modify(|s| s.returned += 1);
        }
    }
}
