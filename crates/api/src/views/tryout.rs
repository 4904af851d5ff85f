//! A conversation with the shop in text, of which nothing is stored.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::WordingChange;

/// What a caller would say, from the beginning; an empty text is silence.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tryout {
    /// One after the other.
    #[schema(max_items = 40)]
    pub said: Vec<String>,
    /// Sentences that are tried before they are the shop's.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub wording: Vec<WordingChange>,
}

/// The conversation that comes of it. The same words give the same conversation as long as the shop's facts and the clock's
/// minute are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tried {
    /// Its turns; the first is the greeting.
    pub turns: Vec<TriedTurn>,
    /// Whether it is over.
    pub over: bool,
    /// Bookings that would have been stored.
    pub bookings: usize,
    /// Orders.
    pub orders: usize,
    /// Messages.
    pub messages: usize,
}

/// One exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TriedTurn {
    /// The caller's words; empty for the greeting and for silence.
    pub heard: String,
    /// What Biseo said.
    pub said: String,
    /// Why, in lines, in the language that is spoken.
    pub why: Vec<String>,
}
