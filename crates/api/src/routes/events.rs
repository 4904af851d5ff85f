//! Live events.

use crate::live::LiveEvent;
use crate::problem::{Code, Problem};

/// What happens at the shop from now on, as server-sent events: `LiveEvent`. `Last-Event-ID` resumes; where that is not possible the first event is `resync`.
#[utoipa::path(
    get, path = "/shops/{shop}/events", tag = "calls",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, description = "A stream without end", content_type = "text/event-stream", body = LiveEvent))
)]
pub(super) async fn events() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
