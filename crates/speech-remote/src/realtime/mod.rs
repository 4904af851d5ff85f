//! Recognition while the caller speaks, by OpenAI's Realtime protocol: a WebSocket with JSON events in both directions.
//!
//! Three dialects of it are spoken ([`Dialect`]): OpenAI's own as it is today (`session.update` with a session of type
//! `transcription`), the earlier one that many gateways still speak (`transcription_session.update`), and vLLM's, which has
//! the client's names but other answers (`transcription.delta`, `transcription.done`).
//! Sources: <https://developers.openai.com/api/docs/guides/realtime-transcription>,
//! <https://developers.openai.com/api/reference/resources/realtime/client-events>,
//! <https://docs.vllm.ai/en/stable/serving/openai_compatible_server/> and vLLM's `entrypoints/openai/realtime`.
//!
//! The turn's end is decided here, not there: turn detection is switched off and the utterance committed when it is over.

mod events;
mod sound;
mod utterance;

use std::path::PathBuf;

use biseo_speech::{Language, Result, SpeechError, SpeechToText, SttOptions, SttSession};
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde::Deserialize;
use tokio_tungstenite::tungstenite::Message;

use crate::config::{ConfigError, fault, languages, ms, named, once, within};
use crate::endpoint::{Endpoint, bearer};
use crate::failure::Failure;
use crate::live::{Door, Limits, LiveSession, Protocol};
use crate::net::{Connector, Runtime, connector};

const NAME: &str = "realtime";
/// Threads for such engines carry this name.
const THREAD: &str = "speech-realtime";

/// Whose words are spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// OpenAI's: `wss://…/realtime?intent=transcription`, `session.update`.
    #[default]
    Openai,
    /// OpenAI's before it was final, with the header `OpenAI-Beta: realtime=v1` and `transcription_session.update`.
    OpenaiBeta,
    /// vLLM's: `wss://…/realtime`, one connection for each utterance.
    Vllm,
}

/// How sound is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// 16 bit at 24 kHz (16 kHz with vLLM).
    #[default]
    Pcm,
    /// G.711 µ-law at 8 kHz: a sixth of the octets and no less of the telephone's sound. Not with vLLM.
    Ulaw,
}

/// How the language and the shop's words are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hints {
    /// As `languages` and `keywords`: OpenAI's `gpt-live-transcribe` and `gpt-transcribe`.
    #[default]
    Keywords,
    /// As `language` and `prompt`: the models before these, and most services that are compatible with them.
    Prompt,
    /// As `language` alone: `gpt-realtime-whisper`, which takes no prompt.
    Language,
}

/// `[speech.realtime]`: a service by the Realtime protocol.
///
/// ```
/// let config: biseo_speech_remote::realtime::RealtimeConfig =
///     toml::from_str("dialect = 'vllm'\nendpoint = 'http://127.0.0.1:8000/v1'\nmodel = 'mistralai/Voxtral-Mini-4B-Realtime-2602'")?;
/// config.check()?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RealtimeConfig {
    /// The service's address without `/realtime`: `https://api.openai.com/v1`. `http` and `ws` only in the house.
    pub endpoint: String,
    /// The environment variable that holds the key; whoever makes the engine reads it. A service in the house may need none.
    pub key_env: Option<String>,
    /// Or the file that holds it.
    pub key_file: Option<PathBuf>,
    /// The model that transcribes: `gpt-live-transcribe`.
    pub model: String,
    /// The dialect: `openai`.
    pub dialect: Dialect,
    /// How sound is sent: `pcm`.
    pub format: Format,
    /// Languages that calls are sent there in: `ko` and `en`.
    pub languages: Vec<String>,
    /// How the language and the shop's words are told: `keywords`. vLLM takes neither.
    pub hints: Hints,
    /// Milliseconds for connecting, 100 to 10,000: 2,000.
    pub connect_ms: u64,
    /// Milliseconds for the text after the utterance's end, 200 to 20,000: 2,500.
    pub finish_ms: u64,
}

impl Default for RealtimeConfig {
    fn default() -> Self {
        Self {
            endpoint: "https://api.openai.com/v1".into(),
            key_env: None,
            key_file: None,
            model: "gpt-live-transcribe".into(),
            dialect: Dialect::Openai,
            format: Format::Pcm,
            languages: vec!["ko".into(), "en".into()],
            hints: Hints::Keywords,
            connect_ms: 2_000,
            finish_ms: 2_500,
        }
    }
}

