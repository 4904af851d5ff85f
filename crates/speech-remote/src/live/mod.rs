//! Recognition over a WebSocket while the caller speaks: what all such engines share.
//!
//! A session is two halves. The call's half ([`LiveSession`]) puts samples into a [`line::Line`] and reads texts from it,
//! and waits only in `finish`, for a limited time. The other half ([`task::run`]) lives on the engine's thread and talks with
//! the service in the words of a [`Protocol`].

mod line;
mod session;
mod task;

use std::future::Future;

use biseo_speech::Transcript;
use hyper::header::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::Message;

use crate::failure::Failure;

pub(crate) use session::{Limits, LiveSession};

/// Octets of text that one utterance may have: a minute of hurried speech has two thousand.
pub(crate) const MOST_TEXT: usize = 16 * 1024;

/// Where a connection is opened, and with what.
pub(crate) struct Door {
    /// `wss://…`.
    pub(crate) url: String,
    /// Beside those of the WebSocket itself.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

/// How one call's session speaks with a service.
pub(crate) trait Protocol: Send + Sync + 'static {
    /// What is kept while one utterance lasts.
    type Utterance: Utterance;

    /// Whether a connection serves one utterance after another.
    const KEEPS: bool;

    /// The address, for which something may have to be fetched first.
    fn door(&self) -> impl Future<Output = Result<Door, Failure>> + Send;

    /// The door was shut because of the key (401). Whether another try may go better.
    fn shut_out(&self) -> impl Future<Output = bool> + Send {
        async { false }
    }

    /// What is said first on a new connection.
    fn greeting(&self) -> Option<Message>;

    /// A new utterance.
    fn utterance(&self) -> Self::Utterance;
}

/// One utterance in the words of a service.
pub(crate) trait Utterance: Send {
    /// Puts samples (8 kHz) into messages.
    fn audio(&mut self, samples: &[i16], out: &mut Vec<Message>);

    /// No more samples will come.
    fn end(&mut self, out: &mut Vec<Message>);

    /// The service said something.
    fn hear(&mut self, text: &str) -> Result<Heard, Failure>;

    /// The service closed the connection; for some that is how an utterance ends.
    fn closed(&mut self) -> Result<Transcript, Failure> {
        Err(Failure::Closed)
    }

    /// What is final if nothing more comes for a moment.
    fn settled(&self) -> Option<Transcript> {
        None
    }
}

/// What a message of the service brought.
pub(crate) enum Heard {
    /// Nothing about the text.
    Nothing,
    /// A text that may still change.
    Partial(Transcript),
    /// The utterance's text.
    Final(Transcript),
}

/// A transcript of a text alone.
pub(crate) fn plain(text: &str) -> Transcript {
    Transcript {
        text: text.trim().to_owned(),
        ..Transcript::default()
    }
}
