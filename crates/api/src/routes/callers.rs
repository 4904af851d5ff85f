//! Those who call.

use super::queries::*;
use crate::problem::{Code, Problem};
use crate::views::*;

/// Callers, by the last call, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/callers", tag = "callers",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), CallerQuery),
    responses((status = 200, body = CallerPage))
)]
pub(super) async fn list_callers() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// A caller with what belongs to the number.
#[utoipa::path(
    get, path = "/shops/{shop}/callers/{phone}", tag = "callers",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("phone" = String, Path, description = "The number in any usual form", pattern = "^[-+0-9]{7,20}$")),
    responses((status = 200, body = CallerDetail))
)]
pub(super) async fn read_caller() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Notes something of a caller, also of one who has not called yet.
#[utoipa::path(
    patch, path = "/shops/{shop}/callers/{phone}", tag = "callers",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("phone" = String, Path, description = "The number in any usual form", pattern = "^[-+0-9]{7,20}$"), ("If-Match" = Option<String>, Header, description = "The caller's etag")),
    request_body = CallerChange,
    responses((status = 200, body = CallerView))
)]
pub(super) async fn change_caller() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
