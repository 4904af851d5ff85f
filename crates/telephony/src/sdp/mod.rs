//! SDP (RFC 8866) and offer/answer (RFC 3264). Pure: text in, text and a decision out.
//!
//! Biseo takes one audio stream and rejects every other one with port 0, as the RFC wants, so that a video telephone
//! gets its sound. Payload numbers are what the peer says they are, never what they usually are.

mod answer;
mod codec;
mod crypto;
mod ice;
mod negotiated;
mod parse;

pub use answer::{Answer, accept_answer, answer, offer};
pub use codec::Codec;
pub use crypto::{Crypto, CryptoKey, CryptoSuite, LocalSrtp, Protection, Secured};
pub use ice::{Ice, IceLogin};
pub use negotiated::{Dtmf, Negotiated};
pub use parse::{MAX_MEDIA, MAX_TEXT};

use std::net::IpAddr;

/// Why a session description cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// It is no SDP: the word says what is wrong. Answer 400.
    #[error("malformed SDP: {0}")]
    Malformed(&'static str),
    /// No audio stream over RTP, or no codec in common. Answer 488.
    #[error("nothing in the SDP fits")]
    NothingFits,
    /// We want encryption and the other side offers none. Answer 488.
    #[error("the sound is to be encrypted and the other side offers no key that fits")]
    NotProtected,
    /// The other side wants encryption, and we do not, or not in any way that it offers. Answer 488.
    #[error("the other side wants its sound encrypted, in a way that is not allowed or not known here")]
    OnlyProtected,
    /// The stream has no address to send to. Answer 488.
    #[error("the SDP has no usable address")]
    NoAddress,
}

impl SdpError {
    /// The status code to refuse with (RFC 3261 §21.4.26).
    #[must_use]
    pub fn status(&self) -> u16 {
        if matches!(self, Self::Malformed(_)) {
            400
        } else {
            488
        }
    }
}

/// Direction of a stream, seen from whoever wrote it (RFC 3264 §5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// The writer only sends: the other is on hold.
    SendOnly,
    /// The writer only listens.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// Whether the writer sends.
    #[must_use]
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the writer receives.
    #[must_use]
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The direction with these two properties.
    #[must_use]
    pub fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// The same stream seen from the other side.
    #[must_use]
    pub fn mirrored(self) -> Self {
        Self::of(self.receives(), self.sends())
    }

    /// The attribute's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive]
            .into_iter()
            .find(|d| d.as_str() == name)
    }
}

/// Session id and version of the `o=` line. Keep one per call; [`Origin::next`] for every changed description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Session id.
    pub id: u64,
    /// Session version, which grows by one with every change (RFC 3264 §8).
    pub version: u64,
}

impl Origin {
    /// A first version; `id` should be unlikely to repeat.
    #[must_use]
    pub fn new(id: u64) -> Self {
        // Some peers keep these numbers in 32 or 63 bits.
        Self {
            id: id & 0x7fff_ffff,
            version: 1,
        }
    }

    /// The next version of the same session.
    #[must_use]
    pub fn next(self) -> Self {
        Self {
            version: self.version.saturating_add(1),
            ..self
        }
    }
}

/// What we can do in one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalCaps {
    /// Codecs, best first.
    pub codecs: Vec<Codec>,
    /// Address for media.
    pub addr: IpAddr,
    /// RTP port; RTCP is the next one, unless it shares (RFC 5761).
    pub port: u16,
    /// Take and send key presses as telephone-events (RFC 4733).
    pub dtmf: bool,
    /// Packet time wanted, milliseconds.
    pub ptime_ms: u8,
    /// Agree to RTP and RTCP on one port.
    pub rtcp_mux: bool,
    /// Encryption.
    pub srtp: LocalSrtp,
    /// Name and password for ICE, if offers with ICE are answered with it.
    pub ice: Option<IceLogin>,
    /// Direction we want: `SendRecv`, or `SendOnly` to put the peer on hold.
    pub direction: Direction,
    /// Session id and version.
    pub origin: Origin,
}

