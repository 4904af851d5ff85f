//! Programs that are told of events: where they listen, what was sent to them, and sending it again.

use axum::Json;
use axum::http::StatusCode;
use biseo_notify::Notifier;
use biseo_notify::channels::{hook_secret, webhook};
use biseo_notify::rules::{About, ChannelKind};
use biseo_store::{Delivery, Webhook};

use super::queries::PageQuery;
use crate::auth::{May, needs, secret};
use crate::check::text;
use crate::cursor;
use crate::extract::{Body, Query};
use crate::problem::{Code, Fault, Problem};
use crate::views::*;

type Hooks = needs::ManageWebhooks;

/// The programs that are told of events.
#[utoipa::path(
    get, path = "/shops/{shop}/webhooks", tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Webhooks))
)]
pub(super) async fn list_webhooks(may: May<Hooks>) -> Result<Json<Webhooks>, Problem> {
    let hooks = may.api.store.webhooks(&may.shop).await?;
    let items = hooks.into_iter().map(WebhookView::from).collect();
    Ok(Json(Webhooks { items }))
}

/// Lets a program be told of events. What signs its requests is told this once.
#[utoipa::path(
    post, path = "/shops/{shop}/webhooks", tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = NewWebhook,
    responses((status = 201, body = WebhookMade))
)]
pub(super) async fn add_webhook(
    may: May<Hooks>,
    Body(new): Body<NewWebhook>,
) -> Result<(StatusCode, Json<WebhookMade>), Problem> {
    let (id, told) = (secret::id(), signing()?);
    let hook = Webhook {
        secret: kept(&may, &id, &told)?,
        id,
        shop: may.shop.clone(),
        name: text(&new.name, "name", 64)?,
        url: address(&may, &new.url)?,
        events: names(&new.events)?,
        on: true,
        made: may.api.now(),
    };
    if !may.api.store.add_webhook(&hook).await? {
        return Err(Code::Conflict.into());
    }
    may.audit("webhook.added", Some(&hook.id)).await?;
    Ok((StatusCode::CREATED, Json(made(hook, told))))
}

/// Changes a program's name, address or events, or switches it on or off.
#[utoipa::path(
    patch, path = "/shops/{shop}/webhooks/{webhook}", tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("webhook" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = WebhookChange,
    responses((status = 200, body = WebhookView))
)]
pub(super) async fn change_webhook(
    may: May<Hooks>,
    Body(change): Body<WebhookChange>,
) -> Result<Json<WebhookView>, Problem> {
    let mut hook = found(&may).await?;
    if let Some(name) = &change.name {
        hook.name = text(name, "name", 64)?;
    }
    if let Some(url) = &change.url {
        hook.url = address(&may, url)?;
    }
    if let Some(events) = &change.events {
        hook.events = names(events)?;
    }
    hook.on = change.on.unwrap_or(hook.on);
    write(&may, &hook, "webhook.changed").await?;
    Ok(Json(hook.into()))
}

/// Takes a program away; what waits for it is not sent any more.
#[utoipa::path(
    delete, path = "/shops/{shop}/webhooks/{webhook}", tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("webhook" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204))
)]
pub(super) async fn remove_webhook(may: May<Hooks>) -> Result<StatusCode, Problem> {
    let id: String = may.part("webhook")?;
    if !may.api.store.remove_webhook(&may.shop, &id).await? {
        return Err(Code::NotFound.into());
    }
    may.audit("webhook.removed", Some(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs a program's requests by another secret from now on, which is told this once.
#[utoipa::path(
    post, path = "/shops/{shop}/webhooks/{webhook}/secret", tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("webhook" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = WebhookMade))
)]
pub(super) async fn renew_secret(may: May<Hooks>) -> Result<Json<WebhookMade>, Problem> {
    let (hook, told) = (found(&may).await?, signing()?);
    let hook = Webhook {
        secret: kept(&may, &hook.id, &told)?,
        ..hook
    };
    write(&may, &hook, "webhook.renewed").await?;
    Ok(Json(made(hook, told)))
}

/// Sends a program a notice which says that nothing has happened.
#[utoipa::path(
    post, path = "/shops/{shop}/webhooks/{webhook}/test", tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("webhook" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 201, body = HookDelivery))
)]
pub(super) async fn test_webhook(may: May<Hooks>) -> Result<(StatusCode, Json<HookDelivery>), Problem> {
    let hook = found(&may).await?;
    let sent = outbox(&may)?.test_webhook(&may.shop, &hook.id, may.api.now());
    let sent = sent.await?;
    may.audit("webhook.tested", Some(&hook.id)).await?;
    Ok((StatusCode::CREATED, Json(view(&may, sent).await?)))
}

