//! Voices: VITS (Piper's and MMS's too), Kokoro, Supertonic.
//!
//! The library tells sound sentence by sentence; here it is brought to 8 kHz and to the telephone's level as it comes. It says one
//! utterance at a time: its documentation promises no more, and a voice takes all cores that it is given anyway.

use std::sync::{Arc, Mutex, PoisonError};

use biseo_speech::level::{Leveller, SPEECH_DBFS, Trimmer};
use biseo_speech::normalise::speakable;
use biseo_speech::resample::Resampler;
use biseo_speech::{
    Language, Result, SAMPLE_RATE, SpeechError, SpeechSink, SpeechStream, TextToSpeech, Utterance,
    speech_channel,
};
use sherpa_onnx::{GenerationConfig, OfflineTts, OfflineTtsConfig};

use crate::LoadError;
use crate::manifest::{Kind, Manifest};

/// Characters of text that one utterance may have.
const MOST: usize = 1_000;

/// The engine. One serves all calls.
pub(super) struct Speaker {
    tts: Arc<Mutex<OfflineTts>>,
    kind: Kind,
    languages: Vec<Language>,
    speaker: i32,
    rate: u32,
}

impl Speaker {
    /// Loads the model. May end the process.
    pub(super) fn load(manifest: &Manifest) -> std::result::Result<Self, LoadError> {
        let tts = OfflineTts::create(&config(manifest)).ok_or(LoadError::Refused)?;
        let rate = u32::try_from(tts.sample_rate()).unwrap_or_default();
        let speaker = i32::from(manifest.written.speaker);
        if !(8_000..=96_000).contains(&rate) || speaker >= tts.num_speakers().max(1) {
            return Err(LoadError::Refused);
        }
        Ok(Self {
            tts: Arc::new(Mutex::new(tts)),
            kind: manifest.written.kind,
            languages: manifest.languages.clone(),
            speaker,
            rate,
        })
    }
}

fn config(manifest: &Manifest) -> OfflineTtsConfig {
    let mut config = OfflineTtsConfig {
        max_num_sentences: 1,
        silence_scale: 0.2,
        ..OfflineTtsConfig::default()
    };
    let model = &mut config.model;
    model.num_threads = i32::from(manifest.written.threads);
    model.provider = Some("cpu".into());
    match manifest.written.kind {
        Kind::Kokoro => {
            model.kokoro.model = manifest.path("model");
            model.kokoro.voices = manifest.path("voices");
            model.kokoro.tokens = manifest.path("tokens");
            model.kokoro.lexicon = manifest.path("lexicon");
            model.kokoro.data_dir = manifest.path("data_dir");
        }
        Kind::Supertonic => {
            model.supertonic.duration_predictor = manifest.path("duration_predictor");
            model.supertonic.text_encoder = manifest.path("text_encoder");
            model.supertonic.vector_estimator = manifest.path("vector_estimator");
            model.supertonic.vocoder = manifest.path("vocoder");
            model.supertonic.tts_json = manifest.path("tts_json");
            model.supertonic.unicode_indexer = manifest.path("unicode_indexer");
            model.supertonic.voice_style = manifest.path("voice_style");
        }
        _ => {
            model.vits.model = manifest.path("model");
            model.vits.tokens = manifest.path("tokens");
            model.vits.lexicon = manifest.path("lexicon");
            model.vits.data_dir = manifest.path("data_dir");
        }
    }
    config
}

