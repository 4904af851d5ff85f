//! Rehearsing the shop, in text and by a call.

use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;

use crate::auth::{May, Right, needs};
use crate::problem::{Code, Problem};
use crate::rehearsal::{Beginning, NotBegun, Rehearses};
use crate::views::*;

/// The latest rehearsals, newest first. They are kept until the program ends.
#[utoipa::path(
    get, path = "/shops/{shop}/rehearsals", tag = "rehearsals",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Runs))
)]
pub(super) async fn list_rehearsals(may: May<needs::WriteShop>) -> Result<Json<Runs>, Problem> {
    let items = who(&may)?.runs(&may.shop);
    Ok(Json(Runs { items }))
}

/// Begins to rehearse the shop as it stands, with the callers who fit it and, for who may read calls, with what its people have corrected. One at a time; its books are neither read nor changed.
#[utoipa::path(
    post, path = "/shops/{shop}/rehearsals", tag = "rehearsals",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 202, body = Run))
)]
pub(super) async fn begin_rehearsal(may: May<needs::WriteShop>) -> Result<(StatusCode, Json<Run>), Problem> {
    let corrections = match reads_calls(&may) {
        true => may.api.store.corrections(&may.shop).await?,
        false => Vec::new(),
    };
    let run = who(&may)?
        .begin(may.profile.clone(), beginning(&may), corrections)
        .map_err(refused)?;
    may.audit("rehearsal.begun", Some(&run.id)).await?;
    Ok((StatusCode::ACCEPTED, Json(run)))
}

/// One rehearsal with what was said, as far as it is.
#[utoipa::path(
    get, path = "/shops/{shop}/rehearsals/{rehearsal}", tag = "rehearsals",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("rehearsal" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = RunDetail))
)]
pub(super) async fn read_rehearsal(may: May<needs::WriteShop>) -> Result<Json<RunDetail>, Problem> {
    let id: String = may.part("rehearsal")?;
    let mut found = who(&may)?.run(&may.shop, &id).ok_or(Code::NotFound)?;
    if !reads_calls(&may) {
        let calls = found.calls.into_iter();
        found.calls = calls.map(PlayedCall::without_words).collect();
    }
    Ok(Json(found))
}

/// The latest call that the shop's page made.
#[utoipa::path(
    get, path = "/shops/{shop}/rehearsal-call", tag = "rehearsals",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = RehearsalCall))
)]
pub(super) async fn read_rehearsal_call(may: May<needs::WriteShop>) -> Result<Json<RehearsalCall>, Problem> {
    Ok(Json(who(&may)?.ringing(&may.shop)))
}

/// Has a simulated caller phone the shop, by SIP and RTP on this machine. It is a call as any other: what it books is booked. One
/// at a time.
#[utoipa::path(
    post, path = "/shops/{shop}/rehearsal-call", tag = "rehearsals",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 202, body = RehearsalCall))
)]
pub(super) async fn make_rehearsal_call(
    may: May<needs::WriteShop>,
) -> Result<(StatusCode, Json<RehearsalCall>), Problem> {
    let call = who(&may)?
        .ring(may.profile.clone(), beginning(&may))
        .map_err(refused)?;
    may.audit("rehearsal.called", None).await?;
    Ok((StatusCode::ACCEPTED, Json(call)))
}

fn who(may: &May<needs::WriteShop>) -> Result<Arc<dyn Rehearses>, Problem> {
    may.api
        .settings
        .rehearses
        .clone()
        .ok_or_else(|| Code::Unsupported.into())
}

/// What was corrected are words that callers said.
fn reads_calls(may: &May<needs::WriteShop>) -> bool {
    may.signed.rights(may.role).contains(&Right::ReadCalls)
}

fn beginning(may: &May<needs::WriteShop>) -> Beginning {
    Beginning {
        at: may.api.now(),
        local: may.local(),
    }
}

fn refused(why: NotBegun) -> Problem {
    match why {
        NotBegun::UnderWay => Problem::new(Code::Conflict),
        NotBegun::Full => Problem::new(Code::Unavailable).retry_after(10),
        NotBegun::Impossible => Problem::new(Code::Unsupported),
    }
}
