//! The API as its clients use it.

mod calendars;
mod care;
mod common;
mod contract;
mod incidents;
mod limits;
mod setup;
mod sign_in;
mod tenants;
mod whole;
