//! From an event to the other side and back: each channel through the outbox on SQLite, against a fake that speaks the real protocol
//! on a socket of this machine.

mod common;
mod email;
mod kill;
mod peer;
mod push;
mod webhook;
mod worker;
