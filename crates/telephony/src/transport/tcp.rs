//! Streams: bounded in number, in idle time, and in the time one message may take to arrive.

use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::{Conn, Flow, Packet};
use crate::config::{Limits, Proto};
use crate::wire::{Frame, Framer};

/// Messages waiting to be written to one peer.
const OUTBOUND: usize = 64;

#[derive(Clone)]
pub(super) struct Shared {
    pub(super) table: super::Shared,
    pub(super) limits: Limits,
    pub(super) tx: mpsc::Sender<Packet>,
}

impl Shared {
    /// Enters a connection, unless there are too many in all or from that address.
    fn enter(&self, remote: SocketAddr) -> Option<(u64, mpsc::Receiver<Vec<u8>>)> {
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
        table.open.insert(id, Conn { remote, tx });
        Some((id, rx))
    }

    fn leave(&self, id: u64) {
        if let Ok(mut table) = self.table.lock() {
            table.open.remove(&id);
        }
    }
}

/// Accepts until the listener fails for good.
pub(super) async fn listen(listener: TcpListener, local: SocketAddr, shared: Shared) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => match shared.enter(remote) {
                Some((conn, rx)) => {
                    let flow = Flow {
                        proto: Proto::Tcp,
                        local,
                        remote,
                        conn,
                    };
                    tokio::spawn(serve(stream, flow, rx, shared.clone()));
                }
                None => tracing::debug!("a TCP connection beyond the limit was closed"),
            },
            Err(e) => {
                // Out of file descriptors, mostly; without a pause this would spin.
                tracing::warn!(error = %e, "TCP accept failed");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

/// Opens a connection to send `first`, then serves it like any other.
pub(super) async fn connect(flow: Flow, first: Vec<u8>, shared: Shared) {
    let deadline = Instant::now() + shared.limits.tcp_message_time;
    let Ok(Ok(stream)) = timeout_at(deadline, TcpStream::connect(flow.remote)).await else {
        tracing::debug!("a TCP connection could not be opened");
        return;
    };
    let Some((conn, rx)) = shared.enter(flow.remote) else {
        return;
    };
    if let Some(tx) = shared
        .table
        .lock()
        .ok()
        .and_then(|t| t.open.get(&conn).map(|c| c.tx.clone()))
    {
        let _ = tx.try_send(first);
    }
    serve(stream, Flow { conn, ..flow }, rx, shared).await;
}

async fn serve(stream: TcpStream, flow: Flow, rx: mpsc::Receiver<Vec<u8>>, shared: Shared) {
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    let limits = shared.limits.clone();
    let write = tokio::spawn(write_all(writer, rx, limits));
    if read_all(reader, flow, &shared).await != End::Broken {
        shared.leave(flow.conn);
    }
    // The writer ends by itself once its sender is gone and the queue is written.
    let _ = write.await;
}

async fn write_all(mut writer: OwnedWriteHalf, mut rx: mpsc::Receiver<Vec<u8>>, limits: Limits) {
    while let Some(bytes) = rx.recv().await {
        let deadline = Instant::now() + limits.tcp_message_time;
        if !matches!(timeout_at(deadline, writer.write_all(&bytes)).await, Ok(Ok(()))) {
            return;
        }
    }
    let _ = writer.shutdown().await;
}

/// Why reading ended: a broken stream's connection is closed by the engine, after its answer.
#[derive(PartialEq, Eq)]
enum End {
    Closed,
    Broken,
}

async fn read_all(mut reader: OwnedReadHalf, flow: Flow, shared: &Shared) -> End {
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
