//! Who is told what, by what browsers, and the evening digest's hour.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use biseo_digest::is_topic;
use biseo_notify::rules::RulesError;
use biseo_store::{Setting, Subscription};

use super::shops::{Tagged, tagged};
use crate::auth::{May, Person, needs, secret};
use crate::check::text;
use crate::extract::Body;
use crate::live::NoticeKind;
use crate::problem::{Code, Fault, Problem};
use crate::tag;
use crate::views::*;

/// Feeds of a digest at most, and words that are muted.
const MOST_FEEDS: usize = 20;
pub(super) const MOST_MUTED: usize = 50;
/// A change of what was chosen is tried so often if others change it at the same time.
pub(super) const TRIES: usize = 5;

/// Who is told what, and the evening digest. Its `ETag` is what a change gives as `If-Match`.
#[utoipa::path(
    get, path = "/shops/{shop}/choices", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = ChoicesView))
)]
pub(super) async fn read_choices(may: May<needs::WriteShop>) -> Result<Tagged<ChoicesView>, Problem> {
    let (choices, _) = chosen(&may).await?;
    Ok(tagged(view(&may, choices)))
}

/// Chooses anew, as a whole.
#[utoipa::path(
    put, path = "/shops/{shop}/choices", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("If-Match" = String, Header, description = "The choices' ETag")),
    request_body = Choices,
    responses((status = 200, body = ChoicesView))
)]
pub(super) async fn change_choices(
    Person(may): Person<needs::WriteShop>,
    headers: HeaderMap,
    Body(wanted): Body<Choices>,
) -> Result<Tagged<ChoicesView>, Problem> {
    let given = headers.get(header::IF_MATCH).ok_or(Code::PreconditionRequired)?;
    wanted.notices.check().map_err(|e| wrong(&e))?;
    check_digest(&wanted.digest)?;
    let (before, version) = chosen(&may).await?;
    let shown = tag::of(&view(&may, before));
    if !given.to_str().is_ok_and(|g| tag::holds(g, &shown)) {
        return Err(Code::Changed.into());
    }
    let content = serde_json::to_value(&wanted).map_err(|_| Code::Internal)?;
    let (store, shop) = (&may.api.store, &may.shop);
    if !store.choose(shop, Choices::NAME, &content, version).await? {
        return Err(Code::Changed.into());
    }
    (may.api.settings.chosen)(shop, &wanted);
    may.audit("choices.changed", None).await?;
    may.notify(NoticeKind::Profile, None);
    Ok(tagged(view(&may, wanted)))
}

/// The browsers in which who is signed in gets notices of the shop.
#[utoipa::path(
    get, path = "/shops/{shop}/browsers", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = BrowserList))
)]
pub(super) async fn list_browsers(
    Person(may): Person<needs::ReadTasks>,
) -> Result<Json<BrowserList>, Problem> {
    let own = may
        .api
        .store
        .subscriptions(&may.shop, &may.signed.account.id)
        .await?;
    let items = own.into_iter().map(BrowserView::from).collect();
    Ok(Json(BrowserList { items }))
}

/// Wants notices of the shop in a browser, for who is signed in. The same browser again only brings its keys up to date.
#[utoipa::path(
    post, path = "/shops/{shop}/browsers", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = NewBrowser,
    responses((status = 201, body = BrowserView))
)]
pub(super) async fn add_browser(
    Person(may): Person<needs::ReadTasks>,
    Body(new): Body<NewBrowser>,
) -> Result<(StatusCode, Json<BrowserView>), Problem> {
    check(&new)?;
    let endpoint = new.endpoint.clone();
    let subscription = Subscription {
        id: secret::id(),
        shop: may.shop.clone(),
        reader: may.signed.account.id.clone(),
        endpoint: new.endpoint,
        p256dh: new.p256dh,
        auth: new.auth,
        made: may.api.now(),
    };
    may.api.store.subscribe(&subscription).await?;
    let own = may
        .api
        .store
        .subscriptions(&may.shop, &may.signed.account.id)
        .await?;
    let stored = own.into_iter().find(|s| s.endpoint == endpoint);
    Ok((StatusCode::CREATED, Json(stored.ok_or(Code::Internal)?.into())))
}