/// What was sent to a program in the last days, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/webhooks/{webhook}/deliveries", tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("webhook" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), PageQuery),
    responses((status = 200, body = HookDeliveryPage))
)]
pub(super) async fn list_deliveries(
    may: May<Hooks>,
    Query(q): Query<PageQuery>,
) -> Result<Json<HookDeliveryPage>, Problem> {
    let hook = found(&may).await?;
    let list = format!("deliveries-{}", hook.id);
    let (page, shown) = cursor::page(&list, q.cursor.as_deref(), q.limit)?;
    let way = (ChannelKind::Webhook.name(), hook.id.as_str());
    let mut rows = may.api.store.deliveries_to(&may.shop, way, &page).await?;
    let next = cursor::cut(&mut rows, shown, |d| cursor::text(&list, d.made, &d.id));
    let mut items = Vec::with_capacity(rows.len());
    for delivery in rows {
        items.push(view(&may, delivery).await?);
    }
    Ok(Json(HookDeliveryPage { items, next }))
}

/// One sending, with what it says.
#[utoipa::path(
    get, path = "/shops/{shop}/webhooks/{webhook}/deliveries/{delivery}", tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("webhook" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("delivery" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = HookDeliveryDetail))
)]
pub(super) async fn read_delivery(may: May<Hooks>) -> Result<Json<HookDeliveryDetail>, Problem> {
    let delivery = delivered(&may).await?;
    let body = outbox(&may)?.webhook_body(&delivery).await?;
    Ok(Json(HookDeliveryDetail {
        delivery: view(&may, delivery).await?,
        body,
    }))
}

/// Sends once more what was sent, under the same `webhook-id`; what waits for another try is tried at once.
#[utoipa::path(
    post, path = "/shops/{shop}/webhooks/{webhook}/deliveries/{delivery}/again", tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("webhook" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("delivery" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 201, body = HookDelivery))
)]
pub(super) async fn send_again(may: May<Hooks>) -> Result<(StatusCode, Json<HookDelivery>), Problem> {
    let delivery = delivered(&may).await?;
    let again = outbox(&may)?.send_again(&may.shop, &delivery.id, may.api.now());
    // It is there: what it told is forgotten.
    let again = again.await?.ok_or(Code::Conflict)?;
    may.audit("webhook.sent_again", Some(&delivery.id)).await?;
    Ok((StatusCode::CREATED, Json(view(&may, again).await?)))
}

/// The program that the path names.
async fn found(may: &May<Hooks>) -> Result<Webhook, Problem> {
    let id: String = may.part("webhook")?;
    let hook = may.api.store.webhook(&may.shop, &id).await?;
    hook.ok_or_else(|| Code::NotFound.into())
}

/// The delivery that the path names, if it went to the program that it names.
async fn delivered(may: &May<Hooks>) -> Result<Delivery, Problem> {
    let (hook, id): (Webhook, String) = (found(may).await?, may.part("delivery")?);
    let delivery = may.api.store.delivery(&may.shop, &id).await?;
    delivery
        .filter(|d| d.channel == ChannelKind::Webhook.name() && d.address == hook.id)
        .ok_or_else(|| Code::NotFound.into())
}

async fn view(may: &May<Hooks>, delivery: Delivery) -> Result<HookDelivery, Problem> {
    let notices = may.api.store.notices_of(&may.shop, delivery.told_as()).await?;
    let keys: Vec<String> = notices.into_iter().map(|n| n.event).collect();
    Ok(HookDelivery::of(delivery, &keys))
}

async fn write(may: &May<Hooks>, hook: &Webhook, action: &str) -> Result<(), Problem> {
    if !may.api.store.change_webhook(hook).await? {
        return Err(Code::NotFound.into());
    }
    may.audit(action, Some(&hook.id)).await
}

fn outbox(may: &May<Hooks>) -> Result<&Notifier, Problem> {
    let outbox = may.api.settings.outbox.as_ref();
    outbox.ok_or_else(|| Code::Unsupported.into())
}

fn made(hook: Webhook, secret: String) -> WebhookMade {
    WebhookMade {
        secret,
        webhook: hook.into(),
    }
}

/// A new secret as it is to be kept.
fn kept(may: &May<Hooks>, webhook: &str, secret: &str) -> Result<String, Problem> {
    hook_secret::keep(may.api.settings.keys.as_deref(), webhook, secret).map_err(|e| {
        tracing::error!("a webhook's secret cannot be sealed: {e}");
        Code::Internal.into()
    })
}

fn signing() -> Result<String, Problem> {
    webhook::new_secret().map_err(|_| Code::Internal.into())
}

/// An address that may be reached, as far as that can be told without asking for its name; where it leads is judged at each sending.
fn address(may: &May<Hooks>, url: &str) -> Result<String, Problem> {
    let url = text(url, "url", 1024)?;
    match webhook::may_go(&may.api.settings.outbound, &url) {
        Ok(()) => Ok(url),
        Err(e) => {
            tracing::debug!(error = %e, "refused a webhook's address");
            Err(Problem::field("url", Fault::Form))
        }
    }
}

/// Each once, by its name.
fn names(events: &[About]) -> Result<Vec<String>, Problem> {
    if events.is_empty() {
        return Err(Problem::field("events", Fault::Missing));
    }
    let mut names = Vec::new();
    for about in events {
        let name = serde_json::to_value(about).map_err(|_| Code::Internal)?;
        let name = name.as_str().unwrap_or_default().to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}
