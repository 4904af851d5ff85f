//! Engines that take no time, so that what is left is Biseo's own.

use std::sync::Arc;

use biseo_speech::engines::silero::{SileroModel, SileroVad};
use biseo_speech::{
    Language, SpeechStream, SpeechToText, SttOptions, SttSession, TextToSpeech, Transcript, Utterance, Vad,
};

use super::talks::Listener;
use crate::cli::Detector;
use crate::house::{Detect, Engines};

/// How long a sentence of the voice is, in samples: 0.3 s.
const SENTENCE: usize = 2400;
/// Louder than this (of 32768, about -36 dBFS) is speech.
const LOUD: u16 = 500;

/// All of them. The turn ends `stop_ms` after the last speech, whatever was said.
///
/// # Errors
/// When Silero cannot be loaded.
pub(in crate::bench) fn engines(detector: Detector) -> Result<Engines, String> {
    let detect: Detect = match detector {
        Detector::Loud => Arc::new(|| Box::new(Loud)),
        Detector::Silero => {
            let model = SileroModel::embedded().map_err(|e| e.to_string())?;
            Arc::new(move || Box::new(SileroVad::new(model.clone())))
        }
    };
    Engines::of(Arc::new(Knows), Arc::new(Tone), detect)
}

/// Whatever is loud is speech.
struct Loud;

impl Vad for Loud {
    fn window(&self) -> usize {
        160
    }

    fn accept(&mut self, samples: &[i16], probabilities: &mut Vec<f32>) -> biseo_speech::Result<()> {
        let loud = samples.iter().any(|s| s.unsigned_abs() > LOUD);
        probabilities.push(if loud { 1.0 } else { 0.0 });
        Ok(())
    }

    fn reset(&mut self) {}
}

/// Understands the callers' tones; of speech, the next of the questions.
struct Knows;

impl SpeechToText for Knows {
    fn name(&self) -> &'static str {
        "bench"
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean]
    }

    fn may_wait(&self) -> bool {
        false
    }

    fn session(&self, _: &SttOptions) -> biseo_speech::Result<Box<dyn SttSession>> {
        Ok(Box::new(Listens::default()))
    }
}

#[derive(Default)]
struct Listens(Listener);

impl SttSession for Listens {
    fn accept(&mut self, samples: &[i16]) -> biseo_speech::Result<()> {
        self.0.hear(samples);
        Ok(())
    }

    fn partial(&mut self) -> biseo_speech::Result<Transcript> {
        Ok(Transcript {
            text: self.0.words().into(),
            ..Transcript::default()
        })
    }

    fn finish(&mut self) -> biseo_speech::Result<Transcript> {
        let text = self.partial();
        self.reset();
        text
    }

    fn reset(&mut self) {
        self.0 = Listener::default();
    }
}

/// Speaks at once: a tone for every sentence.
struct Tone;

impl TextToSpeech for Tone {
    fn name(&self) -> &'static str {
        "bench"
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean, Language::English]
    }

    fn speak(&self, _: &Utterance) -> biseo_speech::Result<SpeechStream> {
        // 200 Hz, a square of about -20 dBFS.
        let sample = |n: usize| if n % 40 < 20 { 3277 } else { -3277 };
        Ok(SpeechStream::ready((0..SENTENCE).map(sample).collect()))
    }
}
