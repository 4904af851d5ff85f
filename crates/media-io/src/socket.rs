//! A call's socket: packets with the instant at which the system received them.
//!
//! Packets are fetched when the call's frame is due, not when they come: between two frames nobody would look at them,
//! and a wake-up for each would cost as much again. The instant of arrival is the system's own (`SO_TIMESTAMPNS`), so
//! nothing is lost in knowing when the caller spoke.

use std::io::IoSliceMut;
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::sockopt::ReceiveTimestampns;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, RecvMsg, SockaddrStorage, recvmsg, setsockopt};
use nix::sys::time::TimeSpec;

use crate::clock::Now;

/// Larger than any packet that is read: what does not fit is cut and thereby refused.
pub(crate) const PACKET_ROOM: usize = 2048;

/// Errors of earlier packets skipped at once.
const ERRORS: usize = 8;

/// Room for what the system says of a packet: one time stamp needs 32 octets.
const CONTROL_ROOM: usize = 128;

/// Room for one packet and what the system says of it; one for each pacer.
pub(crate) struct Scratch {
    packet: Box<[u8; PACKET_ROOM]>,
    control: Vec<u8>,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self {
            packet: Box::new([0; PACKET_ROOM]),
            control: vec![0; CONTROL_ROOM],
        }
    }

    /// Room for a packet of so many octets, at most [`PACKET_ROOM`].
    pub(crate) fn first(&mut self, len: usize) -> &mut [u8] {
        &mut self.packet[..len]
    }
}

/// A packet in a [`Scratch`].
pub(crate) struct Arrival<'a> {
    pub packet: &'a [u8],
    pub from: SocketAddr,
    pub at: Instant,
}

/// Has the system note when packets come. Where it does not, the time of fetching stands for it.
pub(crate) fn note_arrivals(socket: &UdpSocket) {
    if let Err(e) = setsockopt(socket, ReceiveTimestampns, &true) {
        tracing::debug!("packets carry no time of arrival: {e}");
    }
}

/// The next packet that waits, if there is one. An error that the network reports of an earlier packet of ours (port
/// unreachable) is passed over: the other side may come yet.
pub(crate) fn fetch<'a>(socket: &UdpSocket, scratch: &'a mut Scratch, now: &Now) -> Option<Arrival<'a>> {
    let (len, from, at) = {
        let mut room = [IoSliceMut::new(&mut scratch.packet[..])];
        receive(socket, &mut room, &mut scratch.control, now)?
    };
    Some(Arrival {
        packet: &scratch.packet[..len],
        from,
        at,
    })
}

/// Fetches a packet, skipping a few errors of earlier ones.
fn receive<'a>(
    socket: &UdpSocket,
    room: &'a mut [IoSliceMut<'_>; 1],
    control: &'a mut [u8],
    now: &Now,
) -> Option<(usize, SocketAddr, Instant)> {
    for _ in 0..ERRORS {
        match recvmsg::<SockaddrStorage>(socket.as_raw_fd(), room, Some(control), MsgFlags::MSG_DONTWAIT) {
            Ok(got) => return Some((got.bytes, address(got.address.as_ref()?)?, arrival(&got, now))),
            Err(Errno::EAGAIN) => return None,
            Err(_) => {}
        }
    }
    None
}

fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(v4) = storage.as_sockaddr_in() {
        return Some(SocketAddr::V4(SocketAddrV4::from(*v4)));
    }
    storage
        .as_sockaddr_in6()
        .map(|v6| SocketAddr::V6(SocketAddrV6::from(*v6)))
}

fn arrival(got: &RecvMsg<'_, '_, SockaddrStorage>, now: &Now) -> Instant {
    let stamps = got.cmsgs().into_iter().flatten();
    let stamp = stamps.filter_map(|c| match c {
        ControlMessageOwned::ScmTimestampns(at) => Some(at),
        _ => None,
    });
    stamp.last().map_or(now.instant, |at| now.instant_of(wall(at)))
}

fn wall(at: TimeSpec) -> Duration {
    let seconds = u64::try_from(at.tv_sec()).unwrap_or(0);
    Duration::new(seconds, u32::try_from(at.tv_nsec()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(ip: &str) -> (UdpSocket, UdpSocket) {
        let [a, b] = [(); 2].map(|()| UdpSocket::bind((ip, 0)).unwrap());
        note_arrivals(&b);
        (a, b)
    }

    #[test]
    fn packets_come_with_sender_and_time_and_then_nothing() {
        for ip in ["127.0.0.1", "::1"] {
            let (a, b) = pair(ip);
            let mut scratch = Scratch::new();
            let before = Instant::now();
            a.send_to(b"first", b.local_addr().unwrap()).unwrap();
            a.send_to(b"", b.local_addr().unwrap()).unwrap();
            // The reading of two clocks at two moments leaves microseconds between them.
            let slack = Duration::from_millis(5);
            let now = Now::read();
            let first = fetch(&b, &mut scratch, &now).unwrap();
            assert_eq!(
                (first.packet, first.from),
                (&b"first"[..], a.local_addr().unwrap()),
                "{ip}"
            );
            assert!(first.at + slack >= before && first.at <= now.instant, "{ip}");
            assert_eq!(fetch(&b, &mut scratch, &now).unwrap().packet, b"");
            assert!(fetch(&b, &mut scratch, &now).is_none());
        }
    }

    #[test]
    fn a_packet_too_long_is_cut_and_harms_nothing() {
        let (a, b) = pair("127.0.0.1");
        a.send_to(&[7; 9000], b.local_addr().unwrap()).unwrap();
        a.send_to(b"next", b.local_addr().unwrap()).unwrap();
        let mut scratch = Scratch::new();
        assert_eq!(
            fetch(&b, &mut scratch, &Now::read()).unwrap().packet.len(),
            PACKET_ROOM
        );
        assert_eq!(fetch(&b, &mut scratch, &Now::read()).unwrap().packet, b"next");
    }

    #[test]
    fn a_refusal_by_the_other_side_is_no_end() {
        let (a, b) = pair("127.0.0.1");
        let gone = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        b.send_to(b"hello?", gone).unwrap();
        a.send_to(b"here", b.local_addr().unwrap()).unwrap();
        assert_eq!(
            fetch(&b, &mut Scratch::new(), &Now::read()).unwrap().packet,
            b"here"
        );
    }
}
