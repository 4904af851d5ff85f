//! Shops.

use crate::problem::{Code, Problem};
use crate::views::*;

/// The shops that the user may see, by id.
#[utoipa::path(
    get, path = "/shops", tag = "shops",
    responses((status = 200, body = ShopList))
)]
pub(super) async fn list_shops() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// What waits at the shop today.
#[utoipa::path(
    get, path = "/shops/{shop}/summary", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Counts))
)]
pub(super) async fn summary() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// The shop's profile. Its `ETag` is what a change gives as `If-Match`.
#[utoipa::path(
    get, path = "/shops/{shop}/profile", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = ProfileView))
)]
pub(super) async fn read_profile() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Changes hours and facts. It is refused as a whole if the profile would say something impossible.
#[utoipa::path(
    patch, path = "/shops/{shop}/profile", tag = "shops",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("If-Match" = String, Header, description = "The profile's ETag")),
    request_body = ProfileChange,
    responses((status = 200, body = ProfileView))
)]
pub(super) async fn change_profile() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
