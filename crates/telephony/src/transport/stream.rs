//! Streams, plain or encrypted: bounded in number, in idle time, and in the time a handshake or one message may take.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::{Conn, Flow, Packet};
use crate::config::{Limits, Proto};
use crate::engine::admission::{self, Bucket};
use crate::wire::{Frame, Framer};

/// Messages waiting to be written to one peer.
const OUTBOUND: usize = 64;

/// What all connections share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) table: super::Shared,
    pub(super) limits: Limits,
    pub(super) tx: mpsc::Sender<Packet>,
}

impl Shared {
    /// Enters a connection, unless there are too many in all or from that address.
    pub(super) fn enter(&self, proto: Proto, remote: SocketAddr) -> Option<(u64, mpsc::Receiver<Vec<u8>>)> {
        let mut table = self.table.lock().ok()?;
        let same = |ip: IpAddr| table.open.values().filter(|c| c.remote.ip() == ip).count();
        if table.open.len() >= self.limits.max_connections
            || same(remote.ip()) >= self.limits.max_connections_per_source
        {
            return None;
        }
        table.next += 1;
        let id = table.next;
        let (tx, rx) = mpsc::channel(OUTBOUND);
        table.open.insert(id, Conn { proto, remote, tx });
        Some((id, rx))
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
    rates: Mutex<HashMap<IpAddr, Bucket>>,
}

impl Gate {
    pub(super) fn new(acceptor: TlsAcceptor, limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            acceptor,
            under_way: Arc::new(Semaphore::new(limits.max_handshakes)),
            rates: Mutex::default(),
        })
    }

    /// Whether that address may begin another handshake now.
    fn admits(&self, source: IpAddr, limits: &Limits) -> bool {
        let Ok(mut rates) = self.rates.lock() else {
            return false;
        };
        let (now, rate) = (std::time::Instant::now(), limits.handshakes_per_second);
        if rates.len() >= limits.max_sources {
            admission::forget(&mut rates, now);
        }
        admission::take(&mut rates, limits.max_sources, now, source, rate, rate * 3.0)
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
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                if gate
                    .as_ref()
                    .is_some_and(|g| !g.admits(remote.ip(), &shared.limits))
                {
                    tracing::debug!("a TLS handshake beyond its address's rate was refused");
                    continue;
                }
                let Some((conn, rx)) = shared.enter(proto, remote) else {
                    tracing::debug!("a {proto} connection beyond the limit was closed");
                    continue;
                };
                let flow = Flow {
                    proto,
                    local,
                    remote,
                    conn,
                };
                tokio::spawn(accepted(stream, flow, rx, shared.clone(), gate.clone()));
            }
            Err(e) => {
                // Out of file descriptors, mostly; without a pause this would spin.
                tracing::warn!(error = %e, "{proto} accept failed");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

async fn accepted(
    stream: TcpStream,
    flow: Flow,
    rx: mpsc::Receiver<Vec<u8>>,
    shared: Shared,
    gate: Option<Arc<Gate>>,
) {
    let _ = stream.set_nodelay(true);
    let Some(gate) = gate else {
        let (reader, writer) = stream.into_split();
        return serve(reader, writer, flow, rx, shared).await;
    };
    let deadline = Instant::now() + shared.limits.tls_handshake_time;
    let shaken = match gate.under_way.try_acquire() {
        Ok(_place) => timeout_at(deadline, gate.acceptor.accept(stream)).await.ok(),
        Err(_) => None,
    };
    match shaken {
        Some(Ok(stream)) => {
            let (reader, writer) = tokio::io::split(stream);
            serve(reader, writer, flow, rx, shared).await;
        }
        failed => {
            // Whoever scans the internet for servers comes by here.
            tracing::debug!(error = ?failed.and_then(Result::err), "no TLS handshake");
            shared.leave(flow.conn);
        }
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
    let tx = shared.tx.clone();
    open(flow, rx, shared, tls).await;
    let (bytes, broken) = (Vec::new(), true);
    let _ = tx.send(Packet { flow, bytes, broken }).await;
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
        return serve(reader, writer, flow, rx, shared).await;
    };
    let shown = name.to_str().into_owned();
    match timeout_at(deadline, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => {
            let (reader, writer) = tokio::io::split(stream);
            serve(reader, writer, flow, rx, shared).await;
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
) {
    let limits = shared.limits.clone();
    let write = tokio::spawn(write_all(writer, rx, limits));
    if read_all(reader, flow, &shared).await != End::Broken {
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

async fn read_all(mut reader: impl AsyncRead + Unpin, flow: Flow, shared: &Shared) -> End {
    let mut framer = Framer::new(shared.limits.max_message);
    let mut buffer = vec![0_u8; 8192];
    let mut deadline = Instant::now() + shared.limits.tcp_idle;
    loop {
        let read = timeout_at(deadline, reader.read(&mut buffer)).await;
        let Ok(Ok(n)) = read else { return End::Closed };
        if n == 0 {
            return End::Closed;
        }
        let was_midway = framer.is_midway();
        framer.push(buffer.get(..n).unwrap_or(&[]));
        let mut progressed = false;
        while let Some(frame) = framer.next_frame() {
            progressed = true;
            let broken = matches!(frame, Frame::Broken(_));
            if !deliver(frame, flow, shared).await {
                return End::Closed;
            }
            if broken {
                return End::Broken;
            }
        }
        // A message that has begun must end in time, however many octets trickle in; between messages it may idle.
        if !framer.is_midway() {
            deadline = Instant::now() + shared.limits.tcp_idle;
        } else if progressed || !was_midway {
            deadline = Instant::now() + shared.limits.tcp_message_time;
        }
    }
}

async fn deliver(frame: Frame, flow: Flow, shared: &Shared) -> bool {
    let (bytes, broken) = match frame {
        Frame::Message(bytes) => (bytes, false),
        Frame::Broken(bytes) => (bytes, true),
        Frame::Ping => {
            let tx = shared
                .table
                .lock()
                .ok()
                .and_then(|t| t.open.get(&flow.conn).map(|c| c.tx.clone()));
            return tx.is_some_and(|tx| tx.try_send(b"\r\n".to_vec()).is_ok());
        }
    };
    shared.tx.send(Packet { flow, bytes, broken }).await.is_ok()
}
