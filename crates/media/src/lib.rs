//! The voice of a call, without input or output: RTP and RTCP packets, codecs, the jitter buffer with loss concealment,
//! keypad tones, the recorder, and the front end for those who listen.
//!
//! Pure and sans-IO: no socket, no thread, no clock, no randomness. Times come in as [`Micros`]; packets come in and go
//! out as octets in the caller's buffers. After a call's parts are made, nothing is allocated per packet
//! (`tests/no_alloc.rs` proves it). Inside the house all sound is 8 kHz, mono, 16 bit, in frames of 20 ms ([`Frame`]).
//!
//! ```text
//! packet ─► latch (whose is it?) ─► receiver: rtp ─► jitter buffer ─► codec ─► concealment ─► Frame, every 20 ms
//!                                      └─► telephone-event ─► dtmf
//! Frame, every 20 ms ─► sender: codec ─► rtp ─► packet
//! ```
//!
//! A call in small:
//!
//! ```
//! use biseo_media::{FRAME_US, SILENCE, codec::AudioCodec, receiver::{FrameKind, PayloadMap, Receiver}};
//! use biseo_media::sender::{MAX_SENT, Sender, SenderConfig};
//!
//! let mut sender = Sender::new(SenderConfig {
//!     codec: AudioCodec::Pcma,
//!     payload_type: 8,
//!     event_payload_type: Some(101),
//!     ssrc: 0x5eed, // random in a real call, as the two below
//!     sequence: 17,
//!     timestamp: 99,
//! });
//! let mut receiver = Receiver::new(PayloadMap::new().with_audio(8, AudioCodec::Pcma).with_events(101));
//! let (mut packet, mut heard) = ([0; MAX_SENT], SILENCE);
//! for tick in 0..50 {
//!     let len = sender.send(&[1000; 160], &mut packet)?;
//!     receiver.push(tick * FRAME_US, &packet[..len]);
//!     let kind = receiver.pull(tick * FRAME_US, &mut heard);
//!     // The first packets wait, against jitter.
//!     assert_eq!(kind, if tick < 2 { FrameKind::Silence } else { FrameKind::Audio });
//! }
//! # Ok::<(), biseo_media::sender::SendError>(())
//! ```

pub mod codec;
pub mod dtmf;
pub mod front;
pub mod jitter;
pub mod latch;
mod noise;
pub mod plc;
pub mod quality;
pub mod receiver;
pub mod recorder;
mod resample;
pub mod rtcp;
pub mod rtp;
pub mod sender;
pub mod tones;
pub mod wav;

/// A moment, in microseconds since an origin the caller chooses; it must not run backwards within one call.
pub type Micros = u64;

/// Samples a second everywhere inside the house.
pub const SAMPLE_RATE: u32 = 8000;

/// Samples of one frame: 20 ms at 8 kHz.
pub const FRAME_SAMPLES: usize = 160;

/// Length of one frame in microseconds.
pub const FRAME_US: Micros = 20_000;

/// 20 ms of sound: 8 kHz, mono, linear 16 bit.
pub type Frame = [i16; FRAME_SAMPLES];

/// 20 ms of digital silence.
pub const SILENCE: Frame = [0; FRAME_SAMPLES];
