//! A circuit breaker. Time is an input.

use std::time::{Duration, Instant};

use super::ChainConfig;

/// What a breaker lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything.
    Closed,
    /// Nothing; the engine is left alone.
    Open,
    /// One utterance at a time, to see whether the engine is well again.
    HalfOpen,
}

/// The state of one engine, over all calls.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    /// When the rest ends, if there is one.
    until: Option<Instant>,
    probing: bool,
}

impl Breaker {
    pub(super) fn state(&self, now: Instant) -> BreakerState {
        match self.until {
            None => BreakerState::Closed,
            Some(until) if now < until => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// Whether an utterance may begin; in the half-open state it is the probe.
    pub(super) fn admits(&mut self, now: Instant) -> bool {
        match self.state(now) {
            BreakerState::Closed => true,
            BreakerState::Open => false,
            BreakerState::HalfOpen => !std::mem::replace(&mut self.probing, true),
        }
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// An utterance failed. `rest` is what the engine asked for. True if a rest begins.
    pub(super) fn failed(&mut self, now: Instant, config: &ChainConfig, rest: Option<Duration>) -> bool {
        self.failures = self.failures.saturating_add(1);
        let due = rest.is_some() || self.failures >= config.failures;
        // Whoever began before the rest and fails in it does not make it longer.
        let begins = due && self.state(now) != BreakerState::Open;
        if begins {
            let pause = Duration::from_millis(config.pause_ms);
            self.until = now.checked_add(rest.unwrap_or_default().max(pause));
            self.probing = false;
        }
        begins
    }

    /// A probe ended without showing anything: the next may try.
    pub(super) fn abandoned(&mut self) {
        self.probing = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: ChainConfig = ChainConfig {
        failures: 2,
        pause_ms: 1_000,
    };
    const PAUSE: Duration = Duration::from_secs(1);

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        assert!(!breaker.failed(now, &CONFIG, None));
        assert!(breaker.failed(now, &CONFIG, None));
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..5 {
            assert!(!breaker.failed(now, &CONFIG, None));
            assert!(breaker.admits(now));
            breaker.succeeded();
        }
        assert_eq!(breaker.state(now), BreakerState::Closed);
    }

    #[test]
    fn after_the_rest_one_at_a_time_may_try() {
        let now = Instant::now();
        let mut breaker = opened(now);
        assert!(!breaker.admits(now + PAUSE - Duration::from_millis(1)));
        assert_eq!(breaker.state(now + PAUSE), BreakerState::HalfOpen);
        assert!(breaker.admits(now + PAUSE));
        assert!(!breaker.admits(now + PAUSE), "one probe is under way");
        breaker.abandoned();
        assert!(breaker.admits(now + PAUSE));
        breaker.succeeded();
        assert_eq!(breaker.state(now + PAUSE), BreakerState::Closed);
    }

    #[test]
    fn a_probe_that_fails_begins_a_new_rest() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = now + PAUSE;
        assert!(breaker.admits(later));
        assert!(breaker.failed(later, &CONFIG, None));
        assert_eq!(breaker.state(later), BreakerState::Open);
        assert!(!breaker.failed(later, &CONFIG, None), "a straggler");
        assert_eq!(breaker.state(later + PAUSE), BreakerState::HalfOpen);
    }

    #[test]
    fn whoever_asks_for_a_rest_gets_it_at_once() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        assert!(breaker.failed(now, &CONFIG, Some(10 * PAUSE)));
        assert_eq!(breaker.state(now + 9 * PAUSE), BreakerState::Open);
        assert_eq!(breaker.state(now + 10 * PAUSE), BreakerState::HalfOpen);
    }
}
