//! The API as its clients use it.

mod authenticator;
mod calendars;
mod care;
mod common;
mod contract;
mod digest_feeds;
mod incidents;
mod limits;
mod passkeys;
mod sealed;
mod settings;
mod setup;
mod sign_in;
mod tenants;
mod webhooks;
mod whole;
mod wording;
mod words;
