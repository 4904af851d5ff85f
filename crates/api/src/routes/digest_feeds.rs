//! Digests as feeds: who may read them without signing in.

use axum::Json;
use axum::http::StatusCode;
use biseo_store::DigestFeed;

use super::calls::all;
use crate::auth::{May, Person, needs, secret};
use crate::check::text;
use crate::digest_site;
use crate::extract::Body;
use crate::problem::{Code, Problem};
use crate::views::*;

/// The feeds of digests.
#[utoipa::path(
    get, path = "/shops/{shop}/digest-feeds", tag = "digests",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = DigestFeeds))
)]
pub(super) async fn list_digest_feeds(may: May<needs::WriteShop>) -> Result<Json<DigestFeeds>, Problem> {
    let items = all(may.api.store.digest_feeds(&may.shop).await?);
    Ok(Json(DigestFeeds { items }))
}

/// Makes a feed of the digests (Atom, RFC 4287) that is read without signing in. Its address is told this once.
#[utoipa::path(
    post, path = "/shops/{shop}/digest-feeds", tag = "digests",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = NewDigestFeed,
    responses((status = 201, body = DigestFeedMade))
)]
pub(super) async fn make_digest_feed(
    Person(may): Person<needs::WriteShop>,
    Body(new): Body<NewDigestFeed>,
) -> Result<(StatusCode, Json<DigestFeedMade>), Problem> {
    let feed = DigestFeed {
        id: secret::id(),
        shop: may.shop.clone(),
        name: text(&new.name, "name", 64)?,
        made: may.api.now(),
    };
    let token = secret::token();
    if !may
        .api
        .store
        .add_digest_feed(&feed, &secret::hash(&token))
        .await?
    {
        return Err(Code::Conflict.into());
    }
    may.audit("digest_feed.made", Some(&feed.id)).await?;
    let path = digest_site::path(&token);
    Ok((
        StatusCode::CREATED,
        Json(DigestFeedMade {
            feed: feed.into(),
            path,
        }),
    ))
}

/// Takes a feed away; its address opens nothing from now on.
#[utoipa::path(
    delete, path = "/shops/{shop}/digest-feeds/{digest_feed}", tag = "digests",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("digest_feed" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204))
)]
pub(super) async fn remove_digest_feed(may: May<needs::WriteShop>) -> Result<StatusCode, Problem> {
    let id: String = may.part("digest_feed")?;
    if !may.api.store.remove_digest_feed(&may.shop, &id).await? {
        return Err(Code::NotFound.into());
    }
    may.audit("digest_feed.removed", Some(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
