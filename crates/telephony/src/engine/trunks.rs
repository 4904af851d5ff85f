//! What the engine knows of its trunks: where they are, how they are doing, and the pings that ask them.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::client::{Login, Owner};
use super::timers::{Due, TimerId};
use super::{Engine, Output};
use crate::msg::{Response, Via};
use crate::resolve::Target;
use crate::stack::{SipEvent, TrunkReport};
use crate::transport::Flow;
use crate::trunk::{Asked, By, Change, Evidence, Health, Policy, State};

/// A place that failed is tried after the others for so long.
const AVOID: Duration = Duration::from_secs(120);
/// A trunk that is not well is pinged this often, unless it is pinged more often anyway.
const ANXIOUS: Duration = Duration::from_secs(1);
/// One that is down for longer.
const RESIGNED: Duration = Duration::from_secs(5);

/// One trunk.
#[derive(Debug)]
pub(super) struct TrunkState {
    pub(super) health: Health,
    targets: Vec<Target>,
    /// Places that failed lately, and until when they stand back.
    avoided: Vec<(SocketAddr, Instant)>,
    /// When something last came from there.
    pub(super) heard: Option<Instant>,
    since: Instant,
    tick: Option<TimerId>,
    resolve: Option<TimerId>,
    ping: Option<TimerId>,
    /// The number of the last ping, and whether its fate is open.
    asked: (u64, bool),
    /// Looked after while calls wait there that could still go elsewhere: since when, and the next look.
    pub(super) watch: Option<(Instant, TimerId)>,
    /// When it was last asked while it was looked after, until it says something.
    pub(super) asked_last: Option<Instant>,
    /// An OPTIONS has gone out since it is looked after.
    pub(super) pinged: bool,
    /// Calls that were given up because it was silent.
    pub(super) lost: VecDeque<u64>,
    /// It lives without answering what is repeated.
    pub(super) deaf: bool,
}

impl TrunkState {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            health: Health::new(Policy::default(), now),
            targets: Vec::new(),
            avoided: Vec::new(),
            heard: None,
            since: now,
            tick: None,
            resolve: None,
            ping: None,
            asked: (0, false),
            watch: None,
            asked_last: None,
            pinged: false,
            lost: VecDeque::new(),
            deaf: false,
        }
    }

    /// Its places, those that failed lately last.
    fn in_order(&self, now: Instant) -> Vec<Target> {
        let avoided = |t: &Target| self.avoided.iter().any(|(a, until)| *a == t.addr && now < *until);
        let mut targets = self.targets.clone();
        targets.sort_by_key(avoided);
        targets
    }

    /// Whether that address is one of its places.
    pub(super) fn is_at(&self, ip: IpAddr) -> bool {
        self.targets.iter().any(|t| t.addr.ip() == ip)
    }
}

impl Engine {
    /// Where a trunk can be reached, the best place first.
    pub(super) fn ways_to(&self, trunk: usize) -> Vec<Flow> {
        let Some(t) = self.trunks.get(trunk) else {
            return Vec::new();
        };
        let flow = |target: Target| {
            Some(Flow {
                proto: target.proto,
                local: self.socket_for(target.proto, target.addr)?,
                remote: target.addr,
                conn: 0,
            })
        };
        t.in_order(self.now).into_iter().filter_map(flow).collect()
    }

    /// A place of a trunk failed: the others come first for a while. Tells whether there is another one.
    pub(super) fn avoid(&mut self, trunk: usize, place: SocketAddr) -> bool {
        let now = self.now;
        let Some(t) = self.trunks.get_mut(trunk) else {
            return false;
        };
        t.avoided.retain(|(a, until)| now < *until && *a != place);
        if t.targets.len() < 2 {
            return false;
        }
        t.avoided.push((place, now + AVOID));
        t.targets
            .iter()
            .any(|t2| t.avoided.iter().all(|(a, _)| *a != t2.addr))
    }

    /// Asks for the addresses of a trunk's server.
    pub(super) fn ask_address(&mut self, trunk: usize) {
        if let Some(of) = self.cfg.trunks.get(trunk).filter(|t| t.server.is_some()) {
            let of = Box::new(of.clone());
            self.outputs.push(Output::Resolve { trunk, of });
        }
    }

