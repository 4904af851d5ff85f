//! `POST …/audio/speech`: sound as it comes.

use std::path::PathBuf;
use std::sync::Arc;

use biseo_speech::{
    Language, Result, SpeechError, SpeechStream, TextToSpeech, Utterance, Voice, normalise, speech_channel,
};
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use super::flow::{Incoming8k, fetch, most_octets, pass_on};
use super::{NAME, THREAD};
use crate::config::{ConfigError, fault, languages, ms, named, once, within};
use crate::endpoint::{Endpoint, bearer};
use crate::failure::Failure;
use crate::net::{Http, Runtime};
use crate::sound::Telephone;

/// Characters of a text that the interface takes at most.
pub const MOST_CHARACTERS: usize = 4_096;
/// Utterances at a time; beyond it one is refused, so that a flood of calls cannot fill the machine.
const MOST_AT_ONCE: usize = 64;
/// Pieces of a response that wait to be taken.
const PIECES: usize = 16;

/// How the service gives its sound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SoundFormat {
    /// Samples alone, 16 bit, at [`OpenAiTtsConfig::sample_rate`].
    #[default]
    Pcm,
    /// A WAV file, 16 bit, whose head tells the rate.
    Wav,
}

/// `[speech.openai.tts]`: a voice by OpenAI's REST interface.
///
/// ```
/// use biseo_speech_remote::openai::OpenAiTtsConfig;
/// let config: OpenAiTtsConfig = toml::from_str("endpoint = 'http://tts.example.com/v1'")?;
/// let error = config.check().unwrap_err();
/// assert!(error.to_string().contains("only https is used"), "{error}");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpenAiTtsConfig {
    /// The service's address without `/audio/speech`: `https://api.openai.com/v1`. `http` only in the house.
    pub endpoint: String,
    /// The environment variable that holds the key; whoever makes the engine reads it. A service in the house may need none.
    pub key_env: Option<String>,
    /// Or the file that holds it.
    pub key_file: Option<PathBuf>,
    /// The model: `gpt-4o-mini-tts`.
    pub model: String,
    /// The voice, where a shop names none: `coral`.
    pub voice: String,
    /// How it is to be spoken, for models that take it; empty for nothing.
    pub instructions: String,
    /// Languages it is used for: `ko` and `en`.
    pub languages: Vec<String>,
    /// The form of the sound: `pcm`.
    pub format: SoundFormat,
    /// Samples a second of `pcm`, 8,000 to 96,000: 24,000.
    pub sample_rate: u32,
    /// Whether numbers, times and prices are written out as they are read before the text is sent: `true`.
    pub normalise: bool,
    /// Milliseconds for connecting, 100 to 10,000: 2,000.
    pub connect_ms: u64,
    /// Milliseconds until the sound begins, 200 to 20,000: 3,000.
    pub first_ms: u64,
    /// Milliseconds that the sound may stop in the middle, 200 to 20,000: 3,000.
    pub idle_ms: u64,
}

impl Default for OpenAiTtsConfig {
    fn default() -> Self {
        Self {
            endpoint: "https://api.openai.com/v1".into(),
            key_env: None,
            key_file: None,
            model: "gpt-4o-mini-tts".into(),
            voice: "coral".into(),
            instructions: String::new(),
            languages: vec!["ko".into(), "en".into()],
            format: SoundFormat::Pcm,
            sample_rate: 24_000,
            normalise: true,
            connect_ms: 2_000,
            first_ms: 3_000,
            idle_ms: 3_000,
        }
    }
}

impl OpenAiTtsConfig {
    /// Checks it without touching anything.
    ///
    /// # Errors
    /// The first field that cannot stand.
    pub fn check(&self) -> std::result::Result<(), ConfigError> {
        Endpoint::parse(&self.endpoint)?;
        once(
            "key_env",
            "key_file",
            self.key_env.is_some(),
            self.key_file.is_some(),
        )?;
        named("model", &self.model, "the model's name at the service")?;
        named("voice", &self.voice, "a voice of the service")?;
        if self.instructions.chars().count() > 1_000 {
            return Err(fault("instructions", "give at most 1000 characters"));
        }
        languages(&self.languages)?;
        within("sample_rate", self.sample_rate.into(), 8_000, 96_000, "Hz")?;
        within("connect_ms", self.connect_ms, 100, 10_000, "milliseconds")?;
        within("first_ms", self.first_ms, 200, 20_000, "milliseconds")?;
        within("idle_ms", self.idle_ms, 200, 20_000, "milliseconds")
    }
}

