//! A recogniser that could not start: the ear goes on, so that keys, silence and the caller's turns are still noticed.

use biseo_speech::{Result, SpeechError, SttSession, Transcript};

/// Hears nothing, and says so at the end of each turn.
pub(super) struct Deaf;

impl SttSession for Deaf {
    fn accept(&mut self, _: &[i16]) -> Result<()> {
        Ok(())
    }

    fn partial(&mut self) -> Result<Transcript> {
        Ok(Transcript::default())
    }

    fn finish(&mut self) -> Result<Transcript> {
        Err(SpeechError::Engine {
            engine: "none",
            detail: "the recogniser could not start".into(),
        })
    }

    fn reset(&mut self) {}
}
