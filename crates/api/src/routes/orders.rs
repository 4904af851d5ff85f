//! Orders and messages.

use super::queries::*;
use crate::problem::{Code, Problem};
use crate::views::*;

/// The orders for up to 42 days, in the order in which they were made, cancelled ones too.
#[utoipa::path(
    get, path = "/shops/{shop}/orders", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), DayQuery),
    responses((status = 200, body = OrderList))
)]
pub(super) async fn list_orders() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// An order.
#[utoipa::path(
    get, path = "/shops/{shop}/orders/{order}", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("order" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = OrderView))
)]
pub(super) async fn read_order() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Cancels an order; it stays in the lists.
#[utoipa::path(
    delete, path = "/shops/{shop}/orders/{order}", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("order" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = OrderView))
)]
pub(super) async fn cancel_order() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Messages, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/messages", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), MessageQuery),
    responses((status = 200, body = MessagePage))
)]
pub(super) async fn list_messages() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// A message.
#[utoipa::path(
    get, path = "/shops/{shop}/messages/{message}", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("message" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = MessageView))
)]
pub(super) async fn read_message() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Marks a message as done, or as waiting again.
#[utoipa::path(
    patch, path = "/shops/{shop}/messages/{message}", tag = "tasks",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("message" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = MessageChange,
    responses((status = 200, body = MessageView))
)]
pub(super) async fn mark_message() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
