//! Sockets that tell of ICMP errors (`IP_RECVERR`, `IPV6_RECVERR`), by safe calls.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

use biseo_line::evidence::Refusal;
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, SockaddrIn, SockaddrIn6, SockaddrStorage, recvmsg,
    sendmsg, setsockopt, sockopt,
};
use socket2::{Domain, Protocol, Socket, Type};

use crate::icmp::{self, Echo};

/// The hop limit of what has none of its own (RFC 1340).
const HOPS: i32 = 64;

/// An ICMP error: who says it (`None`: this machine), what, and the octets that were sent.
#[derive(Debug)]
pub(crate) struct Error {
    pub by: Option<IpAddr>,
    pub why: Refusal,
    pub sent: Vec<u8>,
}

/// What an error message's type and code mean (RFC 792, RFC 1812 §5.2.7.1).
fn meaning(kind: u8, code: u8) -> Option<Refusal> {
    match (kind, code) {
        (11, 0) => Some(Refusal::TtlExceeded),
        (3, 0 | 5 | 6 | 11) => Some(Refusal::Net),
        (3, 1 | 7 | 8 | 12) => Some(Refusal::Host),
        (3, 2 | 3) => Some(Refusal::Port),
        (3, 9 | 10 | 13) => Some(Refusal::Filtered),
        _ => None,
    }
}

/// The same of ICMPv6 (RFC 4443 §3): no route, beyond the scope, a route that rejects; no such neighbour; nobody there, or a next
/// header that it does not know; forbidden, or forbidden to this source.
fn meaning_six(kind: u8, code: u8) -> Option<Refusal> {
    match (kind, code) {
        (3, 0) => Some(Refusal::TtlExceeded),
        (1, 0 | 2 | 6) => Some(Refusal::Net),
        (1, 3) => Some(Refusal::Host),
        (1, 4) | (4, 1) => Some(Refusal::Port),
        (1, 1 | 5) => Some(Refusal::Filtered),
        _ => None,
    }
}

/// Who says what in a control message; `None` if it says nothing of that kind.
fn said(control: ControlMessageOwned) -> Option<(Option<IpAddr>, Refusal)> {
    // An error of this machine's own (`SO_EE_ORIGIN_LOCAL`).
    const LOCAL: u8 = 1;
    match control {
        ControlMessageOwned::Ipv4RecvErr(e, _) | ControlMessageOwned::Ipv6RecvErr(e, _)
            if e.ee_origin == LOCAL =>
        {
            Some((None, Refusal::Host))
        }
        ControlMessageOwned::Ipv4RecvErr(e, from) => {
            let by = from.map(|a| Ipv4Addr::from(u32::from_be(a.sin_addr.s_addr)).into());
            meaning(e.ee_type, e.ee_code).map(|why| (by, why))
        }
        ControlMessageOwned::Ipv6RecvErr(e, from) => {
            let by = from.map(|a| Ipv6Addr::from(a.sin6_addr.s6_addr).into());
            meaning_six(e.ee_type, e.ee_code).map(|why| (by, why))
        }
        _ => None,
    }
}

/// One error out of a socket's queue; `None` if there is none. An entry that cannot be read counts as none and is gone.
fn error(fd: BorrowedFd<'_>) -> Option<Error> {
    let mut octets = [0_u8; 512];
    let mut parts = [IoSliceMut::new(&mut octets)];
    let mut space = nix::cmsg_space!(nix::libc::sock_extended_err, nix::libc::sockaddr_in6);
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    let message = recvmsg::<SockaddrStorage>(fd.as_raw_fd(), &mut parts, Some(&mut space), flags).ok()?;
    let length = message.bytes;
    let (by, why) = message.cmsgs().ok()?.filter_map(said).last()?;
    Some(Error {
        by,
        why,
        sent: octets[..length.min(512)].to_vec(),
    })
}

/// All errors that wait, at most a hundred at once.
pub(crate) fn errors(fd: BorrowedFd<'_>) -> Vec<Error> {
    (0..100).map_while(|_| error(fd)).collect()
}

/// Sends pings: by an unprivileged ping socket where the system allows it (`net.ipv4.ping_group_range`, which holds for IPv6 as well),
/// by a raw one else.
#[derive(Debug)]
pub(crate) struct Ping {
    four: Echoes,
    /// `None` where the system speaks no IPv6.
    six: Option<Echoes>,
}

impl Ping {
    /// # Errors
    /// If neither kind of socket is allowed.
    pub fn open() -> io::Result<Self> {
        Ok(Self {
            four: Echoes::four()?,
            six: Echoes::six().ok(),
        })
    }

    fn all(&self) -> impl Iterator<Item = &Echoes> {
        std::iter::once(&self.four).chain(&self.six)
    }