/// A session description that somebody sent. `{:?}` shows no keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Sdp {
    /// Session id and version; zeros if they were no numbers.
    pub origin: Origin,
    /// Address for all streams that have none of their own.
    pub connection: Option<IpAddr>,
    /// Direction for all streams that have none of their own.
    pub direction: Option<Direction>,
    /// Attributes for all streams, name and value.
    pub attributes: Vec<(String, String)>,
    /// The streams.
    pub media: Vec<Media>,
    /// As it came, keys and all.
    pub text: String,
}

impl std::fmt::Debug for Sdp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sdp")
            .field("origin", &self.origin)
            .field("connection", &self.connection)
            .field("direction", &self.direction)
            .field("media", &self.media)
            .finish_non_exhaustive()
    }
}

/// One `m=` section. `{:?}` shows no attributes: there are keys among them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, ...
    pub kind: String,
    /// Port; 0 is off.
    pub port: u16,
    /// `RTP/AVP`, ...
    pub proto: String,
    /// Formats: payload numbers for RTP.
    pub formats: Vec<String>,
    /// Own address.
    pub connection: Option<IpAddr>,
    /// Its own `c=` line gives a host name, which overrides the session's address (RFC 8866 §5.7) and is not looked up.
    pub named_host: bool,
    /// Own direction.
    pub direction: Option<Direction>,
    /// Attributes, name and value.
    pub attributes: Vec<(String, String)>,
}

impl std::fmt::Debug for Media {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Media")
            .field("kind", &self.kind)
            .field("port", &self.port)
            .field("proto", &self.proto)
            .field("formats", &self.formats)
            .field("connection", &self.connection)
            .field("direction", &self.direction)
            .finish_non_exhaustive()
    }
}

impl Sdp {
    /// The audio stream that a call would use: the first over RTP that is not switched off; where some say by their protocol
    /// that they are encrypted and some do not, one of the latter. (Which one is taken, [`answer`] decides.)
    #[must_use]
    pub fn audio(&self) -> Option<&Media> {
        let mut all = self.media.iter().filter(|m| m.is_audio());
        let plain = all.clone().find(|m| !m.is_secure());
        plain.or_else(|| all.next())
    }

    /// The value of an attribute for all streams; empty for one without value.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        value_of(&self.attributes, name)
    }

    /// Direction of the audio stream as its writer means it; an address of zeros (RFC 2543) is hold.
    #[must_use]
    pub fn audio_direction(&self) -> Direction {
        self.audio().map_or(Direction::Inactive, |m| self.direction_of(m))
    }

    /// Direction of one stream as its writer means it.
    pub(crate) fn direction_of(&self, m: &Media) -> Direction {
        let said = m.direction.or(self.direction).unwrap_or_default();
        let zeros = self.address_of(m).is_some_and(|a| a.is_unspecified());
        Direction::of(said.sends(), said.receives() && !zeros)
    }

    /// The writer does not listen: we are on hold.
    #[must_use]
    pub fn is_hold(&self) -> bool {
        !self.audio_direction().receives()
    }

    fn address_of(&self, media: &Media) -> Option<IpAddr> {
        media.connection.or(self.connection.filter(|_| !media.named_host))
    }
}

impl Media {
    /// Whether this is sound over RTP, encrypted or not, switched on.
    pub(crate) fn is_audio(&self) -> bool {
        let plain = matches!(self.proto.as_str(), "RTP/AVP" | "RTP/AVPF");
        self.kind == "audio" && self.port != 0 && (plain || self.is_secure())
    }

    /// Whether its protocol says that it is encrypted, with keys in the SDP.
    pub(crate) fn is_secure(&self) -> bool {
        matches!(self.proto.as_str(), "RTP/SAVP" | "RTP/SAVPF")
    }

    /// The value of an attribute; empty for one without value.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        value_of(&self.attributes, name)
    }
}

fn value_of<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.as_str())
}
