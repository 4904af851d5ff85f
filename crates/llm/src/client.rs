//! The way to an OpenAI-compatible chat endpoint: HTTP/1.1, over TLS unless it stands in the house.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// Octets of a response that are read at most.
pub const MOST_BODY: usize = 64 * 1024;
/// A connection that is not used is kept for so long.
const IDLE: Duration = Duration::from_secs(90);

/// Why no answer came. Nothing of what was sent or received is repeated in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The endpoint is no `http://` or `https://` address, or an `http://` one outside of the house.
    #[error("{0}")]
    Endpoint(String),
    /// The system's certificates cannot be read.
    #[error("the system's certificates cannot be read ({0}); install them: apt-get install ca-certificates")]
    Certificates(String),
    /// The key cannot stand in a header.
    #[error("the key holds characters that no key has")]
    Key,
    /// No connection, or it broke off.
    #[error("no connection, or it broke off")]
    Connection,
    /// Another status than 200.
    #[error("status {0}")]
    Status(u16),
    /// More octets than an answer could have.
    #[error("the response is too large")]
    Large,
    /// Not what a chat endpoint answers, or an answer that was cut off.
    #[error("the response is not that of a chat endpoint")]
    Form,
    /// Too late.
    #[error("no answer within {} ms", .0.as_millis())]
    Late(Duration),
}

/// A client for one endpoint. Made once; connections are kept and shared by all calls.
#[derive(Clone)]
pub struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
    uri: Uri,
    key: Option<HeaderValue>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Response {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

impl Client {
    /// A client for an endpoint such as `https://host/v1`; nothing is connected yet.
    ///
    /// # Errors
    /// [`ClientError`] of the endpoint, the certificates or the key.
    pub fn new(endpoint: &str, key: Option<&SecretString>) -> Result<Self, ClientError> {
        let uri = address(endpoint)?;
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        let https = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|e| ClientError::Certificates(e.to_string()))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let pool = Pool::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            // A turn's question is not asked twice.
            .retry_canceled_requests(false)
            .build(https);
        let key = key.map(header).transpose()?;
        Ok(Self { pool, uri, key })
    }

    /// Asks, and gives the answer's text. Dropped, the question is given up.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::Late`] when the whole took longer than `within`.
    pub async fn ask(&self, body: &serde_json::Value, within: Duration) -> Result<String, ClientError> {
        tokio::time::timeout(within, self.exchange(body))
            .await
            .unwrap_or(Err(ClientError::Late(within)))
    }

    async fn exchange(&self, body: &serde_json::Value) -> Result<String, ClientError> {
        let response = self
            .pool
            .request(self.request(body)?)
            .await
            .map_err(|_| ClientError::Connection)?;
        if response.status() != 200 {
            return Err(ClientError::Status(response.status().as_u16()));
        }
        let body = Limited::new(response.into_body(), MOST_BODY).collect().await;
        let octets = body.map_err(|e| {
            if e.is::<http_body_util::LengthLimitError>() {
                ClientError::Large
            } else {
                ClientError::Connection
            }
        })?;
        content(&octets.to_bytes())
    }

    fn request(&self, body: &serde_json::Value) -> Result<Request<Full<Bytes>>, ClientError> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.uri.clone())
            .header(CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        request
            .body(Full::new(Bytes::from(body.to_string())))
            .map_err(|_| ClientError::Form)
    }
}

fn content(octets: &[u8]) -> Result<String, ClientError> {
    let response: Response = serde_json::from_slice(octets).map_err(|_| ClientError::Form)?;
    let choice = response.choices.into_iter().next().ok_or(ClientError::Form)?;
    let whole = choice.finish_reason.is_none_or(|r| r == "stop");
    choice.message.content.filter(|_| whole).ok_or(ClientError::Form)
}

fn header(key: &SecretString) -> Result<HeaderValue, ClientError> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", key.expose_secret())).map_err(|_| ClientError::Key)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The address of the chat endpoint. What callers say leaves the house encrypted or not at all.
fn address(endpoint: &str) -> Result<Uri, ClientError> {
    const PATH: &str = "/chat/completions";
    let fault = |why: &str| ClientError::Endpoint(format!("{endpoint:?}: {why}"));
    let base = endpoint.trim_end_matches('/');
    let whole = if base.ends_with(PATH) {
        base.to_string()
    } else {
        format!("{base}{PATH}")
    };
    let uri: Uri = whole.parse().map_err(|_| fault("write it as https://host/v1"))?;
    let host = uri.host().unwrap_or_default();
    match uri.scheme_str() {
        Some("https") if !host.is_empty() => Ok(uri),
        Some("http") if in_house(host) => Ok(uri),
        Some("http") => Err(fault(
            "outside of this machine and the house's network only https is used",
        )),
        _ => Err(fault("write it as https://host/v1")),
    }
}

/// This machine, an address of a private network, or a name without a dot.
fn in_house(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private(),
        Ok(std::net::IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Err(_) => !host.is_empty() && !host.contains('.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_leave_the_house_encrypted_or_not_at_all() {
        for (endpoint, good) in [
            ("https://api.example.com/v1", true),
            ("https://api.example.com/v1/chat/completions", true),
            ("http://127.0.0.1:11434/v1", true),
            ("http://[::1]:8000/v1/", true),
            ("http://192.168.0.7:8000/v1", true),
            ("http://ollama:11434/v1", true),
            ("http://api.example.com/v1", false),
            ("http://8.8.8.8/v1", false),
            ("ftp://host/v1", false),
            ("host/v1", false),
            ("", false),
        ] {
            assert_eq!(address(endpoint).is_ok(), good, "{endpoint}");
        }
        assert_eq!(
            address("http://[::1]:8000/v1/").unwrap().path(),
            "/v1/chat/completions"
        );
    }
}
