//! What people were told, and how who is signed in wants to be told.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderMap, header};
use biseo_notify::TellingFault;
use biseo_notify::rules::{ChannelKind, Reader};
use biseo_store::{Delivery, DeliveryState};

use super::choices::{chosen, wrong};
use super::queries::PageQuery;
use super::shops::{Tagged, tagged};
use crate::auth::{May, Person, Right, needs};
use crate::cursor;
use crate::extract::{Body, Query};
use crate::live::NoticeKind;
use crate::problem::{Code, Fault, Problem};
use crate::tag;
use crate::views::*;

/// Of whom the outbox speaks by a name that no reader can have.
const CALLER: &str = "@caller";

/// What was told, or is to be, newest first: to readers and callers, with what became of it. Who may not change the shop sees what was
/// told to oneself. Programs have lists of their own.
#[utoipa::path(
    get, path = "/shops/{shop}/notices", tag = "notices",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), PageQuery),
    responses((status = 200, body = ToldPage))
)]
pub(super) async fn list_notices(
    may: May<needs::ReadTasks>,
    Query(q): Query<PageQuery>,
) -> Result<Json<ToldPage>, Problem> {
    let (page, shown) = cursor::page("notices", q.cursor.as_deref(), q.limit)?;
    let all = may.role.may(Right::WriteShop);
    let own = (!all).then_some(may.signed.account.id.as_str());
    let mut rows = may.api.store.deliveries_to_people(&may.shop, own, &page).await?;
    let next = cursor::cut(&mut rows, shown, |d| cursor::text("notices", d.made, &d.id));
    let members = may.api.store.members(&may.shop).await?;
    let names: BTreeMap<String, String> = members.into_iter().map(|(a, _)| (a.id, a.name)).collect();
    let mut items = Vec::with_capacity(rows.len());
    for delivery in rows {
        // What another version of the program sent by is not shown.
        if let Some(by) = ChannelKind::named(&delivery.channel) {
            items.push(told(&may, delivery, by, &names).await?);
        }
    }
    Ok(Json(ToldPage { items, next }))
}

async fn told<N>(
    may: &May<N>,
    delivery: Delivery,
    by: ChannelKind,
    names: &BTreeMap<String, String>,
) -> Result<ToldNotice, Problem> {
    let notices = may.api.store.notices_of(&may.shop, delivery.told_as()).await?;
    let kind = |event: String| event.split(':').next().unwrap_or_default().to_string();
    let caller = delivery.reader == CALLER;
    let name = names.get(&delivery.reader).unwrap_or(&delivery.reader);
    Ok(ToldNotice {
        whom: match caller {
            true => ToldWhom::Caller,
            false => ToldWhom::Reader,
        },
        name: (!caller).then(|| name.clone()),
        by,
        to: matches!(by, ChannelKind::Email | ChannelKind::Text).then_some(delivery.address),
        events: notices.into_iter().map(|n| kind(n.event)).collect(),
        urgent: delivery.urgent,
        state: match delivery.state {
            DeliveryState::Due | DeliveryState::Sending => ToldState::Due,
            DeliveryState::Failed => ToldState::Failed,
            DeliveryState::Sent => ToldState::Sent,
            DeliveryState::GivenUp => ToldState::GivenUp,
        },
        made: delivery.made,
        due: delivery.due,
        settled: delivery.settled,
        tries: delivery.tries,
        fault: delivery.fault.as_deref().map(|f| TellingFault::of(f).into()),
        id: delivery.id,
    })
}

/// How who is signed in is told. Its `ETag` is what a change gives as `If-Match`.
#[utoipa::path(
    get, path = "/shops/{shop}/notices/mine", tag = "notices",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = OwnNoticesView))
)]
pub(super) async fn read_own_notices(
    Person(may): Person<needs::ReadTasks>,
) -> Result<Tagged<OwnNoticesView>, Problem> {
    let (choices, _) = chosen(&may).await?;
    Ok(tagged(view(&may, own(&may, &choices).cloned())))
}

/// Wants to be told otherwise, or not at all. What others are told stays.
#[utoipa::path(
    put, path = "/shops/{shop}/notices/mine", tag = "notices",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("If-Match" = String, Header, description = "The ETag of what was wanted before")),
    request_body = OwnNotices,
    responses((status = 200, body = OwnNoticesView))
)]
pub(super) async fn change_own_notices(
    Person(may): Person<needs::ReadTasks>,
    headers: HeaderMap,
    Body(wanted): Body<OwnNotices>,
) -> Result<Tagged<OwnNoticesView>, Problem> {
    let given = headers.get(header::IF_MATCH).ok_or(Code::PreconditionRequired)?;
    let (mut choices, version) = chosen(&may).await?;
    let before = own(&may, &choices).cloned();
    if let Some(reader) = &wanted.reader {
        check(&may, reader, before.as_ref())?;
    }
    let shown = tag::of(&view(&may, before));
    if !given.to_str().is_ok_and(|g| tag::holds(g, &shown)) {
        return Err(Code::Changed.into());
    }
    let me = &may.signed.account.id;
    choices.notices.reader.retain(|r| r.id != *me);
    choices.notices.reader.extend(wanted.reader.clone());
    choices.notices.check().map_err(|e| wrong(&e))?;
    let content = serde_json::to_value(&choices).map_err(|_| Code::Internal)?;
    let (store, shop) = (&may.api.store, &may.shop);
    if !store.choose(shop, Choices::NAME, &content, version).await? {
        return Err(Code::Changed.into());
    }
    (may.api.settings.chosen)(shop, &choices);
    may.audit("notices.own_changed", Some(me)).await?;
    may.notify(NoticeKind::Profile, None);
    Ok(tagged(view(&may, wanted.reader)))
}

fn own<'a, N>(may: &May<N>, choices: &'a Choices) -> Option<&'a Reader> {
    choices
        .notices
        .reader
        .iter()
        .find(|r| r.id == may.signed.account.id)
}

/// One writes of oneself. A program of the operator's is what an owner gives somebody.
fn check<N>(may: &May<N>, reader: &Reader, before: Option<&Reader>) -> Result<(), Problem> {
    if reader.id != may.signed.account.id {
        return Err(Problem::field("reader.id", Fault::Form));
    }
    let had = before.and_then(|r| r.webhook.as_ref());
    if reader.webhook.as_ref() != had && !may.role.may(Right::WriteShop) {
        return Err(Problem::field("reader.webhook", Fault::Form));
    }
    Ok(())
}

fn view<N>(may: &May<N>, reader: Option<Reader>) -> OwnNoticesView {
    let settings = &may.api.settings;
    OwnNoticesView {
        reader,
        mail: settings.mail,
        text: settings.text,
        push_key: settings.push_key.clone(),
    }
}
