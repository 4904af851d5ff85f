//! Orders and messages.

use axum::Json;
use biseo_model::ids::{MessageId, OrderId};
use biseo_model::record::Order;
use biseo_store::{Done, LeftMessage};

use super::calls::all;
use super::queries::{DayQuery, MessageQuery};
use crate::auth::{May, needs};
use crate::cursor;
use crate::extract::{Body, Query};
use crate::live::NoticeKind;
use crate::problem::{Code, Problem};
use crate::views::*;

/// The orders for up to 42 days, in the order in which they were made, cancelled ones too.
#[utoipa::path(
    get, path = "/shops/{shop}/orders", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), DayQuery),
    responses((status = 200, body = OrderList))
)]
pub(super) async fn list_orders(
    may: May<needs::ReadTasks>,
    Query(days): Query<DayQuery>,
) -> Result<Json<OrderList>, Problem> {
    let (from, to) = days.days(may.today())?;
    let orders = may.api.store.orders_between(&may.shop, from, to).await?;
    Ok(Json(OrderList { items: all(orders) }))
}

/// An order.
#[utoipa::path(
    get, path = "/shops/{shop}/orders/{order}", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("order" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = OrderView))
)]
pub(super) async fn read_order(may: May<needs::ReadTasks>) -> Result<Json<OrderView>, Problem> {
    Ok(Json(order(&may).await?.into()))
}

/// Cancels an order; it stays in the lists.
#[utoipa::path(
    delete, path = "/shops/{shop}/orders/{order}", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("order" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = OrderView))
)]
pub(super) async fn cancel_order(may: May<needs::WriteTasks>) -> Result<Json<OrderView>, Problem> {
    let before = order(&may).await?;
    let cancelled = match may.telling() {
        Some(telling) => telling.cancel_order(&may.shop, &before.id).await,
        None => may.api.store.cancel_order(&may.shop, &before.id).await,
    };
    if let Some(order) = cancelled? {
        may.did(|| Done::OrderCancelled { order });
        may.changed("order.cancelled", NoticeKind::Order, before.id.as_str())
            .await?;
    }
    Ok(Json(order(&may).await?.into()))
}

/// Messages, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/messages", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), MessageQuery),
    responses((status = 200, body = MessagePage))
)]
pub(super) async fn list_messages(
    may: May<needs::ReadTasks>,
    Query(q): Query<MessageQuery>,
) -> Result<Json<MessagePage>, Problem> {
    let (page, shown) = cursor::page("messages", q.cursor.as_deref(), q.limit)?;
    let mut rows = may.api.store.message_page(&may.shop, q.done, &page).await?;
    let next = cursor::cut(&mut rows, shown, |m| {
        cursor::text("messages", m.message.at, m.message.id.as_str())
    });
    Ok(Json(MessagePage {
        items: all(rows),
        next,
    }))
}

/// A message.
#[utoipa::path(
    get, path = "/shops/{shop}/messages/{message}", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("message" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = MessageView))
)]
pub(super) async fn read_message(may: May<needs::ReadTasks>) -> Result<Json<MessageView>, Problem> {
    Ok(Json(message(&may).await?.into()))
}

/// Marks a message as done, or as waiting again.
#[utoipa::path(
    patch, path = "/shops/{shop}/messages/{message}", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("message" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = MessageChange,
    responses((status = 200, body = MessageView))
)]
pub(super) async fn mark_message(
    may: May<needs::WriteTasks>,
    Body(change): Body<MessageChange>,
) -> Result<Json<MessageView>, Problem> {
    let before = message(&may).await?;
    let (id, done) = (&before.message.id, change.done.then(|| may.api.now()));
    if before.done.is_some() != change.done && may.api.store.mark_message(&may.shop, id, done).await? {
        let action = if change.done {
            "message.done"
        } else {
            "message.reopened"
        };
        may.changed(action, NoticeKind::Message, id.as_str()).await?;
    }
    Ok(Json(message(&may).await?.into()))
}

async fn order<N>(may: &May<N>) -> Result<Order, Problem> {
    let id: OrderId = may.part("order")?;
    let order = may.api.store.order(&may.shop, &id).await?;
    order.ok_or_else(|| Problem::new(Code::NotFound))
}

async fn message<N>(may: &May<N>) -> Result<LeftMessage, Problem> {
    let id: MessageId = may.part("message")?;
    let message = may.api.store.message(&may.shop, &id).await?;
    message.ok_or_else(|| Problem::new(Code::NotFound))
}
