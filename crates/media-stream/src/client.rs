//! A platform's side, in the dialect of Twilio, for simulated callers and measurements: brings one call to a server by a
//! WebSocket without TLS. What is played when, and when a mark is reached, is its user's business.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error as SocketError;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};

use crate::limits;

/// The stream's name: one connection has one.
const STREAM: &str = "MZ00000000000000000000000000000001";
/// The call's.
const CALL: &str = "CA00000000000000000000000000000001";
/// Milliseconds in a frame.
const FRAME_MS: u64 = 20;

/// Why there is no call, or no more of it.
#[derive(Debug, Error)]
pub enum ClientError {
    /// Not `ws://HOST:PORT/…`.
    #[error("not an address of the form ws://HOST:PORT/media-stream/TOKEN")]
    Address,
    /// The network.
    #[error("{0}")]
    Connect(#[from] std::io::Error),
    /// Not let in.
    #[error("HTTP status {0}")]
    Refused(u16),
    /// The WebSocket failed.
    #[error("{0}")]
    Socket(Box<SocketError>),
    /// What came is no message of the protocol.
    #[error("a message that no platform understands")]
    Message,
}

impl From<SocketError> for ClientError {
    fn from(e: SocketError) -> Self {
        match e {
            SocketError::Http(response) => Self::Refused(response.status().as_u16()),
            e => Self::Socket(Box::new(e)),
        }
    }
}

/// What a server asks a platform for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To play this µ-law after all that waits.
    Play(Vec<u8>),
    /// To send this mark back when all that waits is played, or thrown away.
    Mark(String),
    /// To throw away what waits.
    Clear,
    /// To end the call: the WebSocket's code.
    End(u16),
}

/// A call that is being brought.
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    number: u64,
    frames: u64,
}

impl Client {
    /// Connects and starts a call from a number. Which number is dialled stands in the address (`?to=…`).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn dial(url: &str, from: &str) -> Result<Self, ClientError> {
        let request = url.into_client_request().map_err(|_| ClientError::Address)?;
        let uri = request.uri();
        let host = uri.host().ok_or(ClientError::Address)?;
        if uri.scheme_str() != Some("ws") {
            return Err(ClientError::Address);
        }
        let stream =
            TcpStream::connect((host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(80))).await?;
        // Packets of 20 ms shall not wait for one another; without it they are only later.
        let _ = stream.set_nodelay(true);
        let config = WebSocketConfig::default()
            .max_message_size(Some(limits::MESSAGE))
            .max_frame_size(Some(limits::MESSAGE));
        let shaken = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        let mut client = Self {
            socket: shaken.0,
            number: 0,
            frames: 0,
        };
        client
            .write(json!({ "event": "connected", "protocol": "Call", "version": "1.0.0" }))
            .await?;
        let start = json!({
            "streamSid": STREAM, "callSid": CALL, "tracks": ["inbound"], "customParameters": { "from": from },
            "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1 },
        });
        client.send("start", start).await?;
        Ok(client)
    }

    /// Sends the caller's next 20 ms, µ-law.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn media(&mut self, octets: &[u8]) -> Result<(), ClientError> {
        let (chunk, ms) = (self.frames + 1, self.frames * FRAME_MS);
        self.frames += 1;
        let media = json!({
            "track": "inbound", "chunk": chunk.to_string(), "timestamp": ms.to_string(),
            "payload": STANDARD.encode(octets),
        });
        self.send("media", media).await
    }

    /// Sends a mark back.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn mark(&mut self, name: &str) -> Result<(), ClientError> {
        self.send("mark", json!({ "name": name })).await
    }

    /// The caller has hung up.
    pub async fn stop(mut self) {
        let stopped = self.send("stop", json!({ "callSid": CALL })).await;
        if stopped.is_ok() {
            // Whether the other side says good-bye as well is its business.
            let _ = self.socket.close(None).await;
        }
    }

    /// What the server asks for next. May be dropped while it waits.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn next(&mut self) -> Result<Wish, ClientError> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return read(&text),
                Some(Ok(Message::Close(frame))) => {
                    let code = frame.map_or(CloseCode::Status, |f| f.code);
                    return Ok(Wish::End(code.into()));
                }
                Some(Ok(Message::Binary(_))) => return Err(ClientError::Message),
                // Pings are answered by the library.
                Some(Ok(_)) => {}
                Some(Err(e)) => return Err(e.into()),
                None => return Err(SocketError::ConnectionClosed.into()),
            }
        }
    }

    async fn send(&mut self, event: &str, body: Value) -> Result<(), ClientError> {
        self.number += 1;
        let number = self.number.to_string();
        self.write(json!({ "event": event, "sequenceNumber": number, "streamSid": STREAM, event: body }))
            .await
    }

    async fn write(&mut self, message: Value) -> Result<(), ClientError> {
        Ok(self.socket.send(Message::text(message.to_string())).await?)
    }
}

#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Asked {
    Media { media: Payload },
    Mark { mark: Name },
    Clear,
}

#[derive(Deserialize)]
struct Payload {
    payload: String,
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

fn read(text: &str) -> Result<Wish, ClientError> {
    let asked = serde_json::from_str(text).map_err(|_| ClientError::Message)?;
    Ok(match asked {
        Asked::Media { media } => {
            let octets = STANDARD.decode(media.payload);
            Wish::Play(octets.map_err(|_| ClientError::Message)?)
        }
        Asked::Mark { mark } => Wish::Mark(mark.name),
        Asked::Clear => Wish::Clear,
    })
}
