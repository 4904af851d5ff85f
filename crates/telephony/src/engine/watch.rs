//! Looking after trunks on which calls wait. A carrier that dies after its 100 or 180 says nothing any more, and neither would we notice: the
//! INVITE is not repeated then. So a trunk that is quiet is asked (OPTIONS), and where it does not answer OPTIONS the INVITE is repeated,
//! which a server answers by its last provisional response (RFC 3261 §17.2.1).

use super::Engine;
use super::timers::Due;

/// Parts of the hedge: quiet for half of it, it is asked; again every sixth.
const QUIET: u32 = 2;
const AGAIN: u32 = 6;
/// A trunk of which it is not known that it answers OPTIONS has so many times as long.
const UNKNOWN: u32 = 3;

impl Engine {
    /// Begins to look after a trunk.
    pub(super) fn watch(&mut self, trunk: usize) {
        let (now, quiet) = (self.now, self.cfg.timers.hedge / QUIET);
        let Some(t) = self.trunks.get_mut(trunk).filter(|t| t.watch.is_none()) else {
            return;
        };
        t.watch = Some((now, self.timers.set(now + quiet, Due::Watch(trunk))));
    }

    /// Looks after it: as long as calls wait there that could go elsewhere.
    pub(super) fn watch_due(&mut self, trunk: usize) {
        let (now, hedge) = (self.now, self.cfg.timers.hedge);
        let waiting = self.waiting_at(trunk);
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        let Some((since, _)) = t.watch.take().filter(|_| !waiting.is_empty()) else {
            return;
        };
        let heard = t.heard.map_or(since, |h| h.max(since));
        let answers = t.health.answers_pings();
        let limit = if answers { hedge } else { hedge * UNKNOWN };
        if now >= heard + limit {
            return self.trunk_silent(trunk);
        }
        let ask_at = heard + hedge / QUIET;
        let next = if now < ask_at {
            ask_at
        } else {
            self.send_ping(trunk);
            if let (false, Some((_, leg))) = (answers, waiting.first()) {
                self.repeat_invite(*leg);
            }
            (now + hedge / AGAIN).min(heard + limit)
        };
        let timer = self.timers.set(next, Due::Watch(trunk));
        if let Some(t) = self.trunks.get_mut(trunk) {
            t.watch = Some((since, timer));
        }
    }

    fn repeat_invite(&mut self, id: u64) {
        let branch = self.legs.get(&id).and_then(|l| l.our_invite.clone()).map(|i| i.0);
        if let Some(branch) = branch {
            self.repeat(&branch);
        }
    }
}
