//! WebSockets (RFC 6455) over the connector's streams.

use std::time::Duration;

use hyper::Uri;
use hyper::header::{HeaderName, HeaderValue};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::{Error, protocol::WebSocketConfig};
use tower_service::Service;

use crate::failure::Failure;

/// Octets of one message at most, and of one frame.
const MOST_MESSAGE: usize = 256 * 1024;

/// An open WebSocket.
pub(crate) type Socket = WebSocketStream<TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>>>;
/// What opens streams, TLS or not.
pub(crate) type Connector = HttpsConnector<HttpConnector>;

/// Connects and shakes hands. Redirections are refusals.
pub(crate) async fn open(
    connector: &Connector,
    url: &str,
    headers: Vec<(HeaderName, HeaderValue)>,
    within: Duration,
) -> Result<Socket, Failure> {
    tokio::time::timeout(within, shake_hands(connector.clone(), url, headers))
        .await
        .unwrap_or(Err(Failure::Late(within)))
}

async fn shake_hands(
    mut connector: Connector,
    url: &str,
    headers: Vec<(HeaderName, HeaderValue)>,
) -> Result<Socket, Failure> {
    let mut request = url
        .into_client_request()
        .map_err(|_| Failure::Form("no address for a WebSocket"))?;
    request.headers_mut().extend(headers);
    let address: Uri = url
        .replacen("ws", "http", 1)
        .parse()
        .map_err(|_| Failure::Form("no address"))?;
    let stream = connector.call(address).await.map_err(|_| Failure::Connection)?;
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MOST_MESSAGE))
        .max_frame_size(Some(MOST_MESSAGE));
    let opened =
        tokio_tungstenite::client_async_with_config(request, TokioIo::new(stream), Some(limits)).await;
    opened.map(|(socket, _)| socket).map_err(|e| failure(&e))
}

/// What a WebSocket's error means for an utterance.
pub(crate) fn failure(error: &Error) -> Failure {
    match error {
        Error::Http(response) => super::refusal(response.status().as_u16(), response.headers()),
        Error::Capacity(CapacityError::MessageTooLong { .. }) => Failure::Large,
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake | ProtocolError::HandshakeIncomplete) => {
            Failure::Connection
        }
        Error::Capacity(_) | Error::Protocol(_) | Error::Utf8(_) => Failure::Form("no WebSocket"),
        Error::ConnectionClosed | Error::AlreadyClosed => Failure::Closed,
        _ => Failure::Connection,
    }
}
