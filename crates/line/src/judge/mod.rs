//! What one window, with the past behind it, says of each subject. No hysteresis here.

pub(crate) mod beacon;
pub(crate) mod calls;
pub(crate) mod host;
pub(crate) mod names;
pub(crate) mod past;
pub(crate) mod trunk;
pub(crate) mod uplink;
mod way;

use std::collections::BTreeMap;

use crate::evidence::{By, Names, Path, Place, Reach, Routes, Window};
use crate::series::Series;
use crate::site::Site;
use crate::verdict::Subject;
use beacon::BeaconPast;
use calls::CallsPast;
use past::{HostPast, LinkPast, NamesPast, PathPast};

/// All that is remembered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past {
    pub now_ms: i64,
    series: BTreeMap<(Place, String, By), Series>,
    pub links: BTreeMap<String, LinkPast>,
    pub paths: BTreeMap<String, PathPast>,
    pub names: BTreeMap<String, NamesPast>,
    pub calls: BTreeMap<String, CallsPast>,
    pub host: HostPast,
    pub routes: Vec<(i64, Routes)>,
    pub beacons: BTreeMap<String, BeaconPast>,
}

/// The first hop's state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum FirstHop {
    Well,
    Hurt,
    Silent,
    Unknown,
}

impl Past {
    /// Only what the site knows is taken: names come from outside and must not fill the memory.
    pub fn take(&mut self, site: &Site, window: &Window) {
        let at = window.at_ms;
        self.now_ms = at;
        self.take_links(site, window);
        self.take_reach(site, window);
        let trunk = |name: &str| site.trunks.iter().any(|t| t.name == name);
        for path in window.paths.iter().filter(|p| trunk(&p.trunk)) {
            self.paths.entry(path.trunk.clone()).or_default().take(at, path);
        }
        for calls in window.calls.iter().filter(|c| trunk(&c.trunk)) {
            self.calls.entry(calls.trunk.clone()).or_default().take(at, calls);
        }
        for names in window
            .names
            .iter()
            .filter(|n| site.resolvers.iter().any(|r| r.name == n.resolver))
        {
            self.names
                .entry(names.resolver.clone())
                .or_default()
                .take(at, names);
        }
        if let Some(host) = &window.host {
            self.host.take(at, host);
        }
        if let Some(routes) = &window.routes {
            self.routes.push((at, routes.clone()));
        }
        self.routes.retain(|(was, _)| at - was < 6_000);
    }

    fn take_links(&mut self, site: &Site, window: &Window) {
        let uplink = |name: &str| site.uplinks.iter().any(|u| u.name == name);
        for link in window.links.iter().filter(|l| uplink(&l.uplink)) {
            self.links
                .entry(link.uplink.clone())
                .or_default()
                .take(window.at_ms, link);
        }
        for beacon in window.beacons.iter().filter(|b| uplink(&b.uplink)) {
            self.beacons
                .entry(beacon.uplink.clone())
                .or_default()
                .take(window.at_ms, beacon);
        }
    }

    fn take_reach(&mut self, site: &Site, window: &Window) {
        for reach in &window.reach {
            let uplink = match reach.place {
                Place::Trunk => site
                    .trunks
                    .iter()
                    .find(|t| t.name == reach.name)
                    .map(|t| t.uplink.as_str()),
                _ => site
                    .uplinks
                    .iter()
                    .find(|u| u.name == reach.name)
                    .map(|u| u.name.as_str()),
            };
            let Some(uplink) = uplink else { continue };
            let crowded = self.crowded(uplink);
            let key = (reach.place, reach.name.clone(), reach.by);
            self.series
                .entry(key)
                .or_insert_with(Series::new)
                .take(window.at_ms, reach, crowded);
        }
    }

