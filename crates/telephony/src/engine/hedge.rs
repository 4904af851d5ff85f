//! A call over several trunks: the next one is tried when the one before shows no sign of life, and at once when it cannot carry the call.
//! As soon as one rings the others are cancelled; a 200 that crosses a CANCEL is confirmed and ended (RFC 3261 §9.1), so that two legs are
//! never up.
//!
//! Every try is a leg of its own; to whoever placed the call they are one, under the number it was given.

use std::collections::VecDeque;
use std::time::Instant;

use tokio::sync::mpsc;

use super::Engine;
use super::leg::Phase;
use super::timers::{Due, TimerId};
use super::turn::all_closed;
use crate::call::{EndCause, Ended, LegEvent, OutgoingCall, Party};
use crate::resolve::Target;
use crate::stack::SipEvent;
use crate::transport::Flow;
use crate::trunk::{By, Evidence, Verdict, verdict};

/// One way for a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) trunk: usize,
    pub(super) flow: Flow,
}

/// How far a try is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing came back.
    Waiting,
    /// 100: it is there, and that is all.
    Trying,
    /// More than 100.
    Ringing,
    /// Its trunk seems to be gone; it may still come back.
    Lost,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Try {
    pub(super) leg: u64,
    pub(super) way: Way,
    pub(super) stage: Stage,
}

/// A call that we place by trunks.
#[derive(Debug)]
pub(super) struct Group {
    events: mpsc::Sender<LegEvent>,
    call: OutgoingCall,
    pub(super) ways: VecDeque<Way>,
    pub(super) tries: Vec<Try>,
    pub(super) timer: Option<TimerId>,
    /// The try whose ringing is told.
    pub(super) rings: Option<u64>,
    winner: Option<u64>,
    /// What it ends with if nothing better comes.
    pub(super) worst: Option<Ended>,
    begun: Instant,
}

impl Group {
    pub(super) fn find(&mut self, leg: u64) -> Option<&mut Try> {
        self.tries.iter_mut().find(|t| t.leg == leg)
    }

    /// A try that shows signs of life.
    pub(super) fn lives(&self) -> bool {
        self.tries
            .iter()
            .any(|t| matches!(t.stage, Stage::Trying | Stage::Ringing))
    }

    /// All tries that go on are on trunks that seem to be gone.
    pub(super) fn only_lost(&self) -> bool {
        let lost = |t: &Try| t.stage == Stage::Lost;
        !self.tries.is_empty() && self.tries.iter().all(lost)
    }

    pub(super) fn undecided(&self) -> bool {
        self.winner.is_none()
    }
}

impl Engine {
    /// Places a call by trunks; their places were looked up.
    pub(super) fn place_by_trunks(
        &mut self,
        outer: u64,
        call: OutgoingCall,
        trunks: Vec<(usize, Vec<Target>)>,
        events: mpsc::Sender<LegEvent>,
    ) {
        let mut all = Vec::new();
        for (trunk, targets) in trunks {
            self.take_targets(trunk, targets);
            all.push(trunk);
        }
        let (ways, closed) = match self.in_turn(&all, call.urgent) {
            Ok(ways) => (ways, None),
            Err(left) => (VecDeque::new(), Some(left)),
        };
        let group = Group {
            events,
            call,
            ways,
            tries: Vec::new(),
            timer: None,
            rings: None,
            winner: None,
            worst: None,
            begun: self.now,
        };
        self.groups.insert(outer, group);
        if self.closing {
            return self.group_ends(outer, Party::Stack, EndCause::Shutdown);
        }
        if let Some(left) = closed {
            tracing::debug!(leg = outer, ?left, "all trunks want to be left alone");
            return self.group_ends(outer, Party::Stack, all_closed(left));
        }
        self.next_way(outer);
    }

