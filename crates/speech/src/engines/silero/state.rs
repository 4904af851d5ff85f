//! What is kept of one call between two windows, and the gate that saves silence the network.

use super::network::{CONTEXT, Memory, WINDOW};

/// A window whose largest sample is no larger than this (two steps of µ-law or A-law next to zero) is silence, and
/// costs no inference.
const SILENT_PEAK: u16 = 16;
/// After this many silent windows in a row (about 1 s) the network begins afresh.
const SILENT_RESET: u32 = 31;

/// What the network remembers of one call.
#[derive(Debug, Clone, Default)]
pub struct SileroState {
    memory: Memory,
    context: [f32; CONTEXT],
    probability: f32,
    silent: u32,
}

impl SileroState {
    /// The probability of speech in the last window, 0 to 1.
    pub fn probability(&self) -> f32 {
        self.probability
    }

    /// `None`, and all that is to be done is done, when the window is silent.
    pub(super) fn wake<'a>(
        &'a mut self,
        window: &'a [i16; WINDOW],
    ) -> Option<(&'a mut Self, &'a [i16; WINDOW])> {
        if window.iter().any(|s| s.unsigned_abs() > SILENT_PEAK) {
            self.silent = 0;
            return Some((self, window));
        }
        self.silent += 1;
        if self.silent == SILENT_RESET {
            *self = Self {
                silent: self.silent,
                ..Self::default()
            };
        }
        self.silent = self.silent.min(SILENT_RESET);
        self.judged(window, 0.0);
        None
    }

    /// Keeps what was found in a window, and of it what the network is to see again.
    pub(super) fn judged(&mut self, window: &[i16; WINDOW], probability: f32) {
        self.probability = probability.clamp(0.0, 1.0);
        for (kept, &sample) in self.context.iter_mut().zip(&window[WINDOW - CONTEXT..]) {
            *kept = scale(sample);
        }
    }

    /// The end of the window before.
    pub(super) fn context(&self) -> &[f32; CONTEXT] {
        &self.context
    }

    /// What the LSTM remembers.
    pub(super) fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }
}

/// A sample as the network knows it, -1 to 1.
pub(super) fn scale(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}
