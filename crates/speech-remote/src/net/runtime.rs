//! The thread on which an engine's connections live.

use std::future::Future;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::config::{ConfigError, fault};

/// A runtime with one thread. Sessions hold it too: it ends with the last of them.
#[derive(Clone)]
pub(crate) struct Runtime(Arc<Inner>);

/// It may be dropped anywhere, also on a thread of another runtime.
struct Inner(Option<tokio::runtime::Runtime>);

impl Runtime {
    pub(crate) fn new(name: &str) -> Result<Self, ConfigError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(4)
            .thread_name(name)
            .enable_all()
            .build()
            .map_err(|e| fault("endpoint", format!("no thread can be started for it: {e}")))?;
        Ok(Self(Arc::new(Inner(Some(runtime)))))
    }

    /// Runs something there; `None` only while it ends.
    pub(crate) fn spawn<F>(&self, work: F) -> Option<JoinHandle<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0.0.as_ref().map(|runtime| runtime.spawn(work))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