/// The synthesiser. One serves all calls; they share its connections.
pub struct OpenAiTts {
    config: OpenAiTtsConfig,
    languages: Vec<Language>,
    http: Http,
    url: String,
    key: Option<HeaderValue>,
    runtime: Runtime,
    running: Arc<()>,
}

impl OpenAiTts {
    /// From a configuration and a key, which a service in the house may not need. Nothing is connected yet.
    ///
    /// # Errors
    /// The field that cannot stand.
    pub fn new(
        config: OpenAiTtsConfig,
        key: Option<&SecretString>,
    ) -> std::result::Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            languages: languages(&config.languages)?,
            http: Http::new(ms(config.connect_ms))?,
            url: Endpoint::parse(&config.endpoint)?.at("/audio/speech"),
            key: key.map(bearer).transpose()?,
            runtime: Runtime::new(THREAD)?,
            running: Arc::default(),
            config,
        })
    }

    /// The text to be sent; empty if there is nothing to be spoken.
    fn prepare(&self, utterance: &Utterance) -> Result<String> {
        let language = utterance.voice.language;
        if !self.languages.contains(&language) {
            return Err(SpeechError::Language {
                engine: NAME,
                language,
            });
        }
        let text = if self.config.normalise && utterance.text.len() <= 4 * MOST_CHARACTERS {
            normalise::speakable(&utterance.text, language)
        } else {
            utterance.text.clone()
        };
        if text.chars().count() > MOST_CHARACTERS {
            let why = format!("text longer than {MOST_CHARACTERS} characters");
            return Err(SpeechError::Refused(why));
        }
        Ok(if text.chars().any(char::is_alphanumeric) {
            text
        } else {
            String::new()
        })
    }

    fn request(&self, text: &str, voice: &Voice) -> Result<Request<Full<Bytes>>> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if voice.variant.len() > 64 || !voice.variant.chars().all(plain) {
            return Err(SpeechError::Refused(
                "a voice has up to 64 letters, digits and _ - .".into(),
            ));
        }
        let name = match voice.variant.as_str() {
            "" => &self.config.voice,
            variant => variant,
        };
        let format = match self.config.format {
            SoundFormat::Pcm => "pcm",
            SoundFormat::Wav => "wav",
        };
        let mut body =
            json!({"model": self.config.model, "input": text, "voice": name, "response_format": format});
        if voice.speed != 100 {
            body["speed"] = (f64::from(voice.speed.clamp(50, 200)) / 100.0).into();
        }
        if !self.config.instructions.is_empty() {
            body["instructions"] = self.config.instructions.as_str().into();
        }
        let mut request = Request::post(&self.url).header(CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        request
            .body(Full::new(Bytes::from(body.to_string())))
            .map_err(|_| Failure::Form("no request").of(NAME))
    }
}

impl TextToSpeech for OpenAiTts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn languages(&self) -> &[Language] {
        &self.languages
    }

    fn speak(&self, utterance: &Utterance) -> Result<SpeechStream> {
        let text = self.prepare(utterance)?;
        let (sink, stream) = speech_channel();
        if text.is_empty() {
            return Ok(stream);
        }
        if Arc::strong_count(&self.running) > MOST_AT_ONCE {
            return Err(SpeechError::Refused(format!(
                "{MOST_AT_ONCE} utterances are being synthesised already"
            )));
        }
        let request = self.request(&text, &utterance.voice)?;
        let (pieces, taken) = mpsc::channel(PIECES);
        let limits = (ms(self.config.first_ms), ms(self.config.idle_ms));
        let fetching = self
            .runtime
            .spawn(fetch(self.http.clone(), request, limits, pieces));
        if let Some(task) = fetching {
            sink.canceller().on_cancel(move || task.abort());
        }
        let telephone = match self.config.format {
            SoundFormat::Pcm => Incoming8k::Samples(Telephone::new(self.config.sample_rate)),
            SoundFormat::Wav => Incoming8k::Head,
        };
        let most = most_octets(text.chars().count());
        // Until it has ended, the thread of connections is needed, and one place is taken.
        let held = (self.runtime.clone(), self.running.clone());
        // The sink may have to wait for the call, which the engine's own thread must not.
        std::thread::Builder::new()
            .name(THREAD.into())
            .spawn(move || {
                pass_on(taken, telephone, most, &sink);
                drop(held);
            })
            .map_err(|source| SpeechError::Program {
                program: "thread".into(),
                source,
            })?;
        Ok(stream)
    }
}
