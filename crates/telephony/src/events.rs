//! What the stack tells beside the events of legs.

use std::net::SocketAddr;
use std::time::Duration;

use crate::call::IncomingCall;
use crate::trunk::{Dialled, Identity, State};

/// What happens outside of legs.
#[derive(Debug)]
pub enum SipEvent {
    /// Somebody calls.
    IncomingCall(Box<IncomingCall>),
    /// A trunk's call found no room (503 with Retry-After has been sent): too many at once, or too fast. Sixty a minute are told.
    Refused(Box<RefusedCall>),
    /// A registration at a provider stands for so many seconds.
    Registered {
        /// The trunk.
        trunk: String,
        /// Seconds granted.
        expires: u32,
    },
    /// A registration at a provider failed; it is tried again.
    RegistrationFailed {
        /// The trunk.
        trunk: String,
        /// Status code; 408 for no answer, 0 when its name has no address.
        code: u16,
        /// When it is tried again.
        retry_in: Duration,
    },
    /// A trunk is doing better or worse.
    TrunkState {
        /// The trunk.
        trunk: String,
        /// How it did.
        was: State,
        /// How it does.
        state: State,
    },
    /// A call of ours was tried by a trunk.
    Attempt {
        /// The trunk.
        trunk: String,
        /// How that ended: 200 for an answer, another final status code, 408 for no response at all.
        code: u16,
    },
    /// A softphone of this account has registered or refreshed.
    Bound {
        /// The account.
        account: String,
    },
    /// The last softphone of this account is gone.
    Unbound {
        /// The account.
        account: String,
    },
}

/// A call of a trunk for which there was no room.
#[derive(Clone, Debug)]
pub struct RefusedCall {
    /// The trunk it came by.
    pub trunk: String,
    /// Who called.
    pub caller: Identity,
    /// What was dialled.
    pub dialled: Dialled,
}

/// What is known of a trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkReport {
    /// The operator's name for it.
    pub id: String,
    /// How it does.
    pub state: State,
    /// For how long.
    pub since: Duration,
    /// It does not answer OPTIONS, or is not asked: it is judged by calls and registrations alone.
    pub passive: bool,
    /// How long it still wants to be left alone (503 with Retry-After).
    pub closed_for: Option<Duration>,
    /// Whether our registration there stands; `None` where we have none.
    pub registered: Option<bool>,
    /// Where it can be reached, the best place first.
    pub places: Vec<SocketAddr>,
}

/// The answer to a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionsReply {
    /// Status code; 408 for none. Any other means that somebody is there.
    pub code: u16,
    /// Time from the request to its answer.
    pub rtt: Duration,
}
