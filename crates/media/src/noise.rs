//! A small pseudo-random sequence for comfort noise: always the same one, so that sound stays reproducible.

/// Xorshift noise; not for secrets.
#[derive(Clone)]
pub(crate) struct Noise(u32);

impl Noise {
    pub(crate) fn new() -> Self {
        Self(0x2545_f491)
    }

    /// The next value, evenly spread over −1.0..1.0.
    pub(crate) fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as f32 / 2_147_483_648.0 - 1.0
    }
}
