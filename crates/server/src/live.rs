//! What happens in calls, as it happens: for the screen of `biseo demo`, later for the console, notices and metrics.
//!
//! Events hold what people said. Nothing of them goes into a log.

use std::sync::{Arc, Mutex, PoisonError};

use biseo_conversation::{Destination, Summary};
use biseo_model::ids::CallId;
use biseo_model::record::{CallRecord, TurnRecord};
use jiff::Timestamp;
use tokio::sync::{broadcast, mpsc};

pub(crate) use deed::Deed;

mod deed;

/// Events that a slow reader may lag behind before it loses some.
const LAG: usize = 1024;

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) enum LiveEvent {
    /// A call was answered.
    Began(Box<CallRecord>),
    /// Words that are being spoken; they may still change.
    Partial {
        /// The call.
        call: CallId,
        /// The turn that it will be.
        number: u32,
        /// The caller's words so far.
        heard: String,
        /// When the sound had come in which they were recognised.
        at: Timestamp,
    },
    /// A turn was taken: what was heard, understood and is now being said.
    Turn(Box<TurnRecord>),
    /// The turn's first sound has gone out (its latency is whole), or it was cut short.
    Amended(Box<TurnRecord>),
    /// The caller is to be connected with somebody; whether that came about is told by the summary.
    Connecting {
        /// In which call.
        call: CallId,
        /// With whom.
        to: Destination,
    },
    /// A call is over.
    Ended {
        /// The call, as stored.
        call: Box<CallRecord>,
        /// What came of it.
        summary: Box<Summary>,
    },
}

/// Tells everybody who listens. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    sender: broadcast::Sender<LiveEvent>,
    deeds: mpsc::UnboundedSender<Deed>,
    told: Arc<Mutex<Option<mpsc::UnboundedReceiver<Deed>>>>,
}

impl Live {
    /// With nobody listening yet.
    pub(crate) fn new() -> Self {
        let (deeds, told) = mpsc::unbounded_channel();
        Self {
            sender: broadcast::channel(LAG).0,
            deeds,
            told: Arc::new(Mutex::new(Some(told))),
        }
    }

    /// What was done for a caller is in the store; none of it is lost on the way to whoever tells the shop's people.
    pub(crate) fn done(&self, deed: Deed) {
        let _ = self.deeds.send(deed);
    }

    /// All that is done, from the beginning on, for the one who tells the shop's people: `None` for a second one. Whoever does not
    /// want it drops it.
    pub(crate) fn deeds(&self) -> Option<mpsc::UnboundedReceiver<Deed>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).take()
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
