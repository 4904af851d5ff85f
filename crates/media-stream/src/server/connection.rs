//! One connection: from its handshake to its end.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error as SocketError;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, WebSocketConfig};

use super::budget::Budget;
use super::gate::{Gate, Numbers};
use super::{Arrived, ServerConfig};
use crate::error::ProtocolError;
use crate::limits;
use crate::protocol::{Event, Protocol};
use crate::start::Start;
use crate::write::{Out, Writer};

/// Octets that may wait to be sent.
const UNSENT: usize = 256 * 1024;
/// How long the other side may take to say good-bye.
const FAREWELL: Duration = Duration::from_secs(1);
/// jambonz asks for this by name and wants it confirmed.
const JAMBONZ: &str = "audio.jambonz.org";

/// Why a connection is over.
#[derive(Debug, Error)]
pub enum Gone {
    /// The other side has ended it.
    #[error("closed by the other side")]
    Closed,
    /// The network, or what came was no WebSocket.
    #[error("{0}")]
    Socket(Box<SocketError>),
    /// It was no WebSocket in time.
    #[error("no handshake in time")]
    Handshake,
    /// No call began in time.
    #[error("no start in time")]
    NoStart,
    /// No message came for too long.
    #[error("no message in time")]
    Idle,
    /// The other side does not read.
    #[error("the other side does not read")]
    Stuck,
    /// More messages than any call brings.
    #[error("too many messages")]
    Flood,
    /// The other side broke the protocol.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
}

impl From<SocketError> for Gone {
    fn from(e: SocketError) -> Self {
        match e {
            SocketError::ConnectionClosed | SocketError::AlreadyClosed => Self::Closed,
            e => Self::Socket(Box::new(e)),
        }
    }
}

/// How a connection is ended from here; platforms log the code (RFC 6455 §7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goodbye {
    /// The call is over: 1000.
    Over,
    /// There is no room for it now: 1013 (try again later).
    NoRoom,
    /// The number is nobody's: 1008.
    NoSuchNumber,
}

impl From<Goodbye> for CloseCode {
    fn from(goodbye: Goodbye) -> Self {
        match goodbye {
            Goodbye::Over => Self::Normal,
            Goodbye::NoRoom => Self::Again,
            Goodbye::NoSuchNumber => Self::Policy,
        }
    }
}

/// A call's connection.
pub struct Connection {
    socket: WebSocketStream<TcpStream>,
    protocol: Protocol,
    writer: Option<Writer>,
    heard: Instant,
    idle: Duration,
    stuck: Duration,
    budget: Budget,
    /// One of the server's places.
    _place: OwnedSemaphorePermit,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Connection {
    /// Shakes hands and waits for the call's start.
    pub(super) async fn open(
        stream: TcpStream,
        config: &ServerConfig,
        gate: &Gate,
        place: OwnedSemaphorePermit,
    ) -> Result<Arrived, Gone> {
        // Packets of 20 ms shall not wait for one another; without it they are only later.
        let _ = stream.set_nodelay(true);
        let (socket, numbers) = timeout(config.handshake, shake(stream, gate))
            .await
            .map_err(|_| Gone::Handshake)??;
        let now = Instant::now();
        let mut connection = Self {
            socket,
            protocol: Protocol::new(),
            writer: None,
            heard: now,
            idle: config.idle,
            stuck: config.stuck,
            budget: Budget::new(now.into_std()),
            _place: place,
        };
        let started = timeout_at(now + config.start, connection.started()).await;
        let mut start = match started {
            Ok(start) => *start?,
            Err(_) => {
                connection.refuse(CloseCode::Policy).await;
                return Err(Gone::NoStart);
            }
        };
        start.caller = start.caller.or(numbers.from);
        start.dialled = start.dialled.or(numbers.to);
        connection.writer = Some(Writer::new(&start));
        Ok(Arrived { start, connection })
    }

    async fn started(&mut self) -> Result<Box<Start>, Gone> {
        loop {
            if let Event::Started(start) = self.next().await? {
                return Ok(start);
            }
        }
    }

    /// What the platform tells next. May be dropped while it waits: nothing is lost.
    ///
    /// # Errors
    /// [`Gone`]: nothing more will come. Who broke the protocol was told so.
    pub async fn next(&mut self) -> Result<Event, Gone> {
        loop {
            let message = timeout_at(self.heard + self.idle, self.socket.next())
                .await
                .map_err(|_| Gone::Idle)?;
            let message = message.ok_or(Gone::Closed)??;
            self.heard = Instant::now();
            if !self.budget.spend(self.heard.into_std()) {
                self.refuse(CloseCode::Policy).await;
                return Err(Gone::Flood);
            }
            let read = match message {
                Message::Text(text) => self.protocol.text(&text),
                Message::Binary(octets) => self.protocol.binary(&octets),
                Message::Close(_) => return Err(Gone::Closed),
                // Pings are answered by the library.
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => continue,
            };
            match read {
                Ok(Event::Nothing) => {}
                Ok(event) => return Ok(event),
                Err(e) => {
                    self.refuse(CloseCode::Policy).await;
                    return Err(e.into());
                }
            }
        }
    }

    /// Sends sound: G.711 in the call's codec.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn media(&mut self, octets: &[u8]) -> Result<(), Gone> {
        let out = self.writer.as_mut().map(|w| w.media(octets));
        self.send(out).await
    }

