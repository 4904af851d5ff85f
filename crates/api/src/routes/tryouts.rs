//! Trying the shop out.

use std::sync::Arc;

use axum::Json;
use biseo_model::shop::ShopProfile;
use jiff::ToSpan;

use crate::auth::{May, needs};
use crate::check::optional;
use crate::extract::Body;
use crate::problem::{Code, Fault, Problem};
use crate::profile;
use crate::views::*;

/// Sentences that are tried at most.
const MOST_WORDS: usize = 20;
/// Words of a caller at most, and the letters of each.
const MOST: usize = 40;
const LONGEST: usize = 300;

/// Converses in text by the shop's facts and flows as they are. Nothing is stored, and the shop's real books are neither read nor changed.
#[utoipa::path(
    post, path = "/shops/{shop}/tryout", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = Tryout,
    responses((status = 200, body = Tried))
)]
pub(super) async fn try_out(
    may: May<needs::ReadShop>,
    Body(wanted): Body<Tryout>,
) -> Result<Json<Tried>, Problem> {
    let converses = may.api.settings.converses.clone().ok_or(Code::Unsupported)?;
    if wanted.said.len() > MOST {
        return Err(Problem::field("said", Fault::TooLarge));
    }
    let said = wanted.said.iter().map(|text| optional(text, "said", LONGEST));
    let said = said.collect::<Result<Vec<_>, _>>()?;
    // The conversation is made anew from its beginning each time: within a minute it stays the same.
    let now = may.local();
    let now = now.saturating_sub(i64::from(now.second()).seconds());
    let profile = spoken(&may, &wanted.wording)?;
    Ok(Json(converses.converse(profile, now, &said)))
}

/// The profile with the sentences that are tried.
fn spoken(may: &May<needs::ReadShop>, wording: &[WordingChange]) -> Result<Arc<ShopProfile>, Problem> {
    if wording.len() > MOST_WORDS {
        return Err(Problem::field("wording", Fault::TooLarge));
    }
    if wording.is_empty() {
        return Ok(may.profile.clone());
    }
    let own = with_changes(may.profile.wording.clone(), wording);
    profile::check_wording(&may.api, &own, wording)?;
    Ok(Arc::new(ShopProfile {
        wording: own,
        ..ShopProfile::clone(&may.profile)
    }))
}
