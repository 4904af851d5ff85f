//! Recognisers that hear an utterance as a whole: SenseVoice, Whisper, Moonshine, transducers and CTC without streaming.
//!
//! [`crate::collected`] tells when what is decoded; all of it happens on the session's thread, and only when nothing waits to be heard.

use std::sync::Arc;

use biseo_speech::resample::Resampler;
use biseo_speech::{
    Language, Result, SAMPLE_RATE, SpeechError, SpeechToText, SttOptions, SttSession, Transcript,
};
use sherpa_onnx::{OfflineRecognizer, OfflineRecognizerConfig};

use crate::collected::{Collected, Decode};
use crate::manifest::{Kind, Manifest};
use crate::session::{FINISH, Session};
use crate::{LoadError, written};

const RATE: u32 = 16_000;

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
