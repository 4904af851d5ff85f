//! A session without sockets: its frames go to, and come from, somebody else in this process, who carries them over
//! whatever it likes (a WebSocket). Everything else is as in any session: jitter buffer, loss concealment, playing out,
//! keys heard as tones, recording, events.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Instant;

use biseo_media::FRAME_SAMPLES;
use biseo_media::codec::AudioCodec;
use biseo_media::latch::Bound;
use biseo_media::rtp::{HEADER_LEN, RtpHeader};
use crossbeam_queue::ArrayQueue;

use crate::Negotiation;
use crate::events::{Event, Teller};
use crate::ring::{self, Received};
use crate::socket::{Arrival, Scratch};

/// Frames of the caller that may wait for the pacer; beyond it the oldest are dropped. More than a second.
pub(crate) const WAITING: usize = 64;
/// What may wait for the far end, beyond which the oldest is dropped: two seconds of speech.
const UNREAD: usize = 100;
/// Stands for an address where there is none.
pub(crate) const NOWHERE: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0));
/// Stands for the far end where packets need an address.
const FAR_END: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 1));

/// 20 ms of G.711: one octet for each sample.
pub type Octets = [u8; FRAME_SAMPLES];

/// The two laws of G.711.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// µ-law.
    Mu,
    /// A-law.
    A,
}

impl Law {
    fn codec(self) -> AudioCodec {
        match self {
            Self::Mu => AudioCodec::Pcmu,
            Self::A => AudioCodec::Pcma,
        }
    }

    /// What sockets would have agreed on.
    pub(crate) fn negotiation(self) -> Negotiation {
        let number = self.codec().static_payload_type().unwrap_or(0);
        Negotiation {
            codec: self.codec(),
            payload_out: number,
            payload_in: number,
            dtmf: None,
            remote: FAR_END,
            remote_rtcp: FAR_END,
            send: true,
            receive: true,
            latch: Bound::SameIp,
            srtp: None,
            ice: None,
        }
    }
}

/// What a session has for the far end of its wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireOut {
    /// The next 20 ms to be played. Comes in time, 50 a second, while something is said, the first ones together
    /// ([`SessionConfig::lead`](crate::SessionConfig::lead)); nothing comes in between.
    Sound(Octets),
    /// What was given and is not played yet is to be thrown away: the voice was interrupted.
    Clear,
    /// All of an utterance was given. When it is played [`Wire::played`] is to be told, with this mark.
    Mark(u64),
}

struct Inward {
    number: u64,
    octets: Octets,
    at: Instant,
}

/// The pacer's end.
pub(crate) struct PacerEnd {
    inward: Arc<ArrayQueue<Inward>>,
    outward: ring::Sender<WireOut>,
    payload_type: u8,
}

impl PacerEnd {
    /// The next frame that waits, as the RTP packet that it would have been.
    pub(crate) fn fetch<'a>(&self, scratch: &'a mut Scratch) -> Option<Arrival<'a>> {
        let Inward { number, octets, at } = self.inward.pop()?;
        let header = RtpHeader {
            marker: false,
            payload_type: self.payload_type,
            // Both run around, as RTP has it.
            sequence: number as u16,
            timestamp: (number as u32).wrapping_mul(FRAME_SAMPLES as u32),
            ssrc: 1,
        };
        let packet = scratch.first(HEADER_LEN + FRAME_SAMPLES);
        header.write(packet);
        packet[HEADER_LEN..].copy_from_slice(&octets);
        Some(Arrival {
            packet,
            from: FAR_END,
            at,
        })
    }

    /// Hands on the sound of a packet; `false` if it holds something else.
    pub(crate) fn sound(&self, packet: &[u8]) -> bool {
        let octets = packet.get(HEADER_LEN..).and_then(|o| o.try_into().ok());
        octets.map(|o| self.outward.send(WireOut::Sound(o))).is_some()
    }

    pub(crate) fn mark(&self, mark: u64) {
        self.outward.send(WireOut::Mark(mark));
    }

    pub(crate) fn clear(&self) {
        self.outward.send(WireOut::Clear);
    }
}

/// The far end of a session's wire ([`MediaEngine::open_wired`](crate::MediaEngine::open_wired)). The session's events end
/// only when this is dropped.
pub struct Wire {
    inward: Arc<ArrayQueue<Inward>>,
    outward: ring::Receiver<WireOut>,
    teller: Teller,
}

impl Wire {
    pub(crate) fn new(law: Law, teller: Teller) -> (PacerEnd, Self) {
        let inward = Arc::new(ArrayQueue::new(WAITING));
        let (sender, outward) = ring::ring(UNREAD);
        let pacer = PacerEnd {
            inward: Arc::clone(&inward),
            outward: sender,
            payload_type: law.negotiation().payload_in,
        };
        let wire = Self {
            inward,
            outward,
            teller,
        };
        (pacer, wire)
    }

    /// Gives 20 ms of the caller. `number` is its place in the call: what is missing is concealed, what comes late finds its
    /// place if that is still to be played. `at` is when it came in.
    pub fn give(&self, number: u64, octets: &Octets, at: Instant) {
        let octets = *octets;
        // The oldest is of least use.
        let _ = self.inward.force_push(Inward { number, octets, at });
    }

    /// What the session has for the far end; `None` when the session is gone. May be dropped while it waits.
    pub async fn next(&mut self) -> Option<WireOut> {
        self.outward.next().await
    }

    /// What it has just now, without waiting.
    pub fn try_next(&mut self) -> Received<WireOut> {
        self.outward.try_recv()
    }

    /// How much was dropped because nobody took it for too long. A mark may have been among it, and its utterance would then
    /// never be played to its end: whoever carries the wire should give the call up.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.outward.dropped()
    }

    /// An utterance was played to its end ([`WireOut::Mark`]).
    pub fn played(&self, mark: u64) {
        let at = Instant::now();
        self.teller.send(Event::Played { mark, at });
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}
