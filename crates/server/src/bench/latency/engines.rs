//! Engines that take no time, so that what is left is Biseo's own.

use std::sync::Arc;

use biseo_speech::engines::silero::{SileroModel, SileroVad};
use biseo_speech::{
    Language, SpeechStream, SpeechToText, SttOptions, SttSession, TextToSpeech, Transcript, Utterance, Vad,
};

use crate::cli::Detector;
use crate::house::{Detect, Engines};

/// What is understood, turn by turn: questions that the example shop answers.
const QUESTIONS: [&str; 8] = [
    "주차 되나요",
    "몇 시까지 하세요",
    "위치가 어디예요",
    "와이파이 돼요",
    "배달도 하세요",
    "카드로 계산할 수 있어요",
    "강아지 데리고 가도 돼요",
    "쉬는 날이 언제예요",
];
/// How long a sentence of the voice is, in samples: 0.3 s.
const SENTENCE: usize = 2400;
/// Louder than this (of 32768, about -36 dBFS) is speech.
const LOUD: u16 = 500;

/// All of them. The turn ends `stop_ms` after the last speech, whatever was said.
///
/// # Errors
/// When Silero cannot be loaded.
pub(super) fn engines(detector: Detector) -> Result<Engines, String> {
    let detect: Detect = match detector {
        Detector::Loud => Arc::new(|| Box::new(Loud)),
        Detector::Silero => {
            let model = SileroModel::embedded().map_err(|e| e.to_string())?;
            Arc::new(move || Box::new(SileroVad::new(model.clone())))
        }
    };
    Ok(Engines::of(Arc::new(Knows::default()), Arc::new(Tone), detect))
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

/// Knows what will be said.
#[derive(Debug, Clone, Copy, Default)]
struct Knows {
    turn: usize,
    heard: bool,
}

impl SpeechToText for Knows {
    fn name(&self) -> &'static str {
        "bench"
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean]
    }

    fn session(&self, _: &SttOptions) -> biseo_speech::Result<Box<dyn SttSession>> {
        Ok(Box::new(*self))
    }
}

impl SttSession for Knows {
    fn accept(&mut self, samples: &[i16]) -> biseo_speech::Result<()> {
        self.heard |= samples.iter().any(|s| s.unsigned_abs() > LOUD);
        Ok(())
    }

    fn partial(&mut self) -> biseo_speech::Result<Transcript> {
        let text = if self.heard {
            QUESTIONS[self.turn % QUESTIONS.len()]
        } else {
            ""
        };
        Ok(Transcript {
            text: text.into(),
            ..Transcript::default()
        })
    }

    fn finish(&mut self) -> biseo_speech::Result<Transcript> {
        let text = self.partial();
        self.turn += usize::from(self.heard);
        self.reset();
        text
    }

    fn reset(&mut self) {
        self.heard = false;
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