    /// Asks to be told when all that was sent is played: [`Event::Mark`] with this name.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn mark(&mut self, name: &str) -> Result<(), Gone> {
        let out = self.writer.as_ref().map(|w| w.mark(name));
        self.send(out).await
    }

    /// Has what is not played yet thrown away.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn clear(&mut self) -> Result<(), Gone> {
        let out = self.writer.as_ref().map(Writer::clear);
        self.send(out).await
    }

    /// Ends the call. Waits a moment for the other side to confirm it.
    pub async fn close(mut self, goodbye: Goodbye) {
        let farewell = self.writer.as_ref().and_then(Writer::farewell);
        if self.send(farewell).await.is_ok() {
            self.refuse(goodbye.into()).await;
        }
        let silence = async { while let Some(Ok(_)) = self.socket.next().await {} };
        // A side that goes on talking is not waited for.
        let _ = timeout(FAREWELL, silence).await;
    }

    async fn send(&mut self, out: Option<Out>) -> Result<(), Gone> {
        let message = match out {
            Some(Out::Text(text)) => Message::text(text),
            Some(Out::Binary(octets)) => Message::binary(octets),
            None => return Ok(()),
        };
        let sent = timeout(self.stuck, self.socket.send(message)).await;
        Ok(sent.map_err(|_| Gone::Stuck)??)
    }

    /// Says that and why the connection ends, if the other side still reads.
    async fn refuse(&mut self, code: CloseCode) {
        let frame = CloseFrame {
            code,
            reason: "".into(),
        };
        let _ = timeout(FAREWELL, self.socket.close(Some(frame))).await;
    }
}

#[expect(clippy::result_large_err, reason = "the library's own type of answer")]
async fn shake(stream: TcpStream, gate: &Gate) -> Result<(WebSocketStream<TcpStream>, Numbers), Gone> {
    let mut numbers = Numbers::default();
    let admit = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        numbers = gate.admit(request).map_err(refusal)?;
        let offered = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL).iter();
        let mut names = offered.filter_map(|h| h.to_str().ok()).flat_map(|h| h.split(','));
        if names.any(|name| name.trim() == JAMBONZ) {
            let name = HeaderValue::from_static(JAMBONZ);
            response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, name);
        }
        Ok(response)
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(limits::MESSAGE))
        .max_frame_size(Some(limits::MESSAGE))
        .read_buffer_size(8 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(UNSENT);
    let socket = tokio_tungstenite::accept_hdr_async_with_config(stream, admit, Some(config)).await?;
    Ok((socket, numbers))
}

fn refusal(status: StatusCode) -> ErrorResponse {
    let mut response = ErrorResponse::new(None);
    *response.status_mut() = status;
    response
}
