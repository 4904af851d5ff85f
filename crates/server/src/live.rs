//! What happens in calls, as it happens: for the screen of `biseo demo`, later for the console, notices and metrics.
//!
//! Events hold what people said. Nothing of them goes into a log.

use biseo_conversation::{Destination, Summary};
use biseo_model::record::{CallRecord, TurnRecord};
use tokio::sync::broadcast;

/// Events that a slow reader may lag behind before it loses some.
const LAG: usize = 1024;

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) enum LiveEvent {
    /// A call was answered.
    Began(Box<CallRecord>),
    /// A turn was taken: what was heard, understood and is now being said.
    Turn(Box<TurnRecord>),
    /// The turn's first sound has gone out (its latency is whole), or it was cut short.
    Amended(Box<TurnRecord>),
    /// The caller is to be connected with somebody; whether that came about is told by the summary.
    Connecting(Destination),
    /// A call is over.
    Ended {
        /// The call, as stored.
        call: Box<CallRecord>,
        /// What came of it.
        summary: Box<Summary>,
    },
}

/// Tells everybody who listens.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    sender: broadcast::Sender<LiveEvent>,
}

impl Live {
    /// With nobody listening yet.
    pub(crate) fn new() -> Self {
        Self {
            sender: broadcast::channel(LAG).0,
        }
    }

    /// Tells; that nobody listens is no fault.
    pub(crate) fn tell(&self, event: LiveEvent) {
        let _ = self.sender.send(event);
    }

    /// Listens from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<LiveEvent> {
        self.sender.subscribe()
    }
}
