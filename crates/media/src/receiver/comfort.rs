//! Comfort noise (RFC 3389): hiss of the loudness the sender tells, so that a pause does not sound like a dead line.

use super::FrameKind;
use crate::noise::Noise;

pub(super) struct ComfortNoise {
    noise: Noise,
    /// Peak of the evenly spread noise; zero: none was asked for.
    peak: f32,
    last: f32,
}

impl ComfortNoise {
    pub(super) fn new() -> Self {
        Self {
            noise: Noise::new(),
            peak: 0.0,
            last: 0.0,
        }
    }

    /// Takes a comfort-noise payload: its first octet is the level in −dBov (RFC 3389 §3); the spectrum is left out.
    /// Louder than −30 dBov is not noise any more and is held there.
    pub(super) fn set(&mut self, payload: &[u8]) {
        if let Some(&level) = payload.first() {
            let level = f32::from(level & 0x7f).max(30.0);
            self.peak = 32768.0 * 10f32.powf(-level / 20.0) * f32::sqrt(3.0);
        }
    }

    /// Sound has come: the noise ends.
    pub(super) fn stop(&mut self) {
        self.peak = 0.0;
    }

    pub(super) fn fill(&mut self, out: &mut [i16]) -> FrameKind {
        if self.peak == 0.0 {
            out.fill(0);
            return FrameKind::Silence;
        }
        for sample in out {
            // Softened by a one-pole low pass; 1.34 makes up for the energy it takes.
            self.last = 0.4 * self.last + 0.6 * self.noise.next();
            *sample = (1.53 * self.peak * self.last).clamp(-32768.0, 32767.0) as i16;
        }
        FrameKind::Comfort
    }
}
