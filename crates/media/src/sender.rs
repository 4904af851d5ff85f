//! The sending half of a call: a frame of 20 ms in, a packet out. Digits go out as RFC 4733 events in place of sound.

use thiserror::Error;

use crate::{
    Frame,
    codec::{AudioCodec, CodecError, Encoder},
    dtmf::{Digit, EventPayload},
    rtp::{HEADER_LEN, RtpHeader},
};

/// Octets a buffer for [`Sender::send`] needs.
pub const MAX_SENT: usize = HEADER_LEN + crate::codec::MAX_FRAME_OCTETS;

/// Digits that may wait to be sent.
const MAX_WAITING: usize = 32;
/// The last packet of an event is sent three times (RFC 4733 §2.5.1.4).
const END_PACKETS: u8 = 3;
/// Frames of sound (silence mostly) between two digits: 60 ms, more than a receiver's 40.
const FRAMES_BETWEEN: u8 = 3;
/// Loudness of an event, −dBm0.
const EVENT_VOLUME: u8 = 10;

/// Settings of a [`Sender`]. SSRC, first sequence number and first timestamp must be random (RFC 3550 §5.1): the caller
/// draws them, this crate has no randomness.
#[derive(Debug, Clone, Copy)]
pub struct SenderConfig {
    /// The codec.
    pub codec: AudioCodec,
    /// Its payload type in this call.
    pub payload_type: u8,
    /// The payload type of telephone-event, where it was agreed on. Its clock is the codec's (RFC 4733 §2.1).
    pub event_payload_type: Option<u8>,
    /// Synchronisation source.
    pub ssrc: u32,
    /// First sequence number.
    pub sequence: u16,
    /// First timestamp.
    pub timestamp: u32,
}

/// Why a packet was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SendError {
    /// The buffer is shorter than [`MAX_SENT`].
    #[error("packet buffer too small")]
    Room,
    /// The codec failed.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// Why a digit was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DigitError {
    /// Telephone-event was not agreed on: send the digit as a tone ([`crate::dtmf`]).
    #[error("telephone-event was not agreed on")]
    NotAgreed,
    /// Thirty-two digits are waiting already.
    #[error("too many digits waiting")]
    Full,
}

/// What has been sent, for RTCP sender reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SenderStats {
    /// Packets.
    pub packets: u32,
    /// Payload octets.
    pub octets: u32,
}

/// A digit being sent.
#[derive(Clone, Copy)]
struct Event {
    digit: Digit,
    /// Frames it is to last, and frames it has lasted.
    frames: u16,
    sent: u16,
    ends: u8,
    timestamp: u32,
}

/// See the module's documentation.
pub struct Sender {
    config: SenderConfig,
    encoder: Encoder,
    sequence: u16,
    timestamp: u32,
    /// Whether the next packet of sound begins a talk spurt.
    spurt: bool,
    event: Option<Event>,
    pause: u8,
    waiting: [(u8, u16); MAX_WAITING],
    first: usize,
    count: usize,
    stats: SenderStats,
}

impl Sender {
    /// A sender at rest.
    pub fn new(config: SenderConfig) -> Self {
        Self {
            encoder: Encoder::new(config.codec),
            sequence: config.sequence,
            timestamp: config.timestamp,
            config,
            spurt: true,
            event: None,
            pause: 0,
            waiting: [(0, 0); MAX_WAITING],
            first: 0,
            count: 0,
            stats: SenderStats::default(),
        }
    }

    /// Takes up a new agreement within the same stream (re-INVITE): payload types, and another codec where it differs.
    /// Allocates in that case.
    pub fn configure(&mut self, codec: AudioCodec, payload_type: u8, event_payload_type: Option<u8>) {
        if codec != self.config.codec {
            self.encoder = Encoder::new(codec);
            self.spurt = true;
        }
        self.config = SenderConfig {
            codec,
            payload_type,
            event_payload_type,
            ..self.config
        };
    }

    /// The synchronisation source.
    pub fn ssrc(&self) -> u32 {
        self.config.ssrc
    }

    /// The timestamp the next frame will have, for RTCP sender reports.
    pub fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// What has been sent.
    pub fn stats(&self) -> SenderStats {
        self.stats
    }

