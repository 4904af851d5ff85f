//! How much delay the line needs: the spread of packet delays over their own recent minimum, as NetEq does it.

use crate::Micros;

const BUCKETS: usize = 8;
/// Time one bucket of minima covers; the baseline is the least delay of the last `BUCKETS` of them (4 s).
const BUCKET_US: i64 = 500_000;
const BINS: usize = 32;
/// Width of a histogram bin.
const BIN_US: i64 = 10_000;
/// Packets the histogram remembers, roughly: ten seconds of 20 ms packets.
const MEMORY: f32 = 500.0;
/// Share of packets that is to arrive in time.
const QUANTILE: f32 = 0.97;

/// Microseconds of one 8 kHz sample.
pub(super) const SAMPLE_US: i64 = 125;

/// Estimator of the baseline delay and of the jitter above it.
pub(super) struct DelayEstimator {
    minima: [i64; BUCKETS],
    bucket: i64,
    baseline: i64,
    bins: [f32; BINS],
    seen: f32,
}

impl DelayEstimator {
    pub(super) fn new() -> Self {
        Self {
            minima: [i64::MAX; BUCKETS],
            bucket: 0,
            baseline: 0,
            bins: [0.0; BINS],
            seen: 0.0,
        }
    }

    /// Forgets the baseline (another sender clock) but keeps what the line's jitter was.
    pub(super) fn rebase(&mut self) {
        self.minima = [i64::MAX; BUCKETS];
    }

    /// Whether a packet was seen since the start or the last [`Self::rebase`].
    pub(super) fn is_based(&self) -> bool {
        self.minima.iter().any(|&minimum| minimum != i64::MAX)
    }

    /// Arrival time less media time: it has an arbitrary origin, only differences mean something.
    pub(super) fn offset(now: Micros, position: i64) -> i64 {
        (now as i64).saturating_sub(position.saturating_mul(SAMPLE_US))
    }

    /// Delay in µs that sound at `position` (8 kHz samples) would have if played at `now`, over the line's least delay.
    pub(super) fn delay_at(&self, now: Micros, position: i64) -> i64 {
        Self::offset(now, position).saturating_sub(self.baseline)
    }

    /// Takes note of a packet; returns its delay over the baseline in µs.
    pub(super) fn arrived(&mut self, now: Micros, position: i64) -> i64 {
        let offset = Self::offset(now, position);
        self.lower(now as i64 / BUCKET_US, offset);
        let delay = offset - self.baseline;
        self.count(delay);
        delay
    }

    fn lower(&mut self, bucket: i64, offset: i64) {
        let passed = bucket.saturating_sub(self.bucket).clamp(0, BUCKETS as i64);
        for step in 1..=passed {
            self.minima[(bucket - passed + step).rem_euclid(BUCKETS as i64) as usize] = i64::MAX;
        }
        self.bucket = self.bucket.max(bucket);
        let slot = &mut self.minima[self.bucket.rem_euclid(BUCKETS as i64) as usize];
        *slot = offset.min(*slot);
        self.baseline = self.minima.iter().copied().min().unwrap_or(offset);
    }

    fn count(&mut self, delay: i64) {
        self.seen = (self.seen + 1.0).min(MEMORY);
        let share = 1.0 / self.seen;
        for bin in &mut self.bins {
            *bin *= 1.0 - share;
        }
        self.bins[(delay / BIN_US).clamp(0, BINS as i64 - 1) as usize] += share;
    }

    /// The delay in µs within which [`QUANTILE`] of the packets arrive; `None` before a dozen were seen.
    pub(super) fn spread(&self) -> Option<i64> {
        if self.seen < 12.0 {
            return None;
        }
        let mut sum = 0.0;
        let bin = self.bins.iter().position(|share| {
            sum += share;
            sum >= QUANTILE
        });
        Some((bin.unwrap_or(BINS - 1) as i64 + 1) * BIN_US)
    }
}
