//! The outcome of an offer and an answer: all that the media side needs.

use std::net::SocketAddr;

use super::codec::payloads;
use super::{Codec, Direction, Ice, Media, Sdp, SdpError, Secured};

/// Payload numbers of telephone-events (RFC 4733).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dtmf {
    /// Number the peer wants to see.
    pub send_pt: u8,
    /// Number the peer will use.
    pub recv_pt: u8,
    /// Clock rate, Hz: the codec's, unless the peer offers events only at 8000.
    pub clock: u32,
}

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// Where the peer wants RTP. On old-style hold its address is all zeros: send nothing.
    pub remote: SocketAddr,
    /// Where the peer wants RTCP.
    pub remote_rtcp: SocketAddr,
    /// Codec.
    pub codec: Codec,
    /// Payload number to send with.
    pub send_pt: u8,
    /// Payload number to expect.
    pub recv_pt: u8,
    /// Telephone-events, if both have them.
    pub dtmf: Option<Dtmf>,
    /// What *we* do.
    pub direction: Direction,
    /// Packet time to send with, milliseconds: 10 to 60.
    pub ptime_ms: u8,
    /// RTP and RTCP share a port.
    pub rtcp_mux: bool,
    /// Keys, if the sound is encrypted.
    pub srtp: Option<Secured>,
    /// Names and password, if the other side asks by ICE which way is open.
    pub ice: Option<Ice>,
}

/// The telephone-event payload number with its clock: the codec's clock if there is one, else 8000.
pub(super) fn event_payload(media: &Media, clock: u32) -> Option<(u8, u32)> {
    let events: Vec<(u8, u32)> = payloads(media)
        .filter(|(_, m)| m.name.eq_ignore_ascii_case("telephone-event"))
        .map(|(pt, m)| (pt, m.clock))
        .collect();
    let at = |want: u32| events.iter().find(|(_, c)| *c == want).copied();
    at(clock).or_else(|| at(8000))
}

/// Packet time: what the peer asks for within its maximum, else ours.
pub(super) fn packet_time(media: &Media, ours: u8) -> u8 {
    let number = |name: &str| {
        media
            .attribute(name)
            .and_then(|v| v.trim().parse::<u32>().ok())
            .filter(|v| *v > 0)
    };
    let wanted = number("ptime").unwrap_or_else(|| u32::from(ours));
    let most = number("maxptime").unwrap_or(60).clamp(10, 60);
    let rounded = (wanted.clamp(10, 60).min(most) / 10) * 10;
    u8::try_from(rounded.max(10)).unwrap_or(20)
}

/// RTP and RTCP addresses of a stream.
pub(super) fn addresses(sdp: &Sdp, media: &Media, mux: bool) -> Result<(SocketAddr, SocketAddr), SdpError> {
    let ip = sdp.address_of(media).ok_or(SdpError::NoAddress)?;
    if ip.is_multicast() || matches!(ip, std::net::IpAddr::V4(v4) if v4.is_broadcast()) {
        return Err(SdpError::NoAddress);
    }
    let said = media
        .attribute("rtcp")
        .and_then(|v| v.split_whitespace().next()?.parse::<u16>().ok());
    let rtcp = if mux {
        media.port
    } else {
        said.unwrap_or(media.port.saturating_add(1))
    };
    Ok((SocketAddr::new(ip, media.port), SocketAddr::new(ip, rtcp)))
}
