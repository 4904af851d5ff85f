//! A shop's users.

use super::queries::*;
use crate::problem::{Code, Problem};
use crate::views::*;

/// The shop's users, by login.
#[utoipa::path(
    get, path = "/shops/{shop}/users", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Members))
)]
pub(super) async fn list_users() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Gives a user another role at the shop.
#[utoipa::path(
    patch, path = "/shops/{shop}/users/{user}", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("user" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = RoleChange,
    responses((status = 200, body = Member))
)]
pub(super) async fn change_user() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Takes a user away from the shop. The account is gone with its last shop.
#[utoipa::path(
    delete, path = "/shops/{shop}/users/{user}", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("user" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204, description = "Done"))
)]
pub(super) async fn remove_user() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Invitations that nobody has taken yet, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/invitations", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = Invitations))
)]
pub(super) async fn list_invitations() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Invites somebody. The token is told this once; it holds for seven days.
#[utoipa::path(
    post, path = "/shops/{shop}/invitations", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = Invite,
    responses((status = 201, body = InvitationMade))
)]
pub(super) async fn invite() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Withdraws an invitation.
#[utoipa::path(
    delete, path = "/shops/{shop}/invitations/{invitation}", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("invitation" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 204, description = "Done"))
)]
pub(super) async fn withdraw_invitation() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// What was done at the shop, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/audit", tag = "users",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), PageQuery),
    responses((status = 200, body = AuditPage))
)]
pub(super) async fn audit() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
