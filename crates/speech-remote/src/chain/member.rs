//! An engine in a chain: its limit, its breaker, what it has done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use biseo_speech::SpeechError;

use super::ChainConfig;
use super::breaker::{Breaker, BreakerState};

/// Where a chain takes the time from: the system's clock, unless a test gives another.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// How an engine of a chain is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberState {
    /// The engine's name.
    pub engine: &'static str,
    /// Whether it is used.
    pub breaker: BreakerState,
    /// Utterances that it served.
    pub served: u64,
    /// Utterances in which it failed.
    pub failures: u64,
}

pub(super) struct Member<E: ?Sized> {
    pub(super) name: &'static str,
    pub(super) limit: Duration,
    breaker: Mutex<Breaker>,
    served: AtomicU64,
    failures: AtomicU64,
    config: ChainConfig,
    clock: Clock,
    pub(super) engine: Arc<E>,
}

impl<E: ?Sized> Member<E> {
    pub(super) fn new(
        name: &'static str,
        engine: Arc<E>,
        limit: Duration,
        config: ChainConfig,
        clock: Clock,
    ) -> Self {
        Self {
            name,
            limit,
            breaker: Mutex::default(),
            served: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            config,
            clock,
            engine,
        }
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn admits(&self) -> bool {
        self.breaker().admits((self.clock)())
    }

    pub(super) fn succeeded(&self) {
        self.served.fetch_add(1, Ordering::Relaxed);
        self.breaker().succeeded();
    }

    pub(super) fn failed(&self, error: &SpeechError) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        // Who does not say for how long may have room again at once: a channel less, a call that has ended.
        let rest = match error {
            SpeechError::Busy { retry_after, .. } => *retry_after,
            _ => None,
        };
        let engine = self.name;
        if self.breaker().failed((self.clock)(), &self.config, rest) {
            tracing::warn!(engine, %error, "the engine is left alone for a while");
        } else {
            tracing::info!(engine, %error, "the engine failed");
        }
    }

    pub(super) fn abandoned(&self) {
        self.breaker().abandoned();
    }

    pub(super) fn state(&self) -> MemberState {
        MemberState {
            engine: self.name,
            breaker: self.breaker().state((self.clock)()),
            served: self.served.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }
}
