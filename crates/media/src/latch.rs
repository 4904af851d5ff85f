//! Whose packets are the other side's, and where to send ours (symmetric RTP, RFC 4961): the address of the SDP is
//! expected; behind a NAT packets come from another one.
//!
//! Bounded, against voice injected or taken over by strangers: another address must lie within the [`Bound`], send
//! several packets in sequence with one SSRC, and is believed only while nothing comes from the present address. The
//! expected address, once it sends, always wins back. One forged packet moves nothing.

use std::net::{IpAddr, SocketAddr};

use crate::{Micros, rtp::RtpHeader};

/// How far the other side's address may differ from the one expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bound {
    /// Not at all: for carriers on a network of their own.
    Exact,
    /// Another port of the same host.
    #[default]
    SameIp,
    /// Any address: for telephones behind a NAT that rewrites addresses.
    Any,
}

/// Settings of a [`Latch`].
#[derive(Debug, Clone, Copy)]
pub struct LatchConfig {
    /// How far the address may move.
    pub bound: Bound,
    /// Packets in sequence that another address must send, at least 2.
    pub packets: u8,
    /// Silence of the present address, µs, before another one may take its place.
    pub silence_us: Micros,
}

impl Default for LatchConfig {
    /// Another port of the same host, after three packets, when the old one has been silent for half a second.
    fn default() -> Self {
        Self {
            bound: Bound::SameIp,
            packets: 3,
            silence_us: 500_000,
        }
    }
}

/// What to do with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the other side's.
    Accept,
    /// It is the other side's, from an address we follow from now on: forget the old stream.
    Moved,
    /// Drop it.
    Refuse,
}

/// Another address that may become the present one.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    address: SocketAddr,
    ssrc: u32,
    sequence: u16,
    packets: u8,
    at: Micros,
}

/// See the module's documentation.
#[derive(Debug, Clone)]
pub struct Latch {
    config: LatchConfig,
    expected: SocketAddr,
    present: SocketAddr,
    /// When the present address was heard last; `None`: never.
    heard: Option<Micros>,
    candidate: Option<Candidate>,
    moves: u32,
    refused: u64,
}

/// Largest step of the sequence number between two packets of a candidate: some may be lost on the way.
const MAX_STEP: u16 = 10;
/// A candidate that pauses longer begins anew.
const CANDIDATE_PAUSE_US: Micros = 1_000_000;

impl Latch {
    /// A latch that expects the address of the SDP.
    pub fn new(config: LatchConfig, expected: SocketAddr) -> Self {
        let expected = canonical(expected);
        Self {
            config,
            expected,
            present: expected,
            heard: None,
            candidate: None,
            moves: 0,
            refused: 0,
        }
    }

    /// A new SDP names another address: it is expected from now on. The same address changes nothing.
    pub fn expect(&mut self, expected: SocketAddr) {
        let expected = canonical(expected);
        if expected != self.expected {
            self.expected = expected;
            self.present = expected;
            self.heard = None;
            self.candidate = None;
        }
    }

    /// Where our packets go.
    pub fn remote(&self) -> SocketAddr {
        self.present
    }

    /// How often the address has moved.
    pub fn moves(&self) -> u32 {
        self.moves
    }

    /// Packets refused.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// When the other side was heard last.
    pub fn heard(&self) -> Option<Micros> {
        self.heard
    }

    /// Judges a packet that has the form of RTP.
    pub fn packet(&mut self, now: Micros, from: SocketAddr, header: &RtpHeader) -> Verdict {
        let from = canonical(from);
        if from == self.present {
            self.heard = Some(now);
            return Verdict::Accept;
        }
        if !self.allows(from) || !self.confirms(now, from, header) || !self.may_leave(now, from) {
            self.refused += 1;
            return Verdict::Refuse;
        }
        self.present = from;
        self.heard = Some(now);
        self.candidate = None;
        self.moves += 1;
        Verdict::Moved
    }

    /// Whether an address lies within the bound (also for RTCP, whose packets never move the latch).
    pub fn allows(&self, from: SocketAddr) -> bool {
        let from = canonical(from);
        match self.config.bound {
            Bound::Exact => from == self.expected,
            Bound::SameIp => from.ip() == self.expected.ip(),
            Bound::Any => true,
        }
    }

    /// Whether the present address may be left: it is silent, or it was only a stand-in for the expected one.
    fn may_leave(&self, now: Micros, from: SocketAddr) -> bool {
        let silent = self
            .heard
            .is_none_or(|heard| now.saturating_sub(heard) >= self.config.silence_us);
        silent || from == self.expected
    }

    fn confirms(&mut self, now: Micros, from: SocketAddr, header: &RtpHeader) -> bool {
        let before = self.candidate.filter(|candidate| {
            candidate.address == from
                && candidate.ssrc == header.ssrc
                && (1..=MAX_STEP).contains(&header.sequence.wrapping_sub(candidate.sequence))
                && now.saturating_sub(candidate.at) <= CANDIDATE_PAUSE_US
        });
        let packets = before.map_or(1, |candidate| candidate.packets.saturating_add(1));
        let candidate = Candidate {
            address: from,
            ssrc: header.ssrc,
            sequence: header.sequence,
            packets,
            at: now,
        };
        self.candidate = Some(candidate);
        packets >= self.config.packets.max(2)
    }
}

