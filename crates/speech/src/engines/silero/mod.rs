//! Silero VAD at its native 8 kHz, computed by code of Biseo's own. The weights (MIT, 0.8 MB, `models/silero/`) are part of
//! the program.
//!
//! One [`SileroModel`] (0.8 MB of memory) serves all calls on all threads: it is only read, and its clones share it. A call
//! keeps a [`SileroState`] of 1.2 KB, or a [`SileroVad`] with half a kilobyte more for sound that waits for its window to be
//! full. Judging a window allocates nothing and starts no thread. [`SileroModel::infer`] takes the windows of many calls at
//! once; four together cost less than one by one, because they share the reading of the weights.
//!
//! What the network computes is told in `network.rs`. The tests compare it with rten's run of the published network, at
//! each of the processor's [`levels`].

mod curve;
mod layer;
mod level;
mod network;
#[cfg(test)]
mod network_tests;
mod spectrum;
mod state;
mod vad;
mod weights;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::{Result, SpeechError};
use network::Network;

pub use level::{Level, levels};
pub use network::WINDOW;
pub use state::SileroState;
pub use vad::SileroVad;

const EMBEDDED: &[u8] = include_bytes!("../../../../../models/silero/silero_vad_8k.weights");
/// Octets of a file of weights that are read at most; the file has fewer.
const MAX_FILE: u64 = 1 << 20;
/// Calls that are judged together. More would want more registers than there are.
const TOGETHER: usize = 4;

/// The network, ready to run. Cheap to clone: clones share it.
#[derive(Clone)]
pub struct SileroModel {
    network: Arc<Network>,
    level: Level,
}

impl SileroModel {
    /// The network that is part of the program.
    ///
    /// # Errors
    /// When its weights are damaged, which the tests rule out for this file.
    pub fn embedded() -> Result<Self> {
        Self::from_bytes(EMBEDDED, Path::new("silero_vad_8k.weights"))
    }

    /// A network from a file, as `models/silero/flatten.py` makes it.
    ///
    /// # Errors
    /// [`SpeechError::Model`] when the file cannot be read, is damaged, or is another network.
    pub fn load(path: &Path) -> Result<Self> {
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_FILE).read_to_end(&mut bytes))
            .map_err(|e| model_error(path, e))?;
        Self::from_bytes(&bytes, path)
    }

    fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self> {
        let network = Network::read(bytes).map_err(|e| model_error(path, e))?;
        Ok(Self {
            network: Arc::new(network),
            level: Level::new(),
        })
    }

    /// The same network, computed with these instructions instead of the best that the processor has.
    #[must_use]
    pub fn at(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Judges one window for each of several calls and puts each probability into its call's
    /// [`SileroState::probability`].
    pub fn infer(&self, calls: &mut [(&mut SileroState, &[i16; WINDOW])]) {
        let mut awake = calls.iter_mut().filter_map(|(state, window)| state.wake(window));
        loop {
            let group: [_; TOGETHER] = std::array::from_fn(|_| awake.next());
            match group {
                [Some(a), Some(b), Some(c), Some(d)] => self.hear([a, b, c, d]),
                rest => return rest.into_iter().flatten().for_each(|call| self.hear([call])),
            }
        }
    }

    fn hear<const N: usize>(&self, mut calls: [(&mut SileroState, &[i16; WINDOW]); N]) {
        let mut heard = [[0.0; network::STATE]; N];
        for (heard, (state, window)) in heard.iter_mut().zip(&calls) {
            *heard = self
                .network
                .encode(self.level, state.context(), &window.map(state::scale));
        }
        let mut memories = calls.each_mut().map(|(state, _)| state.memory());
        let probabilities = self.network.hear(self.level, &heard, &mut memories);
        for ((state, window), probability) in calls.into_iter().zip(probabilities) {
            state.judged(window, probability);
        }
    }
}

fn model_error(path: &Path, detail: impl std::fmt::Display) -> SpeechError {
    SpeechError::Model {
        path: path.to_owned(),
        detail: detail.to_string(),
    }
}
