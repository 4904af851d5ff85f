//! Keys by which programs use the API.

use axum::Json;
use axum::http::StatusCode;
use biseo_store::ProgramKey;
use jiff::{SignedDuration, Timestamp};

use super::calls::all;
use crate::auth::{May, Right, needs, program, secret};
use crate::check::text;
use crate::extract::Body;
use crate::problem::{Code, Fault, Problem};
use crate::views::*;

/// A key holds for so many days at most, if it is to end at all.
const MOST_DAYS: u16 = 3660;

/// The keys of programs.
#[utoipa::path(
    get, path = "/shops/{shop}/keys", tag = "programs",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = ProgramKeys))
)]
pub(super) async fn list_keys(may: May<needs::ManagePrograms>) -> Result<Json<ProgramKeys>, Problem> {
    let items = all(may.api.store.program_keys(&may.shop).await?);
    Ok(Json(ProgramKeys { items }))
}

/// Makes a key by which a program uses this shop's part of the API. What the program holds is told this once.
#[utoipa::path(
    post, path = "/shops/{shop}/keys", tag = "programs",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = NewProgramKey,
    responses((status = 201, body = ProgramKeyMade))
)]
pub(super) async fn make_key(
    may: May<needs::ManagePrograms>,
    Body(new): Body<NewProgramKey>,
) -> Result<(StatusCode, Json<ProgramKeyMade>), Problem> {
    let now = may.api.now();
    let (token, hash) = program::make();
    let key = ProgramKey {
        id: secret::id(),
        shop: may.shop.clone(),
        name: text(&new.name, "name", 64)?,
        rights: program::words(&granted(&may, &new.rights)?)?,
        made: now,
        made_by: may.signed.account.login.clone(),
        expires: new.days.map(|days| end(now, days)).transpose()?,
        used: None,
    };
    if !may.api.store.add_program_key(&key, &hash).await? {
        return Err(Code::Conflict.into());
    }
    may.audit("key.made", Some(&key.id)).await?;
    let key = key.into();
    Ok((StatusCode::CREATED, Json(ProgramKeyMade { key, token })))
}

/// Takes a key away; it opens nothing from now on.
#[utoipa::path(
    delete, path = "/shops/{shop}/keys/{key}", tag = "programs",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("key" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204))
)]
pub(super) async fn remove_key(may: May<needs::ManagePrograms>) -> Result<StatusCode, Problem> {
    let id: String = may.part("key")?;
    if !may.api.store.remove_program_key(&may.shop, &id).await? {
        return Err(Code::NotFound.into());
    }
    // Streams that were opened by it are looked at again at once.
    may.api.live.look_again();
    may.audit("key.removed", Some(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Each right once, if a program may have it and whoever gives it has it.
fn granted(may: &May<needs::ManagePrograms>, wanted: &[Right]) -> Result<Vec<Right>, Problem> {
    if wanted.is_empty() {
        return Err(Problem::field("rights", Fault::Missing));
    }
    if !wanted.iter().all(|r| r.is_for_programs() && may.role.may(*r)) {
        return Err(Problem::field("rights", Fault::Unknown));
    }
    Ok(may.role.rights().filter(|r| wanted.contains(r)).collect())
}

fn end(now: Timestamp, days: u16) -> Result<Timestamp, Problem> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Problem::field("days", Fault::TooLarge));
    }
    let length = SignedDuration::from_hours(24 * i64::from(days));
    now.checked_add(length).map_err(|_| Code::Internal.into())
}
