//! Evening digests that were written.

use axum::Json;
use biseo_store::KeptDigest;
use jiff::civil::Date;

use super::queries::DigestQuery;
use crate::auth::{May, needs};
use crate::extract::Query;
use crate::problem::{Code, Problem};
use crate::views::*;

/// Digests that a list holds.
const SHOWN: u32 = 60;

/// The latest digests, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/digests", tag = "digests",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = DigestList))
)]
pub(super) async fn list_digests(may: May<needs::ReadCalls>) -> Result<Json<DigestList>, Problem> {
    let kept = may.api.store.digests(&may.shop, SHOWN).await?;
    let entry = |digest: KeptDigest| {
        let date = digest.date;
        pages(digest).map(|pages| DigestEntry {
            date,
            subject: pages.short.subject,
            seconds: pages.short.seconds,
        })
    };
    let items = kept.into_iter().map(entry).collect::<Result<_, _>>()?;
    Ok(Json(DigestList { items }))
}

/// The digest of a day: cut to what is read in two minutes, or whole.
#[utoipa::path(
    get, path = "/shops/{shop}/digests/{date}", tag = "digests",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("date" = String, Path, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), DigestQuery),
    responses((status = 200, body = DigestView))
)]
pub(super) async fn read_digest(
    may: May<needs::ReadCalls>,
    Query(q): Query<DigestQuery>,
) -> Result<Json<DigestView>, Problem> {
    let text: String = may.part("date")?;
    let date: Date = text.parse().map_err(|_| Code::NotFound)?;
    let kept = may.api.store.digest(&may.shop, date).await?;
    let pages = pages(kept.ok_or(Code::NotFound)?)?;
    let page = if q.all { pages.whole } else { pages.short };
    Ok(Json(DigestView::of(date, page)))
}

/// The pages of a digest that was kept.
pub(super) fn pages(kept: KeptDigest) -> Result<Digests, Problem> {
    serde_json::from_value(kept.content).map_err(|e| {
        tracing::error!("a digest cannot be read: {e}");
        Code::Internal.into()
    })
}
