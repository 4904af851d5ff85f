//! Codecs between RTP payloads and 8 kHz frames: G.711 µ-law and A-law, G.722, Opus.
//!
//! G.722 carries 16 kHz sound (its RTP clock says 8000 all the same, RFC 3551 §4.5.2) and is brought to 8 kHz by a
//! half-band filter. Opus is coded and decoded at 8 kHz by the codec itself (RFC 6716 §2: a decoder may run at any of
//! its rates whatever the encoder's), only its RTP clock is 48 kHz (RFC 7587 §4.1).

mod g711;
mod opus;
mod wideband;

use thiserror::Error;

use crate::{FRAME_SAMPLES, Frame};

/// Longest sound of one packet: 120 ms.
pub const MAX_PACKET_SAMPLES: usize = 960;

/// Octets an encoded 20 ms frame needs at most, whatever the codec.
pub const MAX_FRAME_OCTETS: usize = 512;

/// Why a payload was not decoded or a frame not encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodecError {
    /// Nothing in it, more than 120 ms, or of a length the codec cannot have.
    #[error("payload of impossible length")]
    Length,
    /// The codec refused the octets.
    #[error("payload is damaged")]
    Damaged,
    /// The output buffer holds less than one encoded frame.
    #[error("output buffer too small")]
    Room,
}

/// The codecs Biseo speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudioCodec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law, what Korean carriers use.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
    /// Opus (RFC 6716), mono or stereo towards us, mono from us.
    Opus,
}

impl AudioCodec {
    /// All codecs.
    pub const ALL: [Self; 4] = [Self::Pcmu, Self::Pcma, Self::G722, Self::Opus];

    /// The encoding name of an `a=rtpmap` line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// The codec with an encoding name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// The static payload type (RFC 3551 §6); none for Opus.
    pub fn static_payload_type(self) -> Option<u8> {
        match self {
            Self::Pcmu => Some(0),
            Self::Pcma => Some(8),
            Self::G722 => Some(9),
            Self::Opus => None,
        }
    }

    /// The codec of a static payload type.
    pub fn from_static_payload_type(payload_type: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.static_payload_type() == Some(payload_type))
    }

    /// Ticks a second of the RTP timestamp.
    pub fn rtp_clock(self) -> u32 {
        if self == Self::Opus { 48_000 } else { 8_000 }
    }

    /// RTP timestamp ticks for each 8 kHz sample.
    pub fn ticks_per_sample(self) -> u32 {
        self.rtp_clock() / crate::SAMPLE_RATE
    }

    /// How many 8 kHz samples a payload stands for, without decoding it.
    pub fn payload_samples(self, payload: &[u8]) -> Result<usize, CodecError> {
        let samples = match self {
            Self::Opus => opus::packet_samples(payload)?,
            _ => payload.len(),
        };
        if samples == 0 || samples > MAX_PACKET_SAMPLES {
            Err(CodecError::Length)
        } else {
            Ok(samples)
        }
    }
}

/// Decoded sound of one packet: up to 120 ms, in memory of its own.
#[derive(Clone)]
pub struct PcmBuf {
    samples: [i16; MAX_PACKET_SAMPLES],
    len: usize,
}

impl PcmBuf {
    /// An empty buffer.
    pub const fn new() -> Self {
        Self {
            samples: [0; MAX_PACKET_SAMPLES],
            len: 0,
        }
    }

    /// What was decoded last, 8 kHz.
    pub fn samples(&self) -> &[i16] {
        &self.samples[..self.len]
    }

    /// Same, to be changed in place.
    pub fn samples_mut(&mut self) -> &mut [i16] {
        &mut self.samples[..self.len]
    }

    /// Makes room for `len` samples (at most [`MAX_PACKET_SAMPLES`]) and hands them out to be filled.
    pub fn fill(&mut self, len: usize) -> &mut [i16] {
        self.len = len.min(MAX_PACKET_SAMPLES);
        &mut self.samples[..self.len]
    }

    /// Forgets the content.
    pub fn clear(&mut self) {
        self.len = 0;
    }
}

