//! A voice that takes no time and is equally loud throughout, so that each packet tells whether it is lowered.

use biseo_speech::{Language, SpeechStream, TextToSpeech, Utterance};

/// How long it hums for a sentence, in samples: four seconds.
const LENGTH: usize = 32_000;
/// A period of 200 Hz at 8 kHz.
const PERIOD: usize = 40;

/// The hum.
pub(super) struct Hum;

impl TextToSpeech for Hum {
    fn name(&self) -> &'static str {
        "hum"
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean, Language::English]
    }

    fn speak(&self, _: &Utterance) -> biseo_speech::Result<SpeechStream> {
        Ok(SpeechStream::ready((0..LENGTH).map(sample).collect()))
    }
}

/// About -20 dBFS: 4634 times a sine, which is 3277 on the average.
fn sample(n: usize) -> i16 {
    let phase = (n % PERIOD) as f32 / PERIOD as f32 * std::f32::consts::TAU;
    #[expect(clippy::cast_possible_truncation, reason = "within ±4634")]
    let value = (phase.sin() * 4634.0) as i16;
    value
}
