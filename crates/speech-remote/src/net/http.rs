//! HTTP/1.1 requests with a limit on everything that comes back.

use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::config::ConfigError;
use crate::failure::Failure;

/// A connection that is not used is kept for so long.
const IDLE: Duration = Duration::from_secs(60);
/// Octets of a response's head at most.
const MOST_HEAD: usize = 32 * 1024;

/// Connections to one service, kept and shared by all calls. To be used on the engine's runtime only.
#[derive(Clone)]
pub(crate) struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Http {
    /// Nothing is connected yet.
    pub(crate) fn new(connect_within: Duration) -> Result<Self, ConfigError> {
        let pool = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(MOST_HEAD)
            .build(super::connector(connect_within)?);
        Ok(Self(pool))
    }

    /// Sends a request and waits for the head of a successful response. Dropped, the request is given up.
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        within: Duration,
    ) -> Result<Response<Incoming>, Failure> {
        let response = tokio::time::timeout(within, self.0.request(request))
            .await
            .map_err(|_| Failure::Late(within))?
            .map_err(|_| Failure::Connection)?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(super::refusal(response.status().as_u16(), response.headers()))
        }
    }
}

/// The whole of a body of at most so many octets.
pub(crate) async fn whole(body: Incoming, most: usize, within: Duration) -> Result<Bytes, Failure> {
    let collected = tokio::time::timeout(within, Limited::new(body, most).collect())
        .await
        .map_err(|_| Failure::Late(within))?;
    let failure = |e: Box<dyn std::error::Error + Send + Sync>| {
        if e.is::<LengthLimitError>() {
            Failure::Large
        } else {
            Failure::Connection
        }
    };
    Ok(collected.map_err(failure)?.to_bytes())
}
