//! What a platform may do wrong.

use thiserror::Error;

/// Why a message was refused. Says nothing of the message's content: numbers and names may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProtocolError {
    /// Longer than [`limits::MESSAGE`](crate::limits::MESSAGE).
    #[error("the message is too long")]
    MessageTooLong,
    /// No JSON, or a field of it has an impossible form.
    #[error("the message cannot be read (line {line}, column {column})")]
    Form {
        /// Line of the message, from 1.
        line: usize,
        /// Column in it, from 1; 0 where the fault is in the whole.
        column: usize,
    },
    /// A field that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field holds more than [`limits`](crate::limits) allows, or what it cannot hold.
    #[error("{0} is out of bounds")]
    Bounds(&'static str),
    /// The sound is not base64.
    #[error("the sound is not base64")]
    Base64,
    /// Sound in another form than G.711 at 8 kHz, one channel (or L16 at 8 kHz, from jambonz).
    #[error("the sound is offered in a form that is not spoken here: G.711 (PCMU or PCMA), 8000 Hz, mono")]
    Format,
    /// `start` came twice.
    #[error("a second start")]
    SecondStart,
    /// Something of a call came before its start.
    #[error("{0} before start")]
    BeforeStart(&'static str),
    /// A message of another stream than the one that was started.
    #[error("a message of another stream")]
    OtherStream,
    /// A binary message where sound comes as text.
    #[error("a binary message")]
    Binary,
    /// Something came after the end.
    #[error("a message after stop")]
    AfterStop,
}

impl From<serde_json::Error> for ProtocolError {
    fn from(e: serde_json::Error) -> Self {
        Self::Form {
            line: e.line(),
            column: e.column(),
        }
    }
}