    /// Whether a digit is being sent or waits.
    pub fn is_dialling(&self) -> bool {
        self.event.is_some() || self.count > 0
    }

    /// Queues a digit to be held down for `ms` milliseconds: 40 to 5,000, with Opus to 1,300, which is what the event's
    /// 16 bits can say; outside of it the nearer bound is taken.
    pub fn dial(&mut self, digit: Digit, ms: u32) -> Result<(), DigitError> {
        if self.config.event_payload_type.is_none() {
            return Err(DigitError::NotAgreed);
        }
        if self.count == MAX_WAITING {
            return Err(DigitError::Full);
        }
        let longest = (u32::from(u16::MAX) / self.frame_ticks() * 20).min(5000);
        let frames = ms.clamp(40, longest).div_ceil(20) as u16;
        self.waiting[(self.first + self.count) % MAX_WAITING] = (digit.code(), frames);
        self.count += 1;
        Ok(())
    }

    /// Makes the packet of the next 20 ms in `out`, which must hold [`MAX_SENT`] octets; returns its length. While a
    /// digit is being sent, its event packet takes the sound's place.
    pub fn send(&mut self, pcm: &Frame, out: &mut [u8]) -> Result<usize, SendError> {
        if out.len() < MAX_SENT {
            return Err(SendError::Room);
        }
        self.next_event();
        let len = match self.event {
            Some(event) => self.send_event(event, out),
            None => self.send_sound(pcm, out)?,
        };
        self.pass();
        Ok(len)
    }

    /// Lets 20 ms pass without a packet: silence, or hold. The next sound begins a talk spurt.
    pub fn skip(&mut self) {
        self.pass();
        self.spurt = true;
    }

    fn pass(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(self.frame_ticks());
    }

    fn frame_ticks(&self) -> u32 {
        self.config.codec.rtp_clock() / 50
    }

    fn next_event(&mut self) {
        if self.event.is_some() || self.count == 0 {
            return;
        }
        if self.pause > 0 {
            self.pause -= 1;
            return;
        }
        let (code, frames) = self.waiting[self.first];
        self.first = (self.first + 1) % MAX_WAITING;
        self.count -= 1;
        self.event = Digit::from_code(code).map(|digit| Event {
            digit,
            frames,
            sent: 0,
            ends: 0,
            timestamp: self.timestamp,
        });
    }

    fn send_sound(&mut self, pcm: &Frame, out: &mut [u8]) -> Result<usize, SendError> {
        let len = self.encoder.encode(pcm, &mut out[HEADER_LEN..])?;
        let marker = std::mem::take(&mut self.spurt);
        self.write_header(marker, self.config.payload_type, self.timestamp, out);
        self.count_sent(len);
        Ok(HEADER_LEN + len)
    }

    fn send_event(&mut self, mut event: Event, out: &mut [u8]) -> usize {
        let begins = event.sent == 0;
        event.sent = (event.sent + 1).min(event.frames);
        let end = event.sent == event.frames;
        event.ends += u8::from(end);
        let duration = (u32::from(event.sent) * self.frame_ticks()).min(u32::from(u16::MAX)) as u16;
        let payload = EventPayload {
            code: event.digit.code(),
            end,
            volume: EVENT_VOLUME,
            duration,
        };
        out[HEADER_LEN..HEADER_LEN + 4].copy_from_slice(&payload.to_octets());
        let payload_type = self.config.event_payload_type.unwrap_or(self.config.payload_type);
        self.write_header(begins, payload_type, event.timestamp, out);
        self.count_sent(4);
        self.event = (event.ends < END_PACKETS).then_some(event);
        if self.event.is_none() {
            self.pause = FRAMES_BETWEEN;
            self.spurt = true;
        }
        HEADER_LEN + 4
    }

    fn write_header(&mut self, marker: bool, payload_type: u8, timestamp: u32, out: &mut [u8]) {
        let header = RtpHeader {
            marker,
            payload_type,
            sequence: self.sequence,
            timestamp,
            ssrc: self.config.ssrc,
        };
        header.write(out);
        self.sequence = self.sequence.wrapping_add(1);
    }

    fn count_sent(&mut self, octets: usize) {
        self.stats.packets = self.stats.packets.wrapping_add(1);
        self.stats.octets = self.stats.octets.wrapping_add(octets as u32);
    }
}
