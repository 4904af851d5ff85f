//! How a call begins: who speaks which dialect, and who calls whom.

use biseo_media::codec::AudioCodec;

/// Relatives of one protocol. Which one it is shows in the first message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Twilio Media Streams and those who copy it name for name (SignalWire, Fonoster, …): `streamSid`.
    Twilio,
    /// Telnyx: `stream_id`, snake case, `from` and `to` in `start`.
    Telnyx,
    /// Exotel: `stream_sid`, snake case.
    Exotel,
    /// Plivo and those who copy it (Vobiz): `streamId`; towards the platform `playAudio`, `checkpoint`, `clearAudio`.
    Plivo,
    /// jambonz's `listen`: one JSON message, then binary L16 both ways; `mark` and `killAudio` with `type`.
    Jambonz,
}

/// A call that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The dialect.
    pub dialect: Dialect,
    /// The platform's name of the stream; goes into what is sent.
    pub stream: String,
    /// The platform's name of the call, if it gave one.
    pub call: Option<String>,
    /// Who calls, as the platform writes it: the custom parameter `from` or `caller`, else the platform's own field.
    pub caller: Option<String>,
    /// Which number was dialled: the custom parameter `to`, `called` or `dialled`, else the platform's own field.
    pub dialled: Option<String>,
    /// [`AudioCodec::Pcmu`] or [`AudioCodec::Pcma`], both ways.
    pub codec: AudioCodec,
}

/// Names under which the caller's number may come, most telling first; compared without case.
pub(crate) const CALLER: [&str; 4] = ["from", "caller", "x-ph-from", "x-ph-caller"];
/// Names under which the dialled number may come.
pub(crate) const DIALLED: [&str; 6] = ["to", "called", "dialled", "dialed", "x-ph-to", "x-ph-called"];

/// The codec of a format's name, in any of the dialects' ways to write it.
pub(crate) fn codec(encoding: &str) -> Option<AudioCodec> {
    let name = encoding.split(';').next().unwrap_or_default().trim();
    match name.to_ascii_lowercase().as_str() {
        "audio/x-mulaw" | "audio/mulaw" | "audio/pcmu" | "mulaw" | "pcmu" => Some(AudioCodec::Pcmu),
        "audio/x-alaw" | "audio/alaw" | "audio/pcma" | "alaw" | "pcma" => Some(AudioCodec::Pcma),
        _ => None,
    }
}
