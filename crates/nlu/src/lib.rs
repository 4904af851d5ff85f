//! What a caller's words mean: spoken Korean and English in, [`Understanding`](biseo_model::understanding::Understanding) out.
//!
//! Usable alone; pure: no clock, no I/O, no randomness. The instant of the utterance and what was asked come in as
//! [`Context`](biseo_model::understanding::Context). A deterministic reading in microseconds: the text is taken apart once into characters without blanks
//! ([`text`]) and jamo ([`jamo`]), scanners find values, a lexicon of cues (text files in `data/`) finds concepts, and
//! rules over concepts (also data) give intents and acts clause by clause.
//!
//! ```
//! use biseo_model::shop::ShopProfile;
//! use biseo_model::understanding::{Awaiting, Context, Slot, Value};
//! use biseo_nlu::Nlu;
//!
//! let shop = ShopProfile::from_toml(r#"
//!     id = "siktak"
//!     name = { ko = "식탁" }
//!     zone = "Asia/Seoul"
//!     address = { ko = "서울" }
//!     [hours.week]
//!     fri = { open = "11:00:00", close = "22:00:00" }
//! "#).unwrap();
//! let nlu = Nlu::new(&shop);
//! let now = "2026-11-24T10:12:00".parse().unwrap();
//! let context = Context { now, awaiting: Some(Awaiting::Slot(Slot::PartySize)) };
//! let heard = nlu.understand("네 명이요", &context);
//! assert_eq!(heard.value(Slot::PartySize), Some(&Value::PartySize(4)));
//! assert!(heard.acts.is_empty()); // 네 is a number here, not a yes.
//! ```

mod acts;
mod amend;
mod anchors;
mod choices;
mod commands;
mod counts;
mod cues;
mod dates;
mod english;
pub mod entities;
mod feasts;
mod guess;
mod hints;
mod hours;
mod intents;
pub mod jamo;
mod labels;
mod lexicon;
mod lunar;
mod messages;
mod names;
mod numerals;
mod phones;
mod prefer;
mod reading;
mod relative;
mod scan;
mod slots;
mod spelling;
pub mod text;
mod things;
mod times;
mod understand;
mod unexplained;
mod unheard;
mod vocabulary;
mod words;

pub use commands::{Command, Does};
pub use understand::Nlu;
pub use unexplained::Unexplained;
