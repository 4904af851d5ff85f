//! Notices: what a shop's people are told, when, by what, and that it arrives once.
//!
//! [`Notifier::tell`] writes an event into the outbox (`biseo_store`), for each reader whom the shop's [`rules`] name; a [`Worker`]
//! sends what is due by [`channels`]: e-mail, web push, webhooks and text messages. [`Notifier::tell_caller`] writes to the caller. Rules, wording and the formats of the channels are pure:
//! time comes in.
//!
//! # Once, and not lost
//! What was told is in the database before anything is sent. Whoever sends claims a delivery by a lease; when a process dies the lease
//! ends, and another try is made under the same id, with the same notices. Between "the other side has taken it" and "we have written
//! that down" nobody can know, so a delivery may be sent again, under the same id (`Message-ID`; `Topic` and the notice's tag;
//! `webhook-id`), by which the receiver drops a repetition. Not losing goes before not repeating. Only text messages have somebody who
//! can be asked: the provider's list ([`channels::text`]).

pub mod backoff;
mod caller;
pub mod channels;
pub mod event;
mod fault;
mod hooks;
mod letter;
mod notifier;
pub mod rules;
mod turn;
mod wording;
mod worker;

pub use caller::{CallerTold, ToCaller};
pub use event::{Event, Fact, Kind, Written};
pub use fault::TellingFault;
pub use letter::{Content, Letter, Sender, Template, write};
pub use notifier::{House, Houses, Notifier};
pub use turn::{Turn, turn};
pub use worker::{Clock, Pace, Step, Worker};
