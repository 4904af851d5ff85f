//! How late the pacers send: a histogram that costs one atomic addition a packet.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Bounds of the buckets in microseconds: each about a quarter above the one before, from 10 µs to 1 s.
const BUCKETS: usize = 54;

fn bound_us(bucket: usize) -> u64 {
    // Integer growth by a quarter, at least 1: the same on every machine.
    (0..bucket).fold(10, |bound, _| bound + (bound / 4).max(1))
}

/// Shared by all pacers of an engine.
#[derive(Debug)]
pub(crate) struct Lateness {
    bounds: [u64; BUCKETS],
    counts: [AtomicU64; BUCKETS],
    max_us: AtomicU64,
    skipped: AtomicU64,
}

impl Lateness {
    pub(crate) fn new() -> Self {
        Self {
            bounds: std::array::from_fn(bound_us),
            counts: std::array::from_fn(|_| AtomicU64::new(0)),
            max_us: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
        }
    }

    /// One call's frame was sent this long after its instant.
    pub(crate) fn note(&self, late: Duration) {
        let us = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        let bucket = self.bounds.partition_point(|b| *b < us).min(BUCKETS - 1);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.max_us.fetch_max(us, Ordering::Relaxed);
    }

    /// Frames left out because the machine stood still.
    pub(crate) fn skip(&self, frames: u64) {
        self.skipped.fetch_add(frames, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Pacing {
        let counts: Vec<u64> = self.counts.iter().map(|c| c.load(Ordering::Relaxed)).collect();
        let max = Duration::from_micros(self.max_us.load(Ordering::Relaxed));
        Pacing {
            frames: counts.iter().sum(),
            p50: self.quantile(&counts, 0.50).min(max),
            p99: self.quantile(&counts, 0.99).min(max),
            max,
            skipped: self.skipped.load(Ordering::Relaxed),
        }
    }

    /// Starts counting anew, for instance after the calls of a measurement have been set up.
    pub(crate) fn reset(&self) {
        self.counts
            .iter()
            .chain([&self.max_us, &self.skipped])
            .for_each(|c| c.store(0, Ordering::Relaxed));
    }

    fn quantile(&self, counts: &[u64], share: f64) -> Duration {
        let total: u64 = counts.iter().sum();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss
        )]
        let wanted = ((total as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        let bucket = counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        bucket.map_or(Duration::ZERO, |b| Duration::from_micros(self.bounds[b]))
    }
}

/// How punctually frames were sent, over all calls since the start or the last reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    /// Frames sent.
    pub frames: u64,
    /// Half of them were at most this late (upper bound of a bucket a quarter wide).
    pub p50: Duration,
    /// 99 of a hundred were at most this late (same).
    pub p99: Duration,
    /// The latest one.
    pub max: Duration,
    /// Frames left out after the machine stood still for more than 100 ms.
    pub skipped: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_upper_bounds_within_a_quarter() {
        let lateness = Lateness::new();
        (1..=1000).for_each(|n| lateness.note(Duration::from_micros(n)));
        let pacing = lateness.snapshot();
        assert_eq!(pacing.frames, 1000);
        assert_eq!(pacing.max, Duration::from_micros(1000));
        for (share, exact) in [(pacing.p50, 500), (pacing.p99, 990)] {
            let exact = Duration::from_micros(exact);
            assert!(
                share >= exact && share <= exact * 5 / 4,
                "{share:?} for {exact:?}"
            );
        }
        lateness.reset();
        assert_eq!(lateness.snapshot().frames, 0);
        assert_eq!(lateness.snapshot().p99, Duration::ZERO);
    }

    #[test]
    fn the_last_bucket_holds_everything() {
        let lateness = Lateness::new();
        assert!(
            lateness.bounds[BUCKETS - 1] >= 1_000_000,
            "{}",
            lateness.bounds[BUCKETS - 1]
        );
        lateness.note(Duration::MAX);
        assert_eq!(lateness.snapshot().frames, 1);
    }
}
