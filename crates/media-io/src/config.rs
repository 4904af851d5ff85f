//! What an engine, a session and a stream are to be.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use biseo_media::codec::AudioCodec;
use biseo_media::latch::Bound;

use crate::{IceKeys, PortRange, SrtpKeys};

/// How the engine runs.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// Pacer threads; 0 means one for each core.
    pub threads: usize,
    /// Where RTP ports are taken from.
    pub ports: PortRange,
    /// Whether pacers ask for real-time scheduling; see [`Precedence`](crate::Precedence).
    pub realtime: bool,
}

impl Default for MediaConfig {
    /// One pacer for each core, real-time if that is allowed, ports 20000 to 29999.
    fn default() -> Self {
        Self {
            threads: 0,
            ports: PortRange::default(),
            realtime: true,
        }
    }
}

/// How one call's sound is set up, before anything is negotiated.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// The address to receive on: one of this machine's.
    pub local_ip: IpAddr,
    /// Silence on the wire that is told as [`Event::MediaTimeout`](crate::Event::MediaTimeout).
    pub media_timeout: Duration,
    /// Between two reports by RTCP, on the whole (RFC 3550 §6.2 wants five seconds).
    pub report_interval: Duration,
    /// Sound that may wait to be spoken; beyond it [`SpeakError::Full`](crate::SpeakError::Full).
    pub speech_limit: Duration,
    /// Sound of the caller that may wait to be read; beyond it the oldest is dropped.
    pub audio_ring: Duration,
    /// Events that may wait to be read; beyond it the oldest is dropped.
    pub event_ring: usize,
    /// How much sound the far end of a wire holds beforehand while something is said, against packets that come late: 0 to 100 ms, in
    /// whole frames. Of no meaning with sockets.
    pub lead: Duration,
}

impl SessionConfig {
    /// A session on an address, with the usual times and bounds: 10 s without packets, reports every 5 s,
    /// 120 s of speech, 2 s of the caller, 128 events, nothing beforehand.
    #[must_use]
    pub fn on(local_ip: IpAddr) -> Self {
        Self {
            local_ip,
            media_timeout: Duration::from_secs(10),
            report_interval: Duration::from_secs(5),
            speech_limit: Duration::from_secs(120),
            audio_ring: Duration::from_secs(2),
            event_ring: 64,
            lead: Duration::ZERO,
        }
    }
}

/// What offer and answer agreed on; comes anew with every re-INVITE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiation {
    /// Codec, both ways.
    pub codec: AudioCodec,
    /// Payload number to send with.
    pub payload_out: u8,
    /// Payload number the peer sends with.
    pub payload_in: u8,
    /// Telephone-events, if both have them (RFC 4733).
    pub dtmf: Option<DtmfPayload>,
    /// Where the peer wants RTP.
    pub remote: SocketAddr,
    /// Where the peer wants RTCP; equal to `remote` if they share a port (RFC 5761).
    pub remote_rtcp: SocketAddr,
    /// Whether we send: `false` when the peer put us on hold. What is to be said waits meanwhile.
    pub send: bool,
    /// Whether we listen: `false` when we put the peer on hold. Packets are thrown away meanwhile.
    pub receive: bool,
    /// How far the caller's packets may come from elsewhere than `remote`. Telephones behind a router that translates
    /// addresses announce one that they cannot be reached at; but whoever may move the stream can also steal it.
    pub latch: Bound,
    /// Keys, if sound and reports are encrypted. With the same keys as before nothing is counted anew; new ones take the place
    /// of the old.
    pub srtp: Option<SrtpKeys>,
    /// Names and password, if the other side asks by ICE which way is open (RFC 8445). It alone decides where we send, then.
    pub ice: Option<IceKeys>,
}

/// Payload numbers of telephone-events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DtmfPayload {
    /// Number to send with.
    pub out: u8,
    /// Number the peer sends with.
    pub inward: u8,
}
