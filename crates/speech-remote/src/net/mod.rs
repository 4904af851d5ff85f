//! The way to a service: one runtime and one connector for each engine, HTTP and WebSocket over it, limits on everything.

mod http;
mod runtime;
#[cfg(feature = "_live")]
mod socket;

pub(crate) use http::{Http, whole};
pub(crate) use runtime::Runtime;
#[cfg(feature = "_live")]
pub(crate) use socket::{Connector, Socket, failure as socket_failure, open};

use std::time::Duration;

use hyper::header::{HeaderMap, RETRY_AFTER};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

use crate::config::{ConfigError, fault};
use crate::failure::Failure;

/// A service is left alone for so long at most, whatever it asks for.
const LONGEST_REST: Duration = Duration::from_secs(600);

/// TLS with the system's certificates, as everywhere in Biseo.
pub(crate) fn connector(within: Duration) -> Result<HttpsConnector<HttpConnector>, ConfigError> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(within));
    let builder = HttpsConnectorBuilder::new().with_native_roots().map_err(|e| {
        let why = format!("the system's certificates cannot be read ({e}): apt-get install ca-certificates");
        fault("endpoint", why)
    })?;
    Ok(builder.https_or_http().enable_http1().wrap_connector(http))
}

/// The failure behind a status. Redirections are never followed: the key and the caller's words go nowhere else.
pub(crate) fn refusal(status: u16, headers: &HeaderMap) -> Failure {
    match status {
        429 | 503 => Failure::Busy(retry_after(headers)),
        _ => Failure::Status(status),
    }
}

/// `Retry-After` in seconds (RFC 9110, 10.2.3); a date there is not read.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_REST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_says_how_long_it_wants_to_rest() {
        for (value, rest) in [
            ("7", Some(7)),
            ("999999999999", Some(600)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            let expected = Failure::Busy(rest.map(Duration::from_secs));
            assert_eq!(refusal(429, &headers), expected, "{value:?}");
        }
        assert_eq!(refusal(500, &HeaderMap::new()), Failure::Status(500));
    }
}
