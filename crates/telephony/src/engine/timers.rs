//! Deadlines in order. Time is an input; nothing here reads a clock.

use std::collections::BTreeMap;
use std::time::Instant;

/// What falls due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Send a response again (timer G, or a 200 until its ACK).
    ServerResend(String),
    /// A server transaction is over (timers H, I, J, L).
    ServerEnd(String),
    /// Send a request again (timers A, E).
    ClientResend(String),
    /// A client transaction is over or was never answered (timers B, D, F, M).
    ClientEnd(String),
    /// Something of a leg.
    Leg(u64, LegTimer),
    /// A registration at a provider is to be sent.
    Register(usize),
    /// A call by trunks has shown no sign of life.
    Hedge(u64),
    /// A trunk on which calls wait is looked after.
    Watch(usize),
    /// A trunk's state changes by time alone.
    Health(usize),
    /// A trunk is to be pinged.
    Ping(usize),
    /// A ping of this number has not been answered in time.
    PingLate(usize, u64),
    /// A trunk's name is to be looked up again.
    Resolve(usize),
    /// The trunk that was pulled is put back.
    PutBack,
    /// Our own address may have changed.
    Moves,
    /// Forget what is old: bindings, rates.
    Sweep,
}

/// Timers of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegTimer {
    /// Send a reliable provisional response again (RFC 3262 §3).
    Reliable,
    /// Refresh the session, or end it unrefreshed (RFC 4028).
    Session,
    /// It has rung long enough.
    Patience,
    /// Try a re-INVITE again that met 491.
    Reinvite,
}

/// Names a deadline, to cancel it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimerId(Instant, u64);

/// The deadlines.
#[derive(Debug, Default)]
pub(crate) struct TimerQueue {
    next: u64,
    queue: BTreeMap<TimerId, Due>,
}

impl TimerQueue {
    pub(crate) fn set(&mut self, at: Instant, due: Due) -> TimerId {
        self.next += 1;
        let id = TimerId(at, self.next);
        self.queue.insert(id, due);
        id
    }

    pub(crate) fn cancel(&mut self, id: &mut Option<TimerId>) {
        if let Some(id) = id.take() {
            self.queue.remove(&id);
        }
    }

    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.queue.keys().next().map(|t| t.0)
    }

    pub(crate) fn pop(&mut self, now: Instant) -> Option<Due> {
        let first = *self.queue.keys().next().filter(|t| t.0 <= now)?;
        self.queue.remove(&first)
    }
}
