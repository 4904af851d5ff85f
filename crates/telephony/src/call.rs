//! What the server holds of a call: who calls, a handle to steer it, and a stream of what happens.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::config::Credentials;
use crate::engine::Command;
use crate::msg::Headers;
use crate::sdp::Sdp;
use crate::transport::Flow;
use crate::trunk::Dialled;
pub use crate::trunk::Identity as Caller;

/// Names a leg within its stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegId(pub(crate) u64);

impl std::fmt::Display for LegId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What an INVITE told.
#[derive(Clone, Debug)]
pub struct CallInfo {
    /// The SIP Call-ID.
    pub sip_call_id: String,
    /// Who calls.
    pub caller: Caller,
    /// What was dialled, and why the call was forwarded.
    pub dialled: Dialled,
    /// The trunk it came by.
    pub trunk: Option<String>,
    /// The account of ours that placed it, after its digest was checked.
    pub account: Option<String>,
    /// The caller's offer; without one, [`LegControl::answer`] makes the offer and
    /// [`LegEvent::RemoteAnswer`] brings the answer.
    pub offer: Option<Sdp>,
    /// Where it came from.
    pub source: SocketAddr,
    /// By TLS, so that keys for its sound may be told.
    pub encrypted: bool,
    /// It calls itself by an address that it did not come from: that address cannot be reached, for media neither.
    pub behind_nat: bool,
    /// Our address on the way there, or the advertised one: for media.
    pub local_ip: IpAddr,
    /// That address may change while the call lasts ([`LegEvent::Moved`]): media should listen on all of this machine's.
    pub roams: bool,
    /// All headers, for what else is of interest.
    pub headers: Headers,
}

/// A call that somebody places to us. 100 Trying has been sent. Dropping it refuses the call (480).
#[derive(Debug)]
pub struct IncomingCall {
    /// What the INVITE told.
    pub info: CallInfo,
    /// The handle.
    pub leg: Leg,
}

/// A call that we place.
#[derive(Clone, Debug, Default)]
pub struct OutgoingCall {
    /// Address to call: `sip:user@host`, or only a user or number when trunks are given.
    pub to: String,
    /// Address or name-address we call from; by default the one that we register at the trunk, or `sip:biseo@` our address.
    pub from: Option<String>,
    /// Place the call by this trunk: its server, its credentials.
    pub trunk: Option<String>,
    /// Place the call by one of these trunks, whichever priority, weight and health put first, and by the next one when it does not carry the
    /// call: see [`crate::SipStack::call`].
    pub trunks: Vec<String>,
    /// Goes by trunks that have asked to be left alone as well (503 with Retry-After, RFC 7339), after those that have not: a call for help.
    pub urgent: bool,
    /// Credentials, when they are not the trunk's.
    pub credentials: Option<Credentials>,
    /// Send there, whatever the address says: a softphone's [`crate::Binding::flow`].
    pub flow: Option<Flow>,
    /// Our offer.
    pub sdp: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The server, by this handle.
    Local,
    /// The other side.
    Remote,
    /// The stack: a timer, a limit, shutdown.
    Stack,
}

/// Why a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndCause {
    /// BYE.
    Hangup,
    /// The caller gave up before an answer (CANCEL, or BYE in an early dialog).
    Cancelled,
    /// Another telephone has taken the call before we did (CANCEL with the reason 200, RFC 3326).
    TakenElsewhere,
    /// A final response of 300 or more: ours to a call that came, or theirs to a call we placed.
    Rejected {
        /// Status code.
        code: u16,
        /// Reason phrase.
        reason: String,
        /// Where a 3xx wants the call; it is not followed.
        contacts: Vec<String>,
        /// When to try again, as it was said (RFC 3261 §20.33). A call that none of its trunks wants now ends with 503 by
        /// [`Party::Stack`] and the time until the first of them may be asked.
        retry_after: Option<Duration>,
    },
    /// No ACK came for our 200, or no PRACK for our reliable response (64·T1).
    NoAck,
    /// No answer at all, or it rang too long.
    Timeout,
    /// The session was not refreshed (RFC 4028).
    SessionExpired,
    /// The session description in an ACK or PRACK was missing or no SDP.
    BadAnswer,
    /// The server did not read its events.
    Overrun,
    /// The stack is being stopped.
    Shutdown,
}

/// The end of a call; nothing follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Who.
    pub by: Party,
    /// Why.
    pub cause: EndCause,
}

/// What happens on a leg.
#[derive(Debug)]
pub enum LegEvent {
    /// Our call: a provisional response above 100, with early media if it has a description.
    Ringing {
        /// 180, 183, ...
        code: u16,
        /// Early description.
        sdp: Option<Sdp>,
    },
    /// Our call was answered; ACK has been sent.
    Answered {
        /// The answer, unless an earlier reliable response held it.
        sdp: Option<Sdp>,
    },
    /// A call to us: the caller has confirmed our answer.
    Acked,
    /// The answer to an offer of ours that was not the one of an outgoing INVITE.
    RemoteAnswer(Sdp),
    /// The peer changes the session: hold, resume, new address, or a refresh. Answer it by the handle.
    Reoffer(Reoffer),
    /// Our address towards the peer has changed: offer the session anew with it ([`LegControl::reinvite`]), so that the peer sends there.
    /// Requests go the new way already.
    Moved {
        /// Our address now, or the advertised one.
        local_ip: IpAddr,
    },
    /// The peer refused our change of the session, which stays as it was.
    ReinviteFailed {
        /// Status code; 408 for no answer.
        code: u16,
    },
    /// A key press by INFO (application/dtmf-relay or application/dtmf).
    Dtmf {
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        digit: char,
        /// Milliseconds.
        duration_ms: u32,
    },
    /// The peer asks us to call somebody else (only with [`crate::config::ReferPolicy::Report`]).
    Refer {
        /// The address.
        to: String,
    },
    /// The end.
    Ended(Ended),
}

