//! How long data is kept, and a caller's right to have it handed out and erased.

use std::collections::BTreeSet;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use biseo_digest::Source;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallRecord, TurnRecord};
use biseo_store::{Erased, KeptDigest, Setting};

use super::shops::{Tagged, tagged};
use crate::auth::{May, needs};
use crate::extract::Body;
use crate::live::NoticeKind;
use crate::problem::{Code, Fault, Problem};
use crate::views::*;
use crate::{recording, tag};

/// Digests that are kept at most, by the longest time for which they are.
const ALL_DIGESTS: u32 = 4000;

/// For how long what is kept. Its `ETag` is what a change gives as `If-Match`.
#[utoipa::path(
    get, path = "/shops/{shop}/care", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Care))
)]
pub(super) async fn read_care(may: May<needs::CareForData>) -> Result<Tagged<Care>, Problem> {
    Ok(tagged(chosen(&may).await?.0))
}

/// Chooses anew for how long what is kept. What is older than that is removed within an hour.
#[utoipa::path(
    put, path = "/shops/{shop}/care", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("If-Match" = String, Header, description = "The choice's ETag")),
    request_body = Care,
    responses((status = 200, body = Care))
)]
pub(super) async fn change_care(
    may: May<needs::CareForData>,
    headers: HeaderMap,
    Body(wanted): Body<Care>,
) -> Result<Tagged<Care>, Problem> {
    let given = headers.get(header::IF_MATCH).ok_or(Code::PreconditionRequired)?;
    for (field, days) in [
        ("recordings_days", wanted.recordings_days),
        ("words_days", wanted.words_days),
        ("people_days", wanted.people_days),
    ] {
        if days == 0 {
            return Err(Problem::field(field, Fault::TooSmall));
        }
        if days > Care::MOST_DAYS {
            return Err(Problem::field(field, Fault::TooLarge));
        }
    }
    let (before, version) = chosen(&may).await?;
    if !given.to_str().is_ok_and(|g| tag::holds(g, &tag::of(&before))) {
        return Err(Code::Changed.into());
    }
    let content = serde_json::to_value(&wanted).map_err(|_| Code::Internal)?;
    let (store, shop) = (&may.api.store, &may.shop);
    if !store.choose(shop, Care::NAME, &content, version).await? {
        return Err(Code::Changed.into());
    }
    may.audit("care.changed", None).await?;
    Ok(tagged(wanted))
}

async fn chosen(may: &May<needs::CareForData>) -> Result<(Care, i64), Problem> {
    match may.api.store.setting(&may.shop, Care::NAME).await? {
        Some(Setting { content, version }) => {
            let care = serde_json::from_value(content).map_err(|_| Code::Internal)?;
            Ok((care, version))
        }
        None => Ok((Care::default(), 0)),
    }
}

/// Everything that the shop knows under a number, for whoever asks what is kept of them.
#[utoipa::path(
    get, path = "/shops/{shop}/callers/{phone}/export", tag = "callers",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("phone" = String, Path, description = "The number in any usual form", pattern = "^[-+0-9]{7,20}$")),
    responses((status = 200, body = CallerExport))
)]
pub(super) async fn export_caller(
    may: May<needs::CareForData>,
) -> Result<([(header::HeaderName, HeaderValue); 1], Json<CallerExport>), Problem> {
    let phone: PhoneNumber = may.part("phone")?;
    let all = may.api.store.dossier(&may.shop, &phone).await?;
    if all.is_empty() {
        return Err(Code::NotFound.into());
    }
    may.audit("caller.exported", None).await?;
    let name = HeaderValue::from_static("attachment; filename=\"caller.json\"");
    let export = CallerExport::of((&may.shop, &phone), all, may.api.now());
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(export)))
}

/// Erases what the shop knows under a number: recordings, words, past bookings and orders, messages, notes, and the digests' lines about them.
/// What is still owed stays and is counted. Copies in backups are the operator's to remove.
#[utoipa::path(
    delete, path = "/shops/{shop}/callers/{phone}", tag = "callers",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("phone" = String, Path, description = "The number in any usual form", pattern = "^[-+0-9]{7,20}$")),
    responses((status = 200, body = ErasureView))
)]
pub(super) async fn erase_caller(may: May<needs::CareForData>) -> Result<Json<ErasureView>, Problem> {
    let phone: PhoneNumber = may.part("phone")?;
    let (store, shop) = (&may.api.store, &may.shop);
    let all = store.dossier(shop, &phone).await?;
    if all.is_empty() {
        return Err(Code::NotFound.into());
    }
    // Files first: a row without its file is found again, a file without its row is not.
    let over = all.calls.iter().filter(|(call, _)| call.ended.is_some());
    silence(&may, over).await?;
    let erased = store.erase_caller(shop, &phone, may.today()).await?;
    // And that of a call which has ended in between.
    let gone = all
        .calls
        .iter()
        .filter(|(call, _)| erased.calls.contains(&call.id));
    silence(&may, gone).await?;
    cut_digests(&may, &erased, &phone).await?;
    if let Some(rehearses) = &may.api.settings.rehearses {
        rehearses.forget(shop);
    }
    // A telephone number does not stand in the log.
    may.audit("caller.erased", None).await?;
    may.notify(NoticeKind::Caller, None);
    Ok(Json(ErasureView::from(&erased)))
}

/// Removes the recordings of calls.
async fn silence(
    may: &May<needs::CareForData>,
    calls: impl Iterator<Item = &(CallRecord, Vec<TurnRecord>)>,
) -> Result<(), Problem> {
    for path in calls.filter_map(|(call, _)| call.recording.as_deref()) {
        let gone = recording::remove(&may.api.settings.data, path).await;
        gone.map_err(|e| {
            tracing::error!("a recording cannot be removed: {e}");
            Code::Internal
        })?;
    }
    Ok(())
}

/// Takes lines about a caller out of the digests that are kept.
async fn cut_digests(
    may: &May<needs::CareForData>,
    erased: &Erased,
    phone: &PhoneNumber,
) -> Result<(), Problem> {
    let gone = sources(erased);
    for digest in may.api.store.digests(&may.shop, ALL_DIGESTS).await? {
        let Ok(mut pages) = serde_json::from_value::<Digests>(digest.content) else {
            continue;
        };
        let both = [&mut pages.short, &mut pages.whole];
        let cut = both.map(|page| page.forget(&gone, phone));
        if cut.contains(&true) {
            let content = serde_json::to_value(&pages).map_err(|_| Code::Internal)?;
            let kept = KeptDigest { content, ..digest };
            may.api.store.replace_digest(&may.shop, &kept).await?;
        }
    }
    Ok(())
}

fn sources(erased: &Erased) -> BTreeSet<Source> {
    let calls = erased.calls.iter().cloned().map(Source::Call);
    calls
        .chain(erased.bookings.iter().cloned().map(Source::Booking))
        .chain(erased.orders.iter().cloned().map(Source::Order))
        .chain(erased.messages.iter().cloned().map(Source::Message))
        .collect()
}
