//! Streams, plain or encrypted: bounded in number, in idle time, and in the time a handshake or one message may take.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::guard::{Class, Reason, Seldom, Source};
use super::inbox::{Delivered, Door};
use super::{Conn, Flow};
use crate::config::{Limits, Proto};
use crate::wire::{Frame, Framer};

/// Messages waiting to be written to one peer.
const OUTBOUND: usize = 64;
/// A line about connections that cannot be accepted, at most one in this time.
const FAILURES: Duration = Duration::from_secs(10);

/// What strangers' connections may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strangers {
    /// So many of them.
    pub(super) connections: usize,
    /// So long without a message.
    pub(super) idle: Duration,
}

/// What all connections share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) table: super::Shared,
    pub(super) limits: Limits,
    pub(super) strangers: Strangers,
    pub(super) door: Door,
}

impl Shared {
    /// Enters a connection, unless there are too many in all, of strangers, or from that source.
    pub(super) fn enter(
        &self,
        proto: Proto,
        remote: SocketAddr,
        class: Class,
    ) -> Option<(u64, mpsc::Receiver<Vec<u8>>)> {
        let mut table = self.table.lock().ok()?;
        let (stranger, source) = (class == Class::Stranger, Source::of(remote.ip()));
        let same = table
            .open
            .values()
            .filter(|c| Source::of(c.remote.ip()) == source);
        let strangers = || table.open.values().filter(|c| c.stranger).count();
        if table.open.len() >= self.limits.max_connections
            || same.count() >= self.limits.max_connections_per_source
            || (stranger && strangers() >= self.strangers.connections)
        {
            self.door.guard.counts.drop(Reason::Connection);
            return None;
        }
        table.next += 1;
        let id = table.next;
        let (tx, rx) = mpsc::channel(OUTBOUND);
        let conn = Conn {
            proto,
            remote,
            stranger,
            tx,
        };
        table.open.insert(id, conn);
        Some((id, rx))
    }

    /// A stranger has become known: its place among strangers is free.
    fn promote(&self, id: u64) {
        if let Ok(mut table) = self.table.lock()
            && let Some(conn) = table.open.get_mut(&id)
        {
            conn.stranger = false;
        }
    }

    fn leave(&self, id: u64) {
        if let Ok(mut table) = self.table.lock() {
            table.open.remove(&id);
        }
    }
}

/// The gate before handshakes: they cost us more than they cost whoever asks for them.
pub(super) struct Gate {
    acceptor: TlsAcceptor,
    under_way: Arc<Semaphore>,
    /// Those of strangers, who leave a quarter to those who are known.
    of_strangers: Arc<Semaphore>,
}

impl Gate {
    pub(super) fn new(acceptor: TlsAcceptor, limits: &Limits) -> Arc<Self> {
        let most = limits.max_handshakes;
        Arc::new(Self {
            acceptor,
            under_way: Arc::new(Semaphore::new(most)),
            of_strangers: Arc::new(Semaphore::new((most * 3).div_ceil(4))),
        })
    }

    /// A TLS stream; `None` if there is no place for a handshake, or it fails or takes too long.
    async fn shake(&self, stream: TcpStream, class: Class, limits: &Limits) -> Option<TlsStream<TcpStream>> {
        let deadline = Instant::now() + limits.tls_handshake_time;
        let _place = self.under_way.try_acquire().ok()?;
        let _theirs = match class {
            Class::Stranger => Some(self.of_strangers.try_acquire().ok()?),
            Class::Known => None,
        };
        let shaken = timeout_at(deadline, self.acceptor.accept(stream)).await;
        match shaken {
            Ok(Ok(stream)) => Some(stream),
            failed => {
                // Whoever scans the internet for servers comes by here.
                tracing::debug!(error = ?failed.ok().and_then(Result::err), "no TLS handshake");
                None
            }
        }
    }
}

