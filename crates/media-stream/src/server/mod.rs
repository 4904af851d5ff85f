//! The WebSocket server. TLS is left to a reverse proxy in front of it.

mod budget;
mod connection;
mod gate;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::start::Start;
pub use connection::{Connection, Gone, Goodbye};
use gate::Gate;

/// Where calls are brought to.
pub const PATH: &str = "/media-stream";

/// The answer to a connection that there is no room for.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 30\r\n\r\n";
/// Connections that are being answered so at once; those beyond it are closed without a word.
const TURNED_AWAY: usize = 64;
/// How long one of them is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// Octets of it that are read: more than a handshake has.
const READ: usize = 16 * 1024;
/// After an error of the system (no file handles left) accepting rests for so long.
const REST: Duration = Duration::from_millis(200);

/// How the server is to be.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where to listen; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// What a platform must show.
    pub token: SecretString,
    /// Connections at once, those that have not started a call included.
    pub connections: usize,
    /// How long a connection may take to become a WebSocket.
    pub handshake: Duration,
    /// How long it may take from then to the call's start.
    pub start: Duration,
    /// How long a call may bring no message. Platforms send sound all the time.
    pub idle: Duration,
    /// How long the other side may refuse to read before the call is given up.
    pub stuck: Duration,
}

impl ServerConfig {
    /// With the usual times: 5 s for the handshake, 10 s for the start, 30 s without a message, 5 s without reading.
    #[must_use]
    pub fn new(listen: SocketAddr, token: SecretString, connections: usize) -> Self {
        Self {
            listen,
            token,
            connections,
            handshake: Duration::from_secs(5),
            start: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            stuck: Duration::from_secs(5),
        }
    }
}

/// A call that has come.
#[derive(Debug)]
pub struct Arrived {
    /// What the platform says of it. Numbers that it leaves out are those of the address (`?from=…&to=…`), if they are there.
    pub start: Start,
    /// The connection that carries it. Dropping it ends the call.
    pub connection: Connection,
}

/// Listens, and lets in who knows the token.
pub struct StreamServer {
    listener: TcpListener,
    config: Arc<ServerConfig>,
    gate: Arc<Gate>,
    room: Arc<Semaphore>,
    /// Before the door.
    porch: Arc<Semaphore>,
}

impl StreamServer {
    /// Begins to listen.
    ///
    /// # Errors
    /// The system's, if the address cannot be had.
    pub async fn bind(config: ServerConfig) -> io::Result<Self> {
        Ok(Self {
            listener: TcpListener::bind(config.listen).await?,
            gate: Arc::new(Gate::new(config.token.clone())),
            room: Arc::new(Semaphore::new(config.connections)),
            porch: Arc::new(Semaphore::new(TURNED_AWAY)),
            config: Arc::new(config),
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system's.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `calls` has no receiver, or until this future is dropped; calls that were handed over go on.
    pub async fn run(self, calls: mpsc::Sender<Arrived>) {
        let mut guests = JoinSet::new();
        loop {
            tokio::select! {
                () = calls.closed() => return,
                Some(ended) = guests.join_next(), if !guests.is_empty() => {
                    if let Err(e) = ended {
                        tracing::error!("a media-stream connection has failed within the program: {e}");
                    }
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.receive(stream, calls.clone(), &mut guests),
                    Err(e) => {
                        tracing::warn!("a media-stream connection could not be accepted: {e}");
                        tokio::time::sleep(REST).await;
                    }
                },
            }
        }
    }

    fn receive(&self, stream: TcpStream, calls: mpsc::Sender<Arrived>, guests: &mut JoinSet<()>) {
        if let Ok(place) = Arc::clone(&self.room).try_acquire_owned() {
            let (config, gate) = (Arc::clone(&self.config), Arc::clone(&self.gate));
            guests.spawn(async move {
                match Connection::open(stream, &config, &gate, place).await {
                    Ok(arrived) => {
                        // Nobody takes calls any more: dropping it ends the connection.
                        let _ = calls.send(arrived).await;
                    }
                    Err(gone) => tracing::debug!("a media-stream connection brought no call: {gone}"),
                }
            });
        } else if let Ok(place) = Arc::clone(&self.porch).try_acquire_owned() {
            tracing::debug!("a media-stream connection was refused: there are too many");
            guests.spawn(turn_away(stream, place));
        }
    }
}

/// Says that there is no room, and reads what comes: closing a socket with octets unread resets the connection, and the reset
/// may overtake the answer.
async fn turn_away(stream: TcpStream, _place: OwnedSemaphorePermit) {
    let (reading, writing) = stream.into_split();
    // It fits into any socket's buffer; if not, the end of the connection says as much.
    let _ = writing.try_write(FULL);
    drop(writing);
    let rest = async {
        let (mut read, mut octets) = (0, [0; 1024]);
        while read < READ && reading.readable().await.is_ok() {
            match reading.try_read(&mut octets) {
                Ok(0) => return,
                Ok(n) => read += n,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    };
    let _ = tokio::time::timeout(PATIENCE, rest).await;
}
