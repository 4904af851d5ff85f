//! Sockets that tell of ICMP errors (`IP_RECVERR`), by safe calls.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

use biseo_line::evidence::Refusal;
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, SockaddrIn, recvmsg, sendmsg, setsockopt, sockopt,
};
use socket2::{Domain, Protocol, Socket, Type};

use crate::icmp;

/// An ICMP error: who says it (`None`: this machine), what, and the octets that were sent.
#[derive(Debug)]
pub(crate) struct Error {
    pub by: Option<Ipv4Addr>,
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

/// One error out of a socket's queue; `None` if there is none. An entry that cannot be read counts as none and is gone.
fn error(fd: BorrowedFd<'_>) -> Option<Error> {
    let mut octets = [0_u8; 512];
    let mut parts = [IoSliceMut::new(&mut octets)];
    let mut space = nix::cmsg_space!(nix::libc::sock_extended_err, nix::libc::sockaddr_in);
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    let message = recvmsg::<SockaddrIn>(fd.as_raw_fd(), &mut parts, Some(&mut space), flags).ok()?;
    let length = message.bytes;
    let mut found = None;
    for control in message.cmsgs().ok()? {
        if let ControlMessageOwned::Ipv4RecvErr(e, from) = control {
            let local = e.ee_origin == 1;
            let by = from
                .filter(|_| !local)
                .map(|a| Ipv4Addr::from(u32::from_be(a.sin_addr.s_addr)));
            found = if local {
                Some((None, Refusal::Host))
            } else {
                meaning(e.ee_type, e.ee_code).map(|why| (by, why))
            };
        }
    }
    let (by, why) = found?;
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

/// Sends pings: an unprivileged ping socket where the system allows it (`net.ipv4.ping_group_range`), a raw one else.
#[derive(Debug)]
pub(crate) struct Ping {
    socket: Socket,
    raw: bool,
    id: u16,
}

impl Ping {
    /// # Errors
    /// If neither kind of socket is allowed.
    pub fn open() -> io::Result<Self> {
        let open = |kind| Socket::new(Domain::IPV4, kind, Some(Protocol::ICMPV4));
        let (socket, raw) = match open(Type::DGRAM) {
            Ok(socket) => (socket, false),
            Err(_) => (open(Type::RAW)?, true),
        };
        socket.set_nonblocking(true)?;
        setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?;
        Ok(Self {
            socket,
            raw,
            id: fastrand::u16(1..),
        })
    }

    pub fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Sends an echo request, with a hop limit if one is given.
    ///
    /// # Errors
    /// What the system says of this one: an older error that waited is fetched first (the send after it reports it otherwise).
    pub fn send(&self, to: Ipv4Addr, sequence: u16, hops: Option<i32>) -> io::Result<()> {
        let octets = icmp::request(self.id, sequence);
        let address = SockaddrIn::from(SocketAddrV4::new(to, 0));
        let control = hops.as_ref().map(ControlMessage::Ipv4Ttl);
        let parts = [IoSlice::new(&octets)];
        sendmsg(
            self.fd().as_raw_fd(),
            &parts,
            control.as_slice(),
            MsgFlags::empty(),
            Some(&address),
        )?;
        Ok(())
    }

    /// The sequence numbers of answers that wait, with their senders.
    pub fn answers(&self) -> Vec<(u16, Ipv4Addr)> {
        (0..200).map_while(|_| self.answer()).flatten().collect()
    }

    fn answer(&self) -> Option<Option<(u16, Ipv4Addr)>> {
        let mut octets = [0_u8; 512];
        let mut parts = [IoSliceMut::new(&mut octets)];
        let message =
            match recvmsg::<SockaddrIn>(self.fd().as_raw_fd(), &mut parts, None, MsgFlags::MSG_DONTWAIT) {
                Ok(message) => message,
                Err(nix::errno::Errno::EAGAIN) => return None,
                // An error of an earlier probe; its entry is in the queue of errors.
                Err(_) => return Some(None),
            };
        let (length, from) = (message.bytes, message.address.map(|a| a.ip()));
        let octets = octets.get(..length)?;
        let octets = if self.raw {
            icmp::behind_ip(octets)?
        } else {
            octets
        };
        let (kind, id, sequence) = icmp::read(octets, false).unwrap_or((1, 0, 0));
        Some((kind == 0 && self.ours(id)).then_some(sequence).zip(from))
    }

    /// A ping socket's id is the system's own; a raw one hears all programs' answers.
    fn ours(&self, id: u16) -> bool {
        !self.raw || id == self.id
    }

    /// Errors that wait, with the sequence numbers of the probes that they are about.
    pub fn errors(&self) -> Vec<(u16, Error)> {
        let all = errors(self.fd()).into_iter();
        all.filter_map(|e| {
            icmp::read(&e.sent, true)
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
pub(crate) fn udp(to: SocketAddrV4) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(to)?;
    socket.set_nonblocking(true)?;
    socket.set_read_timeout(Some(Duration::from_millis(1)))?;
    setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?;
    Ok(socket)
}
