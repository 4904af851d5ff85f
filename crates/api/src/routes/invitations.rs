//! Accounts by one-time links.

use crate::problem::{Code, Problem};
use crate::views::*;

/// Tells what a one-time link is good for. The first owner's is printed by the program.
#[utoipa::path(
    post, path = "/invitations/check", tag = "session",
    request_body = InvitationToken,
    responses((status = 200, body = InvitationCheck))
)]
pub(super) async fn check_invitation() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Makes an account by a one-time link and signs in. Somebody signed in whose password is given gets the role added.
#[utoipa::path(
    post, path = "/invitations/accept", tag = "session",
    request_body = Accept,
    responses((status = 200, body = SessionView))
)]
pub(super) async fn accept_invitation() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
