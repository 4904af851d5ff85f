//! Entity tags of what is read: whoever has it already is spared the body (RFC 9110 §13.1.2).

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;

use crate::problem::{Code, Problem};
use crate::tag;

/// Tags the JSON of a `GET`. Streams and recordings pass as they are.
pub(crate) async fn etag(request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if !reads || response.status() != StatusCode::OK || !is_json(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(whole) = body.collect().await else {
        return Problem::new(Code::Internal).into_response();
    };
    let bytes = whole.to_bytes();
    let tag = match parts.headers.get(header::ETAG).and_then(|t| t.to_str().ok()) {
        Some(own) => own.to_string(),
        None => tag::of_bytes(&bytes),
    };
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    let same = known.is_some_and(|k| k.to_str().is_ok_and(|k| tag::holds(k, &tag)));
    if !same {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    kind.is_some_and(|k| k.starts_with("application/json"))
}