/// Accepts until the listener fails for good; with a gate, TLS.
pub(super) async fn listen(
    listener: TcpListener,
    local: SocketAddr,
    shared: Shared,
    gate: Option<Arc<Gate>>,
) {
    let proto = if gate.is_some() { Proto::Tls } else { Proto::Tcp };
    let mut said = Seldom::every(FAILURES);
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let Some((conn, rx, class)) = admit(&shared, proto, remote) else {
                    continue;
                };
                let flow = Flow {
                    proto,
                    local,
                    remote,
                    conn,
                };
                tokio::spawn(accepted(stream, flow, rx, shared.clone(), gate.clone(), class));
            }
            Err(e) => {
                // Out of file descriptors, mostly; without a pause this would spin.
                if let Some(others) = said.may(std::time::Instant::now()) {
                    tracing::warn!(error = %e, others, "{proto} accept failed");
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

/// Whether a connection is taken, and as whose.
fn admit(shared: &Shared, proto: Proto, remote: SocketAddr) -> Option<(u64, mpsc::Receiver<Vec<u8>>, Class)> {
    let (now, rate) = (std::time::Instant::now(), shared.limits.handshakes_per_second);
    let class = shared.door.guard.connection(now, remote.ip(), rate).ok()?;
    let (conn, rx) = shared.enter(proto, remote, class)?;
    Some((conn, rx, class))
}

async fn accepted(
    stream: TcpStream,
    flow: Flow,
    rx: mpsc::Receiver<Vec<u8>>,
    shared: Shared,
    gate: Option<Arc<Gate>>,
    class: Class,
) {
    let _ = stream.set_nodelay(true);
    let Some(gate) = gate else {
        let (reader, writer) = stream.into_split();
        return serve(reader, writer, flow, rx, shared, class).await;
    };
    match gate.shake(stream, class, &shared.limits).await {
        Some(stream) => {
            let (reader, writer) = tokio::io::split(stream);
            serve(reader, writer, flow, rx, shared, class).await;
        }
        None => shared.leave(flow.conn),
    }
}

/// A server that we connect to by TLS.
pub(super) struct Towards {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
}

/// Opens a connection that was entered already; what is to be sent waits in its queue. Its end is told by a broken message of no octets: who
/// waits for an answer by it waits in vain.
pub(super) async fn connect(flow: Flow, rx: mpsc::Receiver<Vec<u8>>, shared: Shared, tls: Option<Towards>) {
    let door = shared.door.clone();
    open(flow, rx, shared, tls).await;
    door.over(flow).await;
}

async fn open(flow: Flow, rx: mpsc::Receiver<Vec<u8>>, shared: Shared, tls: Option<Towards>) {
    let deadline = Instant::now() + shared.limits.tcp_message_time;
    let Ok(Ok(stream)) = timeout_at(deadline, TcpStream::connect(flow.remote)).await else {
        tracing::debug!("a {} connection could not be opened", flow.proto);
        return shared.leave(flow.conn);
    };
    let _ = stream.set_nodelay(true);
    let Some(Towards { connector, name }) = tls else {
        let (reader, writer) = stream.into_split();
        return serve(reader, writer, flow, rx, shared, Class::Known).await;
    };
    let shown = name.to_str().into_owned();
    match timeout_at(deadline, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => {
            let (reader, writer) = tokio::io::split(stream);
            serve(reader, writer, flow, rx, shared, Class::Known).await;
        }
        failed => {
            let why = failed.map_or_else(
                |_| "no answer in time".into(),
                |r| r.map_or_else(|e| e.to_string(), |_| String::new()),
            );
            tracing::warn!("SIP over TLS: no connection to {shown}: {why}");
            shared.leave(flow.conn);
        }
    }
}

async fn serve(
    reader: impl AsyncRead + Unpin,
    writer: impl AsyncWrite + Unpin + Send + 'static,
    flow: Flow,
    rx: mpsc::Receiver<Vec<u8>>,
    shared: Shared,
    class: Class,
) {
    let limits = shared.limits.clone();
    let write = tokio::spawn(write_all(writer, rx, limits));
    if read_all(reader, flow, &shared, class).await != End::Broken {
        shared.leave(flow.conn);
    }
    // The writer ends by itself once its sender is gone and the queue is written.
    let _ = write.await;
}

async fn write_all(mut writer: impl AsyncWrite + Unpin, mut rx: mpsc::Receiver<Vec<u8>>, limits: Limits) {
    while let Some(bytes) = rx.recv().await {
        let deadline = Instant::now() + limits.tcp_message_time;
        let written = async {
            writer.write_all(&bytes).await?;
            writer.flush().await
        };
        if !matches!(timeout_at(deadline, written).await, Ok(Ok(()))) {
            return;
        }
    }
    let _ = timeout_at(Instant::now() + limits.tcp_message_time, writer.shutdown()).await;
}

/// Why reading ended: a broken stream's connection is closed by the engine, after its answer.
#[derive(PartialEq, Eq)]
enum End {
    Closed,
    Broken,
}

/// How long a stream may be silent, by whose it is.
struct Patience<'a> {
    shared: &'a Shared,
    flow: Flow,
    class: Class,
}

impl Patience<'_> {
    fn idle(&self) -> Instant {
        Instant::now()
            + match self.class {
                Class::Known => self.shared.limits.tcp_idle,
                Class::Stranger => self.shared.strangers.idle,
            }
    }

    /// Something came from a known source, or a stranger has proved himself in the meantime: then there is more of it.
    fn grew(&mut self, known: bool) -> bool {
        let grew = self.class == Class::Stranger && (known || self.shared.door.knows(self.flow.remote.ip()));
        if grew {
            self.class = Class::Known;
            self.shared.promote(self.flow.conn);
        }
        grew
    }
}

