//! The store as the rest of the house uses it, on real files.

mod bookings;
mod common;
mod kill;
mod records;
