//! Health and the document.

use axum::Json;
use axum::extract::State;

use crate::problem::{Code, Problem};
use crate::state::Api;
use crate::views::*;

/// Whether the API and its database work; while calls go on without the database, that is 503. Needs no sign-in.
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses((status = 200, body = Health))
)]
pub(super) async fn health(State(api): State<Api>) -> Result<Json<Health>, Problem> {
    // Calls are answered all the same: this is no reason to start the program anew.
    if (api.settings.stood_in_for)() {
        return Err(Problem::from(Code::Unavailable).retry_after(5));
    }
    api.store.ping().await?;
    Ok(Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        now: api.now(),
        passkeys: api.passkeys().is_ok(),
    }))
}
