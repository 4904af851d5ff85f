//! The page that Prometheus asks for.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use biseo_telephony::SipStack;

use super::counted::{Counted, Now};
use crate::house::House;

/// Where it is, as everywhere.
pub(super) const PATH: &str = "/metrics";
/// OpenMetrics 1.0.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Shared = (Arc<House>, SipStack, Arc<Counted>);

/// The page alone.
pub(super) fn router(house: Arc<House>, sip: SipStack, counted: Arc<Counted>) -> Router {
    Router::new()
        .route(PATH, get(page))
        .with_state((house, sip, counted))
}

async fn page(State((house, sip, counted)): State<Shared>) -> Response {
    let pacing = house.media.pacing();
    let now = Now {
        sessions: house.media.sessions(),
        frames: pacing.frames,
        skipped: pacing.skipped,
        late: pacing.p99,
        away: house.records.is_away(),
        trunks: house.line.trunks.all(),
        guard: sip.guard(),
    };
    match counted.text(&now) {
        Ok(text) => ([(CONTENT_TYPE, TEXT)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
