//! The messages' form, all dialects in one. Unknown fields are passed over.

use std::borrow::Cow;

use biseo_media::codec::AudioCodec;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::fields::{self, Number, Parameters};
use crate::error::ProtocolError;
use crate::limits;
use crate::start::{self, CALLER, DIALLED, Dialect, Start};

type Text<'a> = Option<Cow<'a, str>>;

/// A message's outermost fields.
#[derive(Debug, Deserialize)]
pub(super) struct Raw<'a> {
    #[serde(borrow)]
    pub event: Text<'a>,
    #[serde(rename = "type", borrow)]
    pub kind: Text<'a>,
    #[serde(
        alias = "streamSid",
        alias = "streamId",
        alias = "stream_id",
        alias = "stream_sid",
        borrow
    )]
    pub stream: Text<'a>,
    #[serde(borrow)]
    start: Option<RawStart<'a>>,
    #[serde(borrow)]
    pub media: Option<RawMedia<'a>>,
    #[serde(borrow)]
    pub mark: Option<Named<'a>>,
    /// jambonz puts a mark's name here, and other things for which it is no object.
    #[serde(borrow)]
    pub data: Option<Data<'a>>,
    /// Plivo names a checkpoint here.
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub dtmf: Option<Key<'a>>,
    #[serde(default)]
    extra_headers: Parameters,
    #[serde(rename = "callSid", borrow)]
    call: Text<'a>,
    #[serde(borrow)]
    from: Text<'a>,
    #[serde(borrow)]
    to: Text<'a>,
    #[serde(rename = "sampleRate", borrow)]
    rate: Option<Number<'a>>,
    #[serde(rename = "mixType", borrow)]
    mix: Text<'a>,
    #[serde(default)]
    metadata: Parameters,
}

#[derive(Debug, Deserialize)]
pub(super) struct Named<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
}

/// What may be a mark's name, or does not concern us.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Data<'a> {
    #[serde(borrow)]
    Named(Named<'a>),
    Other(IgnoredAny),
}

impl Data<'_> {
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Named(named) => named.name.as_deref(),
            Self::Other(_) => None,
        }
    }
}

/// A key: an object in most dialects, plain text in jambonz's.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Key<'a> {
    Inner {
        #[serde(borrow)]
        digit: Text<'a>,
    },
    #[serde(borrow)]
    Plain(Cow<'a, str>),
}

impl Key<'_> {
    pub(super) fn digit(&self) -> Option<&str> {
        match self {
            Self::Inner { digit } => digit.as_deref(),
            Self::Plain(text) => Some(text),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct RawMedia<'a> {
    #[serde(borrow)]
    pub track: Text<'a>,
    #[serde(borrow)]
    pub chunk: Option<Number<'a>>,
    #[serde(borrow)]
    pub timestamp: Option<Number<'a>>,
    #[serde(borrow)]
    pub payload: Text<'a>,
}

#[derive(Debug, Deserialize)]
struct RawStart<'a> {
    #[serde(rename = "streamSid", borrow)]
    twilio: Text<'a>,
    #[serde(rename = "streamId", borrow)]
    plivo: Text<'a>,
    #[serde(rename = "stream_sid", borrow)]
    exotel: Text<'a>,
    #[serde(
        alias = "callSid",
        alias = "callId",
        alias = "call_control_id",
        alias = "call_sid",
        borrow
    )]
    call: Text<'a>,
    #[serde(borrow)]
    tracks: Option<Vec<Cow<'a, str>>>,
    #[serde(alias = "mediaFormat", borrow)]
    media_format: Option<Format<'a>>,
    #[serde(default, alias = "customParameters")]
    custom_parameters: Parameters,
    #[serde(borrow)]
    from: Text<'a>,
    #[serde(borrow)]
    to: Text<'a>,
}

#[derive(Debug, Deserialize)]
struct Format<'a> {
    #[serde(borrow)]
    encoding: Text<'a>,
    #[serde(alias = "sampleRate", borrow)]
    sample_rate: Option<Number<'a>>,
    #[serde(borrow)]
    channels: Option<Number<'a>>,
}

impl Format<'_> {
    fn codec(&self) -> Result<AudioCodec, ProtocolError> {
        let is = |number: &Option<Number<'_>>, wanted| {
            number.is_none() || fields::count(number.as_ref()) == Some(wanted)
        };
        if !is(&self.sample_rate, 8000) || !is(&self.channels, 1) {
            return Err(ProtocolError::Format);
        }
        let encoding = self.encoding.as_deref().ok_or(ProtocolError::Format)?;
        start::codec(encoding).ok_or(ProtocolError::Format)
    }
}

impl Raw<'_> {
    /// The start of a call in the dialects that have a message for it.
    pub(super) fn start(&self) -> Result<Start, ProtocolError> {
        let start = self.start.as_ref().ok_or(ProtocolError::Missing("start"))?;
        let (dialect, inner) = if start.twilio.is_some() {
            (Dialect::Twilio, &start.twilio)
        } else if start.plivo.is_some() {
            (Dialect::Plivo, &start.plivo)
        } else if start.exotel.is_some() {
            (Dialect::Exotel, &start.exotel)
        } else {
            (Dialect::Telnyx, &None)
        };
        let name = inner.as_deref().or(self.stream.as_deref());
        let name = name.ok_or(ProtocolError::Missing("the stream's id"))?;
        if start.tracks.as_ref().is_some_and(|t| t.len() > limits::TRACKS) {
            return Err(ProtocolError::Bounds("start.tracks"));
        }
        // Without a format it is the only one that the protocol began with.
        let codec = match &start.media_format {
            Some(format) => format.codec()?,
            None => AudioCodec::Pcmu,
        };
        let given = |names: &[&str], own: &Text<'_>| {
            let custom = start.custom_parameters.first(names);
            let custom = custom.or(self.extra_headers.first(names));
            let text = custom.or(own.as_deref());
            text.map_or(Ok(None), fields::number)
        };
        Ok(Start {
            dialect,
            stream: fields::id(name, "the stream's id")?,
            call: call(&start.call)?,
            caller: given(&CALLER, &start.from)?,
            dialled: given(&DIALLED, &start.to)?,
            codec,
        })
    }

    /// Whether this is jambonz's first message: a call's attributes and how its sound will come.
    pub(super) fn is_jambonz(&self) -> bool {
        self.call.is_some() && self.rate.is_some()
    }

    /// The start of a call from jambonz. Its sound is L16; it becomes µ-law on its way in, as on most of the telephone network.
    pub(super) fn jambonz_start(&self) -> Result<Start, ProtocolError> {
        let mono = self.mix.as_deref().is_none_or(|m| m == "mono");
        if fields::count(self.rate.as_ref()) != Some(8000) || !mono {
            return Err(ProtocolError::Format);
        }
        let given = |names: &[&str], own: &Text<'_>| {
            let text = self.metadata.first(names).or(own.as_deref());
            text.map_or(Ok(None), fields::number)
        };
        let call = call(&self.call)?.ok_or(ProtocolError::Missing("callSid"))?;
        Ok(Start {
            dialect: Dialect::Jambonz,
            stream: call.clone(),
            call: Some(call),
            caller: given(&CALLER, &self.from)?,
            dialled: given(&DIALLED, &self.to)?,
            codec: AudioCodec::Pcmu,
        })
    }
}

fn call(text: &Text<'_>) -> Result<Option<String>, ProtocolError> {
    text.as_deref()
        .map(|t| fields::id(t, "the call's id"))
        .transpose()
}
