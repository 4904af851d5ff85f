//! HTTP/1.1 requests with a guard on where they go. Of an answer the head is read, and the body where it is asked for, no more of either
//! than a limit. Redirections are never followed.

use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, LOCATION, RETRY_AFTER, USER_AGENT};
use hyper::{HeaderMap, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use biseo_outbound::{Allowed, Resolver, tls};

use super::{Outcome, SetupError, setup};

/// Octets of an answer's head at most.
const MOST_HEAD: usize = 32 * 1024;
/// Octets of an answer's body at most, where it is read: a page of a provider's list.
const MOST_BODY: usize = 4 * 1024 * 1024;
/// A connection that is not used is kept for so long.
const IDLE: Duration = Duration::from_secs(60);
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// An exchange takes so long at most.
const WITHIN: Duration = Duration::from_secs(30);
/// A server is left alone for so long at most, whatever it asks for.
const LONGEST_REST: Duration = Duration::from_secs(6 * 3600);

/// Why there is no answer. Nothing of what was sent is repeated in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// No connection came about, or the machine may not be reached; nothing was sent.
    #[error("no connection")]
    NoConnection,
    /// It broke off; whether the other side has the request is not known.
    #[error("the connection broke off")]
    Broken,
    /// Too late; likewise.
    #[error("no answer within {} s", WITHIN.as_secs())]
    Late,
    /// The answer is longer than wished.
    #[error("the answer is too long")]
    TooLarge,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// Where it is instead, of a redirection.
    pub location: Option<String>,
    /// What it says.
    pub body: Vec<u8>,
}

/// An answer's head.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How long the server wants to be left alone.
    pub rest: Option<Duration>,
}

/// A client. Cheap to clone; connections are kept and shared.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    allowed: Allowed,
}

impl Http {
    /// A client for these networks that believes the system's certificates and, beside them, those of `pem`.
    ///
    /// # Errors
    /// [`SetupError`] if certificates cannot be read.
    pub fn new(allowed: Allowed, pem: Option<&[u8]>) -> Result<Self, SetupError> {
        let mut http = HttpConnector::new_with_resolver(Resolver(allowed.clone()));
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT_WITHIN));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls(pem).map_err(|e| setup(e.field, e.why))?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(MOST_HEAD)
            // What may have arrived is not sent twice behind the outbox's back.
            .retry_canceled_requests(false)
            .build(https);
        Ok(Self { client, allowed })
    }

    /// Which machines it reaches.
    #[must_use]
    pub fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    /// Sends a request and reads the answer's head.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, HttpError> {
        tokio::time::timeout(WITHIN, self.whole(request))
            .await
            .unwrap_or(Err(HttpError::Late))
    }

    /// Sends a request and reads the answer, its body too.
    ///
    /// # Errors
    /// [`HttpError`]; also for a body that breaks off or is too long: the request has arrived then.
    pub(super) async fn exchange_whole(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(Answer, Bytes), HttpError> {
        let both = async {
            let answer = self.request(request).await?;
            let (status, rest) = (answer.status().as_u16(), retry_after(answer.headers()));
            let body = Limited::new(answer.into_body(), MOST_BODY).collect().await;
            let body = body.map_err(|_| HttpError::Broken)?.to_bytes();
            Ok((Answer { status, rest }, body))
        };
        tokio::time::timeout(WITHIN, both)
            .await
            .unwrap_or(Err(HttpError::Late))
    }

    /// Reads what lies at an address that was judged by [`Allowed::read`]; at most `most` octets of it.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn read(&self, uri: Uri, accept: &'static str, most: usize) -> Result<Page, HttpError> {
        let request = Request::get(uri)
            .header(ACCEPT, accept)
            .header(USER_AGENT, "Biseo")
            .body(Full::default())
            .map_err(|_| HttpError::NoConnection)?;
        tokio::time::timeout(WITHIN, self.page(request, most))
            .await
            .unwrap_or(Err(HttpError::Late))
    }

    async fn request(&self, request: Request<Full<Bytes>>) -> Result<hyper::Response<Incoming>, HttpError> {
        self.client.request(request).await.map_err(unanswered)
    }

    async fn page(&self, request: Request<Full<Bytes>>, most: usize) -> Result<Page, HttpError> {
        let answer = self.request(request).await?;
        let location = answer.headers().get(LOCATION).and_then(|v| v.to_str().ok());
        let (status, location) = (answer.status().as_u16(), location.map(Into::into));
        let body = Limited::new(answer.into_body(), most).collect().await;
        let body = body.map_err(|e| match e.is::<LengthLimitError>() {
            true => HttpError::TooLarge,
            false => HttpError::Broken,
        })?;
        Ok(Page {
            status,
            location,
            body: body.to_bytes().to_vec(),
        })
    }

    async fn whole(&self, request: Request<Full<Bytes>>) -> Result<Answer, HttpError> {
        let answer = self.request(request).await?;
        let (status, rest) = (answer.status().as_u16(), retry_after(answer.headers()));
        // The head says it all; what the server still has to say is not waited for.
        Ok(Answer { status, rest })
    }
}

impl Answer {
    /// What the status says to a webhook: only 410 means that nobody will ever listen there again. A 404 or a 401 is also what a
    /// program answers that is being set up anew.
    #[must_use]
    pub fn of_webhook(&self) -> Outcome {
        match self.status {
            status @ 200..=299 => Outcome::Answered { status },
            410 => Outcome::never("status 410"),
            status => Outcome::Again {
                after: self.rest,
                fault: format!("status {status}"),
            },
        }
    }

    /// What the status says: taken, not now, or never. 408, 425, 429 and all of the server's own faults pass.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.status {
            200..=299 => Outcome::Sent,
            408 | 425 | 429 | 500..=599 => Outcome::Again {
                after: self.rest,
                fault: format!("status {}", self.status),
            },
            status => Outcome::never(format!("status {status}")),
        }
    }
}

impl From<HttpError> for Outcome {
    fn from(error: HttpError) -> Self {
        Self::again(error.to_string())
    }
}

fn unanswered(error: hyper_util::client::legacy::Error) -> HttpError {
    match error.is_connect() {
        true => HttpError::NoConnection,
        false => HttpError::Broken,
    }
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3); a date there is not read.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_REST))
}
