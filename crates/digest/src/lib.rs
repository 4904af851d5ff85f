//! The digest: one page that tells a shop's owner the day, cut to what is read in two minutes at an assumed pace.
//!
//! ```text
//! records of a day ─► compile (facts: numbers and items with their records) ─► Page::write (words, ranked, folded)
//!                                                                          ─► html::page, mail::mail, feed::atom
//! ```
//! Pure: time and records are inputs. Each line of a page holds the records on which it stands ([`Source`]); nothing is said of
//! which there is no record. Calls that went badly may be folded, never left out.

mod book;
mod facts;
pub mod feed;
pub mod html;
mod input;
pub mod mail;
mod page;
mod promises;
mod signs;
mod story;
mod time;
mod tomorrow;
mod tonight;
mod unanswered;
mod wording;
mod write;

pub use facts::{Action, BadCall, Deadline, Facts, Glance, Promise, Reason, Source, Vow, compile};
pub use input::{Blocked, Call, Day, DayError, News, Outage, Quoted, is_topic, next_date};
pub use page::{Card, Labels, Line, Links, Page, Section, SectionKind, Span};
pub use signs::{Sign, SignError, Signs};
pub use story::Trouble;
pub use time::{MOST_SECONDS, seconds};
pub use tomorrow::{Peak, Tomorrow};
pub use unanswered::Question;
pub use wording::{Language, Wording, WordingError};
