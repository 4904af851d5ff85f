//! Recognisers that tell text while one speaks: transducers (zipformer, NeMo, nemotron) and streaming CTC (zipformer, NeMo, T-one).

use std::sync::Arc;

use biseo_speech::resample::Resampler;
use biseo_speech::{
    Language, Result, SAMPLE_RATE, SpeechError, SpeechToText, SttOptions, SttSession, Transcript,
};
use sherpa_onnx::{OnlineRecognizer, OnlineRecognizerConfig, OnlineStream};

use crate::hotwords::hotwords;
use crate::manifest::{Kind, Manifest};
use crate::session::{FINISH, Hearing, Session};
use crate::{LoadError, written};

/// Silence that is added at the end, in milliseconds: the longest look-ahead of these networks, with a whole piece for those that
/// take pieces of 300 ms and wait for one more.
const TAIL_MS: usize = 800;
/// How much a shop's words are preferred; sherpa-onnx's own choice.
const HOTWORDS_SCORE: f32 = 1.5;

/// The engine. One serves all calls.
pub(super) struct Streaming {
    recogniser: Arc<OnlineRecognizer>,
    kind: Kind,
    languages: Vec<Language>,
    prefers: bool,
}

impl Streaming {
    /// Loads the model. May end the process.
    pub(super) fn load(manifest: &Manifest) -> std::result::Result<Self, LoadError> {
        let recogniser = OnlineRecognizer::create(&config(manifest)).ok_or(LoadError::Refused)?;
        Ok(Self {
            recogniser: Arc::new(recogniser),
            kind: manifest.written.kind,
            languages: manifest.languages.clone(),
            prefers: manifest.written.modeling_unit.is_some(),
        })
    }
}

fn config(manifest: &Manifest) -> OnlineRecognizerConfig {
    let mut config = OnlineRecognizerConfig::default();
    let model = &mut config.model_config;
    model.tokens = manifest.path("tokens");
    model.num_threads = i32::from(manifest.written.threads);
    match manifest.written.kind {
        Kind::Zipformer2Ctc => model.zipformer2_ctc.model = manifest.path("model"),
        Kind::NemoCtc => model.nemo_ctc.model = manifest.path("model"),
        Kind::TOne => model.t_one_ctc.model = manifest.path("model"),
        _ => {
            model.transducer.encoder = manifest.path("encoder");
            model.transducer.decoder = manifest.path("decoder");
            model.transducer.joiner = manifest.path("joiner");
        }
    }
    config.feat_config.sample_rate = rate(manifest.written.kind) as i32;
    config.decoding_method = Some("greedy_search".into());
    if let Some(unit) = &manifest.written.modeling_unit {
        // Words can only be preferred by a search that follows several texts at once.
        config.model_config.modeling_unit = Some(unit.clone());
        config.model_config.bpe_vocab = manifest.path("bpe_vocab");
        config.decoding_method = Some("modified_beam_search".into());
        config.max_active_paths = 4;
        config.hotwords_score = HOTWORDS_SCORE;
    }
    config
}

/// What the network was trained on.
fn rate(kind: Kind) -> u32 {
    if kind == Kind::TOne { SAMPLE_RATE } else { 16_000 }
}

impl SpeechToText for Streaming {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Zipformer2Ctc => "sherpa-zipformer2-ctc",
            Kind::NemoCtc => "sherpa-nemo-ctc",
            Kind::TOne => "sherpa-t-one",
            _ => "sherpa-transducer",
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
        let hotwords = self
            .prefers
            .then(|| hotwords(&options.boost))
            .filter(|words| !words.is_empty());
        let how = How {
            rate: rate(self.kind),
            hotwords,
            language: (self.kind == Kind::Transducer).then(|| options.language.code()),
        };
        let hearing = Live::new(self.recogniser.clone(), how);
        Ok(Box::new(Session::begin(self.name(), FINISH, hearing)?))
    }
}

/// How a call is to be heard.
struct How {
    rate: u32,
    hotwords: Option<String>,
    /// Told to each stream: a multilingual transducer (nemotron 3.5) asks for it, others pass it over.
    language: Option<&'static str>,
}

impl How {
    fn stream(&self, recogniser: &OnlineRecognizer) -> OnlineStream {
        let stream = match &self.hotwords {
            Some(words) => recogniser.create_stream_with_hotwords(words),
            None => recogniser.create_stream(),
        };
        if let Some(code) = self.language {
            stream.set_option("language", code);
        }
        stream
    }
}

/// One call's hearing.
struct Live {
    recogniser: Arc<OnlineRecognizer>,
    how: How,
    stream: OnlineStream,
    /// The library would resample as well, but announces it for every utterance on stderr.
    resampler: Option<Resampler>,
    sound: Vec<f32>,
    heard: bool,
    news: bool,
}

impl Live {
    fn new(recogniser: Arc<OnlineRecognizer>, how: How) -> Self {
        Self {
            stream: how.stream(&recogniser),
            resampler: (how.rate != SAMPLE_RATE).then(|| Resampler::new(SAMPLE_RATE, how.rate)),
            recogniser,
            how,
            sound: Vec::new(),
            heard: false,
            news: false,
        }
    }

    fn push(&mut self, samples: &[i16]) {
        super::whole::widen(&mut self.resampler, samples, &mut self.sound);
        self.stream.accept_waveform(self.how.rate as i32, &self.sound);
        self.sound.clear();
        while self.recogniser.is_ready(&self.stream) {
            self.recogniser.decode(&self.stream);
            self.news = true;
        }
    }

    fn text(&self) -> Transcript {
        match self.recogniser.get_result(&self.stream) {
            Some(found) => {
                written::transcript(&found.text, &found.tokens, &found.timestamps.unwrap_or_default())
            }
            None => Transcript::default(),
        }
    }
}

impl Hearing for Live {
    fn hear(&mut self, samples: &[i16]) {
        self.heard = true;
        self.push(samples);
    }

    fn look(&mut self) -> Option<Transcript> {
        std::mem::take(&mut self.news).then(|| self.text())
    }

    fn finish(&mut self) -> Transcript {
        if !self.heard {
            return Transcript::default();
        }
        self.push(&vec![0; TAIL_MS * SAMPLE_RATE as usize / 1_000]);
        self.stream.input_finished();
        while self.recogniser.is_ready(&self.stream) {
            self.recogniser.decode(&self.stream);
        }
        self.text()
    }

    fn reset(&mut self) {
        self.stream = self.how.stream(&self.recogniser);
        if let Some(resampler) = &mut self.resampler {
            resampler.reset();
        }
        self.heard = false;
        self.news = false;
    }
}
