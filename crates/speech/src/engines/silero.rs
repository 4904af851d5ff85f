//! Silero VAD at its native 8 kHz, run by rten. The network (MIT, 1.3 MB, `models/silero/`) is part of the program.
//!
//! One [`SileroModel`] computes on one thread of its own; a worker thread that serves many calls should hold its own
//! model, and [`SileroModel::infer`] takes the windows of many calls at once.

use std::path::Path;
use std::sync::Arc;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueView};

use crate::{Result, SpeechError, Vad};

/// Samples in one window: 32 ms at 8 kHz.
pub const WINDOW: usize = 256;
/// Samples of the window before that the network sees again.
const CONTEXT: usize = 32;
/// Numbers in each of the network's two state vectors.
const STATE: usize = 128;
/// A window whose largest sample is no larger than this (two steps of µ-law or A-law next to zero) is silence, and
/// costs no inference.
const SILENT_PEAK: u16 = 16;
/// After this many silent windows in a row (about 1 s) the network begins afresh.
const SILENT_RESET: u32 = 31;

const NAME: &str = "silero-vad";
const EMBEDDED: &[u8] = include_bytes!("../../../../models/silero/silero_vad_8k.onnx");

/// The network, ready to run. Cheap to clone: clones share it and its thread.
#[derive(Clone)]
pub struct SileroModel {
    model: Arc<Model>,
    threads: Arc<ThreadPool>,
    inputs: [NodeId; 2],
    outputs: [NodeId; 2],
}

impl SileroModel {
    /// The network that is part of the program.
    ///
    /// # Errors
    /// When rten does not accept it, which the tests rule out for this file.
    pub fn embedded() -> Result<Self> {
        Self::from_bytes(EMBEDDED.to_vec(), Path::new("silero_vad_8k.onnx"))
    }

    /// A network from a file, as `models/silero/extract_8k.py` makes it.
    ///
    /// # Errors
    /// [`SpeechError::Model`] when the file cannot be read or is another network.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| model_error(path, e))?;
        Self::from_bytes(bytes, path)
    }

    fn from_bytes(bytes: Vec<u8>, path: &Path) -> Result<Self> {
        let model = Model::load(bytes).map_err(|e| model_error(path, e))?;
        let node = |name| {
            model
                .node_id(name)
                .map_err(|_| model_error(path, format!("no input or output `{name}`")))
        };
        let made = Self {
            inputs: [node("input")?, node("state")?],
            outputs: [node("output")?, node("stateN")?],
            threads: Arc::new(ThreadPool::with_num_threads(1)),
            model: Arc::new(model),
        };
        made.probe().map_err(|e| model_error(path, e))?;
        Ok(made)
    }

    /// Runs one window of silence, so that a wrong file is found when it is loaded and not in a call.
    fn probe(&self) -> Result<()> {
        self.run(vec![0.0; WINDOW + CONTEXT], vec![0.0; 2 * STATE], 1)
            .map(drop)
    }

    /// Judges one window for each of several calls in one run of the network and puts each probability into its call's
    /// [`SileroState::probability`].
    ///
    /// # Errors
    /// When the network cannot be run; the states are unchanged.
    pub fn infer(&self, calls: &mut [(&mut SileroState, &[i16; WINDOW])]) -> Result<()> {
        let mut awake: Vec<_> = calls
            .iter_mut()
            .filter_map(|(state, window)| state.wake(window))
            .collect();
        let batch = awake.len();
        if batch == 0 {
            return Ok(());
        }
        let mut input = Vec::with_capacity(batch * (WINDOW + CONTEXT));
        for (state, window) in &awake {
            input.extend_from_slice(&state.context);
            input.extend(window.iter().map(|&s| scale(s)));
        }
        let halves = [0, STATE];
        let memory = halves
            .iter()
            .flat_map(|&at| awake.iter().flat_map(move |(s, _)| &s.memory[at..at + STATE]))
            .copied();
        let (probabilities, memory) = self.run(input, memory.collect(), batch)?;
        for (n, (state, window)) in awake.iter_mut().enumerate() {
            state.probability = probabilities[n].clamp(0.0, 1.0);
            state.memory[..STATE].copy_from_slice(&memory[n * STATE..(n + 1) * STATE]);
            state.memory[STATE..].copy_from_slice(&memory[(batch + n) * STATE..(batch + n + 1) * STATE]);
            state.remember(window);
        }
        Ok(())
    }

    /// Returns `batch` probabilities and `2 * batch * STATE` numbers of state.
    fn run(&self, input: Vec<f32>, memory: Vec<f32>, batch: usize) -> Result<(Vec<f32>, Vec<f32>)> {
        let input = ValueView::from_shape([batch, WINDOW + CONTEXT].as_slice(), &input)
            .map_err(engine_error)?
            .to_owned();
        let memory = Value::from_shape([2, batch, STATE].as_slice(), memory).map_err(engine_error)?;
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        let values = vec![(self.inputs[0], input.into()), (self.inputs[1], memory.into())];
        let [output, state] = self
            .model
            .run_n(values, self.outputs, Some(options))
            .map_err(engine_error)?;
        let (_, output) = output.into_shape_vec::<f32, 2>().map_err(engine_error)?;
        let (_, state) = state.into_shape_vec::<f32, 3>().map_err(engine_error)?;
        if output.len() != batch || state.len() != 2 * batch * STATE {
            return Err(engine_error("the network's outputs have another shape"));
        }
        Ok((output, state))
    }
}

fn scale(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

fn engine_error(detail: impl std::fmt::Display) -> SpeechError {
    SpeechError::Engine {
        engine: NAME,
        detail: detail.to_string(),
    }
}

fn model_error(path: &Path, detail: impl std::fmt::Display) -> SpeechError {
    SpeechError::Model {
        path: path.to_owned(),
        detail: detail.to_string(),
    }
}

/// What the network remembers of one call.
#[derive(Debug, Clone)]
pub struct SileroState {
    memory: [f32; 2 * STATE],
    context: [f32; CONTEXT],
    probability: f32,
    silent: u32,
}

impl Default for SileroState {
    fn default() -> Self {
        Self {
            memory: [0.0; 2 * STATE],
            context: [0.0; CONTEXT],
            probability: 0.0,
            silent: 0,
        }
    }
}

impl SileroState {
    /// The probability of speech in the last window, 0 to 1.
    pub fn probability(&self) -> f32 {
        self.probability
    }

    /// `None`, and all that is to be done is done, when the window is silent.
    fn wake<'a>(&'a mut self, window: &'a [i16; WINDOW]) -> Option<(&'a mut Self, &'a [i16; WINDOW])> {
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
        self.probability = 0.0;
        self.remember(window);
        None
    }

    fn remember(&mut self, window: &[i16; WINDOW]) {
        for (kept, &sample) in self.context.iter_mut().zip(&window[WINDOW - CONTEXT..]) {
            *kept = scale(sample);
        }
    }
}

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
            self.model.infer(&mut [(&mut self.state, &window)])?;
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
