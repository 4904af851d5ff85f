//! What is said to callers.

use axum::Json;

use crate::auth::{May, needs};
use crate::problem::{Code, Problem};
use crate::views::*;

/// What is said to callers, by flow and key, with what of it the shop says in its own words. It is changed with the profile, and tried
/// out before by `POST /shops/{shop}/tryout`.
#[utoipa::path(
    get, path = "/shops/{shop}/wording", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Sentences))
)]
pub(super) async fn list_sentences(may: May<needs::ReadShop>) -> Result<Json<Sentences>, Problem> {
    let converses = may.api.settings.converses.as_ref().ok_or(Code::Unsupported)?;
    let own = &may.profile.wording;
    let items = converses.sentences().into_iter().map(|s| s.of(own)).collect();
    Ok(Json(Sentences { items }))
}

/// What is asked and done in the shop's conversations, flow by flow and step by step. Which flows there are, and their steps, is the
/// operator's to change (docs/flows.md); what is said in them is the shop's (`/shops/{shop}/wording`).
#[utoipa::path(
    get, path = "/shops/{shop}/flows", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Flows))
)]
pub(super) async fn list_flows(may: May<needs::ReadShop>) -> Result<Json<Flows>, Problem> {
    let converses = may.api.settings.converses.as_ref().ok_or(Code::Unsupported)?;
    let items = converses.flows(&may.profile);
    Ok(Json(Flows { items }))
}
