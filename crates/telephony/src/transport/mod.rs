//! Sockets: UDP and TCP, IPv4 and IPv6. They know nothing of SIP but where a message ends.

mod tcp;
mod udp;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::config::{Limits, Listen, Proto};
use crate::error::SipError;

/// The way a message came or goes: protocol, our socket, the other's address, and for TCP which connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// UDP or TCP.
    pub proto: Proto,
    /// Our bound address.
    pub local: SocketAddr,
    /// The other side.
    pub remote: SocketAddr,
    /// TCP connection number; 0 for UDP or "any connection to `remote`".
    pub conn: u64,
}

/// Octets that arrived.
#[derive(Debug)]
pub(crate) struct Packet {
    pub(crate) flow: Flow,
    pub(crate) bytes: Vec<u8>,
    /// The stream broke off in this message: answer, and nothing more comes.
    pub(crate) broken: bool,
}

pub(crate) struct Conn {
    pub(crate) remote: SocketAddr,
    pub(crate) tx: mpsc::Sender<Vec<u8>>,
}

/// TCP connections that are open.
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
    table: Shared,
    limits: Limits,
    inbound: mpsc::Sender<Packet>,
    tasks: Vec<JoinHandle<()>>,
}

/// Messages waiting for the engine; beyond this the kernel's buffers fill and then datagrams are lost, as they should.
const INBOUND: usize = 1024;

impl Transport {
    /// Binds everything, or nothing.
    pub(crate) async fn bind(
        listen: &[Listen],
        limits: &Limits,
    ) -> Result<(Self, mpsc::Receiver<Packet>), SipError> {
        let (inbound, receiver) = mpsc::channel(INBOUND);
        let mut this = Self {
            udp: Vec::new(),
            bound: Vec::new(),
            table: Shared::default(),
            limits: limits.clone(),
            inbound,
            tasks: Vec::new(),
        };
        for l in listen {
            let addr = match l.proto {
                Proto::Udp => this.bind_udp(l.addr).await,
                Proto::Tcp => this.bind_tcp(l.addr).await,
            };
            let addr = addr.map_err(|source| SipError::Bind {
                proto: l.proto,
                addr: l.addr,
                source,
            })?;
            this.bound.push((l.proto, addr));
        }
        Ok((this, receiver))
    }

    async fn bind_udp(&mut self, addr: SocketAddr) -> std::io::Result<SocketAddr> {
        let socket = Arc::new(udp::open(addr)?);
        let local = socket.local_addr()?;
        let (tx, max) = (self.inbound.clone(), self.limits.max_message);
        self.tasks
            .push(tokio::spawn(udp::receive(Arc::clone(&socket), local, tx, max)));
        self.udp.push((local, socket));
        Ok(local)
    }

    async fn bind_tcp(&mut self, addr: SocketAddr) -> std::io::Result<SocketAddr> {
        let listener = tokio::net::TcpListener::bind(addr).await?;
        let local = listener.local_addr()?;
        let shared = tcp::Shared {
            table: Arc::clone(&self.table),
            limits: self.limits.clone(),
            tx: self.inbound.clone(),
        };
        self.tasks
            .push(tokio::spawn(tcp::listen(listener, local, shared)));
        Ok(local)
    }

    /// What is bound, with the ports the system gave.
    pub(crate) fn bound(&self) -> &[(Proto, SocketAddr)] {
        &self.bound
    }

    /// Sends without waiting. What cannot be sent is lost, as on the network; SIP's timers notice.
    pub(crate) fn send(&self, flow: Flow, bytes: Vec<u8>) {
        match flow.proto {
            Proto::Udp => self.send_udp(flow, &bytes),
            Proto::Tcp => self.send_tcp(flow, bytes),
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

    fn send_tcp(&self, flow: Flow, bytes: Vec<u8>) {
        let Ok(table) = self.table.lock() else { return };
        let conn = table.open.get(&flow.conn);
        let conn = conn.or_else(|| table.open.values().find(|c| c.remote == flow.remote));
        if let Some(conn) = conn.filter(|c| !c.tx.is_closed()) {
            if conn.tx.try_send(bytes).is_err() {
                tracing::debug!("a TCP peer does not read; message lost");
            }
            return;
        }
        drop(table);
        let shared = tcp::Shared {
            table: Arc::clone(&self.table),
            limits: self.limits.clone(),
            tx: self.inbound.clone(),
        };
        tokio::spawn(tcp::connect(flow, bytes, shared));
    }

    /// Closes a connection after what is queued has been written.
    pub(crate) fn close(&self, conn: u64) {
        if let Ok(mut table) = self.table.lock() {
            table.open.remove(&conn);
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
