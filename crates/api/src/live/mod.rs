//! What happens in calls, as it happens.

mod event;

pub use event::{LiveEvent, LiveTurn, Notice, NoticeKind, Partial};
