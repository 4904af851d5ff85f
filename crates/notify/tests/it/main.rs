//! From an event to the other side and back: each channel through the outbox on SQLite, against a fake that speaks the real protocol
//! on a socket of this machine.

mod carrier;
mod common;
mod db;
mod email;
mod kill;
mod mail_server;
mod peer;
mod push;
mod text;
mod webhook;
mod worker;
