//! SIP for Biseo: user agent (both sides), registrar for the shop's own softphones, trunks, and SDP offer/answer.
//!
//! ```text
//!  sockets (transport) ─► wire: judge, repair, answer 400/416/505 ─► engine: transactions, dialogs, timers (sans-IO)
//!        ▲                                                          │              │
//!        └────────────── octets ◄── outputs ◄───────────────────────┘              └─► SipEvent, LegEvent
//! ```
//!
//! The server sees [`SipStack`], [`IncomingCall`], [`Leg`] with its [`LegEvent`]s, and the pure module [`sdp`].
//! RTP is not here.

pub mod auth;
mod call;
pub mod config;
mod driver;
mod engine;
mod error;
mod events;
pub mod flood;
pub mod msg;
mod pull;
mod random;
mod registrar;
mod resolve;
pub mod sdp;
mod stack;
pub mod tls;
mod transport;
pub mod trunk;
pub mod wire;

pub use call::{
    CallInfo, Caller, EndCause, Ended, IncomingCall, Leg, LegControl, LegEvent, LegId, OutgoingCall, Party,
    Reoffer,
};
pub use config::SipConfig;
pub use error::SipError;
pub use events::{OptionsReply, RefusedCall, SipEvent, TrunkReport};
pub use pull::{PullEnd, PullPhase, PullState, Pulled};
pub use registrar::Binding;
pub use resolve::Target;
pub use stack::SipStack;
pub use transport::{Flow, GuardFigures};
