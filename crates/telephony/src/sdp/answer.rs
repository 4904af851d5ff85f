//! Offer and answer (RFC 3264).

use std::fmt::Write as _;
use std::net::IpAddr;

use super::negotiated::{addresses, event_payload, packet_time};
use super::{Codec, Direction, Dtmf, LocalCaps, Media, Negotiated, Sdp, SdpError};

/// An answer, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The description.
    pub text: String,
}

/// Payload numbers of our own offers' telephone-events, by clock.
const EVENT_PAYLOADS: [(u32, u8); 2] = [(8000, 101), (48_000, 110)];

/// Answers an offer: the first audio stream over plain RTP that shares a codec with us is taken, every other stream is
/// rejected with port 0. Our order of codecs decides; the answer names the one codec that will be used.
///
/// # Errors
/// [`SdpError::NothingFits`] or [`SdpError::NoAddress`]: refuse with 488.
pub fn answer(offer: &Sdp, caps: &LocalCaps) -> Result<(Answer, Negotiated), SdpError> {
    let (index, media, codec, pt) = choose(offer, caps).ok_or(SdpError::NothingFits)?;
    let mux = caps.rtcp_mux && media.attribute("rtcp-mux").is_some();
    let (remote, remote_rtcp) = addresses(offer, media, mux)?;
    same_family(caps, remote.ip())?;
    let event = event_payload(media, codec.clock()).filter(|_| caps.dtmf);
    let direction = both(offer.direction_of(media), caps.direction);
    let negotiated = Negotiated {
        remote,
        remote_rtcp,
        codec,
        send_pt: pt,
        recv_pt: pt,
        dtmf: event.map(|(pt, clock)| Dtmf {
            send_pt: pt,
            recv_pt: pt,
            clock,
        }),
        direction,
        ptime_ms: packet_time(media, caps.ptime_ms),
        rtcp_mux: mux,
    };
    let mut text = head(caps);
    for (at, m) in offer.media.iter().enumerate() {
        if at == index {
            let event = negotiated.dtmf.map(|d| (d.recv_pt, d.clock));
            let stream = Stream {
                codecs: &[(codec, pt)],
                events: event.as_slice(),
                ptime: negotiated.ptime_ms,
                mux,
            };
            stream.write(&mut text, caps, &m.proto, direction);
        } else {
            let format = m.formats.first().map_or("0", String::as_str);
            let _ = write!(text, "m={} 0 {} {format}\r\n", m.kind, m.proto);
        }
    }
    Ok((Answer { text }, negotiated))
}

/// An offer of all our codecs.
#[must_use]
pub fn offer(caps: &LocalCaps) -> String {
    let codecs: Vec<(Codec, u8)> = caps.codecs.iter().map(|c| (*c, c.offered_payload())).collect();
    let has = |clock: u32| codecs.iter().any(|(c, _)| c.clock() == clock);
    let events: Vec<(u8, u32)> = EVENT_PAYLOADS
        .iter()
        .filter(|(c, _)| caps.dtmf && has(*c))
        .map(|(c, pt)| (*pt, *c))
        .collect();
    let mut text = head(caps);
    let stream = Stream {
        codecs: &codecs,
        events: &events,
        ptime: caps.ptime_ms,
        mux: caps.rtcp_mux,
    };
    stream.write(&mut text, caps, "RTP/AVP", caps.direction);
    text
}

