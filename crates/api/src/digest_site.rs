//! Digests as a feed by HTTP: `/feeds/SECRET.atom`. The secret is all the right there is; wrong and removed ones are answered alike.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use biseo_digest::feed::{Head, atom};
use biseo_store::{KeptDigest, StoreError};
use tokio::sync::Semaphore;

use crate::auth::secret;
use crate::state::Api;
use crate::views::Digests;

/// Digests that a feed tells.
const SHOWN: u32 = 14;
/// Feeds that are written at once; further requests are asked to come again.
const AT_ONCE: usize = 4;
/// Characters of a secret.
const LENGTH: usize = 43;

/// What all requests share.
#[derive(Clone)]
struct Site {
    api: Api,
    places: Arc<Semaphore>,
}

/// The feeds under `/feeds/`. They are no part of the API: whoever reads them has no session.
pub fn digest_router(api: Api) -> Router {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    Router::new()
        .route("/feeds/{file}", get(read))
        .with_state(Site { api, places })
}

/// The path of a feed's address.
pub(crate) fn path(secret: &str) -> String {
    format!("/feeds/{secret}.atom")
}

fn of_file(file: &str) -> Option<&str> {
    let secret = file.strip_suffix(".atom")?;
    let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (secret.len() == LENGTH && secret.bytes().all(fine)).then_some(secret)
}

async fn read(State(site): State<Site>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Ok(_place) = site.places.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response();
    };
    match text(&site.api, &file).await {
        Ok(Some(text)) => answer(text, &headers),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a feed of digests cannot be told");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "60")]).into_response()
        }
    }
}

async fn text(api: &Api, file: &str) -> Result<Option<String>, StoreError> {
    let Some(secret) = of_file(file) else {
        return Ok(None);
    };
    let Some(feed) = api.store.digest_feed_of(&secret::hash(secret)).await? else {
        return Ok(None);
    };
    let Some(profile) = api.shops.find(&feed.shop) else {
        return Ok(None);
    };
    let kept = api.store.digests(&feed.shop, SHOWN).await?;
    // One that cannot be read keeps the others from nobody.
    let pages = |k: KeptDigest| serde_json::from_value::<Digests>(k.content).ok();
    let digests: Vec<Digests> = kept.into_iter().filter_map(pages).collect();
    let shown: Vec<_> = digests.iter().map(|d| &d.short).collect();
    let head = Head {
        id: format!("urn:biseo:digests:{}", feed.id),
        // Relative to where it was fetched: what stands before it is known to the reader's program.
        address: path(secret),
        title: profile.name.ko.clone(),
        author: profile.name.ko.clone(),
    };
    Ok(Some(atom(&head, &shown)))
}

/// With a tag, as programs ask every few minutes.
fn answer(text: String, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &secret::hash(&text)[..22]);
    let given = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let known = given.is_some_and(|g| g.split(',').any(|t| t.trim().trim_start_matches("W/") == tag));
    let common = [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // Shown by a browser it runs nothing.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    match known {
        true => (StatusCode::NOT_MODIFIED, common).into_response(),
        false => {
            let kind = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
            (common, kind, text).into_response()
        }
    }
}
