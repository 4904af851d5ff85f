//! Who may have how much: calls at once, calls per second, answers to strangers. What comes in before this is the
//! [`guard`](crate::transport::guard)'s business; these are the books of who calls.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::config::Limits;
use crate::transport::guard::{Bucket, Seldom, Source, Table};

/// Lines about refused strangers, at most one of each kind in this time.
const LINES: Duration = Duration::from_secs(10);
/// Refusals of known trunks' calls that are told in a minute.
const TOLD: f64 = 60.0;

/// Why a call is not admitted, and when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) retry_after: u32,
}

/// What is said of strangers in the log: seldom.
#[derive(Debug)]
pub(crate) struct Lines {
    pub(crate) refused: Seldom,
    pub(crate) credentials: Seldom,
    pub(crate) full: Seldom,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            refused: Seldom::every(LINES),
            credentials: Seldom::every(LINES),
            full: Seldom::every(LINES),
        }
    }
}

/// The books. Each is bounded; where sources are more, those that were silent longest are forgotten.
pub(crate) struct Admission {
    limits: Limits,
    calls: usize,
    per_source: HashMap<IpAddr, usize>,
    per_trunk: HashMap<usize, usize>,
    rates: Table<Source, Bucket>,
    strangers: Table<Source, Bucket>,
    /// Refusals that are told.
    told: Option<Bucket>,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            calls: 0,
            per_source: HashMap::new(),
            per_trunk: HashMap::new(),
            rates: Table::new(limits.max_sources),
            strangers: Table::new(limits.max_sources),
            told: None,
        }
    }

    /// Whether one more refusal is told: whoever calls without an end must not push real calls out of the server's events.
    pub(crate) fn may_tell(&mut self, now: Instant) -> bool {
        let told = self.told.get_or_insert_with(|| Bucket::with(TOLD, now));
        told.take(now, TOLD / 60.0, TOLD)
    }

    /// Whether a request of somebody we do not know may be answered: an answer to a forged address is an attack on it.
    pub(crate) fn stranger(&mut self, now: Instant, source: IpAddr) -> bool {
        let rate = self.limits.stranger_requests_per_second;
        take(&mut self.strangers, now, source, rate, rate * 2.0)
    }

    /// Enters a call. [`Admission::leave`] must follow for each that was admitted.
    pub(crate) fn enter(
        &mut self,
        now: Instant,
        source: IpAddr,
        trunk: Option<(usize, Option<usize>)>,
    ) -> Result<(), Refused> {
        let (l, burst) = (&self.limits, f64::from(self.limits.call_burst));
        if !take(&mut self.rates, now, source, l.calls_per_second, burst) {
            return Err(Refused { retry_after: 1 });
        }
        let trunk_full = trunk.is_some_and(|(t, max)| max.is_some_and(|m| self.count(t) >= m));
        let source_full = self
            .per_source
            .get(&source)
            .is_some_and(|n| *n >= l.max_calls_per_source);
        if self.calls >= l.max_calls || source_full || trunk_full {
            return Err(Refused { retry_after: 10 });
        }
        self.calls += 1;
        *self.per_source.entry(source).or_default() += 1;
        if let Some((t, _)) = trunk {
            *self.per_trunk.entry(t).or_default() += 1;
        }
        Ok(())
    }

    fn count(&self, trunk: usize) -> usize {
        self.per_trunk.get(&trunk).copied().unwrap_or(0)
    }

    pub(crate) fn leave(&mut self, source: IpAddr, trunk: Option<usize>) {
        self.calls = self.calls.saturating_sub(1);
        if let Some(n) = self.per_source.get_mut(&source) {
            *n = n.saturating_sub(1);
        }
        self.per_source.retain(|_, n| *n > 0);
        if let Some(n) = trunk.and_then(|t| self.per_trunk.get_mut(&t)) {
            *n = n.saturating_sub(1);
        }
    }
}

fn take(book: &mut Table<Source, Bucket>, now: Instant, source: IpAddr, rate: f64, burst: f64) -> bool {
    book.entry(now, Source::of(source), |_| Bucket::with(burst, now))
        .take(now, rate, burst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_counts() {
        let limits = Limits {
            max_calls: 3,
            max_calls_per_source: 2,
            calls_per_second: 1.0,
            call_burst: 3,
            ..Limits::default()
        };
        let mut a = Admission::new(&limits);
        let (one, two): (IpAddr, IpAddr) = ([127, 0, 0, 1].into(), [127, 0, 0, 2].into());
        let t0 = Instant::now();
        assert!(a.enter(t0, one, None).is_ok() && a.enter(t0, one, None).is_ok());
        assert_eq!(
            a.enter(t0, one, None),
            Err(Refused { retry_after: 10 }),
            "per source"
        );
        assert_eq!(a.enter(t0, one, None), Err(Refused { retry_after: 1 }), "rate");
        assert!(a.enter(t0, two, None).is_ok());
        assert!(a.enter(t0, two, None).is_err(), "all together");
        a.leave(one, None);
        assert!(a.enter(t0 + Duration::from_secs(2), one, None).is_ok());
        let mut b = Admission::new(&limits);
        assert!(b.enter(t0, one, Some((0, Some(1)))).is_ok());
        assert!(b.enter(t0, two, Some((0, Some(1)))).is_err(), "per trunk");
    }

    #[test]
    fn so_many_refusals_are_told_in_a_minute() {
        let (mut a, t0) = (Admission::new(&Limits::default()), Instant::now());
        let told = |a: &mut Admission, after| {
            let at = t0 + Duration::from_secs(after);
            (0..1_000).filter(|_| a.may_tell(at)).count()
        };
        assert_eq!(
            (told(&mut a, 0), told(&mut a, 10), told(&mut a, 300)),
            (60, 10, 60)
        );
    }

    #[test]
    fn many_sources_take_no_answer_from_a_new_one() {
        let limits = Limits {
            max_sources: 64,
            ..Limits::default()
        };
        let (mut a, t0) = (Admission::new(&limits), Instant::now());
        for n in 0..10_000_u32 {
            assert!(a.stranger(t0, IpAddr::V4(n.into())));
        }
        assert!(a.strangers.count(|_| true) <= 64);
    }
}
