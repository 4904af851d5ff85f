//! Queries and bodies, read with problem details for what is wrong.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Code, Fault, Problem};

/// A query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|e| {
            let field = e.path().to_string();
            Problem::new(Code::Malformed).with(&field, Fault::Form)
        })
    }
}

/// A body comes within this time: whoever sends it octet by octet holds a connection.
const PATIENCE: Duration = Duration::from_secs(15);

/// Waits for a body.
///
/// # Errors
/// 408 if it does not come in time, 413 if it is too large.
pub(crate) async fn body<E>(coming: impl Future<Output = Result<Bytes, E>>) -> Result<Bytes, Problem> {
    match tokio::time::timeout(PATIENCE, coming).await {
        Ok(come) => come.map_err(|_| Problem::new(Code::TooLarge)),
        Err(_) => Err(Code::Timeout.into()),
    }
}

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|k| k.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Code::UnsupportedMediaType.into());
        }
        let bytes = body(Bytes::from_request(request, state)).await?;
        read(&bytes)
    }
}

/// Reads JSON that is readable and has the right form: 400 for the first, 422 for the second.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<Body<T>, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|e| {
        let field = e.path().to_string();
        match e.inner().classify() {
            serde_json::error::Category::Data => Problem::field(&field, Fault::Form),
            _ => Problem::new(Code::Malformed),
        }
    })?;
    json.end().map_err(|_| Problem::new(Code::Malformed))?;
    Ok(Body(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::{NewBooking, RoleChange};

    #[test]
    fn what_is_wrong_is_told() {
        let code = |text: &str| read::<RoleChange>(text.as_bytes()).err().map(|p| p.code());
        for (text, expected) in [
            (r#"{"role":"owner"}"#, None),
            (r#"{"role":"owner"} "#, None),
            (r#"{"role":"king"}"#, Some(Code::Invalid)),
            (r#"{"role":"owner","x":1}"#, Some(Code::Invalid)),
            (r#"{}"#, Some(Code::Invalid)),
            (r#"{"role":"owner"}x"#, Some(Code::Malformed)),
            (r#"{"role":"#, Some(Code::Malformed)),
            ("", Some(Code::Malformed)),
            ("\u{feff}{}", Some(Code::Malformed)),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }

    /// Nested as deep as it likes, it ends in an error.
    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(60_000);
        assert!(read::<NewBooking>(deep.as_bytes()).is_err());
    }
}
