//! What callers meant where they were understood otherwise.

use axum::Json;
use axum::http::StatusCode;
use biseo_model::ids::CallId;
use biseo_store::Correction;
use jiff::Timestamp;

use crate::auth::{May, needs};
use crate::extract::Body;
use crate::problem::{Code, Fault, Problem};
use crate::tryout::Said;
use crate::views::*;

/// Corrections, the latest first, each tried anew.
#[utoipa::path(
    get, path = "/shops/{shop}/corrections", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Corrections))
)]
pub(super) async fn list_corrections(may: May<needs::ReadCalls>) -> Result<Json<Corrections>, Problem> {
    let kept = may.api.store.corrections(&may.shop).await?;
    let items = kept.into_iter().map(|c| tried(&may, c)).collect();
    Ok(Json(Corrections { items }))
}

/// Says what a caller meant by a turn. It replaces what was said of it before, and is a case of each rehearsal from then on.
#[utoipa::path(
    put, path = "/shops/{shop}/calls/{call}/turns/{turn}/correction", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("call" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("turn" = u32, Path, maximum = 100_000)),
    request_body = NewCorrection,
    responses((status = 200, body = CorrectionView))
)]
pub(super) async fn correct(
    may: May<needs::CorrectCalls>,
    Body(wanted): Body<NewCorrection>,
) -> Result<Json<CorrectionView>, Problem> {
    let (call, number) = place(&may)?;
    if wanted.topic.is_some() != matches!(wanted.meant, Meant::Ask) {
        return Err(Problem::field("topic", Fault::Contradiction));
    }
    let (store, shop) = (&may.api.store, &may.shop);
    let turns = store.turns(shop, &call).await?;
    let turn = turns
        .into_iter()
        .find(|t| t.number == number && !t.heard.is_empty());
    let turn = turn.ok_or(Code::NotFound)?;
    let correction = Correction {
        call,
        turn: number,
        awaiting: turn.understood["awaiting"].as_str().map(Into::into),
        heard: turn.heard,
        said_at: turn.at,
        meant: wanted.meant.code(),
        topic: wanted.topic.map(|t| t.key().into()),
        at: may.api.now(),
    };
    store.correct(shop, &correction).await?;
    may.audit("call.corrected", Some(correction.call.as_str()))
        .await?;
    Ok(Json(tried(&may, correction)))
}

/// Takes back what was said of a turn.
#[utoipa::path(
    delete, path = "/shops/{shop}/calls/{call}/turns/{turn}/correction", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("call" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("turn" = u32, Path, maximum = 100_000)),
    responses((status = 204))
)]
pub(super) async fn uncorrect(may: May<needs::CorrectCalls>) -> Result<StatusCode, Problem> {
    let (call, number) = place(&may)?;
    match may.api.store.uncorrect(&may.shop, &call, number).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Code::NotFound.into()),
    }
}

fn place(may: &May<needs::CorrectCalls>) -> Result<(CallId, u32), Problem> {
    let number: String = may.part("turn")?;
    let number = number.parse().map_err(|_| Code::NotFound)?;
    Ok((may.part("call")?, number))
}

/// Whether it is understood by now.
pub(super) fn tried<R>(may: &May<R>, correction: Correction) -> CorrectionView {
    let right = right(may, &correction);
    CorrectionView::of(correction, right)
}

fn right<R>(may: &May<R>, correction: &Correction) -> Option<bool> {
    let converses = may.api.settings.converses.as_ref()?;
    let said = Said {
        text: &correction.heard,
        now: shop_time(may, correction.said_at),
        awaiting: correction.awaiting.as_deref(),
    };
    Some(converses.understands(&may.profile, &said)?.covers(correction))
}

fn shop_time<R>(may: &May<R>, at: Timestamp) -> jiff::civil::DateTime {
    may.zone().to_datetime(at)
}
