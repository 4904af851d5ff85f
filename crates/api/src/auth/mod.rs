//! Who may do what: sessions, passwords, second factors, roles.

mod rights;

pub use rights::{Right, Role};
