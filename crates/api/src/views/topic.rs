//! What the digest's news are chosen by.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was learnt of what a shop's people like to read, and what they want to hear nothing of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TopicsView {
    /// Words that weigh most, liked or not; the strongest first, 40 at most.
    pub learnt: Vec<LearntTopic>,
    /// Words of which no news is told.
    pub muted: Vec<String>,
}

/// A word of headlines, and how much news with it is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LearntTopic {
    /// The word.
    pub word: String,
    /// From -4 (not at all) to 4 (very much). It halves in 30 days.
    pub weight: f64,
}

/// What becomes of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopicWish {
    /// No news with it is told any more.
    Mute,
    /// News with it is told again; what was learnt of it stands.
    Hear,
    /// What was learnt of it is forgotten.
    Forget,
}

/// A wish for a word.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicChange {
    /// A word as it stands in headlines: 2 to 20 letters and digits.
    #[schema(min_length = 2, max_length = 20)]
    pub word: String,
    /// What becomes of it.
    pub wish: TopicWish,
}

/// What a reader did with a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoryRead {
    /// Its page was opened: more like it.
    Opened,
    /// It was put aside: less like it.
    Aside,
}

/// A story that was read, or put aside.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoryTold {
    /// A page of the story, as the digest has it.
    #[schema(min_length = 9, max_length = 4096)]
    pub link: String,
    /// What the reader did.
    pub did: StoryRead,
}
