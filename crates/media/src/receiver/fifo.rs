//! Decoded samples waiting for their frame: packets are of any length, frames are of 20 ms.

use crate::{FRAME_SAMPLES, Frame, codec::MAX_PACKET_SAMPLES};

const ROOM: usize = FRAME_SAMPLES + MAX_PACKET_SAMPLES;

pub(super) struct Fifo {
    samples: [i16; ROOM],
    len: usize,
}

impl Fifo {
    pub(super) fn new() -> Self {
        Self {
            samples: [0; ROOM],
            len: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    /// Hands out `len` samples at the end to be filled; fewer where there is no room.
    pub(super) fn grow(&mut self, len: usize) -> &mut [i16] {
        let from = self.len;
        self.len = (from + len).min(ROOM);
        &mut self.samples[from..self.len]
    }

    pub(super) fn push(&mut self, samples: &[i16]) {
        let room = self.grow(samples.len());
        room.copy_from_slice(&samples[..room.len()]);
    }

    /// Takes a frame off the front; the caller has seen to it that one is there.
    pub(super) fn take(&mut self, out: &mut Frame) {
        out.copy_from_slice(&self.samples[..FRAME_SAMPLES]);
        self.samples
            .copy_within(FRAME_SAMPLES..self.len.max(FRAME_SAMPLES), 0);
        self.len = self.len.saturating_sub(FRAME_SAMPLES);
    }
}
