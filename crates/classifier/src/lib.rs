//! A small linear classifier of short utterances: several labels may hold at once, each with a calibrated probability.
//!
//! An utterance is a row of [`Piece`]s: characters, and values that were found in it (a day, a number), which count as one
//! symbol each. Hangul is taken apart into jamo, blanks are dropped, and all runs of two to seven symbols that are known
//! from the training text vote for each label ([`grams`]). [`train`] makes a [`Table`] of a corpus, the same one each
//! time; [`Table::score`] is a few thousand additions of octets.
//!
//! Pure: no I/O, no clock, no randomness. Used by the build script of `nlu` (training) and by `nlu` itself (scoring).
//!
//! ```
//! use biseo_classifier::{Example, Piece, Row, train};
//! let row = |text: &str| Row::new(0, text.chars().map(Piece::Char));
//! let example = |text: &str, label| Example { row: row(text), labels: vec![label] };
//! let mut corpus = Vec::new();
//! for _ in 0..10 {
//!     corpus.push(example("주차 되나요", 0));
//!     corpus.push(example("차 세울 데 있나요", 0));
//!     corpus.push(example("메뉴 뭐 있어요", 1));
//!     corpus.push(example("뭐가 맛있어요", 1));
//! }
//! let table = train(&corpus, 2);
//! let scores = table.score(&row("주차는 되나요"));
//! assert!(scores[0] > 0.5 && scores[1] < 0.5);
//! ```

pub mod grams;
mod table;
mod training;

pub use grams::{Piece, Row};
pub use table::{LABELS, Table, TableError};
pub use training::{Example, train};
