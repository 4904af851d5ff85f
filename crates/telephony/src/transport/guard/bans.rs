//! Who is not listened to for a while: points for offences, forgiven with time, make a ban; each ban of one source is
//! twice as long as the one before. What a datagram has done is held against datagrams only, for its source can be forged:
//! whoever is kept out by a forger comes in by TCP or TLS.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::source::{Source, Way};
use super::table::Table;
use crate::config::{Guard, Offence};

/// One point is forgiven in this time.
const FORGIVEN: f32 = 10.0;
/// A ban is remembered this long after its end, or as long as it lasted.
const REMEMBERED: Duration = Duration::from_secs(3600);

#[derive(Clone, Copy)]
struct Score {
    points: f32,
    at: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Ban {
    until: Instant,
    length: Duration,
}

type Key = (Source, Way);

/// The book of offences and bans.
pub(crate) struct Bans {
    after: f32,
    first: Duration,
    longest: Duration,
    scores: Table<Key, Score>,
    bans: Table<Key, Ban>,
}

impl Bans {
    pub(crate) fn new(rules: &Guard) -> Self {
        Self {
            after: rules.ban_after.max(1.0),
            first: rules.ban,
            longest: rules.longest_ban.max(rules.ban),
            scores: Table::new(rules.bans),
            bans: Table::new(rules.bans),
        }
    }

    /// Whether a source is not listened to now.
    pub(crate) fn hold(&self, now: Instant, source: Source, way: Way) -> bool {
        let on = |way| self.bans.get(&(source, way)).is_some_and(|b| now < b.until);
        on(Way::Stream) || (way == Way::Datagram && on(Way::Datagram))
    }

    /// Notes an offence; gives the length of the ban that it brought.
    pub(crate) fn offend(
        &mut self,
        now: Instant,
        source: Source,
        way: Way,
        offence: Offence,
    ) -> Option<Duration> {
        if self.first.is_zero() || self.hold(now, source, way) {
            return None;
        }
        let (after, key) = (self.after, (source, way));
        let none = Score { points: 0.0, at: now };
        let score = self.scores.entry(now, key, |_| none);
        let passed = now.saturating_duration_since(score.at).as_secs_f32();
        score.points = (score.points - passed / FORGIVEN).max(0.0) + offence.points(after);
        score.at = now;
        if score.points < after {
            return None;
        }
        self.scores.remove(&key);
        Some(self.ban(now, key))
    }

    fn ban(&mut self, now: Instant, key: Key) -> Duration {
        let (first, longest) = (self.first, self.longest);
        let none = Ban {
            until: now,
            length: Duration::ZERO,
        };
        let ban = self.bans.entry(now, key, |_| none);
        let remembered = now < ban.until + ban.length.max(REMEMBERED) && !ban.length.is_zero();
        ban.length = if remembered {
            ban.length.saturating_mul(2).min(longest)
        } else {
            first
        };
        ban.until = now + ban.length;
        ban.length
    }

    /// Forgives everything: somebody there has proved himself.
    pub(crate) fn forgive(&mut self, ip: IpAddr) {
        for way in [Way::Datagram, Way::Stream] {
            self.scores.remove(&(Source::of(ip), way));
            self.bans.remove(&(Source::of(ip), way));
        }
    }

    /// Bans that hold now.
    pub(crate) fn count(&self, now: Instant) -> usize {
        self.bans.count(|b| now < b.until)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    fn source(n: u8) -> Source {
        Source::of([192, 0, 2, n].into())
    }

    #[test]
    fn points_add_up_and_are_forgiven() {
        let (mut bans, t0) = (Bans::new(&Guard::default()), Instant::now());
        let mut wrong = |at| bans.offend(at, source(1), Way::Datagram, Offence::Credentials);
        for n in 0..9 {
            assert_eq!(wrong(t0), None, "{n}");
        }
        assert_eq!(wrong(t0), Some(S(60)));
        // A telephone with an old password that tries every half minute is never banned.
        let mut slow = |n: u32| bans.offend(t0 + S(30) * n, source(2), Way::Datagram, Offence::Credentials);
        assert!((0..1000).all(|n| slow(n).is_none()));
    }

    #[test]
    fn a_forger_keeps_nobody_out_of_tcp() {
        let (mut bans, t0) = (Bans::new(&Guard::default()), Instant::now());
        assert!(
            bans.offend(t0, source(1), Way::Datagram, Offence::Scanner)
                .is_some()
        );
        assert!(bans.hold(t0, source(1), Way::Datagram) && !bans.hold(t0, source(1), Way::Stream));
        assert!(
            bans.offend(t0, source(2), Way::Stream, Offence::Scanner)
                .is_some()
        );
        assert!(bans.hold(t0, source(2), Way::Datagram) && bans.hold(t0, source(2), Way::Stream));
        assert_eq!(bans.count(t0), 2);
        bans.forgive([192, 0, 2, 1].into());
        assert!(!bans.hold(t0, source(1), Way::Datagram));
        assert!(!bans.hold(t0 + S(60), source(2), Way::Stream), "over");
    }

    #[test]
    fn who_wants_no_bans_has_none() {
        let rules = Guard {
            ban: Duration::ZERO,
            ..Guard::default()
        };
        let (mut bans, t0) = (Bans::new(&rules), Instant::now());
        assert!((0..100).all(|_| {
            bans.offend(t0, source(1), Way::Stream, Offence::Scanner)
                .is_none()
        }));
    }

    proptest! {
        /// Whoever comes back within the hour is banned for twice as long, up to the longest, and never for less.
        #[test]
        fn bans_grow(pauses in proptest::collection::vec(0_u64..3600, 1..20)) {
            let rules = Guard::default();
            let (mut bans, mut now, mut last) = (Bans::new(&rules), Instant::now(), Duration::ZERO);
            for pause in pauses {
                let length = bans.offend(now, source(1), Way::Datagram, Offence::Scanner);
                let length = length.expect("a scanner is banned at once");
                let wanted = if last.is_zero() { rules.ban } else { (last * 2).min(rules.longest_ban) };
                prop_assert_eq!(length, wanted);
                prop_assert!(bans.hold(now + length - S(1), source(1), Way::Datagram));
                prop_assert!(!bans.hold(now + length, source(1), Way::Datagram));
                last = length;
                now += length + S(pause);
            }
        }

        #[test]
        fn the_book_is_bounded(sources in proptest::collection::vec(any::<u32>(), 0..400)) {
            let rules = Guard { bans: 64, ..Guard::default() };
            let (mut bans, now) = (Bans::new(&rules), Instant::now());
            for n in sources {
                bans.offend(now, Source::V4(n), Way::Datagram, Offence::Scanner);
                bans.offend(now, Source::V4(n.wrapping_add(1)), Way::Datagram, Offence::Refused);
                prop_assert!(bans.count(now) <= 64 && bans.scores.count(|_| true) <= 64);
            }
        }
    }
}
