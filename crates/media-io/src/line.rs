//! What a call's packets go over: a pair of sockets, or a wire to somebody else in this process.

use std::net::SocketAddr;

use crate::clock::Now;
use crate::events::{Event, Teller};
use crate::ports::Pair;
use crate::socket::{self, Arrival, Scratch};
use crate::wire::{self, PacerEnd};

/// Packets of one call heeded in one turn: eight times what a peer with the shortest packets sends.
const PACKETS_PER_TURN: usize = 16;

/// See the module's documentation.
pub(crate) enum Line {
    /// UDP.
    Sockets(Pair),
    /// Frames to and from a [`Wire`](crate::Wire).
    Wire(PacerEnd),
}

impl Line {
    pub(crate) fn over(sockets: Pair) -> Self {
        socket::note_arrivals(&sockets.rtp);
        Self::Sockets(sockets)
    }

    pub(crate) fn local_addr(&self) -> std::io::Result<SocketAddr> {
        match self {
            Self::Sockets(pair) => pair.rtp.local_addr(),
            Self::Wire(_) => Ok(wire::NOWHERE),
        }
    }

    /// Packets heeded in one turn. What comes by a wire was let in already, and one that stood still brings much at once.
    pub(crate) fn heeded(&self) -> usize {
        match self {
            Self::Sockets(_) => PACKETS_PER_TURN,
            Self::Wire(_) => wire::WAITING,
        }
    }

    /// The next RTP packet that waits.
    pub(crate) fn fetch<'a>(&self, scratch: &'a mut Scratch, now: &Now) -> Option<Arrival<'a>> {
        match self {
            Self::Sockets(pair) => socket::fetch(&pair.rtp, scratch, now),
            Self::Wire(wire) => wire.fetch(scratch),
        }
    }

    /// The next RTCP packet that waits on its own port.
    pub(crate) fn fetch_rtcp<'a>(&self, scratch: &'a mut Scratch, now: &Now) -> Option<Arrival<'a>> {
        match self {
            Self::Sockets(pair) => socket::fetch(&pair.rtcp, scratch, now),
            Self::Wire(_) => None,
        }
    }

    /// Sends an RTP packet; `false` if the system did not take it.
    pub(crate) fn send(&self, packet: &[u8], to: SocketAddr) -> bool {
        match self {
            Self::Sockets(pair) => pair.rtp.send_to(packet, to).is_ok(),
            Self::Wire(wire) => wire.sound(packet),
        }
    }

    /// Sends an RTCP packet, from the RTP port if the two share one. By a wire nobody wants reports.
    pub(crate) fn send_rtcp(&self, packet: &[u8], to: SocketAddr, shared: bool) -> bool {
        match self {
            Self::Sockets(pair) => {
                let socket = if shared { &pair.rtp } else { &pair.rtcp };
                socket.send_to(packet, to).is_ok()
            }
            Self::Wire(_) => true,
        }
    }

    /// Whether silence between utterances is sent. Behind a wire is a buffer that plays what it gets: silence sent into it
    /// would keep, for the rest of the call, every delay that the network once had.
    pub(crate) fn sends_silence(&self) -> bool {
        matches!(self, Self::Sockets(_))
    }

    /// Whether the far end throws away what is cut off.
    pub(crate) fn clears(&self) -> bool {
        matches!(self, Self::Wire(_))
    }

    /// Tells what happened, to the house and to a wire; whether a wire's far end was told to throw away what it has. That an
    /// utterance was played is known only at the wire's far end.
    pub(crate) fn tell(&self, teller: &Teller, event: Event) -> bool {
        let mut cleared = false;
        if let Self::Wire(wire) = self {
            match event {
                Event::Played { mark, .. } => {
                    wire.mark(mark);
                    return false;
                }
                Event::Flushed {
                    samples_played: 1.., ..
                } => {
                    wire.clear();
                    cleared = true;
                }
                _ => {}
            }
        }
        teller.send(event);
        cleared
    }
}