/// Reads the answer to the [`offer`] that the same `caps` made.
///
/// # Errors
/// [`SdpError::NothingFits`] when the peer rejected our stream or answered with something we did not offer.
pub fn accept_answer(caps: &LocalCaps, answer: &Sdp) -> Result<Negotiated, SdpError> {
    let media = answer
        .media
        .first()
        .filter(|m| m.is_plain_audio())
        .ok_or(SdpError::NothingFits)?;
    let order: Vec<Codec> = super::codec::payloads(media)
        .filter_map(|(pt, _)| {
            caps.codecs
                .iter()
                .find(|c| c.payload_in(media) == Some(pt))
                .copied()
        })
        .collect();
    let codec = *order.first().ok_or(SdpError::NothingFits)?;
    let send_pt = codec.payload_in(media).ok_or(SdpError::NothingFits)?;
    let mux = caps.rtcp_mux && media.attribute("rtcp-mux").is_some();
    let (remote, remote_rtcp) = addresses(answer, media, mux)?;
    same_family(caps, remote.ip())?;
    let event = event_payload(media, codec.clock()).filter(|_| caps.dtmf);
    let dtmf = event.and_then(|(send_pt, clock)| {
        let recv_pt = EVENT_PAYLOADS.iter().find(|(c, _)| *c == clock)?.1;
        Some(Dtmf {
            send_pt,
            recv_pt,
            clock,
        })
    });
    Ok(Negotiated {
        remote,
        remote_rtcp,
        codec,
        send_pt,
        recv_pt: codec.offered_payload(),
        dtmf,
        direction: both(answer.direction_of(media), caps.direction),
        ptime_ms: packet_time(media, caps.ptime_ms),
        rtcp_mux: mux,
    })
}

/// What we do, given what the peer does and what we want.
fn both(theirs: Direction, wanted: Direction) -> Direction {
    let mirrored = theirs.mirrored();
    Direction::of(
        mirrored.sends() && wanted.sends(),
        mirrored.receives() && wanted.receives(),
    )
}

/// Our socket reaches its own family only. Zeros are hold, not an address.
fn same_family(caps: &LocalCaps, remote: IpAddr) -> Result<(), SdpError> {
    let reachable = remote.is_unspecified() || remote.is_ipv4() == caps.addr.is_ipv4();
    if reachable {
        Ok(())
    } else {
        Err(SdpError::NoAddress)
    }
}

fn choose<'a>(offer: &'a Sdp, caps: &LocalCaps) -> Option<(usize, &'a Media, Codec, u8)> {
    offer
        .media
        .iter()
        .enumerate()
        .filter(|(_, m)| m.is_plain_audio())
        .find_map(|(index, m)| {
            caps.codecs
                .iter()
                .find_map(|c| Some((index, m, *c, c.payload_in(m)?)))
        })
}

fn head(caps: &LocalCaps) -> String {
    let (family, addr, o) = (family(caps.addr), caps.addr, caps.origin);
    format!(
        "v=0\r\no=biseo {} {} IN {family} {addr}\r\ns=-\r\nc=IN {family} {addr}\r\nt=0 0\r\n",
        o.id, o.version
    )
}

fn family(addr: IpAddr) -> &'static str {
    if addr.is_ipv4() { "IP4" } else { "IP6" }
}

/// One stream to be written.
struct Stream<'a> {
    codecs: &'a [(Codec, u8)],
    events: &'a [(u8, u32)],
    ptime: u8,
    mux: bool,
}

impl Stream<'_> {
    fn write(&self, out: &mut String, caps: &LocalCaps, proto: &str, direction: Direction) {
        let _ = write!(out, "m=audio {} {proto}", caps.port);
        let numbers = self
            .codecs
            .iter()
            .map(|(_, pt)| pt)
            .chain(self.events.iter().map(|(pt, _)| pt));
        numbers.for_each(|pt| out.push_str(&format!(" {pt}")));
        out.push_str("\r\n");
        for (codec, pt) in self.codecs {
            let _ = write!(out, "a=rtpmap:{pt} {}\r\n", codec.rtpmap());
            if *codec == Codec::Opus {
                let _ = write!(out, "a=fmtp:{pt} useinbandfec=1\r\n");
            }
        }
        for (pt, clock) in self.events {
            let _ = write!(
                out,
                "a=rtpmap:{pt} telephone-event/{clock}\r\na=fmtp:{pt} 0-15\r\n"
            );
        }
        let _ = write!(out, "a=ptime:{}\r\na={}\r\n", self.ptime, direction.as_str());
        if self.mux {
            out.push_str("a=rtcp-mux\r\n");
        }
    }
}
