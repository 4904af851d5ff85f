//! The store as the rest of the house uses it, on real files and on a real server.

mod bookings;
mod calendars;
mod call_backs;
mod care;
mod common;
mod console;
mod free;
mod holds;
mod incidents;
mod kill;
mod migrations;
mod moves;
mod news;
mod offline;
mod orders;
mod outbox;
mod pages;
mod passkeys;
mod records;
mod server;
mod settings;
mod settling;
mod spans;
mod untold;
mod visits;
mod webhooks;
