//! Sends junk at a steady rate, from many addresses of loopback by one socket. Blocking: a thread or process of its own.

use std::io::IoSlice;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use nix::libc::{in_addr, in_pktinfo};
use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrIn, sendmsg};

use super::Junk;

/// Junk is sent in handfuls, one in this time.
const HANDFUL: Duration = Duration::from_millis(1);

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum StormError {
    /// Floods go to this machine only.
    #[error("{0} is not in 127.0.0.0/8, and floods go nowhere else")]
    Elsewhere(SocketAddrV4),
    /// There is no socket.
    #[error("no socket: {0}")]
    Socket(#[from] std::io::Error),
}

/// A flood.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    /// Where it goes: an address of 127.0.0.0/8.
    pub target: SocketAddrV4,
    /// Datagrams a second.
    pub rate: u32,
    /// How long.
    pub time: Duration,
    /// What the junk is made of.
    pub seed: u64,
}

impl Storm {
    /// Sends it all; gives how many datagrams the system took.
    ///
    /// # Errors
    /// [`StormError`]
    pub fn blow(&self) -> Result<u64, StormError> {
        if !self.target.ip().is_loopback() {
            return Err(StormError::Elsewhere(self.target));
        }
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        let (mut junk, start, mut sent, mut taken) = (Junk::new(self.seed), Instant::now(), 0_u64, 0);
        while start.elapsed() < self.time {
            // What is due until now, so that a late handful is a bigger one. A minute's junk fits.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let due = (start.elapsed().as_secs_f64() * f64::from(self.rate)) as u64;
            while sent < due {
                let (from, _, bytes) = junk.datagram();
                taken += u64::from(self.send(&socket, from, &bytes));
                sent += 1;
            }
            std::thread::sleep(HANDFUL);
        }
        Ok(taken)
    }

    fn send(&self, socket: &UdpSocket, from: Ipv4Addr, bytes: &[u8]) -> bool {
        let info = in_pktinfo {
            ipi_ifindex: 0,
            ipi_spec_dst: in_addr {
                s_addr: u32::from_ne_bytes(from.octets()),
            },
            ipi_addr: in_addr { s_addr: 0 },
        };
        let (part, by) = ([IoSlice::new(bytes)], [ControlMessage::Ipv4PacketInfo(&info)]);
        let to = SockaddrIn::from(self.target);
        sendmsg(socket.as_raw_fd(), &part, &by, MsgFlags::MSG_DONTWAIT, Some(&to)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floods_go_nowhere_else() {
        let storm = Storm {
            target: "192.0.2.1:5060".parse().unwrap(),
            rate: 1,
            time: Duration::from_secs(1),
            seed: 1,
        };
        assert!(matches!(storm.blow(), Err(StormError::Elsewhere(_))));
    }

    #[test]
    fn it_comes_from_many() {
        let here = UdpSocket::bind("127.0.0.1:0").unwrap();
        here.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let std::net::SocketAddr::V4(target) = here.local_addr().unwrap() else {
            panic!("v4")
        };
        let storm = Storm {
            target,
            rate: 500,
            time: Duration::from_millis(200),
            seed: 3,
        };
        let sent = storm.blow().unwrap();
        let mut sources = std::collections::HashSet::new();
        for _ in 0..sent.min(50) {
            sources.insert(here.recv_from(&mut [0; 2048]).unwrap().1.ip());
        }
        assert!(sent > 0 && sources.len() > 20, "{sent} from {}", sources.len());
    }
}