/// An offer inside a call. Dropping it refuses the offer (488), and the session stays as it was.
#[derive(Debug)]
pub struct Reoffer {
    /// The offer; `None` when the peer wants ours.
    pub sdp: Option<Sdp>,
    /// The peer puts us on hold (it does not listen).
    pub hold: bool,
    pub(crate) leg: u64,
    pub(crate) key: String,
    pub(crate) commands: mpsc::UnboundedSender<Command>,
    pub(crate) done: bool,
}

impl Reoffer {
    /// Answers, or makes the offer that was asked for.
    pub fn accept(mut self, sdp: impl Into<String>) {
        self.done = true;
        let _ = self.commands.send(Command::AcceptOffer {
            leg: self.leg,
            key: self.key.clone(),
            sdp: sdp.into(),
        });
    }

    /// Refuses with a status code of 300 to 699.
    pub fn reject(mut self, code: u16) {
        self.refuse(code);
    }

    fn refuse(&mut self, code: u16) {
        self.done = true;
        let _ = self.commands.send(Command::RejectOffer {
            leg: self.leg,
            key: self.key.clone(),
            code,
        });
    }
}

impl Drop for Reoffer {
    fn drop(&mut self) {
        if !self.done {
            self.refuse(488);
        }
    }
}

/// Steers a leg. Cheap to clone; a clone does not keep the call alive. Orders that come too late do nothing.
#[derive(Clone, Debug)]
pub struct LegControl {
    pub(crate) id: u64,
    pub(crate) commands: mpsc::UnboundedSender<Command>,
}

impl LegControl {
    /// The leg's name.
    #[must_use]
    pub fn id(&self) -> LegId {
        LegId(self.id)
    }

    fn send(&self, command: Command) {
        // A stack that has stopped has ended every leg already.
        let _ = self.commands.send(command);
    }

    /// 180.
    pub fn ringing(&self) {
        self.send(Command::Provisional {
            leg: self.id,
            code: 180,
            sdp: None,
        });
    }

    /// 183 with early media: an answer, or an offer if the INVITE had none.
    pub fn progress(&self, sdp: impl Into<String>) {
        self.send(Command::Provisional {
            leg: self.id,
            code: 183,
            sdp: Some(sdp.into()),
        });
    }

    /// 200: an answer, or an offer if the INVITE had none. After a 183 give the same description again.
    pub fn answer(&self, sdp: impl Into<String>) {
        self.send(Command::Answer {
            leg: self.id,
            sdp: sdp.into(),
        });
    }

    /// Refuses with a status code of 300 to 699, a phrase of one's own, and how many seconds to wait (503, 480, 486).
    pub fn reject(&self, code: u16, reason: Option<&str>, retry_after: Option<u32>) {
        self.send(Command::Reject {
            leg: self.id,
            code,
            reason: reason.map(str::to_owned),
            retry_after,
        });
    }

    /// Ends the call, whatever state it is in: BYE, CANCEL or 480.
    pub fn hangup(&self) {
        self.send(Command::Hangup { leg: self.id });
    }

    /// Offers a changed session in a re-INVITE: hold, resume, new address.
    pub fn reinvite(&self, sdp: impl Into<String>) {
        self.send(Command::Reinvite {
            leg: self.id,
            sdp: sdp.into(),
        });
    }
}

/// Holds a call. Dropping it hangs up.
#[derive(Debug)]
pub struct Leg {
    control: LegControl,
    events: mpsc::Receiver<LegEvent>,
    ended: bool,
}

impl Leg {
    pub(crate) fn new(control: LegControl, events: mpsc::Receiver<LegEvent>) -> Self {
        Self {
            control,
            events,
            ended: false,
        }
    }

    /// The next event. After [`LegEvent::Ended`] it is always that the stack has stopped.
    pub async fn next_event(&mut self) -> LegEvent {
        let event = self.events.recv().await;
        let event = event.unwrap_or(LegEvent::Ended(Ended {
            by: Party::Stack,
            cause: EndCause::Shutdown,
        }));
        self.ended |= matches!(event, LegEvent::Ended(_));
        event
    }

    /// A handle that others may hold.
    #[must_use]
    pub fn control(&self) -> LegControl {
        self.control.clone()
    }
}

impl std::ops::Deref for Leg {
    type Target = LegControl;

    fn deref(&self) -> &LegControl {
        &self.control
    }
}

impl Drop for Leg {
    fn drop(&mut self) {
        if !self.ended {
            self.control.hangup();
        }
    }
}
