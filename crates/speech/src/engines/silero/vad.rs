//! The detector of one call: sound in pieces of any size, cut to windows.

use super::{SileroModel, SileroState, WINDOW};
use crate::{Result, Vad};

/// The detector of one call.
pub struct SileroVad {
    model: SileroModel,
    state: SileroState,
    pending: Vec<i16>,
}

impl SileroVad {
    /// A detector for a call that begins now.
    pub fn new(model: SileroModel) -> Self {
        Self {
            model,
            state: SileroState::default(),
            pending: Vec::with_capacity(WINDOW),
        }
    }
}

impl Vad for SileroVad {
    fn window(&self) -> usize {
        WINDOW
    }

    fn accept(&mut self, mut samples: &[i16], probabilities: &mut Vec<f32>) -> Result<()> {
        while self.pending.len() + samples.len() >= WINDOW {
            let (head, tail) = samples.split_at(WINDOW - self.pending.len());
            self.pending.extend_from_slice(head);
            samples = tail;
            let mut window = [0; WINDOW];
            window.copy_from_slice(&self.pending);
            self.pending.clear();
            self.model.infer(&mut [(&mut self.state, &window)]);
            probabilities.push(self.state.probability());
        }
        self.pending.extend_from_slice(samples);
        Ok(())
    }

    fn reset(&mut self) {
        self.state = SileroState::default();
        self.pending.clear();
    }
}
