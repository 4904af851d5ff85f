//! Live events.

use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::KeepAlive;
use axum::response::{IntoResponse, Sse};

use crate::auth::{May, needs};
use crate::live::{LiveEvent, stream};
use crate::problem::Problem;

/// What happens at the shop from now on, as server-sent events: `LiveEvent`. `Last-Event-ID` resumes; where that is not possible the first event is `resync`.
#[utoipa::path(
    get, path = "/shops/{shop}/events", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, description = "A stream without end", content_type = "text/event-stream", body = LiveEvent))
)]
pub(super) async fn events(may: May<needs::ReadCalls>, headers: HeaderMap) -> Result<Response, Problem> {
    let after = headers.get("last-event-id");
    let after = after.map(|a| a.to_str().unwrap_or("?").to_string());
    let events = stream::open(may, after)?;
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(stream::BREATH))
        .into_response();
    // A proxy that collects the answer before it passes it on would make live late.
    let immediately = axum::http::HeaderValue::from_static("no");
    response.headers_mut().insert("x-accel-buffering", immediately);
    Ok(response)
}
