//! A token bucket; time is an input.

use std::time::Instant;

/// Holds tokens, at most a burst of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    /// One with so many tokens.
    pub(crate) fn with(tokens: f64, now: Instant) -> Self {
        Self { tokens, at: now }
    }

    /// Takes a token, of which `rate` come back in a second, up to `burst`.
    pub(crate) fn take(&mut self, now: Instant, rate: f64, burst: f64) -> bool {
        let elapsed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + elapsed * rate).min(burst);
        self.at = self.at.max(now);
        let ok = self.tokens >= 1.0;
        if ok {
            self.tokens -= 1.0;
        }
        ok
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn never_more_than_the_burst_and_the_rate(
            rate in 0.1_f64..100.0,
            burst in 1.0_f64..50.0,
            pauses in proptest::collection::vec(0_u64..200, 1..300),
        ) {
            let start = Instant::now();
            let (mut bucket, mut now, mut taken) = (Bucket::with(burst, start), start, 0.0);
            for pause in pauses {
                now += Duration::from_millis(pause);
                taken += f64::from(u8::from(bucket.take(now, rate, burst)));
                let most = burst + rate * now.duration_since(start).as_secs_f64();
                prop_assert!(taken <= most + 1e-6, "{} of {}", taken, most);
            }
        }
    }
}
