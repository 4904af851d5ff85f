//! Who is known: trunks, the operator's friends, and for a time whoever has proved himself or takes part in a dialog.
//! Nothing that a stranger sends enters anybody here, so strangers cannot push anybody out.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use ipnet::IpNet;

use super::bucket::Bucket;
use crate::trunk::Trunk;

/// Addresses that a trunk's name has led to, remembered for each trunk: the latest.
const RESOLVED: usize = 64;
/// Friends of a time, all together.
const FRIENDS: usize = 8192;

/// Networks and addresses that share one rate.
struct Circle {
    nets: Vec<IpNet>,
    resolved: VecDeque<IpAddr>,
    rate: Bucket,
}

struct Friend {
    until: Instant,
    rate: Bucket,
}

/// The book of those who are known.
pub(crate) struct Known {
    /// One for each trunk, in order, and the operator's friends as the last.
    circles: Vec<Circle>,
    friends: HashMap<IpAddr, Friend>,
    rate: f64,
    most: usize,
}

impl Known {
    /// The trunks and networks of the configuration; `rate` messages a second are taken from each.
    pub(crate) fn new(now: Instant, trunks: &[Trunk], friends: &[IpNet], rate: f64) -> Self {
        let nets = trunks.iter().map(|t| t.sources.clone());
        let circles = nets.chain([friends.to_vec()]).map(|nets| Circle {
            nets,
            resolved: VecDeque::new(),
            rate: Bucket::with(rate * 2.0, now),
        });
        Self {
            circles: circles.collect(),
            friends: HashMap::new(),
            rate,
            most: FRIENDS,
        }
    }

    /// A trunk's name leads to these addresses.
    pub(crate) fn resolved(&mut self, trunk: usize, addresses: impl IntoIterator<Item = IpAddr>) {
        let Some(circle) = self.circles.get_mut(trunk) else {
            return;
        };
        for ip in addresses {
            circle.resolved.retain(|old| *old != ip);
            circle.resolved.push_back(ip.to_canonical());
            if circle.resolved.len() > RESOLVED {
                circle.resolved.pop_front();
            }
        }
    }

    /// Somebody is known until then at least. Where there are too many, those go first whose time ends first.
    pub(crate) fn befriend(&mut self, now: Instant, ip: IpAddr, time: Duration) {
        let (ip, until) = (ip.to_canonical(), now + time);
        if let Some(friend) = self.friends.get_mut(&ip) {
            friend.until = friend.until.max(until);
            return;
        }
        if self.friends.len() >= self.most {
            self.make_room(now);
        }
        let rate = Bucket::with(self.rate * 2.0, now);
        self.friends.insert(ip, Friend { until, rate });
    }

    fn make_room(&mut self, now: Instant) {
        self.friends.retain(|_, f| f.until > now);
        if self.friends.len() < self.most {
            return;
        }
        let mut ends: Vec<Instant> = self.friends.values().map(|f| f.until).collect();
        // An eighth at once, so that this is not done for each.
        let eighth = ends.len() / 8;
        let (_, last, _) = ends.select_nth_unstable(eighth);
        let (last, mut go) = (*last, eighth + 1);
        self.friends.retain(|_, f| {
            let stays = f.until > last || go == 0;
            go -= usize::from(!stays);
            stays
        });
    }

    /// The rate that a source shares with its circle, if it is known.
    fn rate(&mut self, now: Instant, ip: IpAddr) -> Option<&mut Bucket> {
        let ip = ip.to_canonical();
        let covers = |c: &&mut Circle| c.nets.iter().any(|n| n.contains(&ip)) || c.resolved.contains(&ip);
        if let Some(circle) = self.circles.iter_mut().find(covers) {
            return Some(&mut circle.rate);
        }
        let friend = self.friends.get_mut(&ip).filter(|f| f.until > now);
        friend.map(|f| &mut f.rate)
    }

    /// Whether a source is known.
    pub(crate) fn is(&mut self, now: Instant, ip: IpAddr) -> bool {
        self.rate(now, ip).is_some()
    }

    /// Whether another message is taken from a source; `None` from one that is not known.
    pub(crate) fn take(&mut self, now: Instant, ip: IpAddr) -> Option<bool> {
        let rate = self.rate;
        self.rate(now, ip).map(|b| b.take(now, rate, rate * 2.0))
    }

    /// Friends of a time that are remembered.
    #[cfg(test)]
    fn friends(&self) -> usize {
        self.friends.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(t0: Instant) -> Known {
        let net = |text: &str| text.parse().unwrap();
        let trunk = Trunk::by_address("carrier", vec![net("203.0.113.0/24")]);
        Known::new(t0, &[trunk], &[net("10.0.0.0/8")], 10.0)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn who_is_known() {
        let (t0, s) = (Instant::now(), Duration::from_secs);
        let mut k = known(t0);
        k.resolved(0, [ip("198.51.100.9")]);
        k.resolved(7, [ip("198.51.100.10")]);
        k.befriend(t0, ip("2001:db8::1"), s(60));
        k.befriend(t0, ip("2001:db8::1"), s(30));
        for (address, at, is) in [
            ("203.0.113.200", 0, true),
            ("::ffff:203.0.113.200", 0, true),
            ("10.1.2.3", 0, true),
            ("198.51.100.9", 99_999, true),
            ("198.51.100.10", 0, false),
            ("2001:db8::1", 59, true),
            ("2001:db8::1", 60, false),
            ("2001:db8::2", 0, false),
        ] {
            assert_eq!(k.is(t0 + s(at), ip(address)), is, "{address} at {at}");
        }
    }

    #[test]
    fn a_trunk_is_one_and_has_its_rate() {
        let t0 = Instant::now();
        let mut k = known(t0);
        let taken = |k: &mut Known, n: u8| k.take(t0, [203, 0, 113, n].into()) == Some(true);
        assert_eq!((0..100).filter(|n| taken(&mut k, *n)).count(), 20);
        assert_eq!(k.take(t0, ip("192.0.2.1")), None);
    }

    proptest! {
        #[test]
        fn friends_are_bounded_and_the_longest_stay(
            times in proptest::collection::vec((any::<u16>(), 1_u64..1000), 1..300),
        ) {
            let t0 = Instant::now();
            let mut k = known(t0);
            k.most = 32;
            k.befriend(t0, ip("192.0.2.1"), Duration::from_secs(100_000));
            for (n, time) in times {
                let [a, b] = n.to_be_bytes();
                k.befriend(t0, [198, 18, a, b].into(), Duration::from_secs(time));
                prop_assert!(k.friends() <= 32);
                prop_assert!(k.is(t0, [198, 18, a, b].into()), "the newest is in");
                prop_assert!(k.is(t0, ip("192.0.2.1")));
            }
        }
    }
}