    /// The places of a trunk's server are known; an empty list says that its name has none. Those that were known stay then.
    pub(super) fn located(&mut self, trunk: usize, targets: Vec<Target>, good_for: Option<Duration>) {
        let found = !targets.is_empty();
        self.take_targets(trunk, targets);
        let at = good_for.map(|d| self.now + d);
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        let known = !t.targets.is_empty();
        self.timers.cancel(&mut t.resolve);
        t.resolve = at.map(|at| self.timers.set(at, Due::Resolve(trunk)));
        if known && t.ping.is_none() {
            self.ping_trunk(trunk);
        }
        if !found {
            self.learn(trunk, Evidence::Unreachable(By::Registration));
        }
    }

    /// The same without any consequence but for calls.
    pub(super) fn take_targets(&mut self, trunk: usize, targets: Vec<Target>) {
        if let Some(t) = self.trunks.get_mut(trunk).filter(|_| !targets.is_empty()) {
            t.targets = targets;
        }
    }

    /// Something came from an address: whoever is there lives.
    pub(super) fn heard_from(&mut self, ip: IpAddr) {
        let now = self.now;
        let ip = ip.to_canonical();
        for t in &mut self.trunks {
            if t.is_at(ip) {
                t.heard = Some(now);
            }
        }
    }

    /// Takes evidence of a trunk.
    pub(super) fn learn(&mut self, trunk: usize, evidence: Evidence) {
        let now = self.now;
        if self.closing {
            return;
        }
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        let change = t.health.take(now, evidence);
        self.health_changed(trunk, change);
    }

    /// What a response to a request of ours says of its trunk.
    pub(super) fn learn_from(&mut self, trunk: usize, by: By, resp: &Response) {
        let wait = resp.headers.get("Retry-After").and_then(retry_after);
        let evidence = match (resp.code, wait) {
            (408, _) if resp.headers.is_empty() => Evidence::Silent(by),
            (503, Some(wait)) => Evidence::Busy(by, wait),
            (code, _) => Evidence::Answered(by, code),
        };
        self.learn(trunk, evidence);
        let via = resp.headers.list("Via").into_iter().next();
        let asked = via.and_then(|v| Via::parse(&v)).as_ref().and_then(Asked::read);
        if let (Some(asked), Some(t)) = (asked, self.trunks.get_mut(trunk)) {
            t.health.shedding.take(self.now, asked);
        }
    }

    pub(super) fn health_due(&mut self, trunk: usize) {
        let now = self.now;
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        t.tick = None;
        let change = t.health.tick(now);
        self.health_changed(trunk, change);
    }

    fn health_changed(&mut self, trunk: usize, change: Option<Change>) {
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        self.timers.cancel(&mut t.tick);
        t.tick = t
            .health
            .next_at()
            .map(|at| self.timers.set(at.max(self.now), Due::Health(trunk)));
        let Some(change) = change else { return };
        t.since = self.now;
        let id = self.trunk_id(trunk);
        tracing::info!(
            trunk = id,
            from = change.from.word(),
            to = change.to.word(),
            "a trunk's state"
        );
        // For all others a pulled trunk is down.
        if !self.is_pulled(trunk) {
            self.emit(SipEvent::TrunkState {
                trunk: id,
                was: change.from,
                state: change.to,
            });
        }
        self.look_after_pulled();
        if change.from == State::Down {
            // Whoever was away may have forgotten us.
            self.register_now(trunk);
        }
        if change.from == State::Up {
            self.hurry_ping(trunk);
        }
    }

    /// Pings a trunk and sets the time of the next ping.
    pub(super) fn ping_trunk(&mut self, trunk: usize) {
        let Some(every) = self.cfg.trunks.get(trunk).and_then(|t| t.ping) else {
            return;
        };
        if self.closing {
            return;
        }
        let next = self.next_ping(trunk, every);
        // The fate of the one before comes first.
        let open = self.trunks.get(trunk).is_some_and(|t| t.asked.1);
        if !open && self.send_ping(trunk) {
            self.expect_ping(trunk);
        }
        self.plan_ping(trunk, next);
    }

