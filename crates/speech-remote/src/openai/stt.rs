//! `POST …/audio/transcriptions`: an utterance as a whole, when it is over.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use biseo_speech::{
    Language, Result, SAMPLE_RATE, SpeechError, SpeechToText, SttOptions, SttSession, Transcript,
};
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::SecretString;
use serde::Deserialize;

use super::form::Form;
use super::{NAME, THREAD, wav};
use crate::config::{ConfigError, languages, ms, named, once, within};
use crate::endpoint::{Endpoint, bearer};
use crate::failure::Failure;
use crate::net::{Http, Runtime, whole};
use crate::prompt;

/// Samples of an utterance at most: a minute. What is said afterwards is not heard.
const MOST: usize = 60 * SAMPLE_RATE as usize;
/// A service refuses less than a tenth of a second.
const LEAST: usize = SAMPLE_RATE as usize / 10;
/// Octets of an answer at most.
const MOST_BODY: usize = 64 * 1024;

/// `[speech.openai.stt]`: a recogniser by OpenAI's REST interface.
///
/// ```
/// use biseo_speech_remote::openai::OpenAiSttConfig;
/// let config: OpenAiSttConfig =
///     toml::from_str("endpoint = 'http://whisper:8000/v1'\nmodel = 'Systran/faster-whisper-large-v3'")?;
/// config.check()?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpenAiSttConfig {
    /// The service's address without `/audio/transcriptions`: `https://api.openai.com/v1`. `http` only in the house.
    pub endpoint: String,
    /// The environment variable that holds the key; whoever makes the engine reads it. A service in the house may need none.
    pub key_env: Option<String>,
    /// Or the file that holds it.
    pub key_file: Option<PathBuf>,
    /// The model: `gpt-4o-transcribe`.
    pub model: String,
    /// Languages that calls are sent there in: `ko` and `en`.
    pub languages: Vec<String>,
    /// Whether the shop's words are given as a prompt: `true`.
    pub boost: bool,
    /// Milliseconds for connecting, 100 to 10,000: 2,000.
    pub connect_ms: u64,
    /// Milliseconds for the text after the utterance's end, connecting and sending included, 200 to 20,000: 4,000.
    pub finish_ms: u64,
}

impl Default for OpenAiSttConfig {
    fn default() -> Self {
        Self {
            endpoint: "https://api.openai.com/v1".into(),
            key_env: None,
            key_file: None,
            model: "gpt-4o-transcribe".into(),
            languages: vec!["ko".into(), "en".into()],
            boost: true,
            connect_ms: 2_000,
            finish_ms: 4_000,
        }
    }
}

impl OpenAiSttConfig {
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
        within("connect_ms", self.connect_ms, 100, 10_000, "milliseconds")?;
        within("finish_ms", self.finish_ms, 200, 20_000, "milliseconds")
    }
}

/// The recogniser. One serves all calls; they share its connections.
pub struct OpenAiStt {
    inner: Arc<Inner>,
    languages: Vec<Language>,
    boost: bool,
}

struct Inner {
    http: Http,
    url: String,
    key: Option<HeaderValue>,
    model: String,
    limit: Duration,
    runtime: Runtime,
}

impl OpenAiStt {
    /// From a configuration and a key, which a service in the house may not need. Nothing is connected yet.
    ///
    /// # Errors
    /// The field that cannot stand.
    pub fn new(
        config: OpenAiSttConfig,
        key: Option<&SecretString>,
    ) -> std::result::Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            languages: languages(&config.languages)?,
            boost: config.boost,
            inner: Arc::new(Inner {
                http: Http::new(ms(config.connect_ms))?,
                url: Endpoint::parse(&config.endpoint)?.at("/audio/transcriptions"),
                key: key.map(bearer).transpose()?,
                limit: ms(config.finish_ms),
                runtime: Runtime::new(THREAD)?,
                model: config.model,
            }),
        })
    }
}

impl SpeechToText for OpenAiStt {
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
        let words = if self.boost {
            prompt::words(&options.boost)
        } else {
            Vec::new()
        };
        Ok(Box::new(Session {
            inner: self.inner.clone(),
            language: options.language,
            prompt: words.join(", "),
            samples: Vec::new(),
        }))
    }
}

struct Session {
    inner: Arc<Inner>,
    language: Language,
    prompt: String,
    samples: Vec<i16>,
}

impl Session {
    fn request(&self) -> std::result::Result<Request<Full<Bytes>>, Failure> {
        let file = wav::file(&self.samples);
        let inner = &self.inner;
        let fields = [
            ("model", inner.model.as_str()),
            ("language", self.language.code()),
            ("response_format", "json"),
            ("temperature", "0"),
            ("prompt", self.prompt.as_str()),
        ];
        let parts: Vec<&[u8]> = fields
            .iter()
            .map(|(_, value)| value.as_bytes())
            .chain([file.as_slice()])
            .collect();
        let mut form = Form::new(&parts);
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            form.field(name, value);
        }
        form.wav("file", &file);
        let (kind, body) = form.finish();
        let mut request = Request::post(&inner.url).header(CONTENT_TYPE, kind);
        if let Some(key) = &inner.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        request
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| Failure::Form("no request"))
    }

    /// Sends the utterance and waits for its text, here and not longer than the limit.
    fn ask(&self) -> std::result::Result<Transcript, Failure> {
        let request = self.request()?;
        let (answer, answered) = sync_channel(1);
        let (http, limit) = (self.inner.http.clone(), self.inner.limit);
        let asking = self.inner.runtime.spawn(async move {
            // Who has gone in the meantime needs no answer.
            let _ = answer.send(exchange(&http, request, limit).await);
        });
        match answered.recv_timeout(limit) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => {
                asking.inspect(|task| task.abort());
                Err(Failure::Late(limit))
            }
            Err(RecvTimeoutError::Disconnected) => Err(Failure::Connection),
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    text: String,
}

async fn exchange(
    http: &Http,
    request: Request<Full<Bytes>>,
    limit: Duration,
) -> std::result::Result<Transcript, Failure> {
    let response = http.send(request, limit).await?;
    let body = whole(response.into_body(), MOST_BODY, limit).await?;
    let answer: Answer =
        serde_json::from_slice(&body).map_err(|_| Failure::Form("no transcript where one is due"))?;
    Ok(Transcript {
        text: answer.text.trim().to_owned(),
        ..Transcript::default()
    })
}

impl SttSession for Session {
    fn accept(&mut self, samples: &[i16]) -> Result<()> {
        let room = MOST - self.samples.len();
        self.samples
            .extend_from_slice(&samples[..samples.len().min(room)]);
        Ok(())
    }

    /// Always empty: nothing is known before the end.
    fn partial(&mut self) -> Result<Transcript> {
        Ok(Transcript::default())
    }

    fn finish(&mut self) -> Result<Transcript> {
        if self.samples.is_empty() {
            return Ok(Transcript::default());
        }
        let padded = self.samples.len().max(LEAST);
        self.samples.resize(padded, 0);
        let outcome = self.ask();
        self.reset();
        outcome.map_err(|e| e.of(NAME))
    }

    fn reset(&mut self) {
        self.samples.clear();
    }
}
