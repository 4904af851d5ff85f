//! The API as its clients use it.

mod authenticator;
mod calendars;
mod care;
mod common;
mod contract;
mod digest_feeds;
mod foreign;
mod incidents;
mod limits;
mod line;
mod notices;
mod passkeys;
mod program_keys;
mod rehearsals;
mod sealed;
mod settings;
mod setup;
mod sign_in;
mod tenants;
mod topics;
mod webhooks;
mod whole;
mod wording;
mod words;
