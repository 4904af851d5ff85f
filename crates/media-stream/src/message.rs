//! One message of a platform, read from JSON within [`limits`](crate::limits). All dialects in one reader: they differ in
//! names, not in meaning.

mod fields;
mod raw;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::ProtocolError;
use crate::limits;
use crate::start::Start;
use raw::Raw;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The connection is there; nothing is known of a call yet.
    Connected,
    /// The call begins.
    Start(Box<Start>),
    /// Sound.
    Media(Media),
    /// What was sent before a mark is played, or was thrown away by a clear.
    Mark {
        /// The mark.
        name: String,
    },
    /// The caller pressed a key.
    Digit(char),
    /// The call is over.
    Stop,
    /// Something that does not concern us; platforms add to their protocols.
    Other,
}

/// Sound in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Whether it is the caller's; platforms may send ours back on a track of its own.
    pub inbound: bool,
    /// The message's number among those with sound, if it has one.
    pub chunk: Option<u64>,
    /// When it was spoken, in milliseconds from an origin of the platform's, if it says so.
    pub timestamp_ms: Option<u64>,
    /// G.711, one octet for each sample, at most [`limits::PAYLOAD`].
    pub payload: Vec<u8>,
}

/// A message, and which stream it says that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// The stream's name, if the message names one.
    pub stream: Option<String>,
    /// The message.
    pub message: Message,
}

impl Addressed {
    /// Reads a text message.
    ///
    /// # Errors
    /// [`ProtocolError`]; the message has had no effect.
    pub fn parse(text: &str) -> Result<Self, ProtocolError> {
        if text.len() > limits::MESSAGE {
            return Err(ProtocolError::MessageTooLong);
        }
        let raw: Raw<'_> = serde_json::from_str(text)?;
        let message = read(&raw)?;
        let stream = raw
            .stream
            .map(|s| fields::id(&s, "the stream's id"))
            .transpose()?;
        Ok(Self { stream, message })
    }
}

fn read(raw: &Raw<'_>) -> Result<Message, ProtocolError> {
    let name = raw.event.as_deref().or(raw.kind.as_deref());
    Ok(match name {
        Some("connected") => Message::Connected,
        Some("start") => Message::Start(Box::new(raw.start()?)),
        Some("media") => Message::Media(media(raw)?),
        Some("mark" | "playedStream") => Message::Mark { name: mark(raw)? },
        Some("dtmf") => Message::Digit(digit(raw)?),
        Some("stop") => Message::Stop,
        // jambonz: the call's attributes without any event.
        None if raw.is_jambonz() => Message::Start(Box::new(raw.jambonz_start()?)),
        _ => Message::Other,
    })
}

fn media(raw: &Raw<'_>) -> Result<Media, ProtocolError> {
    let media = raw.media.as_ref().ok_or(ProtocolError::Missing("media"))?;
    let text = media
        .payload
        .as_deref()
        .ok_or(ProtocolError::Missing("media.payload"))?;
    if text.len() > limits::PAYLOAD.div_ceil(3) * 4 {
        return Err(ProtocolError::Bounds("media.payload"));
    }
    let payload = STANDARD.decode(text).map_err(|_| ProtocolError::Base64)?;
    if payload.len() > limits::PAYLOAD {
        return Err(ProtocolError::Bounds("media.payload"));
    }
    // Without a name it is the caller's: what is sent back is always named.
    let inbound = media
        .track
        .as_deref()
        .is_none_or(|t| matches!(t, "inbound" | "inbound_track"));
    Ok(Media {
        inbound,
        chunk: fields::count(media.chunk.as_ref()),
        timestamp_ms: fields::count(media.timestamp.as_ref()),
        payload,
    })
}

fn mark(raw: &Raw<'_>) -> Result<String, ProtocolError> {
    let name = raw.mark.as_ref().and_then(|m| m.name.as_deref());
    let name = name
        .or_else(|| raw.data.as_ref().and_then(|d| d.name()))
        .or(raw.name.as_deref());
    fields::id(name.ok_or(ProtocolError::Missing("mark.name"))?, "mark.name")
}

fn digit(raw: &Raw<'_>) -> Result<char, ProtocolError> {
    let text = raw
        .dtmf
        .as_ref()
        .and_then(|d| d.digit())
        .ok_or(ProtocolError::Missing("dtmf.digit"))?;
    let mut characters = text.chars().map(|c| c.to_ascii_uppercase());
    match (characters.next(), characters.next()) {
        (Some(key @ ('0'..='9' | '*' | '#' | 'A'..='D')), None) => Ok(key),
        _ => Err(ProtocolError::Bounds("dtmf.digit")),
    }
}
