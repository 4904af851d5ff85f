//! A tone among sentences: after it a message is spoken. It is made here, so that it sounds when no voice does.

use std::f32::consts::TAU;
use std::sync::Arc;

use biseo_speech::{Language, Result, SAMPLE_RATE, SpeechStream, TextToSpeech, Utterance};

/// The sentence that is a tone: BEL, which no text holds.
pub(crate) const TONE: &str = "\u{7}";
/// 1 kHz, as answering machines have it.
const HERTZ: f32 = 1_000.0;
/// 400 ms.
const LENGTH: u32 = SAMPLE_RATE * 2 / 5;
/// 10 ms at either end over which it swells, so that it does not click.
const RAMP: u32 = SAMPLE_RATE / 100;
/// About -15 dBFS.
const LOUD: f32 = 5_800.0;

/// A voice that also gives the tone.
pub(crate) struct WithTone(pub(crate) Arc<dyn TextToSpeech>);

impl TextToSpeech for WithTone {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn languages(&self) -> &[Language] {
        self.0.languages()
    }

    fn speak(&self, utterance: &Utterance) -> Result<SpeechStream> {
        match utterance.text.as_str() {
            TONE => Ok(SpeechStream::ready(tone())),
            _ => self.0.speak(utterance),
        }
    }
}

fn tone() -> Vec<i16> {
    let sample = |n: u32| {
        let edge = n.min(LENGTH - 1 - n).min(RAMP) as f32 / RAMP as f32;
        let phase = n as f32 * HERTZ / SAMPLE_RATE as f32;
        (LOUD * edge * (TAU * phase.fract()).sin()) as i16
    };
    (0..LENGTH).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_loud_and_does_not_click() {
        let tone = tone();
        assert_eq!(tone.len(), 3_200);
        assert!(tone.iter().any(|s| *s > 5_000) && tone.iter().any(|s| *s < -5_000));
        assert!(tone[0].abs() < 100 && tone.last().unwrap().abs() < 600);
        let crossings = tone.windows(2).filter(|w| (w[0] < 0) != (w[1] < 0)).count();
        assert!((780..=820).contains(&crossings), "{crossings}: 1 kHz for 400 ms");
    }
}
