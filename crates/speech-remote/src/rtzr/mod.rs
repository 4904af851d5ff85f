//! RTZR (리턴제로), Korean recognition while the caller speaks.
//!
//! A token is fetched by client id and secret; then for each utterance a WebSocket is opened at
//! `/v1/transcribe:streaming`, raw samples go there in binary frames, the text `EOS` ends them, and the service answers with
//! sentences that change until they are final, and closes. Sources: <https://developers.rtzr.ai/docs/en/authentications>,
//! <https://developers.rtzr.ai/docs/en/stt-streaming>, <https://developers.rtzr.ai/docs/stt-streaming/websocket>,
//! <https://developers.rtzr.ai/docs/en/rate_limit>.

mod keywords;
mod token;
mod utterance;

use std::path::PathBuf;
use std::sync::Arc;

use biseo_speech::{Language, Result, SAMPLE_RATE, SpeechError, SpeechToText, SttOptions, SttSession};
use hyper::header::AUTHORIZATION;
use secrecy::SecretString;
use serde::Deserialize;
use tokio_tungstenite::tungstenite::Message;

use crate::config::{ConfigError, ms, named, once, within};
use crate::endpoint::{Endpoint, bearer};
use crate::failure::Failure;
use crate::live::{Door, Limits, LiveSession, Protocol};
use crate::net::{Connector, Http, Runtime, connector};
use token::{Client, Tokens};

const NAME: &str = "rtzr";
const THREAD: &str = "speech-rtzr";

/// `[speech.rtzr]`: RTZR's streaming recogniser.
///
/// ```
/// let config = biseo_speech_remote::rtzr::RtzrConfig {
///     client_id: "shop".into(),
///     finish_ms: 50,
///     ..Default::default()
/// };
/// let error = config.check().unwrap_err();
/// assert_eq!(error.to_string(), "finish_ms: 50: give 200 to 20000 milliseconds");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RtzrConfig {
    /// The service's address: `https://openapi.vito.ai/v1`.
    pub endpoint: String,
    /// The client's id, of an application registered at <https://developers.rtzr.ai/console>. Must be given.
    pub client_id: String,
    /// The environment variable that holds the client's secret; whoever makes the engine reads it.
    pub client_secret_env: Option<String>,
    /// Or the file that holds it.
    pub client_secret_file: Option<PathBuf>,
    /// The model: `sommers_ko`.
    pub model: String,
    /// The kind of sound, `CALL` (telephone) or `MEETING`: `CALL`.
    pub domain: String,
    /// Whether numbers, Latin letters and units are written as such ("7시" for "일곱 시"): `true`.
    pub itn: bool,
    /// Whether "어", "음" are left out: `false`.
    pub disfluency_filter: bool,
    /// Whether the shop's words are preferred: `true`.
    pub boost: bool,
    /// Milliseconds for connecting, 100 to 10,000: 2,000.
    pub connect_ms: u64,
    /// Milliseconds for the text after the utterance's end, 200 to 20,000: 2,000.
    pub finish_ms: u64,
}

impl Default for RtzrConfig {
    fn default() -> Self {
        Self {
            endpoint: "https://openapi.vito.ai/v1".into(),
            client_id: String::new(),
            client_secret_env: None,
            client_secret_file: None,
            model: "sommers_ko".into(),
            domain: "CALL".into(),
            itn: true,
            disfluency_filter: false,
            boost: true,
            connect_ms: 2_000,
            finish_ms: 2_000,
        }
    }
}

impl RtzrConfig {
    /// Checks it without touching anything.
    ///
    /// # Errors
    /// The first field that cannot stand.
    pub fn check(&self) -> std::result::Result<(), ConfigError> {
        Endpoint::parse(&self.endpoint)?;
        named("client_id", &self.client_id, "the one of RTZR's console")?;
        let (env, file) = (&self.client_secret_env, &self.client_secret_file);
        once(
            "client_secret_env",
            "client_secret_file",
            env.is_some(),
            file.is_some(),
        )?;
        named("model", &self.model, "\"sommers_ko\"")?;
        named("domain", &self.domain, "\"CALL\" or \"MEETING\"")?;
        within("connect_ms", self.connect_ms, 100, 10_000, "milliseconds")?;
        within("finish_ms", self.finish_ms, 200, 20_000, "milliseconds")
    }
}

/// The recogniser. One serves all calls; each utterance has a connection of its own, and all share a token.
pub struct Rtzr {
    config: RtzrConfig,
    endpoint: Endpoint,
    tokens: Arc<Tokens>,
    connector: Connector,
    runtime: Runtime,
}

impl Rtzr {
    /// From a configuration and the client's secret. Nothing is connected yet.
    ///
    /// # Errors
    /// The field that cannot stand.
    pub fn new(config: RtzrConfig, client_secret: SecretString) -> std::result::Result<Self, ConfigError> {
        config.check()?;
        let endpoint = Endpoint::parse(&config.endpoint)?;
        let limit = ms(config.connect_ms);
        let client = Client {
            id: config.client_id.clone(),
            secret: client_secret,
        };
        let tokens = Tokens::new(Http::new(limit)?, endpoint.at("/authenticate"), client, limit);
        Ok(Self {
            tokens: Arc::new(tokens),
            connector: connector(limit)?,
            runtime: Runtime::new(THREAD)?,
            endpoint,
            config,
        })
    }

    fn url(&self, boost: &[String]) -> String {
        let truth = |on: bool| if on { "true" } else { "false" };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("sample_rate", &SAMPLE_RATE.to_string())
            .append_pair("encoding", "LINEAR16")
            .append_pair("model_name", &self.config.model)
            .append_pair("domain", &self.config.domain)
            .append_pair("use_itn", truth(self.config.itn))
            .append_pair("use_disfluency_filter", truth(self.config.disfluency_filter))
            .append_pair("use_profanity_filter", "false")
            .append_pair("use_punctuation", "false");
        let keywords = keywords::of(boost);
        if self.config.boost && !keywords.is_empty() {
            query.append_pair("keywords", &keywords);
        }
        format!(
            "{}?{}",
            self.endpoint.socket_at("/transcribe:streaming"),
            query.finish()
        )
    }
}

impl SpeechToText for Rtzr {
    fn name(&self) -> &'static str {
        NAME
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean]
    }

    fn session(&self, options: &SttOptions) -> Result<Box<dyn SttSession>> {
        if options.language != Language::Korean {
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
            url: self.url(&options.boost),
            tokens: self.tokens.clone(),
        };
        let connector = self.connector.clone();
        Ok(Box::new(LiveSession::begin(
            NAME,
            &self.runtime,
            connector,
            talk,
            limits,
        )))
    }
}

/// One call's way to speak with the service.
struct Talk {
    url: String,
    tokens: Arc<Tokens>,
}

impl Protocol for Talk {
    type Utterance = utterance::Rtzr;
    const KEEPS: bool = false;

    async fn door(&self) -> std::result::Result<Door, Failure> {
        let token = self.tokens.valid().await?;
        let bearer = bearer(&token).map_err(|_| Failure::Form("a token that is none"))?;
        Ok(Door {
            url: self.url.clone(),
            headers: vec![(AUTHORIZATION, bearer)],
        })
    }

    /// The token may have been withdrawn before its time.
    async fn shut_out(&self) -> bool {
        self.tokens.forget().await;
        true
    }

    fn greeting(&self) -> Option<Message> {
        None
    }

    fn utterance(&self) -> utterance::Rtzr {
        utterance::Rtzr::default()
    }
}
