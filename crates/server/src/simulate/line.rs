//! A bare line for measurements: a call on G.711 A-law, as on a telephone trunk (µ-law by WebSocket), whose sound is the
//! caller's own business.

use std::net::{IpAddr, SocketAddr};

use biseo_media::codec::AudioCodec;
use biseo_media::latch::Bound;
use biseo_media_io::{
    DtmfPayload, MediaConfig, MediaEngine, MediaSession, Negotiation, PortRange, SessionConfig,
};
use biseo_telephony::config::{Listen, Proto, SipConfig};
use biseo_telephony::sdp::{self, Codec, Direction, LocalCaps, LocalSrtp, Origin, Sdp};
use biseo_telephony::{Leg, LegEvent, OutgoingCall, SipEvent, SipStack};
use tokio::sync::mpsc::Receiver;

use super::carrier;
use crate::call::line::Line;

/// Ports of the callers' own sound, apart from the usual ones of a server on the same machine.
const PORTS: (u16, u16) = (30_000, 34_999);

/// Whom to call, as whom and from where.
pub(crate) struct Order<'a> {
    /// `sip:haengbok@127.0.0.1:5060`, or `ws://127.0.0.1:8081/media-stream/TOKEN?to=haengbok`.
    pub(crate) target: &'a str,
    /// The caller's number.
    pub(crate) number: &'a str,
    /// An address of this machine's.
    pub(crate) here: IpAddr,
}

/// Calls, and waits until it is answered. `id` names the session in its description.
///
/// # Errors
/// In words.
pub(crate) async fn dial(
    sip: &SipStack,
    media: &MediaEngine,
    order: &Order<'_>,
    id: u64,
) -> Result<(Line, MediaSession), String> {
    if carrier::carries(order.target) {
        return carrier::dial(media, order.target, order.number).await;
    }
    let session = media
        .open(SessionConfig::on(order.here))
        .map_err(|e| e.to_string())?;
    let caps = caps(&session, order.here, id);
    let call = OutgoingCall {
        to: order.target.to_string(),
        from: Some(format!("sip:{}@{}", order.number, order.here)),
        sdp: sdp::offer(&caps),
        ..OutgoingCall::default()
    };
    let mut leg = sip.call(call).await.map_err(|e| e.to_string())?;
    let answer = answered(&mut leg).await?;
    agree(&session, &caps, &answer)?;
    Ok((Line::Sip(leg), session))
}

fn caps(session: &MediaSession, here: IpAddr, id: u64) -> LocalCaps {
    LocalCaps {
        codecs: vec![Codec::Pcma],
        addr: here,
        port: session.local_addr().port(),
        dtmf: true,
        ptime_ms: 20,
        rtcp_mux: true,
        srtp: LocalSrtp::off(),
        ice: None,
        direction: Direction::SendRecv,
        origin: Origin::new(id),
    }
}

fn agree(session: &MediaSession, caps: &LocalCaps, answer: &Sdp) -> Result<(), String> {
    let agreed = sdp::accept_answer(caps, answer).map_err(|e| e.to_string())?;
    let negotiation = Negotiation {
        codec: AudioCodec::Pcma,
        payload_out: agreed.send_pt,
        payload_in: agreed.recv_pt,
        dtmf: agreed.dtmf.map(|d| DtmfPayload {
            out: d.send_pt,
            inward: d.recv_pt,
        }),
        remote: agreed.remote,
        remote_rtcp: agreed.remote_rtcp,
        send: agreed.direction.sends(),
        receive: agreed.direction.receives(),
        latch: Bound::SameIp,
        srtp: None,
        ice: None,
    };
    session.configure(negotiation).map_err(|e| e.to_string())
}

async fn answered(leg: &mut Leg) -> Result<Sdp, String> {
    loop {
        match leg.next_event().await {
            LegEvent::Answered { sdp: Some(answer) } => return Ok(answer),
            LegEvent::Answered { sdp: None } => return Err("answered without a session description".into()),
            LegEvent::Ended(end) => return Err(format!("{:?}", end.cause)),
            _ => {}
        }
    }
}

/// A telephone that only calls. Its events must be kept as long as it is used.
///
/// # Errors
/// In words.
pub(crate) async fn telephone(here: IpAddr) -> Result<(SipStack, Receiver<SipEvent>), String> {
    let listen = Listen {
        proto: Proto::Udp,
        addr: SocketAddr::new(here, 0),
    };
    let config = SipConfig {
        listen: vec![listen],
        ..SipConfig::default()
    };
    SipStack::start(config).await.map_err(|e| e.to_string())
}

/// The sound of all its calls.
///
/// # Errors
/// In words.
pub(crate) fn engine() -> Result<MediaEngine, String> {
    let (first, last) = PORTS;
    let config = MediaConfig {
        threads: 1,
        ports: PortRange::new(first, last).map_err(|e| e.to_string())?,
        ..MediaConfig::default()
    };
    MediaEngine::start(config).map_err(|e| e.to_string())
}
