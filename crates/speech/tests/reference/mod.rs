//! The published network, run by rten: what Biseo's own implementation is compared with.

use std::path::Path;
use std::sync::Arc;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueView};

/// Samples of the window before, and of the window.
pub const INPUT: usize = 32 + 256;
/// Numbers in each of the two state vectors.
pub const STATE: usize = 128;

/// The network on one thread.
pub struct Reference {
    model: Model,
    threads: Arc<ThreadPool>,
    inputs: [NodeId; 2],
    outputs: [NodeId; 2],
}

impl Reference {
    /// `models/silero/silero_vad_8k.onnx`.
    pub fn load() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/silero/silero_vad_8k.onnx");
        let model = Model::load(std::fs::read(path).unwrap()).unwrap();
        let node = |name| model.node_id(name).unwrap();
        Self {
            inputs: [node("input"), node("state")],
            outputs: [node("output"), node("stateN")],
            threads: Arc::new(ThreadPool::with_num_threads(1)),
            model,
        }
    }

    /// Takes `batch` inputs, and as many hidden vectors and then cell vectors; returns the probabilities and the new state.
    pub fn run(&self, input: &[f32], state: &[f32], batch: usize) -> (Vec<f32>, Vec<f32>) {
        let input = ValueView::from_shape([batch, INPUT].as_slice(), input).unwrap();
        let state = Value::from_shape([2, batch, STATE].as_slice(), state.to_vec()).unwrap();
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        let values = vec![(self.inputs[0], input.into()), (self.inputs[1], state.into())];
        let [output, state] = self.model.run_n(values, self.outputs, Some(options)).unwrap();
        let (_, output) = output.into_shape_vec::<f32, 2>().unwrap();
        let (_, state) = state.into_shape_vec::<f32, 3>().unwrap();
        (output, state)
    }
}
