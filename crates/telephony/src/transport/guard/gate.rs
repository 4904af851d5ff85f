//! The judgement, without sockets and clocks: who it is, what it brings, what of it is still his to spend.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::bans::Bans;
use super::bucket::Bucket;
use super::counts::Reason;
use super::known::Known;
use super::scanners::Scanners;
use super::source::{Source, Way};
use super::table::{Place, Table};
use crate::config::{Guard as Rules, Offence};
use crate::trunk::Trunk;
use crate::wire::{Glance, Look, look};

/// A stranger who takes the place of one that sent something so short a time ago begins with one message, not a burst:
/// so many sources at once are a forger's.
const CROWDED: Duration = Duration::from_secs(10);

/// Whose message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Known,
    Stranger,
}

/// What becomes of a message; a ban that it brought has this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) verdict: Result<Class, Reason>,
    pub(crate) banned: Option<Duration>,
}

impl From<Result<Class, Reason>> for Judgement {
    fn from(verdict: Result<Class, Reason>) -> Self {
        Self {
            verdict,
            banned: None,
        }
    }
}

/// All books.
pub(crate) struct Gate {
    rules: Rules,
    open: bool,
    pub(crate) known: Known,
    pub(crate) bans: Bans,
    scanners: Scanners,
    strangers: Table<Source, Bucket>,
    connections: Table<Source, Bucket>,
    /// Of all strangers: those whose source may be forged, and those whose cannot, so that the first take nothing from the others.
    datagrams: Bucket,
    streams: Bucket,
}

impl Gate {
    /// `open`: everybody is welcome, nobody is a stranger; rates hold all the same.
    pub(crate) fn new(now: Instant, rules: &Rules, trunks: &[Trunk], open: bool) -> Self {
        let all = Bucket::with(rules.strangers_per_second, now);
        Self {
            open,
            known: Known::new(now, trunks, &rules.friends, rules.known_per_second),
            bans: Bans::new(rules),
            scanners: Scanners::new(&rules.scanners),
            strangers: Table::new(rules.sources),
            connections: Table::new(rules.sources),
            datagrams: all,
            streams: all,
            rules: rules.clone(),
        }
    }

    /// Judges a message before anybody else has seen it.
    pub(crate) fn judge(&mut self, now: Instant, ip: IpAddr, way: Way, bytes: &[u8]) -> Judgement {
        let source = Source::of(ip);
        let known = self.open || self.known.is(now, ip);
        if !known && self.bans.hold(now, source, way) {
            return Err(Reason::Banned).into();
        }
        let glance = match look(bytes) {
            Look::Alive | Look::Stun => return Err(Reason::KeepAlive).into(),
            Look::Junk => return Err(Reason::Junk).into(),
            Look::Message(glance) => glance,
        };
        if known {
            return self.familiar(now, ip, source).into();
        }
        self.stranger(now, source, way, bytes.len(), &glance)
    }

    fn familiar(&mut self, now: Instant, ip: IpAddr, source: Source) -> Result<Class, Reason> {
        let rate = self.rules.known_per_second;
        let taken = self
            .known
            .take(now, ip)
            .unwrap_or_else(|| take(&mut self.strangers, now, source, rate, rate * 2.0));
        if taken {
            Ok(Class::Known)
        } else {
            Err(Reason::KnownRate)
        }
    }

    fn stranger(
        &mut self,
        now: Instant,
        source: Source,
        way: Way,
        length: usize,
        glance: &Glance<'_>,
    ) -> Judgement {
        if length > self.rules.stranger_message {
            return Err(Reason::TooLong).into();
        }
        if self.scanners.know(glance.agent, glance.from) {
            return Judgement {
                verdict: Err(Reason::Scanner),
                banned: self.bans.offend(now, source, way, Offence::Scanner),
            };
        }
        if !glance.whole {
            return Err(Reason::Incomplete).into();
        }
        let rate = self.rules.stranger_per_second;
        if !take(&mut self.strangers, now, source, rate, rate * 2.0) {
            return Err(Reason::StrangerRate).into();
        }
        let all = self.rules.strangers_per_second;
        let bucket = match way {
            Way::Datagram => &mut self.datagrams,
            Way::Stream => &mut self.streams,
        };
        if bucket.take(now, all, all) {
            Ok(Class::Stranger).into()
        } else {
            Err(Reason::StrangersRate).into()
        }
    }

    /// Whether somebody may open a connection; `rate` new ones a second from one stranger, three seconds' worth at once.
    pub(crate) fn connection(&mut self, now: Instant, ip: IpAddr, rate: f64) -> Result<Class, Reason> {
        let source = Source::of(ip);
        if self.known.is(now, ip) {
            return Ok(Class::Known);
        }
        if !self.open && self.bans.hold(now, source, Way::Stream) {
            return Err(Reason::Banned);
        }
        if !take(&mut self.connections, now, source, rate, rate * 3.0) {
            return Err(Reason::Connection);
        }
        Ok(if self.open { Class::Known } else { Class::Stranger })
    }

    /// Notes what speaks against somebody; nothing does against those who are known. Gives the length of a ban.
    pub(crate) fn offend(
        &mut self,
        now: Instant,
        ip: IpAddr,
        way: Way,
        offence: Offence,
    ) -> Option<Duration> {
        if self.open || self.known.is(now, ip) {
            return None;
        }
        self.bans.offend(now, Source::of(ip), way, offence)
    }
}

