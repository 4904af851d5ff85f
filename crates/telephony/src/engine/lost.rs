//! Tries of calls whose trunk is gone: the network says so, or it has fallen silent.

use super::Engine;
use super::hedge::{Stage, Try};
use super::timers::Due;
use crate::call::{EndCause, Party};
use crate::transport::Flow;
use crate::trunk::{By, Evidence};

impl Engine {
    /// The network says that nobody is at the other end of a flow: tries there are not waited for.
    pub(super) fn unreachable(&mut self, flow: Flow) {
        let same = |f: &Flow| f.proto == flow.proto && f.remote == flow.remote;
        let at = |t: &Try| same(&t.way.flow) && t.stage != Stage::Lost;
        let hit: Vec<(u64, Try)> = self
            .groups
            .iter()
            .filter(|(_, g)| g.undecided())
            .flat_map(|(outer, g)| g.tries.iter().filter(|t| at(t)).map(|t| (*outer, *t)))
            .collect();
        let mut told = Vec::new();
        for (outer, of) in hit {
            if !told.contains(&of.way.trunk) {
                told.push(of.way.trunk);
                self.learn(of.way.trunk, Evidence::Unreachable(By::Call));
            }
            if of.stage == Stage::Waiting {
                self.give_up(of.leg);
                self.try_over(outer, of.leg, Party::Stack, EndCause::Timeout);
            } else {
                self.lose(outer, of.leg);
            }
        }
    }

    /// A trunk is silent while calls wait there: they are tried elsewhere.
    pub(super) fn trunk_silent(&mut self, trunk: usize) {
        let hit = self.waiting_at(trunk);
        if !hit.is_empty() {
            self.learn(trunk, Evidence::Silent(By::Call));
        }
        for (outer, leg) in hit {
            self.remember_lost(trunk, leg);
            self.lose(outer, leg);
        }
    }

    /// No other way is left, or would help, for a call whose tries are on trunks that seem to be gone: they are asked once more, and it ends
    /// with what the others said if nothing comes. A callee who is busy may be so because a trunk that only seems to be gone is ringing there.
    pub(super) fn ask_lost(&mut self, outer: u64) {
        let until = self.now + self.cfg.timers.hedge;
        let Some(group) = self.groups.get_mut(&outer) else {
            return;
        };
        let tries = group.tries.clone();
        self.timers.cancel(&mut group.timer);
        group.timer = Some(self.timers.set(until, Due::Hedge(outer)));
        for of in tries {
            self.forget_lost(of.way.trunk, of.leg);
            self.repeat_invite(of.leg);
        }
    }

    /// They said nothing. Tells whether the call is over.
    pub(super) fn lost_for_good(&mut self, outer: u64) -> bool {
        let Some(group) = self.groups.get_mut(&outer).filter(|g| g.only_lost()) else {
            return false;
        };
        match group.worst.take() {
            Some(end) => self.group_ends(outer, end.by, end.cause),
            None => return false,
        }
        true
    }

    /// Calls that got a sign of life from a trunk, are not decided, and could go elsewhere.
    pub(super) fn waiting_at(&self, trunk: usize) -> Vec<(u64, u64)> {
        let open = self
            .groups
            .iter()
            .filter(|(_, g)| g.undecided() && !g.ways.is_empty());
        let here = |t: &&Try| t.way.trunk == trunk && matches!(t.stage, Stage::Trying | Stage::Ringing);
        open.flat_map(|(outer, g)| g.tries.iter().filter(here).map(|t| (*outer, t.leg)))
            .collect()
    }

    fn lose(&mut self, outer: u64, leg: u64) {
        let Some(group) = self.groups.get_mut(&outer).filter(|g| g.undecided()) else {
            return;
        };
        if let Some(of) = group.find(leg) {
            of.stage = Stage::Lost;
        }
        if group.rings == Some(leg) {
            group.rings = None;
        }
        if !group.lives() {
            self.next_way(outer);
        }
    }
}