    /// Tries the next way; without one the call is over unless another try goes on.
    pub(super) fn next_way(&mut self, outer: u64) {
        let Some(group) = self.groups.get_mut(&outer) else {
            return;
        };
        self.timers.cancel(&mut group.timer);
        let Some(way) = group.ways.pop_front() else {
            if group.tries.is_empty() {
                let end = group.worst.take().unwrap_or(Ended {
                    by: Party::Stack,
                    cause: EndCause::Timeout,
                });
                self.group_ends(outer, end.by, end.cause);
            } else if group.only_lost() && group.worst.is_some() {
                self.ask_lost(outer);
            }
            return;
        };
        let (mut call, events) = (group.call.clone(), group.events.clone());
        let leg = self.next_leg;
        self.next_leg += super::LEG_STEP;
        let stage = Stage::Waiting;
        group.tries.push(Try { leg, way, stage });
        let more = !group.ways.is_empty();
        group.timer = more.then(|| {
            self.timers
                .set(self.now + self.cfg.timers.hedge, Due::Hedge(outer))
        });
        if let Some(t) = self.trunks.get_mut(way.trunk) {
            t.health.tried(self.now);
        }
        self.address(&mut call, way.trunk);
        self.place(leg, call, way.flow, events);
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.group = Some(outer);
        }
    }

    /// Completes the addresses of a call for a trunk: a number or a user alone is its server's, and we call by the name that we have there.
    fn address(&self, call: &mut OutgoingCall, trunk: usize) {
        let Some(t) = self.cfg.trunks.get(trunk) else {
            return;
        };
        call.trunk = Some(t.id.clone());
        let Some(server) = &t.server else { return };
        if !call.to.contains(':') {
            call.to = format!("sip:{}@{server}", call.to);
        }
        if let (None, Some(r)) = (&call.from, &t.register) {
            let host = crate::msg::host_port(server).map(|(h, _)| crate::msg::bracketed(&h));
            let domain = r.domain.clone().or(host).unwrap_or_default();
            call.from = Some(format!("sip:{}@{domain}", r.user));
        }
    }

    /// The leg that an order means: of a call by trunks, the one that was answered.
    pub(super) fn meant(&self, id: u64) -> u64 {
        self.groups.get(&id).and_then(|g| g.winner).unwrap_or(id)
    }

    /// The time is up in which a sign of life was waited for.
    pub(super) fn hedge_due(&mut self, outer: u64) {
        let Some(group) = self.groups.get_mut(&outer).filter(|g| g.undecided()) else {
            return;
        };
        group.timer = None;
        if self.lost_for_good(outer) {
            return;
        }
        let Some(group) = self.groups.get(&outer) else {
            return;
        };
        let late: Vec<Way> = group
            .tries
            .iter()
            .filter(|t| t.stage == Stage::Waiting)
            .map(|t| t.way)
            .collect();
        if let Some(way) = late.last() {
            self.avoid(way.trunk, way.flow.remote);
            self.learn(way.trunk, Evidence::Late(By::Call));
        }
        self.next_way(outer);
    }

    /// 100 came: the trunk lives, but its network has to show something within a longer time.
    pub(super) fn group_trying(&mut self, leg: u64) {
        let Some(outer) = self.legs.get(&leg).and_then(|l| l.group) else {
            return;
        };
        let stall = self.now + self.cfg.timers.stall;
        let Some(group) = self.groups.get_mut(&outer).filter(|g| g.undecided()) else {
            return;
        };
        let Some(of) = group.find(leg).filter(|t| t.stage != Stage::Ringing) else {
            return;
        };
        of.stage = Stage::Trying;
        let trunk = of.way.trunk;
        if group.ways.is_empty() {
            return;
        }
        self.timers.cancel(&mut group.timer);
        group.timer = Some(self.timers.set(stall, Due::Hedge(outer)));
        self.watch(trunk);
    }

    /// More than 100 came; tells whether whoever placed the call hears of it.
    pub(super) fn group_rings(&mut self, leg: u64) -> bool {
        let Some(outer) = self.legs.get(&leg).and_then(|l| l.group) else {
            return true;
        };
        let Some(group) = self.groups.get_mut(&outer).filter(|g| g.undecided()) else {
            return true;
        };
        if group
            .rings
            .is_some_and(|r| r != leg && group.tries.iter().any(|t| t.leg == r))
        {
            return false;
        }
        group.rings = Some(leg);
        self.timers.cancel(&mut group.timer);
        let more = !group.ways.is_empty();
        let trunk = group.find(leg).map(|t| {
            t.stage = Stage::Ringing;
            t.way.trunk
        });
        self.drop_others(outer, leg);
        if let Some(trunk) = trunk.filter(|_| more) {
            self.watch(trunk);
        }
        true
    }

    /// A try was answered; tells whether it is the one. A second one is not: it is confirmed and ended.
    pub(super) fn group_wins(&mut self, leg: u64) -> bool {
        let Some(outer) = self.legs.get(&leg).and_then(|l| l.group) else {
            return true;
        };
        let Some(group) = self.groups.get_mut(&outer) else {
            return true;
        };
        if group.winner.is_some_and(|w| w != leg) {
            return false;
        }
        group.winner = Some(leg);
        group.ways.clear();
        self.timers.cancel(&mut group.timer);
        let waited = self.now.saturating_duration_since(group.begun);
        let trunk = group.find(leg).map(|t| t.way.trunk);
        tracing::debug!(leg = outer, waited_ms = waited.as_millis(), "answered");
        self.drop_others(outer, leg);
        if let Some(trunk) = trunk {
            let trunk = self.trunk_id(trunk);
            self.emit(SipEvent::Attempt { trunk, code: 200 });
        }
        true
    }

    /// Gives up all tries but one.
    fn drop_others(&mut self, outer: u64, keep: u64) {
        let Some(group) = self.groups.get_mut(&outer) else {
            return;
        };
        let others: Vec<u64> = group.tries.iter().map(|t| t.leg).filter(|l| *l != keep).collect();
        group.tries.retain(|t| t.leg == keep);
        others.into_iter().for_each(|leg| self.give_up(leg));
    }

    /// Ends a try that nobody waits for any more. Without a response it is not repeated either, so that a trunk that comes back does not
    /// ring a callee for a call that is over.
    pub(super) fn give_up(&mut self, id: u64) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.group = None;
        (leg.events, _) = mpsc::channel(1);
        let silent = matches!(
            leg.phase,
            Phase::Calling {
                provisional: false,
                ..
            }
        );
        if let (true, Some((branch, _))) = (silent, leg.our_invite.clone()) {
            self.stop_repeating(&branch);
        }
        self.hangup(id);
    }

    /// A try is over without an answer, or the call that was answered has ended.
    pub(super) fn try_over(&mut self, outer: u64, leg: u64, by: Party, cause: EndCause) {
        let Some(group) = self.groups.get_mut(&outer) else {
            return;
        };
        if group.winner == Some(leg) {
            return self.group_ends(outer, by, cause);
        }
        let Some(place) = group.tries.iter().position(|t| t.leg == leg) else {
            return;
        };
        let of = group.tries.remove(place);
        if group.rings == Some(leg) {
            group.rings = None;
        }
        let said = said(&cause, of.stage);
        let (lives, lost, closing) = (group.lives(), group.only_lost(), self.closing);
        // An answer says more than none, and that the callee's line is taken more than a trunk's fault.
        let more = |w: &Ended| w.cause == EndCause::Timeout || said == Verdict::Busy;
        if group.worst.as_ref().is_none_or(more) {
            group.worst = Some(Ended {
                by,
                cause: cause.clone(),
            });
        }
        let code = if let EndCause::Rejected { code, .. } = &cause {
            *code
        } else {
            408
        };
        let trunk = self.trunk_id(of.way.trunk);
        self.emit(SipEvent::Attempt { trunk, code });
        match said {
            _ if closing => self.group_ends(outer, by, cause),
            Verdict::Definite => self.group_ends(outer, by, cause),
            // The line is taken by our own other try, most likely.
            Verdict::Busy if lives => {}
            // Also where there are other ways: they would find the line as busy.
            Verdict::Busy if lost => self.ask_lost(outer),
            Verdict::Busy => self.group_ends(outer, by, cause),
            Verdict::Elsewhere => {
                self.avoid(of.way.trunk, of.way.flow.remote);
                if !lives {
                    self.next_way(outer);
                }
            }
        }
    }

    /// The call is over: what is left of it is given up.
    pub(super) fn group_ends(&mut self, outer: u64, by: Party, cause: EndCause) {
        let Some(mut group) = self.groups.remove(&outer) else {
            return;
        };
        self.timers.cancel(&mut group.timer);
        for t in &group.tries {
            self.give_up(t.leg);
        }
        // One place in the channel is kept for this.
        let _ = group.events.try_send(LegEvent::Ended(Ended { by, cause }));
    }

    /// Whoever placed the call hangs up before it is answered. `false` if it is no such call.
    pub(super) fn hangup_group(&mut self, outer: u64) -> bool {
        if self.groups.get(&outer).is_none_or(|g| !g.undecided()) {
            return false;
        }
        self.group_ends(outer, Party::Local, EndCause::Hangup);
        true
    }
}

/// What the end of a try says. Without any answer the trunk is to blame; a callee that rang in vain is not tried again.
fn said(cause: &EndCause, stage: Stage) -> Verdict {
    match cause {
        EndCause::Rejected { code, .. } => verdict(*code),
        EndCause::Timeout if matches!(stage, Stage::Waiting | Stage::Lost) => Verdict::Elsewhere,
        _ => Verdict::Definite,
    }
}