    fn expect_ping(&mut self, trunk: usize) {
        let at = self.now + self.cfg.timers.t1 * 5;
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        t.asked = (t.asked.0 + 1, true);
        self.timers.set(at, Due::PingLate(trunk, t.asked.0));
    }

    fn plan_ping(&mut self, trunk: usize, wait: Duration) {
        // Not all at the same instant.
        let spread = wait / 10 * u32::try_from(self.ids.below(10)).unwrap_or(0) / 10;
        let at = self.now + wait - spread;
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        self.timers.cancel(&mut t.ping);
        t.ping = Some(self.timers.set(at, Due::Ping(trunk)));
    }

    fn next_ping(&self, trunk: usize, every: Duration) -> Duration {
        let state = self.trunks.get(trunk).map(|t| t.health.state(self.now));
        match state {
            Some(State::Suspect | State::Probing) => every.min(ANXIOUS),
            Some(State::Down) => every.min(RESIGNED),
            _ => every,
        }
    }

    fn hurry_ping(&mut self, trunk: usize) {
        let planned = self.trunks.get(trunk).is_some_and(|t| t.ping.is_some());
        if let Some(every) = self
            .cfg
            .trunks
            .get(trunk)
            .and_then(|t| t.ping)
            .filter(|_| planned)
        {
            let wait = self.next_ping(trunk, every);
            self.plan_ping(trunk, wait);
        }
    }

    /// OPTIONS to a trunk's server, if it has a place.
    pub(super) fn send_ping(&mut self, trunk: usize) -> bool {
        let Some(flow) = self.ways_to(trunk).into_iter().next() else {
            return false;
        };
        let Some(server) = self.cfg.trunks.get(trunk).and_then(|t| t.server.clone()) else {
            return false;
        };
        let req = self.options_to(flow, &format!("sip:{server}"));
        self.send_request(req, flow, Owner::TrunkPing(trunk), Login::default());
        true
    }

    /// A ping has not been answered in time; a late answer counts all the same.
    pub(super) fn ping_late(&mut self, trunk: usize, number: u64) {
        let Some(t) = self.trunks.get_mut(trunk) else {
            return;
        };
        if t.asked != (number, true) {
            return;
        }
        t.asked.1 = false;
        let place = self.ways_to(trunk).first().map(|f| f.remote);
        if let Some(place) = place {
            self.avoid(trunk, place);
        }
        self.learn(trunk, Evidence::Silent(By::Options));
        self.hurry_ping(trunk);
    }

    pub(super) fn on_trunk_ping(&mut self, trunk: usize, resp: &Response) {
        if resp.code == 408 && resp.headers.is_empty() {
            // Counted when it was late.
            return;
        }
        if let Some(t) = self.trunks.get_mut(trunk) {
            t.asked.1 = false;
        }
        self.learn_from(trunk, By::Options, resp);
    }

    /// What is known of all trunks.
    pub(super) fn trunk_reports(&self) -> Vec<TrunkReport> {
        let all = self.trunks.iter().zip(&self.cfg.trunks).enumerate();
        let report = |(i, (t, cfg)): (usize, (&TrunkState, &crate::trunk::Trunk))| TrunkReport {
            id: cfg.id.clone(),
            state: if self.is_pulled(i) {
                State::Down
            } else {
                t.health.state(self.now)
            },
            since: self.now.saturating_duration_since(t.since),
            passive: t.health.is_passive(),
            closed_for: t.health.closed(self.now),
            registered: self.is_registered(i),
            places: t.in_order(self.now).into_iter().map(|t| t.addr).collect(),
        };
        all.map(report).collect()
    }
}

/// Seconds, perhaps with a comment and parameters behind (RFC 3261 §20.33).
pub(super) fn retry_after(value: &str) -> Option<Duration> {
    let digits: String = value.trim().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_to_wait() {
        assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
        assert_eq!(
            retry_after(" 18000;duration=3600"),
            Some(Duration::from_secs(18_000))
        );
        assert_eq!(
            retry_after("120 (I'm in a meeting)"),
            Some(Duration::from_secs(120))
        );
        assert_eq!(retry_after("soon"), None);
        assert_eq!(retry_after("99999999999999999999999"), None);
    }
}
