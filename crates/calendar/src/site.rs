//! Feeds by HTTP: `/cal/SECRET.ics`. The secret is all the right there is; wrong, renewed and removed ones are answered alike.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_store::{Feed, Store, StoreError};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::feed::{Calendar, Language};
use crate::secret;

/// Days of the past that a feed tells: a cancelled booking stays in it a month beyond its day.
const PAST: i64 = 31;
/// And of the future.
const FUTURE: i64 = 400;
/// Feeds that are written at once; further requests are asked to come again.
const AT_ONCE: usize = 4;

/// Finds a shop's profile.
pub type Profiles = Arc<dyn Fn(&ShopId) -> Option<Arc<ShopProfile>> + Send + Sync>;
/// Tells the present instant.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What all requests share. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    store: Store,
    profiles: Profiles,
    clock: Clock,
    places: Arc<Semaphore>,
}

impl Site {
    /// Joins the parts.
    #[must_use]
    pub fn new(store: Store, profiles: Profiles, clock: Clock) -> Self {
        Self {
            store,
            profiles,
            clock,
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

/// The feeds under `/cal/`.
pub fn router(site: Site) -> Router {
    Router::new().route("/cal/{file}", get(read)).with_state(site)
}

async fn read(
    State(site): State<Site>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Ok(_place) = site.places.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response();
    };
    let language = match query.as_deref() {
        Some("lang=en") => Language::En,
        _ => Language::Ko,
    };
    match text(&site, &file, language).await {
        Ok(Some(text)) => answer(text, &headers),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a calendar cannot be told");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "60")]).into_response()
        }
    }
}

async fn text(site: &Site, file: &str, language: Language) -> Result<Option<String>, StoreError> {
    let Some(secret) = secret::of_file(file) else {
        return Ok(None);
    };
    let Some(feed) = site.store.feed_of(&secret::hash(secret)).await? else {
        return Ok(None);
    };
    let Some(profile) = (site.profiles)(&feed.shop) else {
        return Ok(None);
    };
    let zone = TimeZone::get(&profile.zone).unwrap_or(TimeZone::UTC);
    let today = zone.to_datetime((site.clock)()).date();
    let days = (
        today.saturating_sub(PAST.days()),
        today.saturating_add(FUTURE.days()),
    );
    let bookings = site
        .store
        .feed_bookings(&feed.shop, feed.resource.as_deref(), days)
        .await?;
    Ok(Some(calendar(&feed, &profile, language, &zone).text(&bookings)))
}

fn calendar<'a>(
    feed: &'a Feed,
    profile: &'a ShopProfile,
    language: Language,
    zone: &'a TimeZone,
) -> Calendar<'a> {
    let shop = match (language, &profile.name.en) {
        (Language::En, Some(en)) => en,
        _ => &profile.name.ko,
    };
    Calendar {
        shop,
        resource: feed.resource.as_deref(),
        phones: feed.phones,
        language,
        zone,
    }
}

/// With a tag, as programs ask every few minutes.
fn answer(text: String, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &URL_SAFE_NO_PAD.encode(Sha256::digest(&text))[..22]);
    let given = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let known = given.is_some_and(|g| g.split(',').any(|t| t.trim().trim_start_matches("W/") == tag));
    let common = [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    match known {
        true => (StatusCode::NOT_MODIFIED, common).into_response(),
        false => {
            let kind = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "inline; filename=\"biseo.ics\""),
            ];
            (common, kind, text).into_response()
        }
    }
}
