//! The demo recogniser: a small CTC network trained on synthetic speech only.
//!
//! **It understands espeak-ng's Korean voices, not people.** It exists so that a whole call, speech in and speech out, runs
//! for real in demonstrations and tests, on a machine without any other model. Whoever offers it must say so.
//!
//! A text's confidence is the mean probability of its letters as the network hears them: above 0.8 for clear sentences, mostly
//! below 0.5 where it made words of noise or of another language.
//!
//! `models/demo-ko/MODEL_CARD.md` tells how it was made and how well it does.

use std::path::Path;
use std::sync::Arc;

use crate::ctc::{
    BeamConfig, BeamSearch, Boost, CtcModel, CtcStream, Decoded, LogMel, NgramLm, Recipe, STEP_SAMPLES,
    Tokens,
};
use crate::normalise::speakable;
use crate::{Language, Result, SpeechError, SpeechToText, SttOptions, SttSession, Transcript, Word};

const NAME: &str = "demo-ctc";
/// Silence that [`SttSession::finish`] adds, in samples: the network answers a little after it has heard.
const TAIL: usize = 8 * STEP_SAMPLES;

/// The recogniser. Shared by all calls; clones share the network.
#[derive(Clone)]
pub struct DemoCtc {
    model: CtcModel,
    recipe: Arc<Recipe>,
}

impl DemoCtc {
    /// Loads `model.onnx` and `tokens.txt` from a folder such as `models/demo-ko`, and `lm.bin` if it is there.
    ///
    /// # Errors
    /// [`SpeechError::Model`] names the file that is missing or wrong.
    pub fn load(folder: &Path) -> Result<Self> {
        Self::load_with(folder, BeamConfig::default())
    }

    /// As [`DemoCtc::load`], with other weights for the search.
    ///
    /// # Errors
    /// As [`DemoCtc::load`].
    pub fn load_with(folder: &Path, config: BeamConfig) -> Result<Self> {
        let tokens = Arc::new(Tokens::load(&folder.join("tokens.txt"))?);
        let lm = folder.join("lm.bin");
        let lm = lm.exists().then(|| NgramLm::load(&lm)).transpose()?;
        let model = CtcModel::load(&folder.join("model.onnx"), tokens.len())?;
        Ok(Self::new(model, Recipe::new(tokens, lm.map(Arc::new), config)))
    }

    /// From its parts.
    pub fn new(model: CtcModel, recipe: Recipe) -> Self {
        Self {
            model,
            recipe: Arc::new(recipe),
        }
    }
}

impl SpeechToText for DemoCtc {
    fn name(&self) -> &'static str {
        NAME
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean]
    }

    fn may_wait(&self) -> bool {
        false
    }

    fn session(&self, options: &SttOptions) -> Result<Box<dyn SttSession>> {
        if options.language != Language::Korean {
            return Err(SpeechError::Language {
                engine: NAME,
                language: options.language,
            });
        }
        let spoken: Vec<_> = options
            .boost
            .iter()
            .map(|phrase| speakable(phrase, Language::Korean))
            .collect();
        let boost = Boost::new(spoken.iter().map(String::as_str), self.recipe.tokens());
        Ok(Box::new(Session {
            features: LogMel::new(),
            network: self.model.stream(),
            search: BeamSearch::new(self.recipe.clone(), Arc::new(boost)),
            heard: false,
        }))
    }
}

struct Session {
    features: LogMel,
    network: CtcStream,
    search: BeamSearch,
    /// Whether there was any sound in this utterance.
    heard: bool,
}

impl Session {
    fn push(&mut self, samples: &[i16]) -> Result<()> {
        let (network, search) = (&mut self.network, &mut self.search);
        self.features.push(samples, |features| {
            network.push(features, |step| search.push(step))
        })
    }

    /// Lets the network hear a little silence, so that it tells all it knows.
    fn flush(&mut self) -> Result<()> {
        self.push(&[0; TAIL])?;
        self.network.flush(|step| self.search.push(step))
    }
}

impl SttSession for Session {
    fn accept(&mut self, samples: &[i16]) -> Result<()> {
        self.heard |= !samples.is_empty();
        self.push(samples)
    }

    fn partial(&mut self) -> Result<Transcript> {
        Ok(transcript(self.search.best()))
    }

    fn finish(&mut self) -> Result<Transcript> {
        let flushed = if self.heard { self.flush() } else { Ok(()) };
        let text = self.search.finish();
        self.reset();
        flushed.map(|()| transcript(text))
    }

    fn reset(&mut self) {
        self.features.reset();
        self.network.reset();
        self.search.reset();
        self.heard = false;
    }
}

fn transcript(decoded: Decoded) -> Transcript {
    let text = decoded.text();
    let words = decoded.words.into_iter().map(|word| Word {
        text: word.text,
        confidence: Some(word.confidence),
        start: Some(u64::from(word.step) * STEP_SAMPLES as u64),
    });
    Transcript {
        confidence: (!text.is_empty()).then_some(decoded.confidence),
        words: words.collect(),
        text,
    }
}
