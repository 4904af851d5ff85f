//! A `POST` with an `Idempotency-Key` is carried out once.
//!
//! What changed nothing (refused, failed) is not remembered: it may be tried again under the same key.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use biseo_store::Once;
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

use crate::auth::{Signed, secret};
use crate::document::BASE;
use crate::extract::body;
use crate::problem::{Code, Fault, Problem};
use crate::state::Api;

/// Whether an answer is stored. Those of sign-ins, second factors and links hold secrets or set a cookie: they are not, and
/// the handlers of links see to the key themselves. Of a calendar's address, of what signs a webhook's
/// requests, or of a program's key, a repetition makes another one.
fn kept(path: &str) -> bool {
    let path = path.strip_prefix(BASE).unwrap_or(path);
    let secret = [
        "/invitations",
        "/calendars",
        "/address",
        "/digest-feeds",
        "/webhooks",
        "/secret",
        "/keys",
    ];
    path.starts_with("/shops/") && !secret.iter().any(|end| path.ends_with(end))
}

/// The key of a request, for handlers: no two requests of an account with the same one make two things. Where the answer is
/// kept the key tells one body from another, as it may come again with another after a day.
#[derive(Debug, Clone)]
pub(crate) struct Key(pub(crate) String);

/// Carries out, or answers as before.
pub(crate) async fn once(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let signed = request.extensions().get::<Arc<Signed>>().cloned();
    let (Some(signed), Some(key)) = (signed, key(request.headers())?) else {
        return Ok(next.run(request).await);
    };
    request.extensions_mut().insert(Key(key.clone()));
    if request.method() != Method::POST || !kept(request.uri().path()) {
        return Ok(next.run(request).await);
    }
    let (mut request, hash) = hashed(request).await?;
    request.extensions_mut().insert(Key(format!("{key}\n{hash}")));
    let account = signed.account.id.as_str();
    match api.store.once(account, &key, &hash, api.now()).await? {
        Once::Begin => {}
        Once::UnderWay => return Err(Problem::new(Code::IdempotencyInProgress).retry_after(1)),
        Once::Other => return Err(Code::IdempotencyReused.into()),
        Once::Answered { status, body } => return Ok(again(status, body)),
    }
    let response = next.run(request).await;
    keep(&api, account, &key, response).await
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(given) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let fine = |k: &&str| (1..=255).contains(&k.len()) && k.bytes().all(|b| b.is_ascii_graphic());
    match given.to_str().ok().filter(fine) {
        Some(key) => Ok(Some(key.into())),
        None => Err(Problem::new(Code::Malformed).with("Idempotency-Key", Fault::Form)),
    }
}

/// The request, and the hash of all that it asks for.
async fn hashed(request: Request) -> Result<(Request, String), Problem> {
    let (parts, coming) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), coming);
    let bytes = body(Bytes::from_request(whole, &())).await?;
    let mut digest = Sha256::new();
    digest.update(parts.uri.to_string());
    digest.update(b"\n");
    digest.update(&bytes);
    let hash = secret::hash(&format!("{:x?}", digest.finalize()));
    Ok((Request::from_parts(parts, Body::from(bytes)), hash))
}

/// Stores an answer that made something; gives the key back otherwise.
async fn keep(api: &Api, account: &str, key: &str, response: Response) -> Result<Response, Problem> {
    if !response.status().is_success() {
        api.store.not_answered(account, key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(|_| Code::Internal)?.to_bytes();
    let text = String::from_utf8_lossy(&bytes);
    api.store
        .answered(account, key, parts.status.as_u16(), &text)
        .await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn again(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let repeated = (
        header::HeaderName::from_static("idempotency-replayed"),
        HeaderValue::from_static("true"),
    );
    (status, axum::response::AppendHeaders([json, repeated]), body).into_response()
}
