//! Who converses when an owner tries the shop out.

use std::sync::Arc;

use biseo_model::shop::{OwnWords, ShopProfile};
use biseo_store::Correction;
use jiff::civil::DateTime;

use crate::problem::Fault;
use crate::views::{FlowView, SentenceView, Tried};

/// Converses in text. Nothing of it is stored.
pub trait Converses: Send + Sync + 'static {
    /// The conversation that comes of these words of a caller, at this time of the shop's clock. It takes milliseconds at most.
    fn converse(&self, shop: Arc<ShopProfile>, now: DateTime, said: &[String]) -> Tried;

    /// What is said to callers as all shops say it, by flow and key.
    fn sentences(&self) -> Vec<SentenceView>;

    /// What is asked and done in the shop's conversations, flow by flow.
    fn flows(&self, shop: &ShopProfile) -> Vec<FlowView>;

    /// What of a shop's own words cannot be said.
    fn unsayable(&self, own: &OwnWords) -> Vec<Unsayable>;

    /// What is understood of words by now; `None` if nobody can tell.
    fn understands(&self, shop: &ShopProfile, said: &Said<'_>) -> Option<Understood>;
}

/// Own words of a shop that cannot be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsayable {
    /// The flow.
    pub flow: String,
    /// The sentence's key.
    pub key: String,
    /// `ko` or `en`.
    pub language: &'static str,
    /// Why.
    pub why: Fault,
    /// The part of it that is wrong: the name of a place.
    pub place: Option<String>,
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

impl Understood {
    /// Whether it is what somebody of the shop says was meant.
    #[must_use]
    pub fn covers(&self, correction: &Correction) -> bool {
        let topic = correction.topic.as_ref();
        self.meant.contains(&correction.meant) && topic.is_none_or(|topic| self.topics.contains(topic))
    }
}
