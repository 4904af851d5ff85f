//! A trunk that is treated as dead for a while, to see that calls go on without it.

use tokio::sync::{mpsc, watch};

use crate::engine::Command;

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PullPhase {
    /// The stack has not looked at it yet.
    #[default]
    Asked,
    /// The trunk is treated as dead.
    Pulled,
    /// It is not any more, or never was.
    Over(PullEnd),
}

/// Why a trunk is not treated as dead any more, or never was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullEnd {
    /// Its time was over.
    Time,
    /// It was put back.
    PutBack,
    /// No other trunk is well, so that there would be nobody to carry calls.
    NoOther,
    /// It is down without being pulled.
    Down,
    /// Another one is pulled.
    Another,
    /// A caller who was refused came by it again: the carrier does not use another trunk. That call was taken.
    CalledAgain,
    /// The stack has stopped.
    Stopped,
}

/// How it goes with a pulled trunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PullState {
    /// What became of it.
    pub phase: PullPhase,
    /// Calls by it that were refused (503).
    pub refused: u32,
    /// Those among their callers who came by another trunk, or by it again when it was back.
    pub returned: u32,
    /// Calls by it that were taken all the same, as no other trunk was well at that moment.
    pub let_in: u32,
}

/// A trunk that is treated as dead ([`crate::SipStack::pull`]). Dropping it puts the trunk back.
#[derive(Debug)]
pub struct Pulled {
    id: u64,
    commands: mpsc::UnboundedSender<Command>,
    told: watch::Receiver<PullState>,
}

impl Pulled {
    pub(crate) fn new(
        id: u64,
        commands: mpsc::UnboundedSender<Command>,
        told: watch::Receiver<PullState>,
    ) -> Self {
        Self { id, commands, told }
    }

    /// How it goes now. Waits for nobody.
    #[must_use]
    pub fn state(&self) -> PullState {
        let mut state = *self.told.borrow();
        if self.told.has_changed().is_err() && !matches!(state.phase, PullPhase::Over(_)) {
            state.phase = PullPhase::Over(PullEnd::Stopped);
        }
        state
    }

    /// Puts the trunk back. Who of the refused callers comes is counted on, until this is dropped.
    pub fn put_back(&self) {
        let _ = self.commands.send(Command::PutBack {
            id: self.id,
            forget: false,
        });
    }
}

impl Drop for Pulled {
    fn drop(&mut self) {
        let _ = self.commands.send(Command::PutBack {
            id: self.id,
            forget: true,
        });
    }
}
