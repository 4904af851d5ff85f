//! The store as the rest of the house uses it, on real files.

mod bookings;
mod common;
mod free;
mod kill;
mod migrations;
mod moves;
mod orders;
mod records;
mod visits;
