//! The real-time shell of calls' sound around the pure [`biseo_media`]: UDP sockets, pacer threads, recordings.
//!
//! ```text
//!                         ┌───────────── pacer thread, every 20 ms ─────────────┐
//!  Speaker ──ring──► playout ─► sender ─► socket        socket ─► latch ─► receiver ──ring──► AudioIn
//!                         └──── both sides ──ring──► clerk thread ─► stereo WAV ┘
//!                                   Events ◄──ring── what happened
//! ```
//!
//! Encrypted sound (SRTP) is opened before the latch sees it and closed after the sender. In place of the sockets a session may have a [`Wire`] to somebody else in the process, who carries its frames.
//!
//! A pacer owns its calls: nobody else touches their sockets, so it takes no lock; all it does for a packet is done in
//! memory taken when the call began, and it writes no log line. Everything else (files, freeing, synthesis, recognition)
//! happens on other threads, and no thread that is slow can make it late: full rings drop their oldest and count it.
//!
//! ```no_run
//! use biseo_media::codec::AudioCodec;
//! use biseo_media::latch::Bound;
//! use biseo_media_io::{Event, MediaConfig, MediaEngine, Negotiation, SessionConfig};
//!
//! let engine = MediaEngine::start(MediaConfig::default())?;
//! let mut session = engine.open(SessionConfig::on("192.0.2.1".parse()?))?;
//! let port = session.local_addr().port(); // goes into the SDP
//! # let remote = "192.0.2.9:4000".parse()?;
//! session.configure(Negotiation {
//!     codec: AudioCodec::Pcma,
//!     payload_out: 8,
//!     payload_in: 8,
//!     dtmf: None,
//!     remote,
//!     remote_rtcp: remote,
//!     send: true,
//!     receive: true,
//!     latch: Bound::SameIp,
//!     srtp: None,
//!     ice: None,
//! })?;
//! session.speaker().play(vec![0; 8000], 1)?;
//! let mut events = session.take_events().ok_or("taken")?;
//! while let Some(event) = events.recv() {
//!     if let Event::Played { mark: 1, .. } = event {
//!         break;
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ahead;
mod audio_in;
mod call;
mod clerk;
mod clock;
mod config;
mod engine;
mod error;
mod events;
mod gain;
mod lateness;
mod line;
mod pacer;
mod playout;
mod ports;
mod precedence;
mod quality;
mod recording;
mod repair;
mod reports;
mod retire;
mod ring;
mod secure;
mod session;
mod socket;
mod speaker;
mod stream;
mod tape;
mod wheel;
mod wire;

pub use audio_in::{AudioFrame, AudioIn};
pub use config::{DtmfPayload, MediaConfig, Negotiation, SessionConfig};
pub use engine::MediaEngine;
pub use error::MediaError;
pub use events::{Event, Events};
pub use lateness::Pacing;
pub use ports::PortRange;
pub use precedence::Precedence;
pub use quality::Quality;
pub use repair::{Found, Repairs, recordings_in, repair_recordings};
pub use ring::{Received, Receiver};
pub use secure::{IceKeys, SrtpKeys};
pub use session::MediaSession;
pub use speaker::{SpeakError, Speaker};
pub use wire::{Law, Octets, Wire, WireOut};
