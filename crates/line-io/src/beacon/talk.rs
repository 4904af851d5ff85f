//! The box's sockets to its beacon: one for each uplink, tied to its interface.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};

use biseo_line::evidence::Beacon;
use socket2::{Domain, Socket, Type};

use super::MOST_UPLINKS;
use super::guest::Guest;
use super::secret::{Secret, SecretError};
use super::wire::SIZE;
use crate::plan::{BeaconPlan, UplinkPlan};
use crate::way::way_to;

/// Datagrams that are read at once at most.
const MOST_READ: usize = 64;

/// A socket by which an uplink is spoken on.
struct Line {
    uplink: String,
    interface: String,
    socket: Option<UdpSocket>,
    /// The system does not let it be tied to its interface: its routes decide.
    unbound: bool,
}

/// The talk with a beacon.
pub(crate) struct Talk {
    guest: Guest,
    to: SocketAddr,
    lines: Vec<Line>,
}

impl Talk {
    /// # Errors
    /// [`SecretError`], if the secret cannot be read.
    pub(crate) fn new(
        plan: &BeaconPlan,
        uplinks: &[UplinkPlan],
        patience_ms: u32,
    ) -> Result<Self, SecretError> {
        let secret = Secret::read(&plan.secret_file)?;
        // A beacon on this machine is reached by no uplink that leads out, and one elsewhere by no loopback.
        let here = |u: &&UplinkPlan| (u.interface == "lo") == plan.address.ip().is_loopback();
        let lines = uplinks.iter().filter(here).take(MOST_UPLINKS).map(Line::new);
        let lines: Vec<Line> = lines.collect();
        Ok(Self {
            guest: Guest::new(&secret, fastrand::u64(..), lines.len(), i64::from(patience_ms)),
            to: plan.address,
            lines,
        })
    }

    /// What is to be waited on.
    pub(crate) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.lines
            .iter()
            .filter_map(|l| l.socket.as_ref())
            .map(AsFd::as_fd)
    }

    /// Asks by every uplink.
    pub(crate) fn ask(&mut self, now_ms: i64, pace_ms: u32) {
        for (i, line) in self.lines.iter_mut().enumerate() {
            let Some(socket) = line.socket(self.to) else {
                continue;
            };
            let Some(octets) = self.guest.probe(i, now_ms, pace_ms) else {
                continue;
            };
            if let Err(e) = socket.send_to(&octets, self.to) {
                self.guest.unsent(i);
                // An interface that was taken away and came back is another one, to which the socket is not tied.
                if e.kind() != ErrorKind::WouldBlock {
                    line.socket = None;
                }
            }
        }
    }

    /// Takes what has come.
    pub(crate) fn hear(&mut self, now_ms: i64) {
        for (i, line) in self.lines.iter().enumerate() {
            let Some(socket) = &line.socket else { continue };
            let mut octets = [0; SIZE + 1];
            for _ in 0..MOST_READ {
                match socket.recv_from(&mut octets) {
                    Ok((n, from)) if (from.ip(), from.port()) == (self.to.ip(), self.to.port()) => {
                        self.guest.hear(i, now_ms, &octets[..n]);
                    }
                    Ok(_) => {}
                    Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                    Err(_) => {}
                }
            }
        }
        self.guest.expire(now_ms);
    }

    /// What became known since the last time.
    pub(crate) fn take(&mut self) -> Vec<Beacon> {
        let named = |(i, beacon): (usize, Beacon)| Beacon {
            uplink: self.lines[i].uplink.clone(),
            unbound: self.lines[i].unbound,
            ..beacon
        };
        self.guest.take().into_iter().map(named).collect()
    }
}

impl Line {
    fn new(uplink: &UplinkPlan) -> Self {
        Self {
            uplink: uplink.name.clone(),
            interface: uplink.interface.clone(),
            socket: None,
            unbound: false,
        }
    }

    /// The socket, opened anew if there is none. Where it may not be tied to its interface, only the uplink that the routes lead by has one.
    fn socket(&mut self, to: SocketAddr) -> Option<&UdpSocket> {
        if self.socket.is_none() {
            self.socket = match open(to, Some(&self.interface)) {
                Ok(socket) => Some(socket),
                Err(e) if e.kind() == ErrorKind::PermissionDenied => {
                    self.unbound = true;
                    let leads = way_to(to.ip()).is_some_and(|way| way.interface == self.interface);
                    leads.then(|| open(to, None).ok()).flatten()
                }
                // The interface is not there now.
                Err(_) => None,
            };
        }
        self.socket.as_ref()
    }
}

/// A socket by which that address can be reached.
fn open(to: SocketAddr, interface: Option<&str>) -> io::Result<UdpSocket> {
    let any: IpAddr = match to {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = Socket::new(Domain::for_address(to), Type::DGRAM, None)?;
    socket.set_nonblocking(true)?;
    if let Some(interface) = interface {
        socket.bind_device(Some(interface.as_bytes()))?;
    }
    socket.bind(&SocketAddr::new(any, 0).into())?;
    Ok(socket.into())
}
