//! Health and the document.

use crate::problem::{Code, Problem};
use crate::views::*;

/// Whether the API and its database work. Needs no sign-in.
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses((status = 200, body = Health))
)]
pub(super) async fn health() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
