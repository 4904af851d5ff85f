//! Recognisers that hear an utterance as a whole: SenseVoice, Whisper, Moonshine, transducers and CTC without streaming.
//!
//! The sound is collected and decoded when the utterance is over; while it lasts, now and then what is there is decoded anew, so that
//! there is a text to take turns by. All of it happens on the session's thread, and only when nothing waits to be heard.

use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_speech::level::active_dbfs;
use biseo_speech::resample::Resampler;
use biseo_speech::{
    Language, Result, SAMPLE_RATE, SpeechError, SpeechToText, SttOptions, SttSession, Transcript,
};
use sherpa_onnx::{OfflineRecognizer, OfflineRecognizerConfig};

use crate::manifest::{Kind, Manifest};
use crate::session::{FINISH, Hearing, Session};
use crate::{LoadError, written};

const RATE: u32 = 16_000;
/// Samples that are decoded at once, at most 25 s: Whisper's window is 30 s. What is longer is decoded in parts.
const MOST: usize = 25 * SAMPLE_RATE as usize;
/// New samples before what is there is decoded anew, at least: 0.7 s.
const NEWS: usize = 7 * SAMPLE_RATE as usize / 10;
/// A quieter utterance (dBFS over its active frames) has no speech. These networks make up words for silence.
const QUIET_DBFS: f32 = -38.0;

/// The engine. One serves all calls.
pub(super) struct Whole {
    recogniser: Arc<OfflineRecognizer>,
    kind: Kind,
    languages: Vec<Language>,
}

impl Whole {
    /// Loads the model. May end the process.
    pub(super) fn load(manifest: &Manifest) -> std::result::Result<Self, LoadError> {
        let recogniser = OfflineRecognizer::create(&config(manifest)).ok_or(LoadError::Refused)?;
        Ok(Self {
            recogniser: Arc::new(recogniser),
            kind: manifest.written.kind,
            languages: manifest.languages.clone(),
        })
    }
}

fn config(manifest: &Manifest) -> OfflineRecognizerConfig {
    let mut config = OfflineRecognizerConfig::default();
    let model = &mut config.model_config;
    model.tokens = manifest.path("tokens");
    model.num_threads = i32::from(manifest.written.threads);
    // One language: it is told. Several: the network finds out.
    let language = match manifest.languages[..] {
        [one] => one.code(),
        _ => "",
    };
    match manifest.written.kind {
        Kind::SenseVoice => {
            model.sense_voice.model = manifest.path("model");
            model.sense_voice.language = Some(if language.is_empty() { "auto" } else { language }.into());
            model.sense_voice.use_itn = true;
        }
        Kind::Whisper => {
            model.whisper.encoder = manifest.path("encoder");
            model.whisper.decoder = manifest.path("decoder");
            model.whisper.language = Some(language.into());
            model.whisper.task = Some("transcribe".into());
            model.whisper.tail_paddings = -1;
        }
        Kind::Moonshine => {
            model.moonshine.preprocessor = manifest.path("preprocessor");
            model.moonshine.encoder = manifest.path("encoder");
            model.moonshine.uncached_decoder = manifest.path("uncached_decoder");
            model.moonshine.cached_decoder = manifest.path("cached_decoder");
            model.moonshine.merged_decoder = manifest.path("merged_decoder");
        }
        Kind::OfflineNemoCtc => model.nemo_ctc.model = manifest.path("model"),
        _ => {
            model.transducer.encoder = manifest.path("encoder");
            model.transducer.decoder = manifest.path("decoder");
            model.transducer.joiner = manifest.path("joiner");
        }
    }
    config.decoding_method = Some("greedy_search".into());
    config
}

impl SpeechToText for Whole {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::SenseVoice => "sherpa-sense-voice",
            Kind::Whisper => "sherpa-whisper",
            Kind::Moonshine => "sherpa-moonshine",
            Kind::OfflineNemoCtc => "sherpa-offline-nemo-ctc",
            _ => "sherpa-offline-transducer",
        }
    }

    fn languages(&self) -> &[Language] {
        &self.languages
    }

    fn session(&self, options: &SttOptions) -> Result<Box<dyn SttSession>> {
        if !self.languages.contains(&options.language) {
            return Err(SpeechError::Language {
                engine: self.name(),
                language: options.language,
            });
        }
        let hearing = Collected::new(Decoder(self.recogniser.clone()));
        Ok(Box::new(Session::begin(self.name(), FINISH, hearing)?))
    }
}

/// What makes text of a whole utterance. A trait, so that the collecting is tested without a network.
trait Decode: Send {
    fn decode(&self, samples: &[i16]) -> Transcript;
}

struct Decoder(Arc<OfflineRecognizer>);

