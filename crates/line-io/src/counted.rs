//! What the system counts by itself: interfaces, routes, waiting for a processor.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use biseo_line::evidence::{Host, Link, Routes};

use crate::plan::{Plan, UplinkPlan};
use crate::proc::{self, Counters};

/// Counters of the system at one time.
#[derive(Debug)]
pub(crate) struct Counted {
    /// When it was read.
    pub(crate) at: Instant,
    links: Vec<Option<Counters>>,
    unwanted: Option<u64>,
    pressure: Option<u64>,
    throttled: Option<u64>,
    run_delay: Option<u64>,
    routes: Vec<usize>,
}

impl Counted {
    /// Reads what the system counts now.
    pub(crate) fn read(plan: &Plan) -> Self {
        let net = |name: &str| proc::text(&format!("/proc/thread-self/net/{name}"));
        let (dev, route, route_six) = (net("dev"), net("route"), net("ipv6_route"));
        let routes = |uplink: &UplinkPlan| {
            let (four, six) = versions(plan, uplink);
            let of = |wanted: bool, count: usize| if wanted { count } else { 0 };
            of(four, proc::routes(&route, &uplink.interface))
                + of(six, proc::routes_six(&route_six, &uplink.interface))
        };
        let unwanted = [proc::unwanted(&net("snmp")), proc::unwanted_six(&net("snmp6"))];
        let stat = proc::cpu_stat(&proc::text("/proc/self/cgroup"));
        Self {
            at: Instant::now(),
            links: plan
                .uplinks
                .iter()
                .map(|u| proc::counters(&dev, &u.interface))
                .collect(),
            unwanted: unwanted.into_iter().flatten().reduce(|a, b| a + b),
            pressure: proc::pressure(&proc::text("/proc/pressure/cpu")),
            throttled: stat.and_then(|path| proc::throttled(&proc::text(&path))),
            run_delay: proc::run_delay(&proc::text("/proc/thread-self/schedstat")),
            routes: plan.uplinks.iter().map(routes).collect(),
        }
    }

    /// The interfaces from here to a later reading.
    pub(crate) fn links(&self, counted: &Self, plan: &Plan, seconds: f64) -> Vec<Link> {
        let unwanted = counted
            .unwanted
            .zip(self.unwanted)
            .map(|(now, was)| rate(was, now, seconds));
        let all = plan.uplinks.iter().zip(&self.links).zip(&counted.links);
        all.map(|((uplink, was), now)| {
            let carrier = proc::text(&format!("/sys/class/net/{}/carrier", uplink.interface));
            let (was, now) = (was.unwrap_or_default(), now.unwrap_or(was.unwrap_or_default()));
            Link {
                uplink: uplink.name.clone(),
                up: carrier.trim() == "1",
                rx_pps: rate(was.rx_packets, now.rx_packets, seconds),
                tx_pps: rate(was.tx_packets, now.tx_packets, seconds),
                rx_bps: rate(was.rx_octets, now.rx_octets, seconds),
                tx_bps: rate(was.tx_octets, now.tx_octets, seconds),
                errors: more(was.errors, now.errors),
                drops: more(was.drops, now.drops),
                queue: None,
                // The system counts them for all interfaces together.
                unasked_pps: unwanted,
            }
        })
        .collect()
    }

    /// The machine from here to a later reading; the prober's timer was `late_us` late at most.
    pub(crate) fn host(&self, counted: &Self, span: Duration, late_us: u32) -> Host {
        let part = |was: Option<u64>, now: Option<u64>, whole: u128| {
            let (was, now) = (was?, now?);
            Some(now.saturating_sub(was) as f64 / whole.max(1) as f64)
        };
        let us = span.as_micros();
        Host {
            run_delay: part(self.run_delay, counted.run_delay, span.as_nanos()).unwrap_or(0.0),
            pressure: part(self.pressure, counted.pressure, us),
            throttled: part(self.throttled, counted.throttled, us),
            late_us,
        }
    }

    /// What became of the routes; `None` if nothing.
    pub(crate) fn routes(&self, counted: &Self, plan: &Plan) -> Option<Routes> {
        let pairs = self.routes.iter().zip(&counted.routes);
        let (mut added, mut removed) = (0, 0);
        for (was, now) in pairs {
            added += u32::try_from(now.saturating_sub(*was)).unwrap_or(0);
            removed += u32::try_from(was.saturating_sub(*now)).unwrap_or(0);
        }
        let bare = plan.uplinks.iter().zip(&counted.routes).filter(|(_, n)| **n == 0);
        let without: Vec<String> = bare.map(|(u, _)| u.name.clone()).collect();
        (added + removed > 0 || !without.is_empty()).then_some(Routes {
            added,
            removed,
            without,
        })
    }
}

/// Which versions of IP are spoken by an uplink, as far as the plan knows; IPv4 if nothing is. An interface keeps routes of the version
/// that nobody uses when those that matter are gone.
fn versions(plan: &Plan, uplink: &UplinkPlan) -> (bool, bool) {
    let by = |name: &str| name == uplink.name;
    let trunks = plan.trunks.iter().filter(|t| by(&t.uplink));
    let resolvers = plan.resolvers.iter().filter(|r| by(&r.uplink));
    let all = trunks
        .map(|t| t.address.ip())
        .chain(resolvers.map(|r| r.address.ip()));
    let (mut four, mut six) = (false, false);
    all.chain(uplink.gateway).for_each(|at| match at {
        IpAddr::V4(_) => four = true,
        IpAddr::V6(_) => six = true,
    });
    (four || !six, six)
}

fn rate(was: u64, now: u64, seconds: f64) -> f64 {
    now.saturating_sub(was) as f64 / seconds.max(1e-3)
}

fn more(was: u64, now: u64) -> u32 {
    u32::try_from(now.saturating_sub(was)).unwrap_or(u32::MAX)
}
