//! Voice activity detection.

use crate::Result;

/// Tells speech from other sound, window by window, for one call.
pub trait Vad: Send {
    /// Samples in one window at 8 kHz (256, that is 32 ms, for Silero).
    fn window(&self) -> usize;

    /// Takes the call's next samples, any number of them, and appends to `probabilities` one value from 0 (no speech)
    /// to 1 (speech) for each window that these samples complete. What is left over waits for the next call.
    ///
    /// `probabilities` is the caller's, so that it can be kept between calls and nothing is allocated.
    ///
    /// # Errors
    /// When the network cannot be run. The detector stays usable.
    fn accept(&mut self, samples: &[i16], probabilities: &mut Vec<f32>) -> Result<()>;

    /// Forgets the call so far, left-over samples too.
    fn reset(&mut self);
}
