//! The store as the rest of the house uses it, on real files and on a real server.

mod bookings;
mod common;
mod free;
mod holds;
mod kill;
mod migrations;
mod moves;
mod orders;
mod outbox;
mod records;
mod server;
mod visits;
