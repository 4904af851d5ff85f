//! A client of HTTP/1.1 that follows redirections, within limits.

use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderValue, LOCATION, USER_AGENT};
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::{FetchError, Limits};

/// Redirections that are followed.
const MOST_TURNS: usize = 6;

/// Connections to whoever has the archive.
pub(super) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    limits: Limits,
}

/// Why there is no response.
pub(super) enum Failure {
    /// It may be there the next time.
    Passing,
    /// It will not.
    Lasting(FetchError),
}

impl Http {
    /// Nothing is connected yet.
    pub(super) fn new(limits: Limits) -> Result<Self, FetchError> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(limits.head));
        let builder = HttpsConnectorBuilder::new().with_native_roots();
        let builder = builder
            .map_err(|e| FetchError::Address(format!("the system's certificates cannot be read: {e}")))?;
        let connector = builder.https_or_http().enable_http1().wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .http1_max_buf_size(64 * 1024)
            .build(connector);
        Ok(Self { client, limits })
    }

    /// Asks, and asks where it is sent to, until there is an answer that is no redirection.
    pub(super) async fn ask(
        &self,
        address: &str,
        range: Option<(u64, &str)>,
    ) -> Result<Response<Incoming>, Failure> {
        let lasting = |e: FetchError| Failure::Lasting(e);
        let mut at: Uri = address
            .parse()
            .map_err(|_| lasting(FetchError::Address(address.into())))?;
        for _ in 0..MOST_TURNS {
            let response = self.once(&at, range).await?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            at = elsewhere(&at, response.headers().get(LOCATION)).map_err(lasting)?;
        }
        Err(lasting(FetchError::Elsewhere("again and again".into())))
    }

    async fn once(&self, at: &Uri, range: Option<(u64, &str)>) -> Result<Response<Incoming>, Failure> {
        let mut request =
            Request::get(at.clone()).header(USER_AGENT, concat!("biseo/", env!("CARGO_PKG_VERSION")));
        if let Some((from, validator)) = range {
            request = request
                .header("range", format!("bytes={from}-"))
                .header("if-range", validator);
        }
        let request = request
            .body(Empty::new())
            .map_err(|_| Failure::Lasting(FetchError::Address(at.to_string())))?;
        match tokio::time::timeout(self.limits.head, self.client.request(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(_)) | Err(_) => Err(Failure::Passing),
        }
    }
}

/// Where a redirection leads. Never from https to http.
fn elsewhere(at: &Uri, location: Option<&HeaderValue>) -> Result<Uri, FetchError> {
    let text = location.and_then(|l| l.to_str().ok()).unwrap_or_default();
    let fault = || FetchError::Elsewhere(text.to_owned());
    let scheme = at.scheme_str().unwrap_or("https");
    let whole = if text.starts_with("//") {
        format!("{scheme}:{text}")
    } else if text.starts_with('/') {
        format!("{scheme}://{}{text}", at.authority().map_or("", |a| a.as_str()))
    } else {
        text.to_owned()
    };
    let next: Uri = whole.parse().map_err(|_| fault())?;
    match (scheme, next.scheme_str()) {
        (_, Some("https")) | ("http", Some("http")) => Ok(next),
        _ => Err(fault()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(at: &str, location: &str) -> Option<String> {
        let value: HeaderValue = location.parse().unwrap();
        elsewhere(&at.parse().unwrap(), Some(&value))
            .ok()
            .map(|uri| uri.to_string())
    }

    #[test]
    fn a_redirection_is_resolved_and_stays_secure() {
        assert_eq!(
            to("https://a.example/x/y", "/z?q").unwrap(),
            "https://a.example/z?q"
        );
        assert_eq!(
            to("http://a.example/", "//b.example/z").unwrap(),
            "http://b.example/z"
        );
        assert_eq!(
            to("http://a.example/", "https://b.example/z").unwrap(),
            "https://b.example/z"
        );
        for bad in ["http://b.example/z", "ftp://b.example/", "z", ""] {
            assert_eq!(to("https://a.example/", bad), None, "{bad}");
        }
    }
}