    /// Whether there was ever anything to judge a subject by.
    pub fn knows(&self, subject: &Subject) -> bool {
        let witness = |place: Place, name: &str| {
            let by = [By::Icmp, By::Options];
            by.iter()
                .filter_map(|by| self.series(place, name, *by))
                .any(Series::witness)
        };
        match subject {
            Subject::Trunk(name) => witness(Place::Trunk, name),
            Subject::Uplink(name) => witness(Place::Gateway, name) || witness(Place::Access, name),
            Subject::Host | Subject::Names => true,
        }
    }

    /// Whether a window shows what is not so usually, of those who usually answer.
    pub fn odd(&self, window: &Window) -> bool {
        let lost = |r: &Reach| {
            let known = self.series(r.place, &r.name, r.by).is_some_and(Series::witness);
            known && (r.answered < r.tried || r.refused.iter().any(|e| e.n > 0) || self.refuses(r))
        };
        let heard = |n: &Names| self.names.get(&n.resolver).is_some_and(past::NamesPast::witness);
        let names = |n: &Names| heard(n) && n.answered < n.asked;
        let path = |p: &Path| self.paths.get(&p.trunk).is_some_and(PathPast::is_other);
        window.reach.iter().any(lost)
            || window.names.iter().any(names)
            || window.paths.iter().any(path)
            || window.links.iter().any(|l| !l.up)
    }

    /// Whether a server refuses that does not do so by custom.
    fn refuses(&self, reach: &Reach) -> bool {
        let calls = self.calls.get(&reach.name);
        let custom = calls.is_some_and(CallsPast::refuses_always);
        !custom
            && reach
                .codes
                .iter()
                .any(|(code, n)| *n > 0 && past::refusing(*code))
    }

    /// Learns all that came last as normal. What came in an earlier window was learnt then: at a calm pace a window may hold nothing of it.
    pub fn learn(&mut self) {
        let now = self.now_ms;
        self.series.values_mut().for_each(|series| series.learn(now));
        let crowded: Vec<bool> = self.links.keys().map(|uplink| self.crowded(uplink)).collect();
        self.links
            .values_mut()
            .zip(crowded)
            .for_each(|(link, crowded)| link.learn(crowded));
        self.paths.values_mut().for_each(PathPast::learn);
        self.names.values_mut().for_each(NamesPast::learn);
        self.host.learn();
        for (key, series) in &self.series {
            if key.0 == Place::Trunk && key.2 == By::Options {
                let calls = self.calls.entry(key.1.clone()).or_default();
                calls.learn_codes(&series.codes(self.now_ms, 600));
            }
        }
    }

    /// Lets sums begin anew, once a fault is over.
    pub fn settle(&mut self) {
        self.series.values_mut().for_each(Series::settle);
    }

    pub fn series(&self, place: Place, name: &str, by: By) -> Option<&Series> {
        self.series.get(&(place, name.to_string(), by))
    }

    /// The nearest target of an uplink that ever answers.
    pub fn first_hop(&self, uplink: &str) -> Option<&Series> {
        let places = [Place::Gateway, Place::Access];
        places
            .iter()
            .filter_map(|p| self.series(*p, uplink, By::Icmp))
            .find(|s| s.witness())
    }

    /// Whether the first hop is slower than usual.
    pub fn crowded(&self, uplink: &str) -> bool {
        self.first_hop(uplink)
            .is_some_and(|s| s.slow(self.now_ms, 1_600).is_some())
    }

    pub fn first_hop_state(&self, uplink: &str) -> FirstHop {
        let Some(series) = self.first_hop(uplink) else {
            return FirstHop::Unknown;
        };
        if series.silent(self.now_ms, 900, 3).is_some() {
            return FirstHop::Silent;
        }
        let sum = series.sum(self.now_ms - 1_600);
        match sum.tried {
            0..3 => FirstHop::Unknown,
            _ if sum.loss() < 0.15 || sum.lost() < 2 => FirstHop::Well,
            _ => FirstHop::Hurt,
        }
    }
}
