//! Calls by WebSocket: the Media Streams protocol of Twilio, and its relatives at Telnyx, Exotel, Plivo and jambonz.
//!
//! Three parts. The **protocol** is pure: [`Protocol`] reads messages within [`limits`] and gives [`Event`]s, [`Writer`]
//! writes in the call's [`Dialect`], [`Framer`] makes frames of 20 ms of what comes in any size and order. The **server**
//! ([`server`]) takes WebSocket connections on tokio and lets in who knows the token. The **client** ([`client`]) is a
//! platform's side, for simulated callers.
//!
//! ```
//! use biseo_media_stream::{Event, Out, Protocol, Writer};
//!
//! let mut protocol = Protocol::new();
//! protocol.text(r#"{"event": "connected", "protocol": "Call", "version": "1.0.0"}"#)?;
//! let started = protocol.text(r#"{"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
//!     "streamSid": "MZ1", "callSid": "CA1", "tracks": ["inbound"],
//!     "customParameters": {"from": "+821055554444", "to": "+8227001001"},
//!     "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}}"#)?;
//! let Event::Started(start) = started else { panic!() };
//! assert_eq!(start.dialled.as_deref(), Some("+8227001001"));
//! let Out::Text(clear) = Writer::new(&start).clear() else { panic!() };
//! assert_eq!(clear, r#"{"event":"clear","streamSid":"MZ1"}"#);
//! # Ok::<(), biseo_media_stream::ProtocolError>(())
//! ```
//!
//! Sources, read in November 2026: twilio.com/docs/voice/media-streams/websocket-messages;
//! developers.telnyx.com/docs/voice/programmable-voice/media-streaming; developer.exotel.com/docs/agentstream;
//! Plivo's and Vobiz's stream events; docs.jambonz.org/verbs/verbs/listen.

pub mod client;
mod error;
mod frames;
pub mod limits;
mod message;
mod protocol;
pub mod server;
mod start;
mod write;

pub use error::ProtocolError;
pub use frames::{Framer, SoundFrame};
pub use message::{Addressed, Media, Message};
pub use protocol::{Event, Protocol};
pub use start::{Dialect, Start};
pub use write::{Out, Writer};
