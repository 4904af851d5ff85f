//! Sockets: UDP, TCP and TLS, IPv4 and IPv6. They know nothing of SIP but where a message ends, and what the [`guard`]
//! sees at once.

pub(crate) mod guard;
mod inbox;
mod names;
mod stream;
mod udp;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::config::{Limits, Listen, Proto, SipConfig};
use crate::error::SipError;
use crate::tls::{self, Clients, Own};
pub use guard::GuardFigures;
use guard::{Guard, Notice};
pub(crate) use inbox::Inbox;
use inbox::{Door, pair};
pub(crate) use names::{Names, Peer};

/// The way a message came or goes: protocol, our socket, the other's address, and for TCP and TLS which connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// UDP, TCP or TLS.
    pub proto: Proto,
    /// Our bound address.
    pub local: SocketAddr,
    /// The other side.
    pub remote: SocketAddr,
    /// Connection number; 0 for UDP or "any connection to `remote`".
    pub conn: u64,
}

/// Octets that arrived.
#[derive(Debug)]
pub(crate) struct Packet {
    pub(crate) flow: Flow,
    pub(crate) bytes: Vec<u8>,
    /// The stream broke off in this message: answer, and nothing more comes.
    pub(crate) broken: bool,
    /// Nobody known sent it.
    pub(crate) stranger: bool,
}

pub(crate) struct Conn {
    pub(crate) proto: Proto,
    pub(crate) remote: SocketAddr,
    /// It counts among those that strangers may have.
    pub(crate) stranger: bool,
    pub(crate) tx: mpsc::Sender<Vec<u8>>,
}

/// Connections that are open, or being opened.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) next: u64,
    pub(crate) open: HashMap<u64, Conn>,
}

pub(crate) type Shared = Arc<Mutex<Table>>;

/// All sockets of a stack.
pub(crate) struct Transport {
    udp: Vec<(SocketAddr, Arc<UdpSocket>)>,
    bound: Vec<(Proto, SocketAddr)>,
    own: Option<Arc<Own>>,
    clients: Clients,
    names: Names,
    table: Shared,
    limits: Limits,
    strangers: stream::Strangers,
    door: Door,
    tasks: Vec<JoinHandle<()>>,
}

impl Transport {
    /// Binds everything, or nothing.
    pub(crate) async fn bind(config: &SipConfig) -> Result<(Self, Inbox), SipError> {
        let guard = Guard::new(config);
        let (door, inbox) = pair(Arc::clone(&guard), &config.guard);
        let own = config.tls.own.as_ref().map(Own::read).transpose()?;
        let mut this = Self {
            udp: Vec::new(),
            bound: Vec::new(),
            clients: Clients::new(&config.tls, &config.trunks, own.as_ref())?,
            own,
            names: Names::new(guard),
            table: Shared::default(),
            limits: config.limits.clone(),
            strangers: stream::Strangers {
                connections: config.guard.stranger_connections,
                idle: config.guard.stranger_idle,
            },
            door,
            tasks: Vec::new(),
        };
        if let Some(own) = &this.own {
            this.tasks
                .push(tokio::spawn(Arc::clone(own).watch(config.tls.look_every)));
        }
        for l in &config.listen {
            let gate = this.gate(config, l)?;
            let addr = match l.proto {
                Proto::Udp => this.bind_udp(l.addr).await,
                Proto::Tcp | Proto::Tls => this.bind_stream(l.addr, gate).await,
            };
            let addr = addr.map_err(|source| SipError::Bind {
                proto: l.proto,
                addr: l.addr,
                source,
            })?;
            this.bound.push((l.proto, addr));
        }
        let sockets = udp::descriptors(this.udp.iter().map(|(_, s)| s));
        let report = guard::report(Arc::clone(this.guard()), move || udp::lost(&sockets));
        this.tasks.push(tokio::spawn(report));
        Ok((this, inbox))
    }

    /// Who decides what is listened to.
    pub(crate) fn guard(&self) -> &Arc<Guard> {
        &self.door.guard
    }

    /// What a TLS listener needs.
    fn gate(&self, config: &SipConfig, listen: &Listen) -> Result<Option<Arc<stream::Gate>>, SipError> {
        if listen.proto != Proto::Tls {
            return Ok(None);
        }
        let own = self.own.clone().ok_or(SipError::NoCertificate(listen.addr))?;
        let acceptor = TlsAcceptor::from(tls::server(&config.tls, own)?);
        Ok(Some(stream::Gate::new(acceptor, &config.limits)))
    }

    /// Where the names of servers are noted before something is sent to them by TLS.
    pub(crate) fn names(&self) -> Names {
        self.names.clone()
    }

    async fn bind_udp(&mut self, addr: SocketAddr) -> std::io::Result<SocketAddr> {
        let socket = Arc::new(udp::open(addr)?);
        let local = socket.local_addr()?;
        let (door, max) = (self.door.clone(), self.limits.max_message);
        self.tasks
            .push(tokio::spawn(udp::receive(Arc::clone(&socket), local, door, max)));
        self.udp.push((local, socket));
        Ok(local)
    }

