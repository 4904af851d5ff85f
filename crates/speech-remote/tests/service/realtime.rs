//! OpenAI's Realtime protocol for transcription, in its three dialects, as the services speak it.

use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_media::codec::{AudioCodec, Decoder, PcmBuf};
use biseo_speech::SttSession;
use biseo_speech::resample::Resampler;
use serde_json::{Value as Json, json};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept_hdr};

use super::{Server, listener};

/// A service that does what it is asked; the key is `sk-test`.
pub fn start() -> Server {
    Server::start(|_, stream| serve(stream))
}

/// Shakes hands with whoever has the key.
#[expect(clippy::result_large_err, reason = "tungstenite's own")]
pub fn shake(stream: TcpStream) -> Option<(WebSocket<TcpStream>, Request)> {
    let mut seen = None;
    let look = |request: &Request, response: Response| {
        seen = Some(request.clone());
        let key = request.headers().get("authorization");
        if key.is_some_and(|key| key == "Bearer sk-test") {
            Ok(response)
        } else {
            let mut refused = ErrorResponse::new(None);
            *refused.status_mut() = 401.try_into().unwrap();
            Err(refused)
        }
    };
    let socket = accept_hdr(stream, look).ok()?;
    Some((socket, seen?))
}

/// Serves one connection well.
pub fn serve(stream: TcpStream) {
    let Some((socket, request)) = shake(stream) else {
        return;
    };
    let beta = request.headers().get("openai-beta").is_some();
    let vllm = request.uri().query().is_none();
    assert_eq!(request.uri().path(), "/v1/realtime");
    let mut service = Service {
        socket,
        vllm,
        beta,
        ready: false,
        running: false,
        sound: Sound::Pcm(Resampler::new(if vllm { 16_000 } else { 24_000 }, 8_000)),
        samples: 0,
        session: listener(&[]),
        told: String::new(),
        item: 0,
    };
    service.say(&json!({"type": "session.created"}));
    while let Ok(message) = service.socket.read() {
        if let Message::Text(text) = message {
            service.handle(&serde_json::from_str(&text).unwrap());
        }
    }
}

enum Sound {
    Pcm(Resampler),
    Ulaw(Box<Decoder>),
}

struct Service {
    socket: WebSocket<TcpStream>,
    vllm: bool,
    beta: bool,
    /// The session is set up.
    ready: bool,
    /// vLLM: between the two commits.
    running: bool,
    sound: Sound,
    samples: usize,
    session: Box<dyn SttSession>,
    told: String,
    item: usize,
}

impl Service {
    fn say(&mut self, event: &Json) {
        let _ = self.socket.send(Message::text(event.to_string()));
    }

    fn error(&mut self, code: &str) {
        self.say(&if self.vllm {
            json!({"type": "error", "error": format!("{code} happened"), "code": code})
        } else {
            json!({"type": "error", "error": {"type": "invalid_request_error", "code": code, "message": "words"}})
        });
    }

    fn handle(&mut self, event: &Json) {
        let update = if self.beta {
            "transcription_session.update"
        } else {
            "session.update"
        };
        match event["type"].as_str().unwrap_or_default() {
            kind if kind == update => self.set_up(event),
            "input_audio_buffer.append" if self.ready => self.append(event),
            "input_audio_buffer.commit" if !self.ready => self.error("model_not_validated"),
            "input_audio_buffer.commit" if self.vllm && event["final"] != true => self.running = true,
            "input_audio_buffer.commit" => self.commit(),
            _ => self.error("unknown_event"),
        }
    }

    fn set_up(&mut self, event: &Json) {
        if self.vllm {
            self.ready = event["model"].is_string();
            return;
        }
        let session = &event["session"];
        let (format, told) = if self.beta {
            (
                &session["input_audio_format"],
                &session["input_audio_transcription"],
            )
        } else {
            let input = &session["audio"]["input"];
            assert_eq!(session["type"], "transcription");
            (&input["format"]["type"], &input["transcription"])
        };
        if matches!(format.as_str(), Some("audio/pcmu" | "g711_ulaw")) {
            self.sound = Sound::Ulaw(Box::new(Decoder::new(AudioCodec::Pcmu)));
        }
        let korean = told["language"] == "ko" || told["languages"] == json!(["ko"]);
        if !korean || !told["model"].is_string() {
            return self.error("invalid_value");
        }
        let prompt = told["prompt"]
            .as_str()
            .unwrap_or_default()
            .split(", ")
            .map(str::to_owned);
        let keywords = told["keywords"].as_array().into_iter().flatten();
        let words: Vec<String> = keywords
            .filter_map(|w| w.as_str())
            .map(str::to_owned)
            .chain(prompt)
            .collect();
        self.session = listener(&words);
        self.ready = true;
        self.say(&json!({"type": "session.updated"}));
    }

    fn append(&mut self, event: &Json) {
        let Ok(octets) = STANDARD.decode(event["audio"].as_str().unwrap_or_default()) else {
            return self.error("invalid_audio");
        };
        let mut samples = Vec::new();
        match &mut self.sound {
            Sound::Pcm(resampler) => {
                let wide: Vec<i16> = octets
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&b| i16::from_le_bytes(b))
                    .collect();
                resampler.push(&wide, &mut samples);
            }
            Sound::Ulaw(decoder) => {
                for frame in octets.chunks(160) {
                    let mut pcm = PcmBuf::new();
                    decoder.decode(frame, &mut pcm).unwrap();
                    samples.extend_from_slice(pcm.samples());
                }
            }
        }
        self.hear(&samples);
    }

    fn hear(&mut self, samples: &[i16]) {
        self.samples += samples.len();
        self.session.accept(samples).unwrap();
        let text = self.session.partial().unwrap().text;
        // A delta cannot take anything back.
        if let Some(delta) = text.strip_prefix(&self.told).filter(|d| !d.is_empty()) {
            let event = if self.vllm {
                json!({"type": "transcription.delta", "delta": delta})
            } else {
                json!({"type": "conversation.item.input_audio_transcription.delta", "item_id": self.id(),
                    "content_index": 0, "delta": delta})
            };
            self.say(&event);
            self.told = text;
        }
    }

    fn id(&self) -> String {
        format!("item_{:03}", self.item)
    }

    fn commit(&mut self) {
        if self.vllm && !self.running {
            return self.error("processing_error");
        }
        let mut rest = Vec::new();
        if let Sound::Pcm(resampler) = &mut self.sound {
            resampler.finish(&mut rest);
        }
        self.hear(&rest);
        if self.samples < 800 {
            return self.error("input_audio_buffer_commit_empty");
        }
        let id = self.id();
        let text = self.session.finish().unwrap().text;
        if self.vllm {
            self.say(&json!({"type": "transcription.done", "text": text, "usage": {"total_tokens": 3}}));
        } else {
            self.say(
                &json!({"type": "input_audio_buffer.committed", "item_id": id, "previous_item_id": null}),
            );
            self.say(&json!({"type": "conversation.item.added", "item": {"id": id}}));
            self.say(
                &json!({"type": "conversation.item.input_audio_transcription.completed", "item_id": id,
                "content_index": 0, "transcript": text}),
            );
        }
        (self.samples, self.running) = (0, false);
        self.told.clear();
        self.item += 1;
    }
}
