//! The call's half of a session.

use std::sync::Arc;
use std::time::Duration;

use biseo_speech::{Result, SttSession, Transcript};

use super::Protocol;
use super::line::Line;
use super::task;
use crate::net::{Connector, Runtime};

/// The time limits of a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// For connecting and shaking hands.
    pub(crate) connect: Duration,
    /// For the final text, counted from the utterance's end.
    pub(crate) finish: Duration,
}

/// A session over a WebSocket.
pub(crate) struct LiveSession {
    engine: &'static str,
    line: Arc<Line>,
    limits: Limits,
    /// The task's, which may outlive the engine with this.
    _runtime: Runtime,
}

impl LiveSession {
    /// Begins one; nothing is connected before there is sound.
    pub(crate) fn begin<P: Protocol>(
        engine: &'static str,
        runtime: &Runtime,
        connector: Connector,
        protocol: P,
        limits: Limits,
    ) -> Self {
        let line = Arc::new(Line::new());
        // Without a runtime nobody answers, and `finish` says so.
        runtime.spawn(task::run(protocol, connector, line.clone(), limits));
        Self {
            engine,
            line,
            limits,
            _runtime: runtime.clone(),
        }
    }
}

impl SttSession for LiveSession {
    fn accept(&mut self, samples: &[i16]) -> Result<()> {
        self.line.push(samples).map_err(|e| e.of(self.engine))
    }

    fn partial(&mut self) -> Result<Transcript> {
        self.line.partial().map_err(|e| e.of(self.engine))
    }

    fn finish(&mut self) -> Result<Transcript> {
        self.line
            .finish(self.limits.finish)
            .map_err(|e| e.of(self.engine))
    }

    fn reset(&mut self) {
        self.line.reset();
    }
}

impl Drop for LiveSession {
    fn drop(&mut self) {
        self.line.close();
    }
}
