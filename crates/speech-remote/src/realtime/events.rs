//! The protocol's events as they are on the wire.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_speech::SttOptions;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Dialect, Format, Hints, RealtimeConfig};
use crate::failure::{Failure, code};
use crate::prompt;

/// What the service says. Unknown events and fields are passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) item_id: Option<String>,
    #[serde(default)]
    pub(super) delta: Option<String>,
    #[serde(default)]
    pub(super) transcript: Option<String>,
    /// vLLM's whole text.
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    error: Json,
    /// vLLM's code stands beside its error, OpenAI's in it.
    #[serde(default)]
    code: Json,
}

impl Event {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|_| Failure::Form("no event of the Realtime protocol"))
    }

    /// The failure that an event of an error tells of.
    pub(super) fn failure(&self) -> Failure {
        let words = [&self.error["code"], &self.code, &self.error["type"]];
        let known = words.into_iter().find_map(|word| code(word.as_str()?));
        match known {
            Some(code) if code.contains("rate_limit") || code.contains("overloaded") => Failure::Busy(None),
            Some(code) => Failure::Service(code),
            None => Failure::Service("error".into()),
        }
    }
}

/// What is told of the sound beforehand.
fn transcription(config: &RealtimeConfig, options: &SttOptions) -> Json {
    let language = options.language.code();
    let words = prompt::words(&options.boost);
    let mut told = json!({"model": config.model});
    match config.hints {
        Hints::Keywords => told["languages"] = json!([language]),
        Hints::Prompt | Hints::Language => told["language"] = language.into(),
    }
    match config.hints {
        Hints::Keywords if !words.is_empty() => told["keywords"] = words.into(),
        Hints::Prompt if !words.is_empty() => told["prompt"] = words.join(", ").into(),
        _ => {}
    }
    told
}

/// The session as it is to be.
pub(super) fn greeting(config: &RealtimeConfig, options: &SttOptions) -> String {
    let model = &config.model;
    let transcription = transcription(config, options);
    let event = match config.dialect {
        Dialect::Vllm => json!({"type": "session.update", "model": model}),
        Dialect::Openai => {
            let format = match config.format {
                Format::Pcm => json!({"type": "audio/pcm", "rate": 24_000}),
                Format::Ulaw => json!({"type": "audio/pcmu"}),
            };
            let input = json!({"format": format, "transcription": transcription, "turn_detection": null});
            let session = json!({"type": "transcription", "audio": {"input": input}});
            json!({"type": "session.update", "session": session})
        }
        Dialect::OpenaiBeta => {
            let format = match config.format {
                Format::Pcm => "pcm16",
                Format::Ulaw => "g711_ulaw",
            };
            let session = json!({"input_audio_format": format, "input_audio_transcription": transcription,
                "turn_detection": null});
            json!({"type": "transcription_session.update", "session": session})
        }
    };
    event.to_string()
}

/// More sound.
pub(super) fn append(octets: &[u8]) -> String {
    json!({"type": "input_audio_buffer.append", "audio": STANDARD.encode(octets)}).to_string()
}

/// The sound is whole. With vLLM a commit begins an utterance and only one that is `last` ends it.
pub(super) fn commit(last: bool) -> String {
    let mut event = json!({"type": "input_audio_buffer.commit"});
    if last {
        event["final"] = true.into();
    }
    event.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_by_their_code_only() {
        for (event, failure) in [
            (
                r#"{"type":"error","error":{"type":"invalid_request_error","code":"invalid_value","message":"he said: 내일"}}"#,
                Failure::Service("invalid_value".into()),
            ),
            (
                r#"{"type":"error","error":{"type":"server_error","code":null}}"#,
                Failure::Service("server_error".into()),
            ),
            (
                r#"{"type":"error","error":"Can't process empty audio.","code":"processing_error"}"#,
                Failure::Service("processing_error".into()),
            ),
            (
                r#"{"type":"error","error":{"code":"rate_limit_exceeded"}}"#,
                Failure::Busy(None),
            ),
            (r#"{"type":"error"}"#, Failure::Service("error".into())),
        ] {
            assert_eq!(Event::parse(event).unwrap().failure(), failure, "{event}");
        }
    }

    #[test]
    fn the_shops_words_and_the_language_are_told_as_the_model_takes_them() {
        let options = SttOptions {
            boost: vec!["궁중떡찜".into(), "알밥".into()],
            ..SttOptions::default()
        };
        let told = |hints| {
            let config = RealtimeConfig {
                hints,
                ..RealtimeConfig::default()
            };
            let event: Json = serde_json::from_str(&greeting(&config, &options)).unwrap();
            assert!(event["session"]["audio"]["input"]["turn_detection"].is_null());
            event["session"]["audio"]["input"]["transcription"].clone()
        };
        let model = "gpt-live-transcribe";
        for (hints, expected) in [
            (
                Hints::Keywords,
                json!({"model": model, "languages": ["ko"], "keywords": ["궁중떡찜", "알밥"]}),
            ),
            (
                Hints::Prompt,
                json!({"model": model, "language": "ko", "prompt": "궁중떡찜, 알밥"}),
            ),
            (Hints::Language, json!({"model": model, "language": "ko"})),
        ] {
            assert_eq!(told(hints), expected);
        }
    }
}
