//! Calls, their turns and recordings.

use super::queries::*;
use crate::problem::{Code, Problem};
use crate::views::*;

/// Calls, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/calls", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), CallQuery),
    responses((status = 200, body = CallPage))
)]
pub(super) async fn list_calls() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// A call with its turns and what was made in it.
#[utoipa::path(
    get, path = "/shops/{shop}/calls/{call}", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("call" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = CallDetail))
)]
pub(super) async fn read_call() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// The recording, a WAV file: caller left, Biseo right. Ranges by RFC 9110.
#[utoipa::path(
    get, path = "/shops/{shop}/calls/{call}/recording", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("call" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("Range" = Option<String>, Header, description = "One range of octets")),
    responses((status = 200, description = "The whole", content_type = "audio/wav"), (status = 206, description = "The range", content_type = "audio/wav"))
)]
pub(super) async fn read_recording() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