/// An IPv4 address in IPv6 clothes is the same address.
fn canonical(address: SocketAddr) -> SocketAddr {
    let ip: IpAddr = address.ip().to_canonical();
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SDP: &str = "192.0.2.1:4000";
    const PORT: &str = "192.0.2.1:61000";
    const ELSEWHERE: &str = "198.51.100.7:5000";

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn latch(bound: Bound) -> Latch {
        Latch::new(
            LatchConfig {
                bound,
                ..LatchConfig::default()
            },
            address(SDP),
        )
    }

    fn header(ssrc: u32, sequence: u16) -> RtpHeader {
        RtpHeader {
            ssrc,
            sequence,
            ..RtpHeader::default()
        }
    }

    /// Sends packets 20 ms apart from one address and tells the verdicts.
    fn send(latch: &mut Latch, from: &str, start: Micros, ssrc: u32, sequences: &[u16]) -> Vec<Verdict> {
        let judge = |(i, &sequence)| {
            latch.packet(
                start + i as Micros * 20_000,
                address(from),
                &header(ssrc, sequence),
            )
        };
        sequences.iter().enumerate().map(judge).collect()
    }

    #[test]
    fn the_bound_decides_who_may_take_over() {
        use Verdict::{Moved, Refuse};
        for (bound, from, last) in [
            (Bound::Exact, PORT, Refuse),
            (Bound::SameIp, PORT, Moved),
            (Bound::SameIp, ELSEWHERE, Refuse),
            (Bound::Any, ELSEWHERE, Moved),
            (Bound::Any, "[::ffff:198.51.100.7]:5000", Moved),
        ] {
            let mut latch = latch(bound);
            let verdicts = send(&mut latch, from, 0, 9, &[65534, 65535, 0]);
            assert_eq!(verdicts, [Refuse, Refuse, last], "{bound:?} {from}");
            assert_eq!(latch.moves(), u32::from(last == Moved));
            let remote = if last == Moved {
                canonical(address(from))
            } else {
                address(SDP)
            };
            assert_eq!(latch.remote(), remote);
        }
    }

    #[test]
    fn forged_packets_move_nothing() {
        let mut latch = latch(Bound::Any);
        assert_eq!(send(&mut latch, SDP, 0, 1, &[1, 2, 3]), [Verdict::Accept; 3]);
        // In sequence, but the true sender is there.
        let forged: Vec<u16> = (1..100).collect();
        for (i, &sequence) in forged.iter().enumerate() {
            let now = 60_000 + i as Micros * 20_000;
            assert_eq!(
                latch.packet(now, address(SDP), &header(1, sequence + 3)),
                Verdict::Accept
            );
            assert_eq!(
                latch.packet(now, address(ELSEWHERE), &header(2, sequence)),
                Verdict::Refuse
            );
        }
        // The sender is silent, but the packets are of different sources, out of sequence, or far between.
        let late = 20_000_000;
        assert_eq!(
            send(&mut latch, ELSEWHERE, late, 2, &[900, 40, 8000, 7, 7]),
            [Verdict::Refuse; 5]
        );
        for i in 0..5 {
            let now = late + 1_000_000 + i * 1_500_000;
            let verdict = latch.packet(now, address(ELSEWHERE), &header(3, 100 + i as u16));
            assert_eq!(verdict, Verdict::Refuse);
        }
        assert_eq!((latch.moves(), latch.remote()), (0, address(SDP)));
    }

    #[test]
    fn a_silent_address_may_be_left_and_the_expected_one_wins_back() {
        let mut latch = latch(Bound::Any);
        send(&mut latch, SDP, 0, 1, &[1, 2]);
        let moved = send(&mut latch, ELSEWHERE, 1_000_000, 2, &[10, 11, 13]);
        assert_eq!(moved.last(), Some(&Verdict::Moved));
        // A third address cannot interfere, the one of the SDP can.
        assert_eq!(
            send(&mut latch, PORT, 1_060_000, 3, &[1, 2, 3, 4]),
            [Verdict::Refuse; 4]
        );
        latch.packet(1_140_000, address(ELSEWHERE), &header(2, 14));
        assert_eq!(
            send(&mut latch, SDP, 1_150_000, 1, &[60, 61, 62]).last(),
            Some(&Verdict::Moved)
        );
        assert_eq!(latch.moves(), 2);
    }

    #[test]
    fn a_new_sdp_names_a_new_address() {
        let mut latch = latch(Bound::SameIp);
        send(&mut latch, SDP, 0, 1, &[1, 2]);
        latch.expect(address(SDP));
        assert_eq!(latch.heard(), Some(20_000));
        latch.expect(address(ELSEWHERE));
        assert_eq!((latch.remote(), latch.heard()), (address(ELSEWHERE), None));
        assert_eq!(send(&mut latch, ELSEWHERE, 40_000, 1, &[3]), [Verdict::Accept]);
        assert_eq!(
            send(&mut latch, SDP, 60_000, 1, &[4, 5, 6, 7]),
            [Verdict::Refuse; 4]
        );
    }
}
