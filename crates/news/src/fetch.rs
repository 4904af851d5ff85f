//! Pages and feeds by HTTP: only from machines that may be reached, in limited time and size, with few redirections.

use std::io::Read;
use std::time::Duration;

use biseo_outbound::{Allowed, Resolver, TlsError, tls};
use flate2::read::MultiGzDecoder;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, USER_AGENT,
};
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;

/// Octets of an answer at most, as they come and after decompression.
pub const MOST_OCTETS: usize = crate::feed::MOST_OCTETS;
/// Redirections that are followed at most.
pub const MOST_REDIRECTIONS: usize = 4;
/// All of it, redirections included, takes so long at most.
pub const WITHIN: Duration = Duration::from_secs(20);
const CONNECT_WITHIN: Duration = Duration::from_secs(8);
const MOST_HEAD: usize = 32 * 1024;
/// Octets of an `ETag` or a date that are kept at most.
const MOST_VALIDATOR: usize = 256;
/// Who asks, so that a site's operator can tell.
const AGENT: &str = concat!("Biseo/", env!("CARGO_PKG_VERSION"), " (news digest)");

/// What a server said the last time, so that it can say that nothing is new (RFC 9110 §13.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`, as it was written.
    pub modified: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Nothing is new.
    Unchanged,
    /// Here it is.
    New {
        /// Where it was found in the end.
        address: String,
        /// The octets, decompressed.
        octets: Vec<u8>,
        /// Its `Content-Type`.
        content_type: Option<String>,
        /// For the next time.
        validators: Validators,
    },
}

/// Why there is no answer. No address is repeated in it: some hold secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address, or one to which it leads, is of no use or may not be reached.
    #[error("the address may not be reached")]
    Refused,
    /// No connection, or it broke off.
    #[error("no connection")]
    NoConnection,
    /// Too late.
    #[error("no answer within {} s", WITHIN.as_secs())]
    Late,
    /// Too long.
    #[error("the answer is longer than {MOST_OCTETS} octets")]
    Large,
    /// One redirection too many, or one without an address.
    #[error("too many redirections")]
    Astray,
    /// The server refused.
    #[error("status {0}")]
    Status(u16),
    /// The compressed answer cannot be read.
    #[error("the answer cannot be decompressed")]
    Broken,
}

/// Fetches. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client<HttpsConnector<HttpConnector<Resolver>>, Empty<Bytes>>,
    allowed: Allowed,
}

impl Fetcher {
    /// A fetcher for public addresses and the operator's networks; tests allow the loopback explicitly. News are public, so that
    /// [`Allowed::with_plain`] is right here. Certificates: the system's and those of `pem`.
    ///
    /// # Errors
    /// [`TlsError`] if certificates cannot be read.
    pub fn new(allowed: Allowed, pem: Option<&[u8]>) -> Result<Self, TlsError> {
        let mut http = HttpConnector::new_with_resolver(Resolver(allowed.clone()));
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT_WITHIN));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls(pem)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(Duration::from_secs(10))
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(MOST_HEAD)
            .build(https);
        Ok(Self { client, allowed })
    }

    /// Whether an address may be followed at all, before anybody is asked.
    #[must_use]
    pub fn accepts(&self, address: &str) -> bool {
        crate::feed::web(address, None).is_some() && self.allowed.read(address).is_ok()
    }

    /// Gets an address.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get(&self, address: &str, known: &Validators) -> Result<Fetched, FetchError> {
        tokio::time::timeout(WITHIN, self.whole(address, known))
            .await
            .unwrap_or(Err(FetchError::Late))
    }

    async fn whole(&self, address: &str, known: &Validators) -> Result<Fetched, FetchError> {
        let mut address = address.to_string();
        for _ in 0..=MOST_REDIRECTIONS {
            let uri = self.allowed.read(&address).map_err(|_| FetchError::Refused)?;
            let answer = self.ask(uri, known).await?;
            match answer.status().as_u16() {
                301 | 302 | 303 | 307 | 308 => address = next(&address, answer.headers())?,
                304 => return Ok(Fetched::Unchanged),
                200 => return read(address, answer).await,
                status => return Err(FetchError::Status(status)),
            }
        }
        Err(FetchError::Astray)
    }

    async fn ask(&self, uri: Uri, known: &Validators) -> Result<Response<Incoming>, FetchError> {
        let mut request = Request::get(uri)
            .header(USER_AGENT, AGENT)
            .header(ACCEPT_ENCODING, "gzip");
        for (name, value) in [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.modified)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let request = request.body(Empty::new()).map_err(|_| FetchError::Refused)?;
        self.client
            .request(request)
            .await
            .map_err(|_| FetchError::NoConnection)
    }
}

/// Where a redirection leads: made absolute, without a fragment. Never from `https` to `http`.
fn next(from: &str, headers: &HeaderMap) -> Result<String, FetchError> {
    let to = headers
        .get(LOCATION)
        .and_then(|l| l.to_str().ok())
        .ok_or(FetchError::Astray)?;
    let from = Url::parse(from).map_err(|_| FetchError::Refused)?;
    let to = crate::feed::web(to, Some(&from)).ok_or(FetchError::Refused)?;
    let mut to = Url::parse(&to).map_err(|_| FetchError::Refused)?;
    to.set_fragment(None);
    match from.scheme() == "https" && to.scheme() == "http" {
        true => Err(FetchError::Refused),
        false => Ok(to.into()),
    }
}

async fn read(address: String, answer: Response<Incoming>) -> Result<Fetched, FetchError> {
    let text = |name: HeaderName, most: usize| {
        let value = answer.headers().get(name)?.to_str().ok()?;
        (value.len() <= most).then(|| value.to_string())
    };
    let content_type = text(CONTENT_TYPE, MOST_VALIDATOR);
    let zipped = text(CONTENT_ENCODING, 64).is_some_and(|e| e.eq_ignore_ascii_case("gzip"));
    let validators = Validators {
        etag: text(ETAG, MOST_VALIDATOR),
        modified: text(LAST_MODIFIED, MOST_VALIDATOR),
    };
    let body = Limited::new(answer.into_body(), MOST_OCTETS).collect().await;
    let octets = body.map_err(|e| match e.is::<LengthLimitError>() {
        true => FetchError::Large,
        false => FetchError::NoConnection,
    })?;
    let octets = octets.to_bytes().to_vec();
    Ok(Fetched::New {
        address,
        octets: if zipped { unzip(&octets)? } else { octets },
        content_type,
        validators,
    })
}

/// Decompresses no more than is allowed.
fn unzip(octets: &[u8]) -> Result<Vec<u8>, FetchError> {
    let mut out = Vec::new();
    let limit = MOST_OCTETS as u64 + 1;
    let read = MultiGzDecoder::new(octets).take(limit).read_to_end(&mut out);
    read.map_err(|_| FetchError::Broken)?;
    match out.len() > MOST_OCTETS {
        true => Err(FetchError::Large),
        false => Ok(out),
    }
}
