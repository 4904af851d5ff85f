//! Datagrams.

use std::net::SocketAddr;
use std::sync::Arc;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::{Flow, Packet};
use crate::config::Proto;

/// Room for a burst while the engine works: 200 calls/s are some 1.5 MB/s.
const BUFFER: usize = 1 << 21;

/// Opens a socket. A v6 socket takes v6 only, so that v4 has its own and addresses never come mapped.
pub(super) fn open(addr: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
    if addr.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // The kernel may grant less; that is no error.
    let _ = socket.set_recv_buffer_size(BUFFER);
    let _ = socket.set_send_buffer_size(BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    UdpSocket::from_std(socket.into())
}

/// Receives until the engine is gone.
pub(super) async fn receive(socket: Arc<UdpSocket>, local: SocketAddr, tx: mpsc::Sender<Packet>, max: usize) {
    let mut buffer = vec![0_u8; 65_536];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((n, remote)) if n <= max => {
                let bytes = buffer.get(..n).unwrap_or(&[]).to_vec();
                let flow = Flow {
                    proto: Proto::Udp,
                    local,
                    remote,
                    conn: 0,
                };
                if tx
                    .send(Packet {
                        flow,
                        bytes,
                        broken: false,
                    })
                    .await
                    .is_err()
                {
                    return;
                }
            }
            Ok(_) => tracing::debug!("a datagram beyond the size limit was dropped"),
            // ICMP answers to what we sent surface here; they say nothing about the socket.
            Err(e) => {
                tracing::debug!(error = %e, "receive error");
                tokio::task::yield_now().await;
            }
        }
    }
}