    async fn bind_stream(
        &mut self,
        addr: SocketAddr,
        gate: Option<Arc<stream::Gate>>,
    ) -> std::io::Result<SocketAddr> {
        let listener = tokio::net::TcpListener::bind(addr).await?;
        let local = listener.local_addr()?;
        let shared = self.shared();
        self.tasks
            .push(tokio::spawn(stream::listen(listener, local, shared, gate)));
        Ok(local)
    }

    fn shared(&self) -> stream::Shared {
        stream::Shared {
            table: Arc::clone(&self.table),
            limits: self.limits.clone(),
            strangers: self.strangers,
            door: self.door.clone(),
        }
    }

    /// What is bound, with the ports the system gave.
    pub(crate) fn bound(&self) -> &[(Proto, SocketAddr)] {
        &self.bound
    }

    /// Sends without waiting. What cannot be sent is lost, as on the network; SIP's timers notice. To whom a request goes is
    /// known for a while: an answer comes from there.
    pub(crate) fn send(&self, flow: Flow, bytes: Vec<u8>) {
        if !bytes.starts_with(b"SIP/2.0 ") {
            let familiar = Notice::Familiar(flow.remote.ip());
            self.guard().notice(Instant::now(), familiar);
        }
        match flow.proto {
            Proto::Udp => self.send_udp(flow, &bytes),
            Proto::Tcp | Proto::Tls => self.send_stream(flow, bytes),
        }
    }

    fn send_udp(&self, flow: Flow, bytes: &[u8]) {
        let socket = self
            .udp
            .iter()
            .find(|(l, _)| *l == flow.local)
            .or_else(|| self.udp.first());
        if let Some(Err(e)) = socket.map(|(_, s)| s.try_send_to(bytes, flow.remote)) {
            tracing::debug!(error = %e, "a datagram could not be sent");
        }
    }

    fn send_stream(&self, flow: Flow, bytes: Vec<u8>) {
        let Ok(table) = self.table.lock() else { return };
        let conn = table.open.get(&flow.conn);
        let same = |c: &&Conn| c.remote == flow.remote && c.proto == flow.proto;
        let conn = conn.or_else(|| table.open.values().find(same));
        if let Some(conn) = conn.filter(|c| !c.tx.is_closed()) {
            if conn.tx.try_send(bytes).is_err() {
                tracing::debug!("a {} peer does not read; message lost", flow.proto);
            }
            return;
        }
        drop(table);
        self.connect(flow, bytes);
    }

    /// Opens a connection for a message; those that follow find it in the table and wait behind the first.
    fn connect(&self, flow: Flow, first: Vec<u8>) {
        let tls = match flow.proto {
            Proto::Tls => match self.towards(flow.remote) {
                Some(tls) => Some(tls),
                None => return tracing::warn!("SIP over TLS: no issuer of certificates is known here"),
            },
            _ => None,
        };
        let shared = self.shared();
        let Some((conn, rx)) = shared.enter(flow.proto, flow.remote, guard::Class::Known) else {
            return tracing::debug!("a {} connection beyond the limit was not opened", flow.proto);
        };
        let entered = self.table.lock().ok();
        if let Some(conn) = entered.as_ref().and_then(|t| t.open.get(&conn)) {
            let _ = conn.tx.try_send(first);
        }
        drop(entered);
        tokio::spawn(stream::connect(Flow { conn, ..flow }, rx, shared, tls));
    }

    /// Whose certificate is expected at an address: of the name by which it was found, else of the address itself.
    fn towards(&self, remote: SocketAddr) -> Option<stream::Towards> {
        let peer = self.names.of(remote);
        let config = self.clients.config(peer.as_ref().and_then(|p| p.trunk))?;
        let name = peer.and_then(|p| p.name.try_into().ok());
        Some(stream::Towards {
            connector: TlsConnector::from(config),
            name: name.unwrap_or_else(|| remote.ip().into()),
        })
    }

    /// Closes a connection after what is queued has been written.
    pub(crate) fn close(&self, conn: u64) {
        if let Ok(mut table) = self.table.lock() {
            table.open.remove(&conn);
        }
    }
}

impl Transport {
    /// Closes all connections with a peer.
    pub(crate) fn forget(&self, remote: IpAddr) {
        if let Ok(mut table) = self.table.lock() {
            table.open.retain(|_, c| c.remote.ip() != remote);
        }
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        if let Ok(mut table) = self.table.lock() {
            table.open.clear();
        }
    }
}

/// Our address as seen on the way to `remote`, without sending anything; `None` without a route.
pub(crate) fn local_ip_towards(remote: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = if remote.is_ipv4() {
        [0, 0, 0, 0].into()
    } else {
        std::net::Ipv6Addr::UNSPECIFIED.into()
    };
    let socket = std::net::UdpSocket::bind((any, 0)).ok()?;
    socket.connect((remote, 9)).ok()?;
    socket.local_addr().ok().map(|a| a.ip())
}
