//! Who converses when an owner tries the shop out.

use std::sync::Arc;

use biseo_model::shop::ShopProfile;
use jiff::civil::DateTime;

use crate::views::Tried;

/// Converses in text. Nothing of it is stored.
pub trait Converses: Send + Sync + 'static {
    /// The conversation that comes of these words of a caller, at this time of the shop's clock. It takes milliseconds at most.
    fn converse(&self, shop: Arc<ShopProfile>, now: DateTime, said: &[String]) -> Tried;

    /// What is understood of words by now; `None` if nobody can tell.
    fn understands(&self, shop: &ShopProfile, said: &Said<'_>) -> Option<Understood>;
}

/// Words of a caller.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The words.
    pub text: &'a str,
    /// When, on the shop's clock.
    pub now: DateTime,
    /// What had been asked, by its name in cases of understanding.
    pub awaiting: Option<&'a str>,
}

/// What is understood of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understood {
    /// Codes of intents, and `yes` and `no`.
    pub meant: Vec<String>,
    /// Topics of questions.
    pub topics: Vec<String>,
}
