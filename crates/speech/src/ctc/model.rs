//! The network, run by rten two steps of 30 ms at a time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rten::{Dimension, Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueView};

use super::frontend::FEATURES;
use crate::{Result, SpeechError};

const ENGINE: &str = "demo-ctc";
/// Numbers of state at most: what a call may cost in memory (4 MB).
const MAX_STATE: usize = 1 << 20;
/// Threads that networks run on at most.
const MAX_THREADS: usize = 16;
/// Steps in one run. One alone costs three times as much for each step (the time goes into reading the weights); more would
/// make the caller wait longer.
const BATCH: usize = 2;

/// A network with the inputs `feats` [1, T, 120] and `state` [1, S] and the outputs `logp` [1, T, V] and `state_out`
/// [1, S]. Cheap to clone: clones share it and its threads.
#[derive(Clone)]
pub struct CtcModel {
    model: Arc<Model>,
    /// One thread each; a stream always uses the same.
    threads: Arc<[Arc<ThreadPool>]>,
    turn: Arc<AtomicUsize>,
    inputs: [NodeId; 2],
    outputs: [NodeId; 2],
    state: usize,
    tokens: usize,
}

impl CtcModel {
    /// Loads a network that has `tokens` outputs and tries it on a step or two. Trust the file as you would a program: what
    /// is cut short or of another kind is found here, but rten's reader was not made for files that mean harm (octets changed
    /// on purpose can keep rten 0.27 busy for ever).
    ///
    /// # Errors
    /// [`SpeechError::Model`] when the file cannot be read or is another network.
    pub fn load(path: &Path, tokens: usize) -> Result<Self> {
        let fail = |detail: String| SpeechError::Model {
            path: path.to_owned(),
            detail,
        };
        let bytes = std::fs::read(path).map_err(|e| fail(e.to_string()))?;
        Self::parse(bytes, tokens).map_err(fail)
    }

    fn parse(bytes: Vec<u8>, tokens: usize) -> std::result::Result<Self, String> {
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = options.load(bytes).map_err(|e| e.to_string())?;
        let node = |name| {
            let found = model.node_id(name);
            found.map_err(|_| format!("no input or output `{name}`"))
        };
        let (inputs, outputs) = (
            [node("feats")?, node("state")?],
            [node("logp")?, node("state_out")?],
        );
        let made = Self {
            inputs,
            outputs,
            state: state_size(&model, inputs[1])?,
            tokens,
            threads: threads(),
            turn: Arc::default(),
            model: Arc::new(model),
        };
        made.probe()?;
        Ok(made)
    }

    /// Runs one step, so that a wrong file is found when it is loaded and not in a call.
    fn probe(&self) -> std::result::Result<(), String> {
        let mut sums = Vec::new();
        let mut stream = self.stream();
        for _ in 0..BATCH {
            let each = |step: &[f32]| sums.push(step.iter().map(|p| p.exp()).sum::<f32>());
            stream.push(&[0.0; FEATURES], each).map_err(|e| e.to_string())?;
        }
        match sums.iter().find(|&sum| !((0.99..1.01).contains(sum))) {
            None => Ok(()),
            Some(sum) => Err(format!(
                "its outputs are no log-probabilities: they add up to {sum}"
            )),
        }
    }

    /// How many outputs it has for each step.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// Starts to follow one call.
    pub fn stream(&self) -> CtcStream {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        CtcStream {
            threads: self.threads[turn % self.threads.len()].clone(),
            state: vec![0.0; self.state],
            waiting: Vec::with_capacity(BATCH * FEATURES),
            model: self.clone(),
        }
    }
}

/// The length of the state, from the input's shape.
fn state_size(model: &Model, input: NodeId) -> std::result::Result<usize, String> {
    let shape = model.node_info(input).and_then(|info| info.shape());
    match shape.as_deref() {
        Some([_, Dimension::Fixed(size)]) if (1..=MAX_STATE).contains(size) => Ok(*size),
        other => Err(format!(
            "the input `state` has the shape {other:?}, expected [1, S]"
        )),
    }
}

/// One pool of one thread for each core: a step is too short to be shared among threads.
fn threads() -> Arc<[Arc<ThreadPool>]> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (0..cores.min(MAX_THREADS))
        .map(|_| Arc::new(ThreadPool::with_num_threads(1)))
        .collect()
}

/// What the network remembers of one call.
///
/// Steps are always taken two by two from the utterance's beginning, however they come: the same sound gives the same
/// numbers to the last bit.
pub struct CtcStream {
    model: CtcModel,
    threads: Arc<ThreadPool>,
    state: Vec<f32>,
    /// Feature vectors that wait for company.
    waiting: Vec<f32>,
}

impl CtcStream {
    /// Takes the next feature vector, and calls `each` with the log-probabilities of every step that it completes: none or
    /// two of them.
    ///
    /// # Errors
    /// [`SpeechError::Engine`] when the network cannot be run; the steps are lost.
    pub fn push(&mut self, features: &[f32; FEATURES], each: impl FnMut(&[f32])) -> Result<()> {
        self.waiting.extend_from_slice(features);
        if self.waiting.len() == BATCH * FEATURES {
            self.flush(each)
        } else {
            Ok(())
        }
    }

    /// The sound is over: takes the step that still waits.
    ///
    /// # Errors
    /// As [`CtcStream::push`].
    pub fn flush(&mut self, each: impl FnMut(&[f32])) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let outcome = self.run();
        let steps = self.waiting.len() / FEATURES;
        self.waiting.clear();
        let (output, state) = outcome.map_err(engine_error)?;
        let (found, expected) = (
            (output.len(), state.len()),
            (steps * self.model.tokens, self.state.len()),
        );
        if found != expected {
            return Err(engine_error(format!(
                "outputs and state hold {found:?} numbers, expected {expected:?}"
            )));
        }
        self.state = state;
        output.chunks_exact(self.model.tokens).for_each(each);
        Ok(())
    }

    fn run(&self) -> std::result::Result<(Vec<f32>, Vec<f32>), String> {
        let text = |e: &dyn std::fmt::Display| e.to_string();
        let shape = [1, self.waiting.len() / FEATURES, FEATURES];
        let features = ValueView::from_shape(shape.as_slice(), &self.waiting).map_err(|e| text(&e))?;
        let state =
            ValueView::from_shape([1, self.state.len()].as_slice(), &self.state).map_err(|e| text(&e))?;
        let inputs = vec![
            (self.model.inputs[0], features.into()),
            (self.model.inputs[1], state.into()),
        ];
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        let outputs = self.model.model.run_n(inputs, self.model.outputs, Some(options));
        let [output, state] = outputs.map_err(|e| text(&e))?;
        Ok((numbers::<3>(output)?, numbers::<2>(state)?))
    }

    /// Begins a new utterance.
    pub fn reset(&mut self) {
        self.state.fill(0.0);
        self.waiting.clear();
    }
}

fn numbers<const N: usize>(value: Value) -> std::result::Result<Vec<f32>, String> {
    let (_, numbers) = value.into_shape_vec::<f32, N>().map_err(|e| e.to_string())?;
    Ok(numbers)
}

fn engine_error(detail: impl std::fmt::Display) -> SpeechError {
    SpeechError::Engine {
        engine: ENGINE,
        detail: detail.to_string(),
    }
}
