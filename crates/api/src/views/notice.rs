//! What people were told: readers of the shop and callers.

use biseo_notify::TellingFault;
use biseo_notify::rules::{ChannelKind, Reader};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldWhom {
    /// A reader of the shop.
    Reader,
    /// A caller.
    Caller,
}

/// What has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldState {
    /// It is about to be sent.
    Due,
    /// Tried in vain; tried again.
    Failed,
    /// The other side has it.
    Sent,
    /// Tried in vain too often, refused for good, or wanted no more.
    GivenUp,
}

/// What was wrong at the last try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldFault {
    /// No connection came about.
    Unreachable,
    /// No answer came in time: it may have arrived.
    Silent,
    /// The other side refuses the installation's account.
    Account,
    /// There is no such mailbox or mobile, or the letter was refused.
    Address,
    /// The browser wants no notices any more.
    Browser,
    /// It was no longer wanted, or too late.
    Unwanted,
    /// Nothing is set up to send by it.
    NotSetUp,
    /// Something else, which the log tells.
    Other,
}

/// A notice that was sent, or is to be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToldNotice {
    /// Its id.
    pub id: String,
    /// Who.
    pub whom: ToldWhom,
    /// The reader's name, if it is somebody who signs in; of others the rules' own name for them. None for callers.
    pub name: Option<String>,
    /// By what.
    pub by: ChannelKind,
    /// The mailbox or the number; none for browsers.
    pub to: Option<String>,
    /// What it tells of: kinds of events (`booking_made`, `message_left`, …); nothing once that is forgotten.
    pub events: Vec<String>,
    /// Whether it goes before others.
    pub urgent: bool,
    /// What has become of it.
    pub state: ToldState,
    /// When it was put together.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// When it is, or was, to be tried next.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// When it was sent or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub settled: Option<Timestamp>,
    /// Tries begun.
    pub tries: u32,
    /// What was wrong at the last try.
    pub fault: Option<ToldFault>,
}

/// A page of notices, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToldPage {
    /// The notices.
    pub items: Vec<ToldNotice>,
    /// Give this as `cursor` for the next page; none on the last.
    pub next: Option<String>,
}

/// How who is signed in wants to be told.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnNotices {
    /// By what, and when; none: not at all. Its `id` is the account's.
    #[serde(default)]
    pub reader: Option<Reader>,
}

/// How who is signed in is told, and what can be chosen.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnNoticesView {
    /// By what, and when; none: not at all.
    pub reader: Option<Reader>,
    /// Whether mail can be sent.
    pub mail: bool,
    /// Whether text messages can be sent.
    pub text: bool,
    /// The key with which a browser asks for notices (RFC 8292, base64url); none if none can be sent.
    pub push_key: Option<String>,
}

impl From<TellingFault> for ToldFault {
    fn from(fault: TellingFault) -> Self {
        use TellingFault as F;
        match fault {
            F::Unreachable => Self::Unreachable,
            F::Silent => Self::Silent,
            F::Account => Self::Account,
            F::Address => Self::Address,
            F::Browser => Self::Browser,
            F::Unwanted => Self::Unwanted,
            F::NotSetUp => Self::NotSetUp,
            F::Other => Self::Other,
        }
    }
}
