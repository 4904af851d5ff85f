//! Who may come in.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio_tungstenite::tungstenite::handshake::server::Request;
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;

use super::PATH;
use crate::limits;

/// Knows the token.
pub(super) struct Gate {
    token: SecretString,
    /// Those who showed a wrong one.
    refused: AtomicU64,
}

/// What the address says of the call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Gate {
    pub(super) fn new(token: SecretString) -> Self {
        Self {
            token,
            refused: AtomicU64::new(0),
        }
    }

    /// Lets a request in, or says with which status it is refused.
    ///
    /// The token may stand in the address, behind the path (`/media-stream/TOKEN`: Twilio allows no query) or as `token=` in
    /// its query, or in the header `Authorization`, as `Bearer TOKEN` or as the password of `Basic`.
    pub(super) fn admit(&self, request: &Request) -> Result<Numbers, StatusCode> {
        let uri = request.uri();
        let below = uri.path().strip_prefix(PATH).ok_or(StatusCode::NOT_FOUND)?;
        let in_path = match below {
            "" | "/" => None,
            _ => Some(below.strip_prefix('/').ok_or(StatusCode::NOT_FOUND)?),
        };
        let query = uri.query().unwrap_or_default();
        let header = request.headers().get(AUTHORIZATION).and_then(|h| h.to_str().ok());
        let shown = [
            in_path.map(Cow::Borrowed),
            asked(query, "token").map(Cow::Owned),
            header.and_then(credential),
        ];
        if !shown.into_iter().flatten().any(|token| self.knows(&token)) {
            let refused = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
            // Not one line for each: whoever guesses tokens shall not fill the disk.
            if refused.is_power_of_two() {
                tracing::warn!("media-stream connections with a wrong token, or none: {refused} so far");
            }
            return Err(StatusCode::UNAUTHORIZED);
        }
        Ok(Numbers {
            from: asked(query, "from"),
            to: asked(query, "to"),
        })
    }

    /// In a time that does not depend on where the two differ (only on the length).
    fn knows(&self, shown: &str) -> bool {
        let token = self.token.expose_secret().as_bytes();
        bool::from(token.ct_eq(shown.as_bytes()))
    }
}

/// A field of a query; empty or too long is absent.
fn asked(query: &str, name: &str) -> Option<String> {
    let mut fields = form_urlencoded::parse(query.as_bytes());
    let (_, value) = fields.find(|(key, _)| key == name)?;
    let fits = !value.is_empty() && value.len() <= limits::VALUE && !value.chars().any(char::is_control);
    fits.then(|| value.into_owned())
}

/// The secret in an `Authorization` header (RFC 6750, RFC 7617).
fn credential(header: &str) -> Option<Cow<'_, str>> {
    let (scheme, rest) = header.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Cow::Borrowed(rest.trim()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (_, password) = text.split_once(':')?;
    Some(Cow::Owned(password.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "7kZq-example-token";

    fn admit(uri: &str, authorization: Option<&str>) -> Result<Numbers, StatusCode> {
        let mut request = Request::builder().uri(uri);
        if let Some(value) = authorization {
            request = request.header("Authorization", value);
        }
        Gate::new(TOKEN.into()).admit(&request.body(()).unwrap())
    }

    #[test]
    fn the_token_may_stand_where_a_platform_can_put_it() {
        let basic = format!("Basic {}", STANDARD.encode(format!("any:{TOKEN}")));
        for (uri, header) in [
            (format!("{PATH}/{TOKEN}"), None),
            (format!("{PATH}?token={TOKEN}"), None),
            (PATH.to_string(), Some(format!("Bearer {TOKEN}"))),
            (PATH.to_string(), Some(format!("bearer {TOKEN}"))),
            (format!("{PATH}/"), Some(basic)),
        ] {
            assert_eq!(admit(&uri, header.as_deref()), Ok(Numbers::default()), "{uri}");
        }
        let both = admit(
            &format!("{PATH}?from=%2B821055554444&to=02-700-1001&token={TOKEN}"),
            None,
        );
        let numbers = both.unwrap();
        assert_eq!(numbers.from.as_deref(), Some("+821055554444"));
        assert_eq!(numbers.to.as_deref(), Some("02-700-1001"));
    }

    #[test]
    fn nobody_else_comes_in() {
        let long = "a".repeat(5000);
        for (uri, header, status) in [
            (PATH, None, 401),
            ("/media-stream/", None, 401),
            ("/media-stream/7kZq-example-tokeN", None, 401),
            ("/media-stream/7kZq-example-token/", None, 401),
            ("/media-stream?token=", None, 401),
            (PATH, Some("Bearer "), 401),
            (PATH, Some("Basic !!!"), 401),
            (PATH, Some(long.as_str()), 401),
            ("/media-streams/7kZq-example-token", None, 404),
            ("/", None, 404),
            ("/other", Some("Bearer 7kZq-example-token"), 404),
        ] {
            assert_eq!(
                admit(uri, header).unwrap_err().as_u16(),
                status,
                "{uri} {header:?}"
            );
        }
    }
}