impl RealtimeConfig {
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
        languages(&self.languages)?;
        if self.dialect == Dialect::Vllm && self.format == Format::Ulaw {
            return Err(fault("format", "vLLM takes no µ-law: give \"pcm\""));
        }
        if self.dialect == Dialect::OpenaiBeta && self.hints == Hints::Keywords {
            let why = "the dialect \"openai-beta\" knows no keywords: give \"prompt\" or \"language\"";
            return Err(fault("hints", why));
        }
        within("connect_ms", self.connect_ms, 100, 10_000, "milliseconds")?;
        within("finish_ms", self.finish_ms, 200, 20_000, "milliseconds")
    }
}

/// The recogniser. One serves all calls; each call has a connection of its own.
pub struct Realtime {
    config: RealtimeConfig,
    endpoint: Endpoint,
    languages: Vec<Language>,
    key: Option<HeaderValue>,
    connector: Connector,
    runtime: Runtime,
}

impl Realtime {
    /// From a configuration and a key, which a service in the house may not need. Nothing is connected yet.
    ///
    /// # Errors
    /// The field that cannot stand.
    pub fn new(config: RealtimeConfig, key: Option<&SecretString>) -> std::result::Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            endpoint: Endpoint::parse(&config.endpoint)?,
            languages: languages(&config.languages)?,
            key: key.map(bearer).transpose()?,
            connector: connector(ms(config.connect_ms))?,
            runtime: Runtime::new(THREAD)?,
            config,
        })
    }
}

impl SpeechToText for Realtime {
    fn name(&self) -> &'static str {
        NAME
    }

    fn languages(&self) -> &[Language] {
        &self.languages
    }

    fn session(&self, options: &SttOptions) -> Result<Box<dyn SttSession>> {
        if !self.languages.contains(&options.language) {
            return Err(SpeechError::Language {
                engine: NAME,
                language: options.language,
            });
        }
        let limits = Limits {
            connect: ms(self.config.connect_ms),
            finish: ms(self.config.finish_ms),
        };
        let talk = Talk {
            dialect: self.config.dialect,
            format: self.config.format,
            url: self.url(),
            key: self.key.clone(),
            greeting: events::greeting(&self.config, options),
        };
        let connector = self.connector.clone();
        // One connection's life is the engine's affair: what differs is said by the type.
        Ok(Box::new(match self.config.dialect {
            Dialect::Vllm => LiveSession::begin(NAME, &self.runtime, connector, EachAnew(talk), limits),
            _ => LiveSession::begin(NAME, &self.runtime, connector, talk, limits),
        }))
    }
}

impl Realtime {
    fn url(&self) -> String {
        self.endpoint.socket_at(match self.config.dialect {
            Dialect::Vllm => "/realtime",
            Dialect::Openai | Dialect::OpenaiBeta => "/realtime?intent=transcription",
        })
    }
}

/// One call's way to speak with the service.
struct Talk {
    dialect: Dialect,
    format: Format,
    url: String,
    key: Option<HeaderValue>,
    greeting: String,
}

impl Talk {
    fn open(&self) -> Door {
        let mut headers: Vec<_> = self.key.iter().map(|key| (AUTHORIZATION, key.clone())).collect();
        if self.dialect == Dialect::OpenaiBeta {
            let beta = HeaderName::from_static("openai-beta");
            headers.push((beta, HeaderValue::from_static("realtime=v1")));
        }
        Door {
            url: self.url.clone(),
            headers,
        }
    }
}

impl Protocol for Talk {
    type Utterance = utterance::Realtime;
    const KEEPS: bool = true;

    async fn door(&self) -> std::result::Result<Door, Failure> {
        Ok(self.open())
    }

    fn greeting(&self) -> Option<Message> {
        Some(Message::text(self.greeting.clone()))
    }

    fn utterance(&self) -> utterance::Realtime {
        utterance::Realtime::new(self.dialect, self.format)
    }
}

/// vLLM empties its queue of sound after it has told an utterance's text, which would swallow the next one's beginning.
struct EachAnew(Talk);

impl Protocol for EachAnew {
    type Utterance = utterance::Realtime;
    const KEEPS: bool = false;

    async fn door(&self) -> std::result::Result<Door, Failure> {
        self.0.door().await
    }

    fn greeting(&self) -> Option<Message> {
        self.0.greeting()
    }

    fn utterance(&self) -> utterance::Realtime {
        self.0.utterance()
    }
}
