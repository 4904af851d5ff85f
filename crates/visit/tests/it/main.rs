//! The caller's page, asked by HTTP over a socket.

mod changes;
mod common;
mod guards;
mod pages;
