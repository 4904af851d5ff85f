//! What is said to callers, and what of it a shop says in its own words.

use biseo_model::shop::{OwnWords, Wording};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Text;

/// A sentence that is said to callers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SentenceView {
    /// The flow, or another file, in which it stands: `book`, `call`, `answer`, ….
    pub flow: String,
    /// Its key there.
    pub key: String,
    /// How all shops say it in Korean; several variants take turns.
    pub ko: Vec<String>,
    /// And in English.
    pub en: Vec<String>,
    /// The values that it may name, as `{name}` or, with a Korean particle, `{name|을/를}`.
    pub places: Vec<String>,
    /// Of these, the ones that it must name.
    pub needed: Vec<String>,
    /// How this shop says it, if otherwise.
    pub own: Option<Text>,
}

/// What is said to callers, by flow and key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Sentences {
    /// The sentences.
    pub items: Vec<SentenceView>,
}

/// A sentence that a shop is to say in its own words.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WordingChange {
    /// The flow.
    #[schema(min_length = 1, max_length = 64)]
    pub flow: String,
    /// The sentence's key.
    #[schema(min_length = 1, max_length = 64)]
    pub key: String,
    /// What is said; none says it as all shops do. Without English the usual English is said.
    #[serde(default)]
    pub text: Option<Text>,
}

impl SentenceView {
    /// With what a shop says otherwise.
    #[must_use]
    pub fn of(mut self, own: &OwnWords) -> Self {
        let own = own.get(&self.flow).and_then(|flow| flow.get(&self.key));
        self.own = own.map(Text::from);
        self
    }
}

/// Own words with changes over them.
#[must_use]
pub(crate) fn with_changes(mut own: OwnWords, changes: &[WordingChange]) -> OwnWords {
    for change in changes {
        let flow = own.entry(change.flow.clone()).or_default();
        match &change.text {
            Some(text) => {
                let (ko, en) = (text.ko.clone(), text.en.clone());
                flow.insert(change.key.clone(), Wording { ko, en });
            }
            None => drop(flow.remove(&change.key)),
        }
    }
    own.retain(|_, flow| !flow.is_empty());
    own
}
