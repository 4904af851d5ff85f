//! Who is told what, when and by what: rules that an owner writes, and what follows from them.

mod config;
mod decide;
mod window;

pub use config::{About, Callers, ChannelKind, Language, Notices, Reader, Rule, RulesError, When};
pub(crate) use decide::after_quiet;
pub use decide::{Plan, decide};
pub use window::Window;