    /// What is to be waited on.
    pub fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.all().map(Echoes::fd)
    }

    /// Sends an echo request, with a hop limit if one is given. The port does not matter.
    ///
    /// # Errors
    /// What the system says of this one: an older error that waited is fetched first (the send after it reports it otherwise).
    pub fn send(&self, to: SocketAddr, sequence: u16, hops: Option<i32>) -> io::Result<()> {
        match (to, &self.six) {
            (SocketAddr::V4(_), _) => self.four.send(to, sequence, hops),
            (SocketAddr::V6(_), Some(six)) => six.send(to, sequence, hops),
            (SocketAddr::V6(_), None) => Err(ErrorKind::NetworkUnreachable.into()),
        }
    }

    /// The sequence numbers of answers that wait.
    pub fn answers(&self) -> Vec<u16> {
        self.all().flat_map(Echoes::answers).collect()
    }

    /// Errors that wait, with the sequence numbers of the probes that they are about.
    pub fn errors(&self) -> Vec<(u16, Error)> {
        self.all().flat_map(Echoes::errors).collect()
    }
}

/// The socket of one version of IP.
#[derive(Debug)]
struct Echoes {
    socket: Socket,
    echo: Echo,
    raw: bool,
    id: u16,
}

impl Echoes {
    fn four() -> io::Result<Self> {
        let new = Self::open(Domain::IPV4, Protocol::ICMPV4, icmp::FOUR)?;
        setsockopt(&new.socket, sockopt::Ipv4RecvErr, &true)?;
        Ok(new)
    }

    fn six() -> io::Result<Self> {
        let new = Self::open(Domain::IPV6, Protocol::ICMPV6, icmp::SIX)?;
        setsockopt(&new.socket, sockopt::Ipv6RecvErr, &true)?;
        Ok(new)
    }

    fn open(domain: Domain, protocol: Protocol, echo: Echo) -> io::Result<Self> {
        let open = |kind| Socket::new(domain, kind, Some(protocol));
        let (socket, raw) = match open(Type::DGRAM) {
            Ok(socket) => (socket, false),
            Err(_) => (open(Type::RAW)?, true),
        };
        socket.set_nonblocking(true)?;
        let id = fastrand::u16(1..);
        Ok(Self {
            socket,
            echo,
            raw,
            id,
        })
    }

    fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    fn send(&self, to: SocketAddr, sequence: u16, hops: Option<i32>) -> io::Result<()> {
        let octets = icmp::request(self.echo, self.id, sequence);
        let parts = [IoSlice::new(&octets)];
        match to {
            SocketAddr::V4(to) => {
                let control = hops.as_ref().map(ControlMessage::Ipv4Ttl);
                let (fd, to) = (self.fd().as_raw_fd(), SockaddrIn::from(to));
                sendmsg(fd, &parts, control.as_slice(), MsgFlags::empty(), Some(&to))?;
            }
            SocketAddr::V6(mut to) => {
                // A raw socket takes a port for a protocol's number, and refuses another one than its own.
                to.set_port(0);
                // Not with the message: ping sockets heed that from Linux 5.18 only.
                self.socket
                    .set_unicast_hops_v6(u32::try_from(hops.unwrap_or(HOPS)).unwrap_or(1))?;
                let (fd, to) = (self.fd().as_raw_fd(), SockaddrIn6::from(to));
                sendmsg(fd, &parts, &[], MsgFlags::empty(), Some(&to))?;
            }
        }
        Ok(())
    }

    fn answers(&self) -> Vec<u16> {
        (0..200).map_while(|_| self.answer()).flatten().collect()
    }

    fn answer(&self) -> Option<Option<u16>> {
        let mut octets = [0_u8; 512];
        let mut parts = [IoSliceMut::new(&mut octets)];
        let fd = self.fd().as_raw_fd();
        let message = match recvmsg::<SockaddrStorage>(fd, &mut parts, None, MsgFlags::MSG_DONTWAIT) {
            Ok(message) => message,
            Err(nix::errno::Errno::EAGAIN) => return None,
            // An error of an earlier probe; its entry is in the queue of errors.
            Err(_) => return Some(None),
        };
        let length = message.bytes;
        let octets = octets.get(..length)?;
        // A raw socket of IPv6 delivers no header (RFC 3542 §3).
        let octets = match self.raw && self.echo == icmp::FOUR {
            true => icmp::behind_ip(octets)?,
            false => octets,
        };
        let read = icmp::read(self.echo, octets, false);
        let ours = read.filter(|(kind, id, _)| *kind == self.echo.reply && self.ours(*id));
        Some(ours.map(|(_, _, sequence)| sequence))
    }

    /// A ping socket's id is the system's own; a raw one hears all programs' answers.
    fn ours(&self, id: u16) -> bool {
        !self.raw || id == self.id
    }

    fn errors(&self) -> Vec<(u16, Error)> {
        let all = errors(self.fd()).into_iter();
        all.filter_map(|e| {
            icmp::read(self.echo, &e.sent, true)
                .filter(|(_, id, _)| self.ours(*id))
                .map(|(_, _, n)| (n, e))
        })
        .collect()
    }
}

/// A UDP socket that is tied to one machine and tells of errors.
///
/// # Errors
/// If it cannot be opened or there is no way to that address now.
pub(crate) fn udp(to: SocketAddr) -> io::Result<UdpSocket> {
    let any: IpAddr = match to {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(to)?;
    socket.set_nonblocking(true)?;
    socket.set_read_timeout(Some(Duration::from_millis(1)))?;
    match to {
        SocketAddr::V4(_) => setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?,
        SocketAddr::V6(_) => setsockopt(&socket, sockopt::Ipv6RecvErr, &true)?,
    }
    Ok(socket)
}
