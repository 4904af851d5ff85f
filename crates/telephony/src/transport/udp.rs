//! Datagrams.

use std::net::SocketAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;

use nix::sys::socket::{setsockopt, sockopt::RcvBufForce};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use super::Flow;
use super::inbox::Door;
use crate::config::Proto;

/// Room for a burst while nobody reads: 200 calls/s are some 1.5 MB/s, 10,000 small datagrams some 8 MB.
const BUFFER: usize = 1 << 22;

/// Opens a socket. A v6 socket takes v6 only, so that v4 has its own and addresses never come mapped.
pub(super) fn open(addr: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
    if addr.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // Who may (CAP_NET_ADMIN) has more than the system's limit; who gets less goes on with it.
    if setsockopt(&socket, RcvBufForce, &BUFFER).is_err() {
        let _ = socket.set_recv_buffer_size(BUFFER);
    }
    let _ = socket.set_send_buffer_size(BUFFER / 2);
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    UdpSocket::from_std(socket.into())
}

/// Receives until the engine is gone.
pub(super) async fn receive(socket: Arc<UdpSocket>, local: SocketAddr, door: Door, max: usize) {
    let mut buffer = vec![0_u8; 65_536];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((n, remote)) if n <= max => {
                let flow = Flow {
                    proto: Proto::Udp,
                    local,
                    remote,
                    conn: 0,
                };
                if !door.datagram(flow, buffer.get(..n).unwrap_or(&[])) {
                    return;
                }
            }
            Ok(_) => door.guard.counts.drop(super::guard::Reason::TooLong),
            // ICMP answers to what we sent surface here; they say nothing about the socket.
            Err(e) => {
                tracing::debug!(error = %e, "receive error");
                tokio::task::yield_now().await;
            }
        }
    }
}

/// What the system has dropped of these sockets' datagrams since they were opened, because nobody read them in time; 0
/// where it does not tell.
pub(super) fn lost(sockets: &[RawFd]) -> u64 {
    let inodes: Vec<String> = sockets.iter().filter_map(|fd| inode(*fd)).collect();
    let table = |path| std::fs::read_to_string(path).unwrap_or_default();
    let (v4, v6) = (table("/proc/self/net/udp"), table("/proc/self/net/udp6"));
    v4.lines()
        .chain(v6.lines())
        .filter_map(drops)
        .filter(|(inode, _)| inodes.iter().any(|i| i == inode))
        .map(|(_, drops)| drops)
        .sum()
}

/// The names of sockets for [`lost`].
pub(super) fn descriptors<'a>(sockets: impl Iterator<Item = &'a Arc<UdpSocket>>) -> Vec<RawFd> {
    sockets.map(AsRawFd::as_raw_fd).collect()
}

fn inode(fd: RawFd) -> Option<String> {
    let link = std::fs::read_link(format!("/proc/self/fd/{fd}")).ok()?;
    let name = link.to_str()?.strip_prefix("socket:[")?;
    Some(name.strip_suffix(']')?.to_owned())
}

/// Inode and drops of a line of `/proc/net/udp` (proc(5)).
fn drops(line: &str) -> Option<(&str, u64)> {
    let mut fields = line.split_whitespace().skip(9);
    let inode = fields.next()?;
    let drops = fields.nth(2)?.parse().ok()?;
    Some((inode, drops))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_table_is_read() {
        let line = "  483: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 48211 2 0000000000000000 17";
        assert_eq!(drops(line), Some(("48211", 17)));
        assert_eq!(drops("  sl  local_address rem_address   st"), None);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_nobody_reads_is_counted() {
        let small = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).unwrap();
        small.set_recv_buffer_size(2048).unwrap();
        small.set_nonblocking(true).unwrap();
        small.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let small = Arc::new(UdpSocket::from_std(small.into()).unwrap());
        let fds = descriptors([&small].into_iter());
        assert_eq!(lost(&fds), 0);
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..100 {
            sender.send_to(&[0; 1000], small.local_addr().unwrap()).unwrap();
        }
        assert!((1..100).contains(&lost(&fds)), "{}", lost(&fds));
    }
}