impl Default for PcmBuf {
    fn default() -> Self {
        Self::new()
    }
}

enum EncoderKind {
    Pcmu,
    Pcma,
    G722(Box<wideband::Encoder>),
    Opus(opus::Encoder),
}

/// Makes payloads of 20 ms frames.
pub struct Encoder(EncoderKind);

impl Encoder {
    /// An encoder at rest. Opus: about 24 kbit/s, with the redundancy that lets a receiver mend single losses.
    pub fn new(codec: AudioCodec) -> Self {
        Self(match codec {
            AudioCodec::Pcmu => EncoderKind::Pcmu,
            AudioCodec::Pcma => EncoderKind::Pcma,
            AudioCodec::G722 => EncoderKind::G722(Box::new(wideband::Encoder::new())),
            AudioCodec::Opus => EncoderKind::Opus(opus::Encoder::new()),
        })
    }

    /// Encodes one frame into `out` (give it [`MAX_FRAME_OCTETS`]); returns the payload's length.
    pub fn encode(&mut self, pcm8k: &Frame, out: &mut [u8]) -> Result<usize, CodecError> {
        if out.len() < FRAME_SAMPLES {
            return Err(CodecError::Room);
        }
        match &mut self.0 {
            EncoderKind::Pcmu => Ok(compress(g711::to_mulaw, pcm8k, out)),
            EncoderKind::Pcma => Ok(compress(g711::to_alaw, pcm8k, out)),
            EncoderKind::G722(encoder) => encoder.encode(pcm8k, out),
            EncoderKind::Opus(encoder) => encoder.encode(pcm8k, out),
        }
    }
}

enum DecoderKind {
    Pcmu,
    Pcma,
    G722(Box<wideband::Decoder>),
    Opus(Box<opus::Decoder>),
}

/// Makes 8 kHz sound of payloads.
pub struct Decoder(DecoderKind);

impl Decoder {
    /// A decoder at rest.
    pub fn new(codec: AudioCodec) -> Self {
        Self(match codec {
            AudioCodec::Pcmu => DecoderKind::Pcmu,
            AudioCodec::Pcma => DecoderKind::Pcma,
            AudioCodec::G722 => DecoderKind::G722(Box::new(wideband::Decoder::new())),
            AudioCodec::Opus => DecoderKind::Opus(Box::new(opus::Decoder::new())),
        })
    }

    /// Decodes one payload (2.5 to 120 ms) into `out`; after an error `out` is empty.
    pub fn decode(&mut self, payload: &[u8], out: &mut PcmBuf) -> Result<(), CodecError> {
        out.clear();
        match &mut self.0 {
            DecoderKind::Pcmu => expand(g711::from_mulaw, payload, out),
            DecoderKind::Pcma => expand(g711::from_alaw, payload, out),
            DecoderKind::G722(decoder) => decoder.decode(payload, out),
            DecoderKind::Opus(decoder) => decoder.decode(payload, out),
        }
    }

    /// Makes up 20 ms for a lost packet where the codec itself can; `next` is the payload after the loss, if it is
    /// there already (Opus may carry a copy of the lost one in it). `false` where the codec cannot: use [`crate::plc`].
    pub fn conceal(&mut self, next: Option<&[u8]>, out: &mut PcmBuf) -> bool {
        match &mut self.0 {
            DecoderKind::Opus(decoder) => decoder.conceal(next, out),
            _ => false,
        }
    }
}

fn compress(law: fn(i16) -> u8, pcm: &Frame, out: &mut [u8]) -> usize {
    for (octet, &sample) in out.iter_mut().zip(pcm) {
        *octet = law(sample);
    }
    FRAME_SAMPLES
}

fn expand(law: fn(u8) -> i16, payload: &[u8], out: &mut PcmBuf) -> Result<(), CodecError> {
    if payload.is_empty() || payload.len() > MAX_PACKET_SAMPLES {
        return Err(CodecError::Length);
    }
    for (sample, &octet) in out.fill(payload.len()).iter_mut().zip(payload) {
        *sample = law(octet);
    }
    Ok(())
}