impl Decode for Decoder {
    fn decode(&self, samples: &[i16]) -> Transcript {
        let stream = self.0.create_stream();
        let mut sound = Vec::new();
        let mut resampler = Some(Resampler::new(SAMPLE_RATE, RATE));
        widen(&mut resampler, samples, &mut sound);
        stream.accept_waveform(RATE as i32, &sound);
        self.0.decode(&stream);
        match stream.get_result() {
            Some(found) => {
                written::transcript(&found.text, &found.tokens, &found.timestamps.unwrap_or_default())
            }
            None => Transcript::default(),
        }
    }
}

/// Samples from -1 to 1, at the rate of the network.
pub(super) fn widen(resampler: &mut Option<Resampler>, samples: &[i16], out: &mut Vec<f32>) {
    let scale = |s: &i16| f32::from(*s) / 32_768.0;
    match resampler {
        Some(resampler) => {
            let mut wide = Vec::with_capacity(2 * samples.len() + 64);
            resampler.push(samples, &mut wide);
            out.extend(wide.iter().map(scale));
        }
        None => out.extend(samples.iter().map(scale)),
    }
}

/// One call's hearing.
struct Collected<D> {
    decoder: D,
    sound: Vec<i16>,
    /// What was said before `sound`.
    before: String,
    /// How much of `sound` the last text is of, and the text.
    known: (usize, Transcript),
    /// What the last decoding took: the next one waits for twice as much new sound.
    took: Duration,
}

impl<D: Decode> Collected<D> {
    fn new(decoder: D) -> Self {
        Self {
            decoder,
            sound: Vec::new(),
            before: String::new(),
            known: (0, Transcript::default()),
            took: Duration::ZERO,
        }
    }

    fn text(&mut self) -> Transcript {
        if self.known.0 != self.sound.len() {
            let began = Instant::now();
            let loud = active_dbfs(&self.sound).is_some_and(|level| level > QUIET_DBFS);
            let text = if loud {
                self.decoder.decode(&self.sound)
            } else {
                Transcript::default()
            };
            self.took = began.elapsed();
            self.known = (self.sound.len(), text);
        }
        let mut text = self.known.1.clone();
        if !self.before.is_empty() {
            text.text = format!("{} {}", self.before, text.text).trim().to_owned();
            // Their places are counted from a later beginning.
            text.words.clear();
        }
        text
    }
}

impl<D: Decode> Hearing for Collected<D> {
    fn hear(&mut self, samples: &[i16]) {
        self.sound.extend_from_slice(samples);
        if self.sound.len() >= MOST {
            self.before = self.text().text;
            self.sound.clear();
            self.known = (0, Transcript::default());
        }
    }

    fn look(&mut self) -> Option<Transcript> {
        let pause = (2.0 * self.took.as_secs_f64() * f64::from(SAMPLE_RATE)) as usize;
        let new = self.sound.len() - self.known.0;
        (new >= pause.max(NEWS)).then(|| self.text())
    }

    fn finish(&mut self) -> Transcript {
        self.text()
    }

    fn reset(&mut self) {
        self.sound.clear();
        self.before.clear();
        self.known = (0, Transcript::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Tells how many samples it was given.
    #[derive(Default, Clone)]
    struct Counts(Arc<AtomicUsize>);

    impl Decode for Counts {
        fn decode(&self, samples: &[i16]) -> Transcript {
            self.0.fetch_add(1, Ordering::SeqCst);
            written::transcript(&samples.len().to_string(), &[], &[])
        }
    }

    fn loud(samples: usize) -> Vec<i16> {
        (0..samples)
            .map(|n| if n % 2 == 0 { 5_000 } else { -5_000 })
            .collect()
    }

    #[test]
    fn it_is_decoded_now_and_then_and_once_at_the_end() {
        let counts = Counts::default();
        let mut hearing = Collected::new(counts.clone());
        for _ in 0..100 {
            hearing.hear(&loud(160));
            hearing.look();
        }
        let before = counts.0.load(Ordering::SeqCst);
        assert!((1..=3).contains(&before), "{before} times in two seconds");
        assert_eq!(hearing.finish().text, "16000");
        assert_eq!(hearing.finish().text, "16000");
        assert_eq!(
            counts.0.load(Ordering::SeqCst),
            before + 1,
            "the same sound is not decoded twice"
        );
    }

    #[test]
    fn what_is_too_long_for_one_window_is_kept_in_parts() {
        let mut hearing = Collected::new(Counts::default());
        hearing.hear(&loud(MOST));
        hearing.hear(&loud(800));
        assert_eq!(hearing.finish().text, format!("{MOST} 800"));
        hearing.reset();
        hearing.hear(&loud(160));
        assert_eq!(hearing.finish().text, "160");
    }

    #[test]
    fn silence_is_never_given_to_the_network() {
        let counts = Counts::default();
        let mut hearing = Collected::new(counts.clone());
        hearing.hear(&vec![20; 40_000]);
        assert_eq!(hearing.finish().text, "");
        assert_eq!(counts.0.load(Ordering::SeqCst), 0);
    }
}
