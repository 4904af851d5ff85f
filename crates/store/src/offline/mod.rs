//! What goes on while the database is away: a local copy of what answering needs, a journal of what was done against it, and its
//! reconciliation once the database is back.
//!
//! ```text
//! central ── Books (bookings, busy times, who is blocked, what is out of order), kept fresh ──▶ local copy (SQLite)
//!    ▲                                                                              │ calls go on against it
//!    └── settle: entry by entry, each once, never twice on one resource ◀── Journal ┘ written first (fsync)
//! ```
//! [`reconcile`] is the whole rule, pure; [`Store::settle_entry`] applies it to a database, each entry in one transaction of its shop.
//! What cannot stand any more is a conflict: nothing is booked twice, and nobody who was promised something is forgotten
//! ([`unresolved`]).

mod again;
mod calls;
mod entry;
mod journal;
mod mirror;
mod plan;
mod settle;

pub use calls::TakenCall;
pub use entry::{Entry, OfflineDeed};
pub use journal::Journal;
pub use mirror::{Books, BooksState, CopyOf};
pub use plan::{Clash, Outcome, Plan, Slot, Step, View, decide, reconcile, unresolved};
