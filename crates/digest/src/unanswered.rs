//! What callers asked and Biseo could not answer.

use std::collections::{BTreeMap, BTreeSet};

use biseo_model::understanding::Topic;

use crate::book::Book;
use crate::facts::Source;
use crate::signs::Sign;

/// A question without an answer, however often it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it was about, if that was understood.
    pub topic: Option<Topic>,
    /// The words in which it was asked first.
    pub words: String,
    /// How often.
    pub times: usize,
    /// The turns.
    pub sources: BTreeSet<Source>,
}

/// A topic of its own is one question; those of no topic are told apart by their letters.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Topic(&'static str),
    Words(String),
}

/// Questions, most often asked first.
pub(crate) fn questions(book: &Book<'_>) -> Vec<Question> {
    let mut all: BTreeMap<Kind, Question> = BTreeMap::new();
    for story in &book.stories {
        let unknown: BTreeSet<u32> = story.showing(Sign::Unknown).map(|t| t.number).collect();
        for (turn, meaning) in story.exchanges().filter(|(t, _)| unknown.contains(&t.number)) {
            let topic = meaning.topics().find(|t| *t != Topic::Other);
            let entry = all.entry(kind(topic, &turn.heard)).or_insert_with(|| Question {
                topic,
                words: turn.heard.clone(),
                times: 0,
                sources: BTreeSet::new(),
            });
            entry.times += 1;
            entry.sources.insert(Source::Turn(turn.call.clone(), turn.number));
        }
    }
    let mut all: Vec<Question> = all.into_values().collect();
    all.sort_by(|a, b| (b.times, &a.words).cmp(&(a.times, &b.words)));
    all
}

fn kind(topic: Option<Topic>, words: &str) -> Kind {
    match topic {
        Some(topic) => Kind::Topic(topic.key()),
        None => Kind::Words(words.chars().filter(|c| c.is_alphanumeric()).collect()),
    }
}
