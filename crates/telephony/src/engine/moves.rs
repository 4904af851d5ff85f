//! Our own address changes under calls that are up: an uplink went down and another one is used, or the provider of the line gave us another
//! address. What waits for nothing is done here (registrations, the way of requests); a session description is the server's to renew.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::time::Duration;

use super::leg::Phase;
use super::timers::Due;
use super::{Engine, Output};
use crate::call::LegEvent;
use crate::transport::local_ip_towards;

/// How often our address is looked at. A call is silent for so long at most before anybody notices, and a look costs some µs.
pub(super) const LOOK: Duration = Duration::from_millis(150);
/// Peers towards whom it is looked at.
const MOST: usize = 256;

impl Engine {
    /// Whether one of our sockets takes any address of this machine: only then can a call move.
    pub(super) fn roams(&self) -> bool {
        self.bound.iter().any(|(_, a)| a.ip().is_unspecified())
    }

    /// Looks whether our address towards anybody we deal with is another one.
    pub(super) fn look_for_moves(&mut self) {
        self.timers.set(self.now + LOOK, Due::Moves);
        if self.closing {
            return;
        }
        let mut seen = HashMap::new();
        for remote in self.peers() {
            // Without any way there at present the last one counts: it may come back.
            let old = self.seen_ips.get(&remote).copied();
            if let Some(ip) = local_ip_towards(remote).or(old) {
                seen.insert(remote, ip);
            }
        }
        self.moved(seen);
    }

    /// Takes what our address towards each peer is now.
    pub(super) fn moved(&mut self, seen: HashMap<IpAddr, IpAddr>) {
        let differs = |(remote, ip): (&IpAddr, &IpAddr)| {
            let old = self.seen_ips.get(remote)?;
            (old != ip).then_some((*remote, *ip))
        };
        let moved: HashMap<IpAddr, IpAddr> = seen.iter().filter_map(differs).collect();
        self.seen_ips = seen;
        if moved.is_empty() {
            return;
        }
        tracing::warn!(peers = moved.len(), "our address has changed");
        self.local_ips.clear();
        for remote in moved.keys() {
            self.outputs.push(Output::Forget(*remote));
        }
        self.move_trunks(&moved);
        self.move_legs(&moved);
    }

    fn move_trunks(&mut self, moved: &HashMap<IpAddr, IpAddr>) {
        for trunk in 0..self.trunks.len() {
            let first = self.ways_to(trunk).into_iter().next();
            if first.is_some_and(|f| moved.contains_key(&f.remote.ip())) {
                self.register_now(trunk);
            }
        }
    }

    fn move_legs(&mut self, moved: &HashMap<IpAddr, IpAddr>) {
        let up = |l: &super::leg::LegState| matches!(l.phase, Phase::Up | Phase::Accepted);
        let ids: Vec<(u64, IpAddr)> = self
            .legs
            .iter()
            .filter(|(_, l)| up(l) && l.flow.local.ip().is_unspecified())
            .filter_map(|(id, l)| Some((*id, *moved.get(&l.flow.remote.ip())?)))
            .collect();
        for (id, local_ip) in ids {
            if let Some(leg) = self.legs.get_mut(&id) {
                // Its connection was from the old address.
                leg.flow.conn = 0;
            }
            let local_ip = self.announced(local_ip);
            self.tell(id, LegEvent::Moved { local_ip });
        }
    }

    /// The address that others are told.
    fn announced(&self, own: IpAddr) -> IpAddr {
        let advertised = self.cfg.advertised.filter(|a| a.is_ipv4() == own.is_ipv4());
        advertised.unwrap_or(own)
    }

    /// Trunks, and whoever we have calls with.
    fn peers(&self) -> Vec<IpAddr> {
        let trunks = (0..self.trunks.len()).filter_map(|t| self.ways_to(t).into_iter().next());
        let trunks = trunks.filter(|f| f.local.ip().is_unspecified());
        let legs = self.legs.values().map(|l| l.flow);
        let legs = legs.filter(|f| f.local.ip().is_unspecified());
        let mut seen = HashSet::new();
        let all = trunks.chain(legs).map(|f| f.remote.ip());
        all.filter(|ip| seen.insert(*ip)).take(MOST).collect()
    }
}
