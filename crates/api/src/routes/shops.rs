//! Shops.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use jiff::civil::Time;

use crate::auth::{Anyone, May, needs};
use crate::extract::Body;
use crate::live::NoticeKind;
use crate::problem::{Code, Problem};
use crate::profile;
use crate::state::Api;
use crate::tag;
use crate::views::*;

/// The shops that the user may see, by id.
#[utoipa::path(
    get, path = "/shops", tag = "shops",
    responses((status = 200, body = ShopList))
)]
pub(super) async fn list_shops(
    State(api): State<Api>,
    Anyone(signed): Anyone,
) -> Result<Json<ShopList>, Problem> {
    if signed.pending(&api).is_some() {
        return Err(Code::EnrolmentRequired.into());
    }
    let view = |p: std::sync::Arc<biseo_model::shop::ShopProfile>| {
        let role = signed.role(&p.id)?;
        Some(ShopView {
            id: p.id.as_str().into(),
            name: (&p.name).into(),
            zone: p.zone.clone(),
            numbers: p.numbers.iter().map(|n| n.as_str().into()).collect(),
            role,
            rights: signed.rights(role),
        })
    };
    let items = api.shops.all().into_iter().filter_map(view).collect();
    Ok(Json(ShopList { items }))
}

/// What waits at the shop today.
#[utoipa::path(
    get, path = "/shops/{shop}/summary", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Counts))
)]
pub(super) async fn summary(may: May<needs::ReadShop>) -> Result<Json<Counts>, Problem> {
    let (now, date) = (may.local(), may.today());
    let midnight = date.to_datetime(Time::midnight()).to_zoned_datetime(may.zone());
    let since = midnight.map_err(|_| Code::Internal)?.timestamp();
    let waiting = may.api.store.waiting(&may.shop, date, since).await?;
    Ok(Json(Counts {
        date,
        open: may.profile.hours.is_open(now),
        live: waiting.live,
        calls: waiting.calls,
        missed: waiting.missed,
        bookings: waiting.bookings,
        orders: waiting.orders,
        messages: waiting.messages,
        questions: waiting.questions,
    }))
}

/// The shop's profile. Its `ETag` is what a change gives as `If-Match`.
#[utoipa::path(
    get, path = "/shops/{shop}/profile", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = ProfileView))
)]
pub(super) async fn read_profile(may: May<needs::ReadShop>) -> Result<Tagged<ProfileView>, Problem> {
    let text = profile::text(&may.api, &may.shop).await;
    let here = (text.is_some(), may.api.settings.record);
    Ok(tagged(ProfileView::of(&may.profile, may.today(), here)))
}

/// Changes what is given of it. It is refused as a whole if the profile would say something impossible.
#[utoipa::path(
    patch, path = "/shops/{shop}/profile", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("If-Match" = String, Header, description = "The profile's ETag")),
    request_body = ProfileChange,
    responses((status = 200, body = ProfileView))
)]
pub(super) async fn change_profile(
    may: May<needs::WriteShop>,
    headers: HeaderMap,
    Body(change): Body<ProfileChange>,
) -> Result<Tagged<ProfileView>, Problem> {
    let given = headers.get(header::IF_MATCH).ok_or(Code::PreconditionRequired)?;
    let (today, here) = (may.today(), (true, may.api.settings.record));
    let text = profile::text(&may.api, &may.shop)
        .await
        .ok_or(Code::Unsupported)?;
    // Read after the text: what replaces the profile between the two replaces the text too, and is told by either.
    let profile = may.api.shops.find(&may.shop).ok_or(Code::NotFound)?;
    let shown = ProfileView::of(&profile, today, here);
    if !given.to_str().is_ok_and(|g| tag::holds(g, &tag::of(&shown))) {
        return Err(Code::Changed.into());
    }
    profile::change(&may.api, &may.shop, text, &change).await?;
    may.audit("profile.changed", None).await?;
    may.notify(NoticeKind::Profile, None);
    let changed = may.api.shops.find(&may.shop).ok_or(Code::NotFound)?;
    Ok(tagged(ProfileView::of(&changed, today, here)))
}

/// JSON with its entity tag.
pub(super) type Tagged<T> = ([(header::HeaderName, HeaderValue); 1], Json<T>);

/// The same tag as a `GET` of it has.
pub(super) fn tagged<T: serde::Serialize>(value: T) -> Tagged<T> {
    let tag = HeaderValue::from_str(&tag::of(&value)).unwrap_or(HeaderValue::from_static("\"\""));
    ([(header::ETAG, tag)], Json(value))
}