/// Wants no more notices in a browser.
#[utoipa::path(
    delete, path = "/shops/{shop}/browsers/{browser}", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("browser" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204))
)]
pub(super) async fn remove_browser(Person(may): Person<needs::ReadTasks>) -> Result<StatusCode, Problem> {
    let id: String = may.part("browser")?;
    let own = may
        .api
        .store
        .subscriptions(&may.shop, &may.signed.account.id)
        .await?;
    if !own.iter().any(|s| s.id == id) || !may.api.store.unsubscribe(&may.shop, &id).await? {
        return Err(Code::NotFound.into());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What was chosen, and the version of it that the store has.
pub(super) async fn chosen<N>(may: &May<N>) -> Result<(Choices, i64), Problem> {
    match may.api.store.setting(&may.shop, Choices::NAME).await? {
        Some(Setting { content, version }) => {
            let mut choices: Choices = serde_json::from_value(content).map_err(|_| Code::Internal)?;
            // Before this was checked, words were kept that never muted anything; they must not keep the rest from being changed.
            choices.digest.muted.retain(|word| is_topic(word));
            Ok((choices, version))
        }
        None => Ok((Choices::default(), 0)),
    }
}

fn view<N>(may: &May<N>, choices: Choices) -> ChoicesView {
    ChoicesView {
        notices: choices.notices,
        digest: choices.digest,
        mail: may.api.settings.mail,
        text: may.api.settings.text,
        push_key: may.api.settings.push_key.clone(),
    }
}

pub(super) fn wrong(error: &RulesError) -> Problem {
    match error {
        RulesError::Sense { field, .. } => Problem::field(&format!("notices.{field}"), Fault::Form),
        RulesError::Form(_) => Problem::field("notices", Fault::Form),
    }
}

/// Feeds and muted words that can be meant.
fn check_digest(digest: &DigestChoice) -> Result<(), Problem> {
    if digest.feeds.len() > MOST_FEEDS {
        return Err(Problem::field("digest.feeds", Fault::TooLarge));
    }
    for feed in &digest.feeds {
        text(&feed.name, "digest.feeds.name", 64)?;
        if !is_address(&feed.address) {
            return Err(Problem::field("digest.feeds.address", Fault::Form));
        }
    }
    if digest.muted.len() > MOST_MUTED {
        return Err(Problem::field("digest.muted", Fault::TooLarge));
    }
    match digest.muted.iter().all(|word| is_topic(word)) {
        true => Ok(()),
        false => Err(Problem::field("digest.muted", Fault::Form)),
    }
}

/// An address on the web, as it may be written down; where it leads is judged when it is asked.
fn is_address(text: &str) -> bool {
    let known = ["https://", "http://"].iter().any(|s| text.starts_with(s));
    known && text.len() <= 1024 && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Keys of the right length; the address is judged again by whoever sends, by where it leads.
fn check(new: &NewBrowser) -> Result<(), Problem> {
    let octets = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let scheme = ["https://", "http://"]
        .iter()
        .any(|s| new.endpoint.starts_with(s));
    if !scheme || new.endpoint.len() > 1024 || !new.endpoint.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Problem::field("endpoint", Fault::Form));
    }
    match octets(&new.p256dh) {
        Some(key) if key.len() == 65 && key[0] == 4 => {}
        _ => return Err(Problem::field("p256dh", Fault::Form)),
    }
    match octets(&new.auth) {
        Some(secret) if secret.len() == 16 => Ok(()),
        _ => Err(Problem::field("auth", Fault::Form)),
    }
}
