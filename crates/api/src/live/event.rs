//! The events, as they go over the wire.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::{CallView, TurnView};

/// Words that are being spoken. They may still change: each replaces the ones before of the same call and speaker.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Partial {
    /// The call.
    pub call: String,
    /// The turn that it will be.
    pub number: u32,
    /// The caller's words so far.
    pub heard: String,
    /// When the sound had come in which they were recognised.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What a notice is about; the page may want to load it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A booking was made, moved or cancelled.
    Booking,
    /// An order was placed, changed or cancelled.
    Order,
    /// A message was left or marked.
    Message,
    /// A question could not be answered, or was answered.
    Question,
    /// Something of a caller was noted.
    Caller,
    /// The profile changed.
    Profile,
    /// Danger was heard: somebody has to look at once.
    Alert,
    /// A call is to be connected with somebody.
    Connecting,
    /// Something of the line or the shop is out of order, or works again.
    Incident,
}

/// Something changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notice {
    /// What. (`kind` is the event's own.)
    pub about: NoticeKind,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// The call in which it happened.
    pub call: Option<String>,
}

impl Notice {
    /// A notice.
    #[must_use]
    pub fn of(kind: NoticeKind, id: Option<&str>, call: Option<&str>) -> Self {
        Self {
            about: kind,
            id: id.map(Into::into),
            call: call.map(Into::into),
        }
    }
}

/// A call's turn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LiveTurn {
    /// The call.
    pub call: String,
    /// The turn.
    pub turn: TurnView,
}

/// An event of the stream. The SSE field `event` holds its kind (`call_began`, `partial`, `turn`, `turn_amended`, `call_ended`,
/// `notice`, `resync`), `data` the JSON object, and `id` what `Last-Event-ID` gives back.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LiveEvent {
    /// A call was answered.
    CallBegan {
        /// The call.
        call: Box<CallView>,
    },
    /// Words as they are spoken.
    Partial(Partial),
    /// A turn was taken: what was heard, understood and is now being said.
    Turn(Box<LiveTurn>),
    /// The turn's first sound has gone out (its latency is whole), or it was cut short.
    TurnAmended(Box<LiveTurn>),
    /// A call is over.
    CallEnded {
        /// The call, as stored.
        call: Box<CallView>,
    },
    /// Something changed that a page may show.
    Notice(Notice),
    /// Events were lost: load anew what is shown.
    Resync,
}

impl LiveEvent {
    /// The SSE field `event`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CallBegan { .. } => "call_began",
            Self::Partial(_) => "partial",
            Self::Turn(_) => "turn",
            Self::TurnAmended(_) => "turn_amended",
            Self::CallEnded { .. } => "call_ended",
            Self::Notice(_) => "notice",
            Self::Resync => "resync",
        }
    }
}
