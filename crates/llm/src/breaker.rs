//! Leaves an endpoint alone that does not answer. Time is an input.

use std::time::{Duration, Instant};

/// Failures in a row after which the endpoint is left alone.
pub const MOST_FAILURES: u32 = 3;
/// So long it is left alone.
pub const REST: Duration = Duration::from_secs(60);

/// The state of one endpoint, over all calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    until: Option<Instant>,
}

impl Breaker {
    /// Whether the endpoint may be asked now.
    pub fn allows(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now >= until)
    }

    /// It answered.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// It did not answer, or not in time, or not with what it was asked for. After a rest one more failure begins the next.
    /// Returns true if a rest begins.
    pub fn failed(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        let rests = self.failures >= MOST_FAILURES && self.allows(now);
        if rests {
            self.until = Some(now + REST);
        }
        rests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_in_a_row_bring_a_rest() {
        let (mut breaker, start) = (Breaker::default(), Instant::now());
        assert!(!breaker.failed(start) && !breaker.failed(start));
        breaker.succeeded();
        assert!(!breaker.failed(start) && !breaker.failed(start) && breaker.allows(start));
        assert!(breaker.failed(start));
        assert!(!breaker.allows(start + REST - Duration::from_millis(1)));
        let later = start + REST;
        assert!(breaker.allows(later));
        assert!(breaker.failed(later) && !breaker.allows(later));
        assert!(breaker.allows(later + REST));
        breaker.succeeded();
        assert!(!breaker.failed(later + REST));
    }
}
