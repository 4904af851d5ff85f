//! The order in which a platform's messages may come: `connected`, `start`, sound, `stop`.

use biseo_media::codec::{AudioCodec, Encoder};
use biseo_media::{FRAME_SAMPLES, Frame};

use crate::error::ProtocolError;
use crate::frames::{Framer, SoundFrame};
use crate::limits;
use crate::message::{Addressed, Media, Message};
use crate::start::{Dialect, Start};

/// What a message brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The call begins.
    Started(Box<Start>),
    /// The caller's next frames, as many as the message made whole.
    Sound(Vec<SoundFrame>),
    /// What was sent before this mark is played, or was thrown away by a clear.
    Mark(String),
    /// The caller pressed a key: `0`–`9`, `*`, `#`, `A`–`D`.
    Digit(char),
    /// The call is over.
    Stopped,
    /// Nothing that concerns us.
    Nothing,
}

enum State {
    /// No start yet.
    Waiting,
    Live {
        dialect: Dialect,
        stream: String,
    },
    Over,
}

/// One connection's protocol, on our side. Bytes in, events out; no clock, no socket.
///
/// An error leaves it as it was; whoever reads a connection should end it then.
pub struct Protocol {
    state: State,
    framer: Framer,
    encoder: Encoder,
}

impl Default for Protocol {
    fn default() -> Self {
        Self::new()
    }
}

impl Protocol {
    /// A connection from which nothing has come.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: State::Waiting,
            framer: Framer::new(AudioCodec::Pcmu),
            encoder: Encoder::new(AudioCodec::Pcmu),
        }
    }

    /// Takes a text message.
    ///
    /// # Errors
    /// [`ProtocolError`]: it cannot be read, or should not come now.
    pub fn text(&mut self, text: &str) -> Result<Event, ProtocolError> {
        let Addressed { stream, message } = Addressed::parse(text)?;
        match (&self.state, message) {
            (State::Over, _) => Err(ProtocolError::AfterStop),
            (State::Waiting, Message::Start(start)) => Ok(self.start(start)),
            (State::Live { .. }, Message::Start(_)) => Err(ProtocolError::SecondStart),
            (_, Message::Connected | Message::Other) => Ok(Event::Nothing),
            (State::Waiting, message) => Err(ProtocolError::BeforeStart(name(&message))),
            (State::Live { stream: ours, .. }, message) => {
                if stream.is_some_and(|theirs| theirs != *ours) {
                    return Err(ProtocolError::OtherStream);
                }
                Ok(self.live(message))
            }
        }
    }

    /// Takes a binary message: sound from jambonz, L16 (16 bit, signed, little endian) at 8 kHz.
    ///
    /// # Errors
    /// [`ProtocolError::Binary`] from other platforms, [`ProtocolError::Bounds`] for half a sample or more than a second.
    pub fn binary(&mut self, octets: &[u8]) -> Result<Event, ProtocolError> {
        match self.state {
            State::Waiting => Err(ProtocolError::BeforeStart("media")),
            State::Over => Err(ProtocolError::AfterStop),
            State::Live {
                dialect: Dialect::Jambonz,
                ..
            } => {
                let (samples, half) = octets.as_chunks::<2>();
                if !half.is_empty() || samples.len() > limits::PAYLOAD {
                    return Err(ProtocolError::Bounds("the sound"));
                }
                let mulaw = self.mulaw(samples);
                Ok(Event::Sound(self.framer.push(None, None, &mulaw)))
            }
            State::Live { .. } => Err(ProtocolError::Binary),
        }
    }

    fn start(&mut self, start: Box<Start>) -> Event {
        self.framer = Framer::new(start.codec);
        self.state = State::Live {
            dialect: start.dialect,
            stream: start.stream.clone(),
        };
        Event::Started(start)
    }

    fn live(&mut self, message: Message) -> Event {
        match message {
            Message::Media(Media { inbound: false, .. }) => Event::Nothing,
            Message::Media(media) => {
                let Media {
                    chunk, timestamp_ms, ..
                } = media;
                Event::Sound(self.framer.push(chunk, timestamp_ms, &media.payload))
            }
            Message::Mark { name } => Event::Mark(name),
            Message::Digit(key) => Event::Digit(key),
            Message::Stop => {
                self.state = State::Over;
                Event::Stopped
            }
            Message::Connected | Message::Start(_) | Message::Other => Event::Nothing,
        }
    }

    fn mulaw(&mut self, samples: &[[u8; 2]]) -> Vec<u8> {
        let mut mulaw = Vec::with_capacity(samples.len());
        for piece in samples.chunks(FRAME_SAMPLES) {
            let mut frame: Frame = [0; FRAME_SAMPLES];
            for (out, sample) in frame.iter_mut().zip(piece) {
                *out = i16::from_le_bytes(*sample);
            }
            let mut octets = [0; FRAME_SAMPLES];
            // One octet for each sample; the room is a frame's.
            let _ = self.encoder.encode(&frame, &mut octets);
            mulaw.extend_from_slice(&octets[..piece.len()]);
        }
        mulaw
    }
}

fn name(message: &Message) -> &'static str {
    match message {
        Message::Connected => "connected",
        Message::Start(_) => "start",
        Message::Media(_) => "media",
        Message::Mark { .. } => "mark",
        Message::Digit(_) => "dtmf",
        Message::Stop => "stop",
        Message::Other => "a message",
    }
}
