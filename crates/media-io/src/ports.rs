//! Pairs of UDP ports: an even one for RTP, the next for RTCP (RFC 3550 §11).

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};

use socket2::{Domain, Protocol, Socket, Type};

use crate::MediaError;

/// Expedited forwarding, in the place of the old type of service (RFC 3246).
const EXPEDITED: u32 = 0xB8;

/// Ports to take RTP pairs from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    first: u16,
    last: u16,
}

impl PortRange {
    /// From `first` to `last`, both within.
    ///
    /// # Errors
    /// [`MediaError::PortRange`] if there is no pair in it or it reaches below 1024.
    pub fn new(first: u16, last: u16) -> Result<Self, MediaError> {
        let even = first.checked_add(first % 2);
        match even {
            Some(even) if even >= 1024 && even < last => Ok(Self { first: even, last }),
            _ => Err(MediaError::PortRange { first, last }),
        }
    }

    /// How many calls find a pair here.
    #[must_use]
    pub fn pairs(self) -> u32 {
        (u32::from(self.last) - u32::from(self.first)).div_ceil(2)
    }

    fn pair(self, n: u32) -> u16 {
        self.first + u16::try_from(n % self.pairs()).unwrap_or(0) * 2
    }
}

impl Default for PortRange {
    /// 20000 to 29999: 5000 calls.
    fn default() -> Self {
        Self {
            first: 20_000,
            last: 29_999,
        }
    }
}

/// The two sockets of a call.
#[derive(Debug)]
pub(crate) struct Pair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
}

/// Gives out pairs, each time the one after the last, so that a port rests as long as possible before its next call
/// hears the late packets of the one before.
#[derive(Debug)]
pub(crate) struct Ports {
    range: PortRange,
    next: AtomicU32,
}

impl Ports {
    pub(crate) fn new(range: PortRange, start: u32) -> Self {
        Self {
            range,
            next: AtomicU32::new(start % range.pairs()),
        }
    }

    /// The next free pair on `ip`. The system knows what is free: another program may sit in the range.
    pub(crate) fn open(&self, ip: IpAddr) -> Result<Pair, MediaError> {
        for _ in 0..self.range.pairs() {
            let port = self.range.pair(self.next.fetch_add(1, Ordering::Relaxed));
            match bind_pair(ip, port) {
                Ok(pair) => return Ok(pair),
                Err(e) if e.kind() == ErrorKind::AddrInUse => {}
                Err(e) if e.kind() == ErrorKind::AddrNotAvailable => {
                    return Err(MediaError::LocalAddress { ip, source: e });
                }
                Err(e) => return Err(MediaError::Socket(e)),
            }
        }
        Err(MediaError::PortsExhausted {
            first: self.range.first,
            last: self.range.last,
        })
    }
}

fn bind_pair(ip: IpAddr, port: u16) -> io::Result<Pair> {
    let rtp = bind(SocketAddr::new(ip, port))?;
    let rtcp = bind(SocketAddr::new(ip, port + 1))?;
    Ok(Pair { rtp, rtcp })
}

fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    // Marking is a wish: a system that refuses it still carries the call.
    let _ = match address {
        SocketAddr::V4(_) => socket.set_tos_v4(EXPEDITED),
        SocketAddr::V6(_) => socket.set_tclass_v6(EXPEDITED),
    };
    socket.bind(&address.into())?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn a_range_must_hold_a_pair() {
        for (first, last, pairs) in [
            (20_000, 20_001, 1),
            (20_001, 20_003, 1),
            (20_000, 20_004, 2),
            (1024, 65_535, 32_256),
        ] {
            assert_eq!(
                PortRange::new(first, last).unwrap().pairs(),
                pairs,
                "{first}-{last}"
            );
        }
        for (first, last) in [
            (20_000, 20_000),
            (20_001, 20_002),
            (0, 100),
            (65_535, 65_535),
            (30_000, 20_000),
        ] {
            assert!(PortRange::new(first, last).is_err(), "{first}-{last}");
        }
    }

    #[test]
    fn pairs_are_even_then_odd_and_each_once() {
        let ports = Ports::new(PortRange::new(31_000, 31_007).unwrap(), 3);
        let pairs: Vec<Pair> = (0..4).map_while(|_| ports.open(HERE).ok()).collect();
        let numbers: Vec<u16> = pairs.iter().map(|p| p.rtp.local_addr().unwrap().port()).collect();
        assert_eq!(numbers, [31_006, 31_000, 31_002, 31_004]);
        assert!(
            pairs
                .iter()
                .all(|p| { p.rtcp.local_addr().unwrap().port() == p.rtp.local_addr().unwrap().port() + 1 })
        );
        assert!(matches!(
            ports.open(HERE),
            Err(MediaError::PortsExhausted {
                first: 31_000,
                last: 31_007
            })
        ));
        drop(pairs);
        assert!(ports.open(HERE).is_ok());
    }

    #[test]
    fn a_pair_half_taken_by_another_is_passed_over() {
        let ports = Ports::new(PortRange::new(31_100, 31_103).unwrap(), 0);
        let _other = UdpSocket::bind((HERE, 31_101)).unwrap();
        assert_eq!(ports.open(HERE).unwrap().rtp.local_addr().unwrap().port(), 31_102);
    }

    #[test]
    fn a_foreign_address_is_told() {
        let ports = Ports::new(PortRange::default(), 0);
        let elsewhere: IpAddr = "203.0.113.7".parse().unwrap();
        assert!(matches!(ports.open(elsewhere), Err(MediaError::LocalAddress { ip, .. }) if ip == elsewhere));
    }
}
