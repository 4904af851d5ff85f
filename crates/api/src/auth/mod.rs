//! Who may do what: sessions, passwords, second factors, roles.

mod attempts;
mod ceremonies;
mod cookie;
pub(crate) mod factor;
mod founder;
mod guard;
mod link;
mod passkeys;
mod password;
pub(crate) mod program;
mod rights;
pub(crate) mod secret;
mod signed;
pub(crate) mod totp;

pub(crate) use attempts::Attempting;
pub(crate) use ceremonies::Ceremonies;
pub(crate) use cookie::{gone, held, holding, kept};
pub use factor::{Factors, count_sealed, seal_factors};
pub(crate) use founder::Founder;
pub(crate) use guard::{May, Person};
pub use link::first_owner_link;
pub(crate) use link::{invite, token_of};
pub(crate) use passkeys::{Answer, Made, Passkeys, Refused};
pub(crate) use password::{Passwords, acceptable};
pub(crate) use rights::needs;
pub use rights::{Right, Role};
pub(crate) use signed::{Anyone, Signed, Whence, begin, sign};
pub use totp::totp_at;
