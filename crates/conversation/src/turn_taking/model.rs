//! A model's opinion on whether the caller has finished.

/// A model that tells from the sound whether a turn is complete. The interface is that of smart-turn v3: it hears the last
/// eight seconds of the turn at 16 kHz and tells one probability.
///
/// It is asked once in each pause ([`TurnOutput::Ask`](super::TurnOutput::Ask)) by whoever has the sound; its answer shifts
/// the wait ([`TurnInput::Completeness`](super::TurnInput::Completeness)) and never lifts its bounds. An answer that comes
/// after the caller has gone on is of no harm.
pub trait EndOfTurnModel: Send {
    /// The probability, 0 to 1, that the turn is complete. `sound`: 16 kHz, mono, -1 to 1, ending with the pause; at most
    /// [`SOUND_SECONDS`] seconds, fewer if the turn is shorter.
    ///
    /// # Errors
    /// What went wrong; the turn then ends without the model's opinion.
    fn completeness(&mut self, sound: &[f32]) -> Result<f32, String>;
}

/// So much sound a model hears at most.
pub const SOUND_SECONDS: usize = 8;
