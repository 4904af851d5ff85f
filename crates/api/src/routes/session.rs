//! Sign-in and who is signed in.

use crate::problem::{Code, Problem};
use crate::views::*;

/// Tells who is signed in.
#[utoipa::path(
    get, path = "/session", tag = "session",
    responses((status = 200, body = SessionView))
)]
pub(super) async fn whoami() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Signs in: the cookie of the answer is the session.
#[utoipa::path(
    post, path = "/session", tag = "session",
    request_body = SignIn,
    responses((status = 200, body = SessionView))
)]
pub(super) async fn sign_in() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Signs out.
#[utoipa::path(
    delete, path = "/session", tag = "session",
    params(("all" = Option<bool>, Query, description = "All other sessions of the user instead of this one")),
    responses((status = 204, description = "Done"))
)]
pub(super) async fn sign_out() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Changes the password; all other sessions end.
#[utoipa::path(
    post, path = "/session/password", tag = "session",
    request_body = PasswordChange,
    responses((status = 204, description = "Done"))
)]
pub(super) async fn change_password() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Begins to enrol a second factor. One that is enrolled stays until the new one is confirmed.
#[utoipa::path(
    post, path = "/session/totp", tag = "session",
    request_body = Reauth,
    responses((status = 200, body = TotpSecret))
)]
pub(super) async fn begin_totp() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Confirms a second factor. Older recovery codes are void.
#[utoipa::path(
    post, path = "/session/totp/confirm", tag = "session",
    request_body = TotpCode,
    responses((status = 200, body = RecoveryCodes))
)]
pub(super) async fn confirm_totp() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
