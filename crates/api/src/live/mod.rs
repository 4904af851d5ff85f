//! What happens in calls, as it happens.

mod event;
mod hub;
pub(crate) mod stream;

pub use event::{LiveEvent, LiveTurn, Notice, NoticeKind, Partial};
pub use hub::Live;
pub(crate) use hub::Told;
