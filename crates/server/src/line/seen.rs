//! What was seen beside probes: resolvers, interfaces, this machine. For the status and for Prometheus.

use biseo_line::evidence::{Host, Link, Names, Window};
use serde::{Deserialize, Serialize};

/// A resolver.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Resolver {
    /// Its address.
    pub(super) name: String,
    /// Questions so far.
    pub(super) asked: u64,
    /// How many of them were answered.
    pub(super) answered: u64,
    /// How many of them were answered by a failure (SERVFAIL, REFUSED).
    pub(super) failed: u64,
    /// How long the last answer took, µs.
    pub(super) rtt_us: Option<u32>,
}

/// An uplink's interface.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Interface {
    /// The uplink.
    pub(super) uplink: String,
    /// Whether it is up and has a carrier.
    pub(super) up: bool,
    /// Packets a second, in and out, at the last look.
    pub(super) rx_pps: f64,
    /// The same, out.
    pub(super) tx_pps: f64,
    /// Octets a second, in.
    pub(super) rx_bps: f64,
    /// The same, out.
    pub(super) tx_bps: f64,
    /// Packets a second that nobody had asked for: to closed ports, and what the SIP guard did not listen to.
    pub(super) unasked_pps: Option<f64>,
    /// Errors so far.
    pub(super) errors: u64,
    /// Packets dropped here so far.
    pub(super) drops: u64,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Beside {
    /// Resolvers, in the order in which they were first heard of.
    pub(super) resolvers: Vec<Resolver>,
    /// Interfaces, in the same order.
    pub(super) interfaces: Vec<Interface>,
    /// This machine at the last look: parts of the time, and how late a timer was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<Host>,
}

impl Beside {
    pub(super) fn take(&mut self, window: &Window) {
        window.names.iter().for_each(|names| self.names(names));
        window.links.iter().for_each(|link| self.link(link));
        self.host = window.host.clone().or(self.host.take());
    }

    fn names(&mut self, names: &Names) {
        let of = find(&mut self.resolvers, |r| r.name == names.resolver);
        of.name.clone_from(&names.resolver);
        of.asked += u64::from(names.asked);
        of.answered += u64::from(names.answered);
        of.failed += u64::from(names.failed);
        of.rtt_us = names.rtt_us.or(of.rtt_us);
    }

    fn link(&mut self, link: &Link) {
        let of = find(&mut self.interfaces, |i| i.uplink == link.uplink);
        *of = Interface {
            uplink: link.uplink.clone(),
            up: link.up,
            rx_pps: link.rx_pps,
            tx_pps: link.tx_pps,
            rx_bps: link.rx_bps,
            tx_bps: link.tx_bps,
            unasked_pps: link.unasked_pps,
            errors: of.errors + u64::from(link.errors),
            drops: of.drops + u64::from(link.drops),
        };
    }
}

/// The one that is meant, or a new one at the end.
fn find<T: Default>(all: &mut Vec<T>, is: impl Fn(&T) -> bool) -> &mut T {
    let at = all.iter().position(is).unwrap_or_else(|| {
        all.push(T::default());
        all.len() - 1
    });
    &mut all[at]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A window with one of each.
    pub(crate) fn window(at_ms: i64, rtt_us: Option<u32>, unasked: Option<f64>) -> Window {
        Window {
            at_ms,
            names: vec![Names {
                resolver: "192.0.2.53".into(),
                asked: 3,
                answered: 2,
                failed: 1,
                rtt_us,
            }],
            links: vec![Link {
                uplink: "eth0".into(),
                up: true,
                rx_pps: 120.0,
                tx_pps: 90.0,
                rx_bps: 9_600.0,
                tx_bps: 7_200.0,
                errors: 2,
                drops: 1,
                queue: None,
                unasked_pps: unasked,
            }],
            host: Some(Host {
                run_delay: 0.25,
                late_us: 1_500,
                ..Host::default()
            }),
            ..Window::default()
        }
    }

    #[test]
    fn counts_add_up_and_rates_are_the_last() {
        let mut beside = Beside::default();
        beside.take(&window(500, Some(8_000), Some(4.0)));
        beside.take(&window(1_000, None, Some(2.0)));
        let resolver = &beside.resolvers[0];
        assert_eq!(
            (
                resolver.asked,
                resolver.answered,
                resolver.failed,
                resolver.rtt_us
            ),
            (6, 4, 2, Some(8_000)),
            "a window without an answer has no time of one"
        );
        let link = &beside.interfaces[0];
        assert_eq!((link.errors, link.drops, link.unasked_pps), (4, 2, Some(2.0)));
        assert_eq!(beside.interfaces.len() + beside.resolvers.len(), 2);
        let nothing = Window::default();
        beside.take(&nothing);
        assert_eq!(beside.host.as_ref().map(|h| h.late_us), Some(1_500));
    }
}