/// Takes from a stranger's bucket.
fn take(table: &mut Table<Source, Bucket>, now: Instant, source: Source, rate: f64, burst: f64) -> bool {
    let fresh = |place| {
        let crowded = matches!(place, Place::Taken(idle) if idle < CROWDED);
        Bucket::with(if crowded { 1.0 } else { burst }, now)
    };
    table.entry(now, source, fresh).take(now, rate, burst)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TRUNK: [u8; 4] = [203, 0, 113, 5];

    fn gate(now: Instant, rules: &Rules) -> Gate {
        let trunk = Trunk::by_address("carrier", vec!["203.0.113.0/24".parse().unwrap()]);
        Gate::new(now, rules, &[trunk], false)
    }

    fn options(agent: &str) -> Vec<u8> {
        format!(
            "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>\r\n\
             Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nUser-Agent: {agent}\r\n\r\n"
        )
        .into_bytes()
    }

    #[test]
    fn who_gets_in() {
        let (t0, udp) = (Instant::now(), Way::Datagram);
        let mut g = gate(t0, &Rules::default());
        let (fine, scan) = (options("Phone"), options("friendly-scanner"));
        let poor = b"OPTIONS sip:a@b SIP/2.0\r\n\r\n".to_vec();
        let long = [fine.clone(), vec![b' '; 20_000]].concat();
        let mut judge = |ip: [u8; 4], bytes: &[u8]| g.judge(t0, ip.into(), udp, bytes).verdict;
        for (ip, bytes, want) in [
            (TRUNK, &fine, Ok(Class::Known)),
            (TRUNK, &scan, Ok(Class::Known)),
            (TRUNK, &poor, Ok(Class::Known)),
            (TRUNK, &long, Ok(Class::Known)),
            (TRUNK, &b"junk".to_vec(), Err(Reason::Junk)),
            (TRUNK, &b"\r\n".to_vec(), Err(Reason::KeepAlive)),
            ([192, 0, 2, 1], &fine, Ok(Class::Stranger)),
            ([192, 0, 2, 1], &poor, Err(Reason::Incomplete)),
            ([192, 0, 2, 1], &long, Err(Reason::TooLong)),
            ([192, 0, 2, 1], &scan, Err(Reason::Scanner)),
            ([192, 0, 2, 1], &fine, Err(Reason::Banned)),
            ([192, 0, 2, 2], &fine, Ok(Class::Stranger)),
        ] {
            assert_eq!(
                judge(ip, bytes),
                want,
                "{ip:?}: {}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn a_ban_is_told_once() {
        let t0 = Instant::now();
        let mut g = gate(t0, &Rules::default());
        let mut scan = || g.judge(t0, [192, 0, 2, 1].into(), Way::Stream, &options("sipcli"));
        assert_eq!(scan().banned, Some(Duration::from_secs(60)));
        assert_eq!(scan().banned, None);
    }

    #[test]
    fn forged_strangers_take_nothing_from_streams() {
        let t0 = Instant::now();
        let mut g = gate(t0, &Rules::default());
        let fine = options("Phone");
        let mut from = |n: u32, way| g.judge(t0, IpAddr::V4(n.into()), way, &fine).verdict;
        let passed = (0..5000).filter(|n| from(*n, Way::Datagram).is_ok()).count();
        assert_eq!(passed, 400);
        assert_eq!(from(9_999, Way::Datagram), Err(Reason::StrangersRate));
        // Another source: in a crowded set of the book a new one has a single message.
        assert_eq!(from(10_000, Way::Stream), Ok(Class::Stranger));
    }

    #[test]
    fn connections_have_a_rate_and_the_known_have_none() {
        let t0 = Instant::now();
        let mut g = gate(t0, &Rules::default());
        let mut opened = |ip: [u8; 4]| {
            (0..100)
                .filter(|_| g.connection(t0, ip.into(), 10.0).is_ok())
                .count()
        };
        assert_eq!(opened([192, 0, 2, 1]), 30);
        assert_eq!(opened(TRUNK), 100);
    }

    #[test]
    fn where_everybody_is_welcome_nobody_is_banned() {
        let t0 = Instant::now();
        let mut g = Gate::new(t0, &Rules::default(), &[], true);
        let mut scan = || {
            g.judge(t0, [192, 0, 2, 1].into(), Way::Datagram, &options("sipcli"))
                .verdict
        };
        assert_eq!(scan(), Ok(Class::Known));
        assert!((0..10_000).any(|_| scan() == Err(Reason::KnownRate)));
    }

    /// What somebody sends.
    fn anything() -> impl Strategy<Value = (u16, bool, u8, u64)> {
        (any::<u16>(), any::<bool>(), 0_u8..4, 0_u64..50)
    }

    proptest! {
        /// Whatever strangers send, and whatever is said against whom: a trunk and somebody who has proved himself are heard.
        #[test]
        fn strangers_push_nobody_out(flood in proptest::collection::vec(anything(), 0..400)) {
            let rules = Rules { sources: 64, bans: 64, ..Rules::default() };
            let (t0, me) = (Instant::now(), IpAddr::from([198, 51, 100, 7]));
            let (mut g, mut now) = (gate(t0, &rules), t0);
            g.known.befriend(t0, me, Duration::from_secs(3600));
            let messages = [options("Phone"), options("sipvicious"), b"junk".to_vec(), b"INVITE sip:a SIP/2.0\r\n\r\n".to_vec()];
            for (n, stream, what, pause) in flood {
                now += Duration::from_millis(pause);
                let [a, b] = n.to_be_bytes();
                let way = if stream { Way::Stream } else { Way::Datagram };
                g.judge(now, [198, 18, a, b].into(), way, &messages[usize::from(what)]);
                for friend in [TRUNK.into(), me] {
                    prop_assert_eq!(g.offend(now, friend, way, Offence::Scanner), None);
                    prop_assert_eq!(g.judge(now, friend, way, &messages[0]).verdict, Ok(Class::Known));
                }
                prop_assert!(g.strangers.count(|_| true) <= 64 && g.bans.count(now) <= 64);
            }
        }
    }
}
