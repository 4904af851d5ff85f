//! What goes to a platform, in its dialect.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_media::codec::{AudioCodec, Decoder, PcmBuf};
use serde_json::json;

use crate::start::{Dialect, Start};

/// A message for a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// A text message.
    Text(String),
    /// A binary one.
    Binary(Vec<u8>),
}

/// Writes to one call.
pub struct Writer {
    dialect: Dialect,
    stream: String,
    codec: AudioCodec,
    decoder: Decoder,
}

impl Writer {
    /// For a call that has begun.
    #[must_use]
    pub fn new(start: &Start) -> Self {
        Self {
            dialect: start.dialect,
            stream: start.stream.clone(),
            codec: start.codec,
            decoder: Decoder::new(start.codec),
        }
    }

    /// Sound to be played after all that was sent: G.711 in the call's codec, at most 120 ms.
    pub fn media(&mut self, octets: &[u8]) -> Out {
        if self.dialect == Dialect::Jambonz {
            return Out::Binary(self.linear(octets));
        }
        let payload = STANDARD.encode(octets);
        let value = match self.dialect {
            Dialect::Plivo => json!({
                "event": "playAudio",
                "streamId": self.stream,
                "media": { "contentType": self.content_type(), "sampleRate": 8000, "payload": payload },
            }),
            _ => json!({ "event": "media", self.key(): self.stream, "media": { "payload": payload } }),
        };
        Out::Text(value.to_string())
    }

    /// To be told when all that was sent is played.
    #[must_use]
    pub fn mark(&self, name: &str) -> Out {
        let value = match self.dialect {
            Dialect::Jambonz => json!({ "type": "mark", "data": { "name": name } }),
            Dialect::Plivo => json!({ "event": "checkpoint", "streamId": self.stream, "name": name }),
            _ => json!({ "event": "mark", self.key(): self.stream, "mark": { "name": name } }),
        };
        Out::Text(value.to_string())
    }

    /// Throws away what was sent and is not played yet.
    #[must_use]
    pub fn clear(&self) -> Out {
        let value = match self.dialect {
            Dialect::Jambonz => json!({ "type": "killAudio" }),
            Dialect::Plivo => json!({ "event": "clearAudio", "streamId": self.stream }),
            _ => json!({ "event": "clear", self.key(): self.stream }),
        };
        Out::Text(value.to_string())
    }

    /// Says that the call is over, to a platform that wants more than the end of the connection.
    #[must_use]
    pub fn farewell(&self) -> Option<Out> {
        let value = json!({ "type": "disconnect" });
        (self.dialect == Dialect::Jambonz).then(|| Out::Text(value.to_string()))
    }

    /// The field that names the stream.
    fn key(&self) -> &'static str {
        match self.dialect {
            Dialect::Twilio | Dialect::Jambonz => "streamSid",
            Dialect::Telnyx => "stream_id",
            Dialect::Exotel => "stream_sid",
            Dialect::Plivo => "streamId",
        }
    }

    fn content_type(&self) -> &'static str {
        match self.codec {
            AudioCodec::Pcma => "audio/x-alaw",
            _ => "audio/x-mulaw",
        }
    }

    fn linear(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut pcm = PcmBuf::new();
        match self.decoder.decode(octets, &mut pcm) {
            Ok(()) => pcm.samples().iter().flat_map(|s| s.to_le_bytes()).collect(),
            Err(_) => Vec::new(),
        }
    }
}
