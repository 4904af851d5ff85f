//! What a Biseo elsewhere knows of an uplink, as the status shows it.

use biseo_line::Window;
use biseo_line::evidence::Beacon;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Uplinks that are shown at most.
const MOST: usize = 16;

/// An uplink by which a Biseo elsewhere is spoken to. Counts are of all the time since the plan is followed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct BeaconSeen {
    /// The uplink.
    pub(super) uplink: String,
    /// Packets there of which it is known whether they came.
    pub(super) forward_sent: u64,
    /// Those that came.
    pub(super) forward_got: u64,
    /// Packets there of which nothing became known in time.
    pub(super) forward_unknown: u64,
    /// Packets from there.
    pub(super) return_sent: u64,
    /// Those that came.
    pub(super) return_got: u64,
    /// When it was heard last by this uplink.
    pub(super) heard: Option<Timestamp>,
    /// The packets cannot be tied to the uplink.
    pub(super) unbound: bool,
}

impl BeaconSeen {
    /// Takes what a window shows.
    pub(super) fn take(all: &mut Vec<Self>, window: &Window, now: Timestamp) {
        for beacon in window.beacons.iter().take(MOST) {
            let at = all.iter().position(|s| s.uplink == beacon.uplink);
            let at = at.unwrap_or_else(|| {
                all.push(Self {
                    uplink: beacon.uplink.clone(),
                    ..Self::default()
                });
                all.len() - 1
            });
            all[at].add(beacon, now);
        }
    }

    fn add(&mut self, beacon: &Beacon, now: Timestamp) {
        self.forward_sent += u64::from(beacon.forward_sent);
        self.forward_got += u64::from(beacon.forward_got);
        self.forward_unknown += u64::from(beacon.forward_unknown);
        self.return_sent += u64::from(beacon.return_sent);
        self.return_got += u64::from(beacon.return_got);
        if let Some(later) = &beacon.later {
            self.forward_sent += u64::from(later.forward_sent);
            self.forward_got += u64::from(later.forward_got);
            self.return_sent += u64::from(later.return_sent);
            self.return_got += u64::from(later.return_got);
        }
        if beacon.return_got > 0 {
            self.heard = Some(now);
        }
        self.unbound = beacon.unbound;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_line::evidence::Later;

    #[test]
    fn what_is_told_at_once_and_afterwards_is_counted_by_uplink() {
        let now = |s: i64| Timestamp::from_second(1_000_000 + s).unwrap();
        let window = |uplink: &str, got, later| Window {
            beacons: vec![Beacon {
                uplink: uplink.into(),
                forward_sent: 4,
                forward_got: got,
                return_sent: got,
                return_got: got,
                later,
                ..Beacon::default()
            }],
            ..Window::default()
        };
        let mut all = vec![];
        BeaconSeen::take(&mut all, &window("eth0", 4, None), now(1));
        BeaconSeen::take(&mut all, &window("lte0", 0, None), now(2));
        let later = Later {
            since_ms: 0,
            forward_sent: 10,
            forward_got: 9,
            return_sent: 8,
            return_got: 0,
        };
        BeaconSeen::take(&mut all, &window("eth0", 2, Some(later)), now(3));
        let eth0 = &all[0];
        let counts = (
            eth0.forward_sent,
            eth0.forward_got,
            eth0.return_sent,
            eth0.return_got,
        );
        assert_eq!(counts, (18, 15, 14, 6));
        assert_eq!((eth0.heard, all[1].heard), (Some(now(3)), None));
    }
}
