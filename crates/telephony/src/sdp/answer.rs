//! Offer and answer (RFC 3264).

use std::fmt::Write as _;
use std::net::IpAddr;

use super::negotiated::{addresses, event_payload, packet_time};
use super::{Codec, Crypto, Direction, Dtmf, Ice, LocalCaps, Media, Negotiated, Sdp, SdpError, Secured};

/// An answer, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The description.
    pub text: String,
}

/// Payload numbers of our own offers' telephone-events, by clock.
const EVENT_PAYLOADS: [(u32, u8); 2] = [(8000, 101), (48_000, 110)];

/// Answers an offer: the first audio stream that shares a codec with us is taken, one that can be encrypted before one that
/// cannot; every other stream is rejected with port 0. Our order of codecs and suites decides; the answer names the one codec
/// and the one suite that will be used.
///
/// # Errors
/// [`SdpError::NothingFits`], [`SdpError::NotProtected`], [`SdpError::OnlyProtected`] or [`SdpError::NoAddress`]: refuse with 488.
pub fn answer(offer: &Sdp, caps: &LocalCaps) -> Result<(Answer, Negotiated), SdpError> {
    let Choice {
        index,
        media,
        codec,
        pt,
        srtp,
    } = choose(offer, caps)?;
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
        srtp,
        ice: Ice::answer(offer, media, caps),
    };
    let mut text = head(caps);
    if negotiated.ice.is_some() {
        text.push_str("a=ice-lite\r\n");
    }
    for (at, m) in offer.media.iter().enumerate() {
        if at == index {
            let event = negotiated.dtmf.map(|d| (d.recv_pt, d.clock));
            let stream = Stream {
                codecs: &[(codec, pt)],
                events: event.as_slice(),
                ptime: negotiated.ptime_ms,
                mux,
                cryptos: negotiated
                    .srtp
                    .as_ref()
                    .map(|s| &s.ours)
                    .map_or(&[], std::slice::from_ref),
            };
            stream.write(&mut text, caps, &m.proto, direction);
            if let Some(ice) = &negotiated.ice {
                ice.ours.write(&mut text, caps, mux);
            }
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
        cryptos: caps.srtp.offered(),
    };
    stream.write(&mut text, caps, caps.srtp.offered_proto(), caps.direction);
    text
}

/// Reads the answer to the [`offer`] that the same `caps` made.
///
/// # Errors
/// [`SdpError::NothingFits`] when the peer rejected our stream or answered with something we did not offer;
/// [`SdpError::NotProtected`], [`SdpError::OnlyProtected`] when it took no key of ours.
pub fn accept_answer(caps: &LocalCaps, answer: &Sdp) -> Result<Negotiated, SdpError> {
    let media = answer
        .media
        .first()
        .filter(|m| m.is_audio())
        .ok_or(SdpError::NothingFits)?;
    let srtp = caps.srtp.accept(media)?;
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
        srtp,
        ice: None,
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

/// The stream that is taken.
struct Choice<'a> {
    index: usize,
    media: &'a Media,
    codec: Codec,
    pt: u8,
    srtp: Option<Secured>,
}

fn choose<'a>(offer: &'a Sdp, caps: &LocalCaps) -> Result<Choice<'a>, SdpError> {
    let (mut plain, mut refused) = (None, None);
    for (index, media) in offer.media.iter().enumerate().filter(|(_, m)| m.is_audio()) {
        let codec = caps.codecs.iter().find_map(|c| Some((*c, c.payload_in(media)?)));
        let Some((codec, pt)) = codec else { continue };
        match caps.srtp.answer(media) {
            Ok(srtp) => {
                let secured = srtp.is_some();
                let choice = Choice {
                    index,
                    media,
                    codec,
                    pt,
                    srtp,
                };
                if secured {
                    return Ok(choice);
                }
                plain.get_or_insert(choice);
            }
            Err(e) => refused = refused.or(Some(e)),
        }
    }
    plain.ok_or(refused.unwrap_or(SdpError::NothingFits))
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
    cryptos: &'a [Crypto],
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
        self.cryptos.iter().for_each(|c| c.write(out));
    }
}
