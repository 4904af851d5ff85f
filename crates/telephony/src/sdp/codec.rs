//! The codecs Biseo has, as SDP names them.

use super::Media;

/// An audio codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law, static payload number 0.
    Pcmu,
    /// G.711 A-law, static payload number 8.
    Pcma,
    /// G.722, static payload number 9; 16 kHz sound with an 8 kHz clock (RFC 3551 §4.5.2).
    G722,
    /// Opus, always dynamic, 48 kHz clock (RFC 7587).
    Opus,
}

impl Codec {
    /// Name in `rtpmap`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// RTP clock rate, Hz.
    #[must_use]
    pub fn clock(self) -> u32 {
        if self == Self::Opus { 48_000 } else { 8000 }
    }

    /// The payload number we offer it under.
    #[must_use]
    pub fn offered_payload(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
            Self::Opus => 111,
        }
    }

    /// `NAME/clock[/channels]`.
    pub(super) fn rtpmap(self) -> String {
        let channels = if self == Self::Opus { "/2" } else { "" };
        format!("{}/{}{channels}", self.name(), self.clock())
    }

    /// The payload number a stream gives this codec, in the stream's order of formats.
    pub(super) fn payload_in(self, media: &Media) -> Option<u8> {
        payloads(media)
            .find(|(_, map)| self.matches(map))
            .map(|(pt, _)| pt)
    }

    fn matches(self, map: &RtpMap) -> bool {
        let channels = if self == Self::Opus { 2 } else { 1 };
        map.name.eq_ignore_ascii_case(self.name()) && map.clock == self.clock() && map.channels == channels
    }
}

/// What a payload number means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RtpMap {
    pub(super) name: String,
    pub(super) clock: u32,
    channels: u8,
}

/// The payload numbers of a stream with their meaning: `rtpmap` first, the static table (RFC 3551 §6) where it is silent.
pub(super) fn payloads(media: &Media) -> impl Iterator<Item = (u8, RtpMap)> {
    media.formats.iter().filter_map(|f| {
        let pt: u8 = f.parse().ok().filter(|p| *p < 128)?;
        mapped(media, pt).or_else(|| fixed(pt)).map(|m| (pt, m))
    })
}

fn mapped(media: &Media, pt: u8) -> Option<RtpMap> {
    media
        .attributes
        .iter()
        .filter(|(n, _)| n == "rtpmap")
        .find_map(|(_, v)| {
            let (number, encoding) = v.trim().split_once(char::is_whitespace)?;
            if number.parse() != Ok(pt) {
                return None;
            }
            let mut parts = encoding.trim().split('/');
            let (name, clock) = (parts.next()?.to_owned(), parts.next()?.trim().parse().ok()?);
            let channels = parts.next().and_then(|c| c.trim().parse().ok()).unwrap_or(1);
            Some(RtpMap {
                name,
                clock,
                channels,
            })
        })
}

fn fixed(pt: u8) -> Option<RtpMap> {
    let codec = [Codec::Pcmu, Codec::Pcma, Codec::G722]
        .into_iter()
        .find(|c| c.offered_payload() == pt)?;
    Some(RtpMap {
        name: codec.name().to_owned(),
        clock: codec.clock(),
        channels: 1,
    })
}
