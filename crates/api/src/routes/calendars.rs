//! Calendars out and in, and callers as cards.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use biseo_calendar::{card, fetch, secret};
use biseo_model::phone::PhoneNumber;
use biseo_store::{Feed, Import};

use super::calls::all;
use crate::auth::{May, Person, needs, secret as ids};
use crate::check::text;
use crate::extract::Body;
use crate::problem::{Code, Fault, Problem};
use crate::resources;
use crate::views::*;

/// The calendars that can be read from outside.
#[utoipa::path(
    get, path = "/shops/{shop}/calendars", tag = "calendars",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Feeds))
)]
pub(super) async fn list_feeds(may: May<needs::WriteShop>) -> Result<Json<Feeds>, Problem> {
    let items = all(may.api.store.feeds(&may.shop).await?);
    Ok(Json(Feeds { items }))
}

/// Makes a calendar that can be read from outside. Its address is told this once.
#[utoipa::path(
    post, path = "/shops/{shop}/calendars", tag = "calendars",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = NewFeed,
    responses((status = 201, body = FeedMade))
)]
pub(super) async fn make_feed(
    Person(may): Person<needs::WriteShop>,
    Body(new): Body<NewFeed>,
) -> Result<(StatusCode, Json<FeedMade>), Problem> {
    let feed = Feed {
        id: ids::id(),
        shop: may.shop.clone(),
        resource: known(&may, new.resource)?,
        name: text(&new.name, "name", 64)?,
        phones: new.phones,
        made: may.api.now(),
    };
    let token = secret::new();
    if !may.api.store.add_feed(&feed, &secret::hash(&token)).await? {
        return Err(Code::Conflict.into());
    }
    may.audit("calendar.made", Some(&feed.id)).await?;
    let path = secret::path(&token);
    Ok((
        StatusCode::CREATED,
        Json(FeedMade {
            feed: feed.into(),
            path,
        }),
    ))
}

/// Gives a calendar another address; the old one opens nothing from now on.
#[utoipa::path(
    post, path = "/shops/{shop}/calendars/{feed}/address", tag = "calendars",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("feed" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = FeedMade))
)]
pub(super) async fn renew_feed(Person(may): Person<needs::WriteShop>) -> Result<Json<FeedMade>, Problem> {
    let id: String = may.part("feed")?;
    let feeds = may.api.store.feeds(&may.shop).await?;
    let feed = feeds.into_iter().find(|f| f.id == id).ok_or(Code::NotFound)?;
    let token = secret::new();
    let hash = secret::hash(&token);
    let renewed = may.api.store.renew_feed(&may.shop, &id, &hash);
    if !renewed.await? {
        return Err(Code::NotFound.into());
    }
    may.audit("calendar.renewed", Some(&id)).await?;
    let path = secret::path(&token);
    Ok(Json(FeedMade {
        feed: feed.into(),
        path,
    }))
}

/// Takes a calendar away; its address opens nothing from now on.
#[utoipa::path(
    delete, path = "/shops/{shop}/calendars/{feed}", tag = "calendars",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("feed" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204))
)]
pub(super) async fn remove_feed(may: May<needs::WriteShop>) -> Result<StatusCode, Problem> {
    let id: String = may.part("feed")?;
    if !may.api.store.remove_feed(&may.shop, &id).await? {
        return Err(Code::NotFound.into());
    }
    may.audit("calendar.removed", Some(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The calendars of others whose busy times are no times for bookings.
#[utoipa::path(
    get, path = "/shops/{shop}/imports", tag = "calendars",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Imports))
)]
pub(super) async fn list_imports(may: May<needs::WriteShop>) -> Result<Json<Imports>, Problem> {
    let items = all(may.api.store.imports(&may.shop).await?);
    Ok(Json(Imports { items }))
}

/// Imports a calendar's busy times, from now on again and again.
#[utoipa::path(
    post, path = "/shops/{shop}/imports", tag = "calendars",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = NewImport,
    responses((status = 201, body = ImportView))
)]
pub(super) async fn add_import(
    may: May<needs::WriteShop>,
    Body(new): Body<NewImport>,
) -> Result<(StatusCode, Json<ImportView>), Problem> {
    let address = text(&new.address, "address", 2048)?;
    if !fetch::has_form(&address) {
        return Err(Problem::field("address", Fault::Form));
    }
    let import = Import {
        id: ids::id(),
        shop: may.shop.clone(),
        resource: known(&may, new.resource)?,
        name: text(&new.name, "name", 64)?,
        address,
        made: may.api.now(),
        fetched: None,
        fault: None,
    };
    if !may.api.store.add_import(&import).await? {
        return Err(Code::Conflict.into());
    }
    may.audit("import.added", Some(&import.id)).await?;
    Ok((StatusCode::CREATED, Json(import.into())))
}

/// Takes an imported calendar away; its busy times are free at once.
#[utoipa::path(
    delete, path = "/shops/{shop}/imports/{import}", tag = "calendars",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("import" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204))
)]
pub(super) async fn remove_import(may: May<needs::WriteShop>) -> Result<StatusCode, Problem> {
    let id: String = may.part("import")?;
    if !may.api.store.remove_import(&may.shop, &id).await? {
        return Err(Code::NotFound.into());
    }
    may.audit("import.removed", Some(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A caller as a vCard 4.0 (RFC 6350): name, number and note.
#[utoipa::path(
    get, path = "/shops/{shop}/callers/{phone}/card", tag = "callers",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("phone" = String, Path, description = "The number in any usual form", pattern = "^[-+0-9]{7,20}$")),
    responses((status = 200, body = String, content_type = "text/vcard"))
)]
pub(super) async fn read_card(may: May<needs::ReadCallers>) -> Result<impl IntoResponse, Problem> {
    let phone: PhoneNumber = may.part("phone")?;
    let caller = may.api.store.caller(&may.shop, &phone).await?;
    let view = CallerView::from(caller.ok_or(Code::NotFound)?);
    let card = card::card(view.name.as_deref().unwrap_or_default(), &phone, &view.note);
    let headers = [
        (header::CONTENT_TYPE, "text/vcard; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"caller.vcf\""),
    ];
    Ok((headers, card))
}

/// A table or member of staff that there is.
fn known<N>(may: &May<N>, resource: Option<String>) -> Result<Option<String>, Problem> {
    let rules = may.profile.booking.as_ref();
    let all = rules.map(resources::all).unwrap_or_default();
    match resource {
        Some(name) if !all.contains(&name) => Err(Problem::field("resource", Fault::Unknown)),
        resource => Ok(resource),
    }
}
