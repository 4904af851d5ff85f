//! In what a call fell short of what was expected of it.

use std::fmt;

use serde_json::Value;

/// What kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// A booking.
    Booking,
    /// An order.
    Order,
}

/// One thing that is not as expected. Its text is for logs and JSON; screens word it themselves.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// A record that must exist does not, or not so.
    Missing(RecordKind, Value),
    /// A record exists that must not.
    Unexpected(RecordKind, Value),
    /// A topic was not answered.
    Unanswered(String),
    /// Other messages were left than expected.
    Messages {
        /// Those that were left.
        left: Vec<String>,
        /// Those expected: a number, or what they contain.
        expected: Value,
    },
    /// The caller was connected with somebody else, or with nobody.
    Transfer {
        /// With whom: `owner`, a queue's name, or `null`.
        to: Value,
        /// With whom it should have been.
        expected: Value,
    },
    /// None of these was said.
    Unsaid(Vec<String>),
    /// This was said, and must not be.
    Said(String),
    /// So many turns of the caller are too many.
    Turns(u32),
    /// The call was not played to its end, or not at all, and why.
    Broken(String),
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Booking => "bookings",
            Self::Order => "orders",
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(kind, record) => write!(f, "{kind}: missing {record}"),
            Self::Unexpected(kind, record) => write!(f, "{kind}: not expected {record}"),
            Self::Unanswered(topic) => write!(f, "not answered: {topic}"),
            Self::Messages { left, expected } => write!(f, "messages: {left:?} instead of {expected}"),
            Self::Transfer { to, expected } => write!(f, "transfer: {to} instead of {expected}"),
            Self::Unsaid(any) => write!(f, "not said: any of {any:?}"),
            Self::Said(text) => write!(f, "said: {text:?}"),
            Self::Turns(turns) => write!(f, "{turns} turns"),
            Self::Broken(why) => write!(f, "not played to its end: {why}"),
        }
    }
}
