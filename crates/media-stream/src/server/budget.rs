//! How many messages a connection may bring.

use std::time::Instant;

/// Messages a second, in the long run: four times what a platform with chunks of 20 ms sends.
const PER_SECOND: f64 = 200.0;
/// Messages that may come at once: more than ten seconds of sound that the network held back.
const AT_ONCE: f64 = 1000.0;

/// A bucket that fills by time and empties by messages.
#[derive(Debug)]
pub(super) struct Budget {
    left: f64,
    since: Instant,
}

impl Budget {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            left: AT_ONCE,
            since: now,
        }
    }

    /// Pays for a message; `false` if that cannot be paid for.
    pub(super) fn spend(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.since).as_secs_f64() * PER_SECOND;
        self.left = (self.left + earned).min(AT_ONCE) - 1.0;
        self.since = now;
        self.left >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_ordinary_call_never_runs_out_and_a_flood_does() {
        let begun = Instant::now();
        let mut budget = Budget::new(begun);
        assert!((0..100_000).all(|n| budget.spend(begun + Duration::from_millis(20 * n))));
        let mut flood = Budget::new(begun);
        assert_eq!((0..5000).take_while(|_| flood.spend(begun)).count(), 1000);
        assert!(flood.spend(begun + Duration::from_secs(60)));
    }
}