impl TextToSpeech for Speaker {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Kokoro => "sherpa-kokoro",
            Kind::Supertonic => "sherpa-supertonic",
            _ => "sherpa-vits",
        }
    }

    fn languages(&self) -> &[Language] {
        &self.languages
    }

    fn speak(&self, utterance: &Utterance) -> Result<SpeechStream> {
        let engine = self.name();
        let language = utterance.voice.language;
        if !self.languages.contains(&language) {
            return Err(SpeechError::Language { engine, language });
        }
        if utterance.text.chars().count() > MOST {
            return Err(SpeechError::Refused(format!(
                "text longer than {MOST} characters"
            )));
        }
        let text = harmless(&speakable(&utterance.text, language));
        if !text.chars().any(char::is_alphanumeric) {
            return Ok(SpeechStream::ready(Vec::new()));
        }
        let (sink, stream) = speech_channel();
        let job = Job {
            tts: self.tts.clone(),
            engine,
            text,
            rate: self.rate,
            config: self.how(utterance),
        };
        let started = std::thread::Builder::new()
            .name("sherpa-voice".into())
            .spawn(move || job.run(sink));
        started.map_err(|e| SpeechError::Engine {
            engine,
            detail: format!("no thread: {e}"),
        })?;
        Ok(stream)
    }
}

impl Speaker {
    fn how(&self, utterance: &Utterance) -> GenerationConfig {
        let mut config = GenerationConfig {
            speed: f32::from(utterance.voice.speed.clamp(50, 200)) / 100.0,
            sid: self.speaker,
            ..GenerationConfig::default()
        };
        if self.kind == Kind::Supertonic {
            let code = serde_json::Value::from(utterance.voice.language.code());
            config.extra = Some([("lang".to_owned(), code)].into());
        }
        config
    }
}

/// One line, nothing that is not shown.
fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// One utterance on its thread.
struct Job {
    tts: Arc<Mutex<OfflineTts>>,
    engine: &'static str,
    text: String,
    rate: u32,
    config: GenerationConfig,
}

impl Job {
    fn run(self, sink: SpeechSink) {
        let way = Arc::new(Mutex::new(Way::new(sink, self.rate)));
        let tts = self.tts.lock().unwrap_or_else(PoisonError::into_inner);
        if locked(&way).sink.canceller().is_cancelled() {
            return;
        }
        let theirs = way.clone();
        let piece = move |samples: &[f32], _progress: f32| locked(&theirs).push(samples);
        let made = tts.generate_with_config(&self.text, &self.config, Some(piece));
        drop(tts);
        let mut way = locked(&way);
        match made {
            // A model whose way of working calls nobody back gives its sound at the end.
            Some(whole) if way.pushed == 0 => {
                way.push(whole.samples());
                way.finish();
            }
            Some(_) => way.finish(),
            None if way.sink.canceller().is_cancelled() => {}
            None => way.sink.fail(SpeechError::Engine {
                engine: self.engine,
                detail: "it made no sound".into(),
            }),
        }
    }
}

fn locked(way: &Mutex<Way>) -> std::sync::MutexGuard<'_, Way> {
    way.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From the network's sound to the telephone's.
struct Way {
    sink: SpeechSink,
    resampler: Resampler,
    trimmer: Trimmer,
    leveller: Leveller,
    pushed: usize,
}

impl Way {
    fn new(sink: SpeechSink, rate: u32) -> Self {
        Self {
            sink,
            resampler: Resampler::new(rate, SAMPLE_RATE),
            trimmer: Trimmer::default(),
            leveller: Leveller::new(SPEECH_DBFS),
            pushed: 0,
        }
    }

    /// Passes sound on; `false` when nobody listens any more.
    fn push(&mut self, samples: &[f32]) -> bool {
        self.pushed += samples.len();
        let whole: Vec<i16> = samples
            .iter()
            .map(|s| (s.clamp(-1.0, 1.0) * 32_767.0) as i16)
            .collect();
        let (mut narrow, mut trimmed, mut out) = (Vec::new(), Vec::new(), Vec::new());
        self.resampler.push(&whole, &mut narrow);
        self.trimmer.push(&narrow, &mut trimmed);
        self.leveller.push(&trimmed, &mut out);
        self.sink.send(out)
    }

    fn finish(&mut self) {
        let (mut narrow, mut trimmed, mut out) = (Vec::new(), Vec::new(), Vec::new());
        self.resampler.finish(&mut narrow);
        self.trimmer.push(&narrow, &mut trimmed);
        self.trimmer.finish(&mut trimmed);
        self.leveller.push(&trimmed, &mut out);
        self.leveller.finish(&mut out);
        self.sink.send(out);
    }
}
