//! Those who call.

use axum::Json;
use axum::http::{HeaderMap, header};
use biseo_model::phone::PhoneNumber;
use biseo_store::{CallFilter, Caller, CallerNote, Page};
use jiff::Timestamp;

use super::calls::all;
use super::queries::CallerQuery;
use crate::auth::{May, needs};
use crate::check::optional;
use crate::extract::{Body, Query};
use crate::live::NoticeKind;
use crate::problem::{Code, Problem};
use crate::views::*;
use crate::{cursor, tag};

/// Callers, by the last call, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/callers", tag = "callers",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), CallerQuery),
    responses((status = 200, body = CallerPage))
)]
pub(super) async fn list_callers(
    may: May<needs::ReadCallers>,
    Query(q): Query<CallerQuery>,
) -> Result<Json<CallerPage>, Problem> {
    let (page, shown) = cursor::page("callers", q.cursor.as_deref(), q.limit)?;
    let mut rows = may.api.store.caller_page(&may.shop, q.blocked, &page).await?;
    let next = cursor::cut(&mut rows, shown, |c| {
        cursor::text(
            "callers",
            c.last_call.unwrap_or(Timestamp::UNIX_EPOCH),
            c.phone.as_str(),
        )
    });
    Ok(Json(CallerPage {
        items: all(rows),
        next,
    }))
}

/// A caller with what belongs to the number.
#[utoipa::path(
    get, path = "/shops/{shop}/callers/{phone}", tag = "callers",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("phone" = String, Path, description = "The number in any usual form", pattern = "^[-+0-9]{7,20}$")),
    responses((status = 200, body = CallerDetail))
)]
pub(super) async fn read_caller(may: May<needs::ReadCallers>) -> Result<Json<CallerDetail>, Problem> {
    let phone: PhoneNumber = may.part("phone")?;
    let (store, shop) = (&may.api.store, &may.shop);
    let calls = CallFilter {
        caller: Some(phone.clone()),
        ..CallFilter::default()
    };
    let page = Page {
        after: None,
        limit: 50,
    };
    let known = store.caller(shop, &phone).await?;
    let detail = CallerDetail {
        calls: all(store.call_page(shop, &calls, &page).await?),
        bookings: all(store.latest_bookings_of(shop, &phone).await?),
        orders: all(store.latest_orders_of(shop, &phone).await?),
        messages: all(store.messages_for(shop, &phone).await?),
        caller: known.clone().unwrap_or_else(|| stranger(phone)).into(),
    };
    // Somebody of whom there is nothing is not there.
    let nothing = known.is_none()
        && detail.bookings.is_empty()
        && detail.orders.is_empty()
        && detail.messages.is_empty();
    if nothing {
        return Err(Code::NotFound.into());
    }
    Ok(Json(detail))
}

/// Notes something of a caller, also of one who has not called yet.
#[utoipa::path(
    patch, path = "/shops/{shop}/callers/{phone}", tag = "callers",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("phone" = String, Path, description = "The number in any usual form", pattern = "^[-+0-9]{7,20}$"), ("If-Match" = Option<String>, Header, description = "The caller's etag")),
    request_body = CallerChange,
    responses((status = 200, body = CallerView))
)]
pub(super) async fn change_caller(
    may: May<needs::WriteCallers>,
    headers: HeaderMap,
    Body(change): Body<CallerChange>,
) -> Result<Json<CallerView>, Problem> {
    let phone: PhoneNumber = may.part("phone")?;
    let store = &may.api.store;
    let before = store.caller(&may.shop, &phone).await?;
    let before = before.unwrap_or_else(|| stranger(phone.clone())).note;
    let expected = headers
        .get(header::IF_MATCH)
        .map(|g| g.to_str().unwrap_or_default());
    if expected.is_some_and(|g| !tag::holds(g, &note_tag(&before))) {
        return Err(Code::Changed.into());
    }
    let after = applied(&before, &change)?;
    if !store.note_caller(&may.shop, &phone, &before, &after).await? {
        return Err(Code::Changed.into());
    }
    // A telephone number is no id and does not stand in the log.
    let action = match (before.blocked, after.blocked) {
        (false, true) => "caller.blocked",
        (true, false) => "caller.unblocked",
        _ => "caller.noted",
    };
    may.audit(action, None).await?;
    may.notify(NoticeKind::Caller, None);
    let now = store.caller(&may.shop, &phone).await?.ok_or(Code::Internal)?;
    Ok(Json(now.into()))
}

/// Somebody of whom nothing is known.
fn stranger(phone: PhoneNumber) -> Caller {
    Caller {
        phone,
        note: CallerNote::default(),
        booked_as: None,
        calls: 0,
        bookings: 0,
        last_call: None,
    }
}

fn applied(before: &CallerNote, change: &CallerChange) -> Result<CallerNote, Problem> {
    let text = |new: &Option<String>, old: &str, field, most| match new {
        Some(new) => optional(new, field, most),
        None => Ok(old.to_string()),
    };
    Ok(CallerNote {
        name: text(&change.name, &before.name, "name", 64)?,
        note: text(&change.note, &before.note, "note", 2000)?,
        blocked: change.blocked.unwrap_or(before.blocked),
    })
}

/// Changes with what is noted.
pub(crate) fn note_tag(note: &CallerNote) -> String {
    tag::of(&(&note.name, &note.note, note.blocked))
}
