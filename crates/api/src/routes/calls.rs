//! Calls, their turns and recordings.

use std::time::Duration;

use axum::Json;
use axum::http::HeaderMap;
use axum::response::Response;
use biseo_model::ids::CallId;
use biseo_store::{CallFilter, ListedCall};

use super::corrections::tried;
use super::queries::CallQuery;
use crate::auth::{May, needs};
use crate::extract::Query;
use crate::problem::{Code, Problem};
use crate::recording;
use crate::views::*;
use crate::{cursor, number};

/// The pieces that a player asks for within this time are one listening, wherever it begins.
const LISTENING: Duration = Duration::from_secs(3600);

/// Calls, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/calls", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), CallQuery),
    responses((status = 200, body = CallPage))
)]
pub(super) async fn list_calls(
    may: May<needs::ReadCalls>,
    Query(q): Query<CallQuery>,
) -> Result<Json<CallPage>, Problem> {
    let (page, shown) = cursor::page("calls", q.cursor.as_deref(), q.limit)?;
    let filter = CallFilter {
        from: q.from,
        to: q.to,
        caller: q.caller.as_deref().map(number::asked).transpose()?,
        outcome: q.outcome.map(Outcome::code),
    };
    let mut rows = may.api.store.call_page(&may.shop, &filter, &page).await?;
    let next = cursor::cut(&mut rows, shown, |l| {
        cursor::text("calls", l.call.started, l.call.id.as_str())
    });
    let items = rows.into_iter().map(Into::into).collect();
    Ok(Json(CallPage { items, next }))
}

/// A call with its turns and what was made in it.
#[utoipa::path(
    get, path = "/shops/{shop}/calls/{call}", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("call" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = CallDetail))
)]
pub(super) async fn read_call(may: May<needs::ReadCalls>) -> Result<Json<CallDetail>, Problem> {
    let listed = found(&may).await?;
    let (store, shop, id) = (&may.api.store, &may.shop, listed.call.id.clone());
    let answered = listed.call.answered;
    let turns = store.turns(shop, &id).await?;
    Ok(Json(CallDetail {
        call: listed.into(),
        turns: turns.into_iter().map(|t| TurnView::of(t, answered)).collect(),
        bookings: all(store.bookings_in(shop, &id).await?),
        orders: all(store.orders_in(shop, &id).await?),
        messages: all(store.messages_in(shop, &id).await?),
        corrections: (store.corrections_in(shop, &id).await?.into_iter())
            .map(|c| tried(&may, c))
            .collect(),
    }))
}

/// The recording, a WAV file: caller left, Biseo right. Ranges by RFC 9110.
#[utoipa::path(
    get, path = "/shops/{shop}/calls/{call}/recording", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("call" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("Range" = Option<String>, Header, description = "One range of octets")),
    responses((status = 200, description = "The whole", content_type = "audio/wav"), (status = 206, description = "The range", content_type = "audio/wav"))
)]
pub(super) async fn read_recording(
    may: May<needs::HearRecordings>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let listed = found(&may).await?;
    let path = listed.call.recording.ok_or(Code::NotFound)?;
    let answer = recording::answer(&may.api.settings, &path, &headers).await?;
    may.audit_once("recording.heard", listed.call.id.as_str(), LISTENING)
        .await?;
    Ok(answer)
}

/// The call that the path names, if it is the shop's.
async fn found<N>(may: &May<N>) -> Result<ListedCall, Problem> {
    let id: CallId = may.part("call")?;
    let call = may.api.store.listed_call(&may.shop, &id).await?;
    call.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Records as they are shown.
pub(super) fn all<T: Into<V>, V>(records: Vec<T>) -> Vec<V> {
    records.into_iter().map(Into::into).collect()
}
