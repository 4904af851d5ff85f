//! How good a call's line is.

use std::sync::{Mutex, PoisonError};

use biseo_media::quality::CallQuality;

/// What is known of a call's line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// What came from the caller, what the caller's side reports, and how that would sound.
    pub line: CallQuality,
    /// Packets we sent.
    pub sent: u64,
    /// Packets that could not be sent.
    pub unsent: u64,
    /// Frames of silence sent in the middle of an utterance because its next piece was not ready.
    pub starved: u64,
    /// Packets from others than the caller, and octets that were no RTP: thrown away.
    pub refused: u64,
}

/// Where the pacer puts the newest figures. It never waits: if somebody is reading just then, they come next time.
#[derive(Default)]
pub(crate) struct Board(Mutex<Quality>);

impl Board {
    pub(crate) fn write(&self, quality: Quality) {
        if let Ok(mut board) = self.0.try_lock() {
            *board = quality;
        }
    }

    pub(crate) fn read(&self) -> Quality {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
