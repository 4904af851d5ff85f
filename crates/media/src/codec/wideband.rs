//! G.722 between 8 kHz frames and 64 kbit/s payloads: one octet for each 8 kHz sample.

use audio_codec::{
    Decoder as _, Encoder as _,
    g722::{G722Decoder, G722Encoder},
};

use super::{CodecError, MAX_PACKET_SAMPLES, PcmBuf};
use crate::{
    FRAME_SAMPLES, Frame,
    resample::{Doubler, Halver},
};

pub(super) struct Encoder {
    codec: G722Encoder,
    doubler: Doubler,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self {
            codec: G722Encoder::new(),
            doubler: Doubler::new(),
        }
    }

    pub(super) fn encode(&mut self, pcm8k: &Frame, out: &mut [u8]) -> Result<usize, CodecError> {
        let mut wide = [0; 2 * FRAME_SAMPLES];
        self.doubler.process(pcm8k, &mut wide);
        self.codec.encode_into(&wide, out).map_err(|_| CodecError::Room)
    }
}

pub(super) struct Decoder {
    codec: G722Decoder,
    halver: Halver,
    wide: [i16; 2 * MAX_PACKET_SAMPLES],
}

impl Decoder {
    pub(super) fn new() -> Self {
        Self {
            codec: G722Decoder::new(),
            halver: Halver::new(),
            wide: [0; 2 * MAX_PACKET_SAMPLES],
        }
    }

    pub(super) fn decode(&mut self, payload: &[u8], out: &mut PcmBuf) -> Result<(), CodecError> {
        if payload.is_empty() || payload.len() > MAX_PACKET_SAMPLES {
            return Err(CodecError::Length);
        }
        let decoded = self
            .codec
            .decode_into(payload, &mut self.wide)
            .map_err(|_| CodecError::Damaged)?;
        self.halver.process(&self.wide[..decoded], out.fill(decoded / 2));
        Ok(())
    }
}
