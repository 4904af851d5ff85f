//! Opus at 8 kHz, mono, by `opus-rs`. Its octets come from strangers and the library indexes freely, so a panic inside
//! it is caught, counted as a damaged payload, and the decoder is made anew.

use std::panic::{AssertUnwindSafe, catch_unwind};

use opus_rs::{Application, OpusDecoder, OpusEncoder};

use super::{CodecError, MAX_FRAME_OCTETS, MAX_PACKET_SAMPLES, PcmBuf};
use crate::{FRAME_SAMPLES, Frame, SAMPLE_RATE};

/// Bits a second of what we send: enough that narrowband speech is transparent, with room for the redundancy.
const BITRATE: i32 = 24_000;

/// Loss the encoder prepares for, in percent.
const EXPECTED_LOSS: i32 = 5;

/// Largest Opus packet (RFC 6716 §3.2.1: 1275 octets and the header octet).
const MAX_OCTETS: usize = 1276;

pub(super) struct Encoder(Box<OpusEncoder>);

impl Encoder {
    pub(super) fn new() -> Self {
        let mut encoder = OpusEncoder::new(SAMPLE_RATE as i32, 1, Application::Voip)
            .expect("8 kHz mono is one of Opus's own settings");
        encoder.bitrate_bps = BITRATE;
        encoder.complexity = 5;
        encoder.use_inband_fec = true;
        encoder.packet_loss_perc = EXPECTED_LOSS;
        Self(Box::new(encoder))
    }

    pub(super) fn encode(&mut self, pcm8k: &Frame, out: &mut [u8]) -> Result<usize, CodecError> {
        let room = out.len().min(MAX_FRAME_OCTETS);
        self.0
            .encode_i16(pcm8k, FRAME_SAMPLES, &mut out[..room])
            .map_err(|_| CodecError::Room)
    }
}

pub(super) struct Decoder {
    codec: Box<OpusDecoder>,
    scratch: [f32; MAX_PACKET_SAMPLES],
}

impl Decoder {
    pub(super) fn new() -> Self {
        Self {
            codec: fresh(),
            scratch: [0.0; MAX_PACKET_SAMPLES],
        }
    }

    pub(super) fn decode(&mut self, payload: &[u8], out: &mut PcmBuf) -> Result<(), CodecError> {
        let samples = packet_samples(payload)?;
        self.guarded(samples, out, |codec, pcm| codec.decode(payload, samples, pcm))
    }

    pub(super) fn conceal(&mut self, next: Option<&[u8]>, out: &mut PcmBuf) -> bool {
        let next = next
            .filter(|next| packet_samples(next) == Ok(FRAME_SAMPLES))
            .unwrap_or(&[]);
        self.guarded(FRAME_SAMPLES, out, |codec, pcm| {
            codec.decode_fec(next, FRAME_SAMPLES, pcm)
        })
        .is_ok()
    }

    fn guarded(
        &mut self,
        samples: usize,
        out: &mut PcmBuf,
        decode: impl FnOnce(&mut OpusDecoder, &mut [f32]) -> Result<usize, &'static str>,
    ) -> Result<(), CodecError> {
        let (codec, scratch) = (&mut self.codec, &mut self.scratch[..samples]);
        match catch_unwind(AssertUnwindSafe(|| decode(codec, scratch))) {
            Ok(Ok(decoded)) => {
                let decoded = decoded.min(samples);
                for (out, sample) in out.fill(decoded).iter_mut().zip(&self.scratch) {
                    *out = (sample * 32768.0).round().clamp(-32768.0, 32767.0) as i16;
                }
                Ok(())
            }
            Ok(Err(_)) => Err(CodecError::Damaged),
            Err(_) => {
                self.codec = fresh();
                Err(CodecError::Damaged)
            }
        }
    }
}

fn fresh() -> Box<OpusDecoder> {
    Box::new(OpusDecoder::new(SAMPLE_RATE as i32, 1).expect("8 kHz mono is one of Opus's own settings"))
}

/// 8 kHz samples a packet stands for, from its first octets (RFC 6716 §3.1, §3.2).
pub(super) fn packet_samples(payload: &[u8]) -> Result<usize, CodecError> {
    let toc = *payload.first().ok_or(CodecError::Length)?;
    if payload.len() > MAX_OCTETS {
        return Err(CodecError::Length);
    }
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => usize::from(payload.get(1).ok_or(CodecError::Damaged)? & 0x3f),
    };
    match frames * frame_samples(toc >> 3) {
        samples @ 1..=MAX_PACKET_SAMPLES => Ok(samples),
        _ => Err(CodecError::Damaged),
    }
}

/// 8 kHz samples of one Opus frame by its configuration number (RFC 6716 §3.1, table 2).
fn frame_samples(config: u8) -> usize {
    let tenths_of_ms = match config {
        0..=11 => [100, 200, 400, 600][usize::from(config & 3)],
        12..=15 => [100, 200][usize::from(config & 1)],
        _ => [25, 50, 100, 200][usize::from(config & 3)],
    };
    tenths_of_ms * 8 / 10
}