async fn read_all(mut reader: impl AsyncRead + Unpin, flow: Flow, shared: &Shared, class: Class) -> End {
    let mut framer = Framer::new(shared.limits.max_message);
    let mut buffer = vec![0_u8; 8192];
    let mut patience = Patience { shared, flow, class };
    let mut deadline = patience.idle();
    loop {
        let n = match timeout_at(deadline, reader.read(&mut buffer)).await {
            Ok(Ok(n)) if n > 0 => n,
            Err(_) if !framer.is_midway() && patience.grew(false) => {
                deadline = patience.idle();
                continue;
            }
            _ => return End::Closed,
        };
        let was_midway = framer.is_midway();
        framer.push(buffer.get(..n).unwrap_or(&[]));
        let mut progressed = false;
        while let Some(frame) = framer.next_frame() {
            let (broken, ping) = (matches!(frame, Frame::Broken(_)), frame == Frame::Ping);
            // What strangers keep open without saying anything is closed in time.
            progressed |= !ping || patience.class == Class::Known;
            match deliver(frame, flow, shared).await {
                Some(_) if broken => return End::Broken,
                Some(by) => {
                    patience.grew(by == Class::Known && !ping);
                }
                None => return End::Closed,
            }
        }
        // A message that has begun must end in time, however many octets trickle in; between messages it may idle.
        if framer.is_midway() {
            if progressed || !was_midway {
                deadline = Instant::now() + shared.limits.tcp_message_time;
            }
        } else if progressed || patience.class == Class::Known {
            deadline = patience.idle();
        }
    }
}

/// Hands on what came; gives as whose, or `None` if the stream is of no use any more. A stranger whose message is not let in
/// has lost the stream with it.
async fn deliver(frame: Frame, flow: Flow, shared: &Shared) -> Option<Class> {
    let (bytes, broken) = match frame {
        Frame::Message(bytes) => (bytes, false),
        Frame::Broken(bytes) => (bytes, true),
        Frame::Ping => return pong(flow, shared).then_some(Class::Stranger),
    };
    match shared.door.message(flow, bytes, broken).await {
        Delivered::To(class) => Some(class),
        Delivered::Dropped | Delivered::Gone => None,
    }
}

/// Answers a ping (RFC 5626 §4.4.1).
fn pong(flow: Flow, shared: &Shared) -> bool {
    let table = shared.table.lock().ok();
    let tx = table.and_then(|t| t.open.get(&flow.conn).map(|c| c.tx.clone()));
    tx.is_some_and(|tx| tx.try_send(b"\r\n".to_vec()).is_ok())
}
