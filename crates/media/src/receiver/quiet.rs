//! Whether a piece of sound is a pause: only there may the delay be changed unheard.

/// Root mean square below which sound is a pause whatever the room's noise: −60 dBov.
const ALWAYS_QUIET: f32 = 33.0;
/// Above this it is never a pause: −40 dBov.
const NEVER_QUIET: f32 = 330.0;

/// Follows the noise floor of a call.
pub(super) struct QuietDetector {
    floor: f32,
}

impl QuietDetector {
    pub(super) fn new() -> Self {
        Self { floor: ALWAYS_QUIET }
    }

    /// Takes note of a piece of sound; `true` where it is no louder than the floor, by 3 dB.
    pub(super) fn is_quiet(&mut self, samples: &[i16]) -> bool {
        let rms = rms(samples);
        let pull = if rms < self.floor { 0.3 } else { 0.005 };
        self.floor += pull * (rms - self.floor);
        self.floor = self.floor.clamp(1.0, NEVER_QUIET);
        rms < ALWAYS_QUIET || (rms < NEVER_QUIET && rms < self.floor * 1.41)
    }
}

fn rms(samples: &[i16]) -> f32 {
    let energy: f32 = samples.iter().map(|&s| f32::from(s) * f32::from(s)).sum();
    (energy / samples.len().max(1) as f32).sqrt()
}
