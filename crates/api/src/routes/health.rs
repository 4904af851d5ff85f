//! Health and the document.

use axum::Json;
use axum::extract::State;

use crate::problem::Problem;
use crate::state::Api;
use crate::views::*;

/// Whether the API and its database work. Needs no sign-in.
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses((status = 200, body = Health))
)]
pub(super) async fn health(State(api): State<Api>) -> Result<Json<Health>, Problem> {
    api.store.ping().await?;
    Ok(Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        now: api.now(),
        passkeys: api.passkeys().is_ok(),
    }))
}
