//! What a reader likes to read, learnt from what is opened and put aside; and what is muted.
//!
//! A story's [`Terms`] are the words of its headline. Opening a story adds to the weight of each of them, putting it aside takes more
//! away; a weight halves in 30 days. A story's score is the mean of its terms' weights, no more than ±[`FULL`]. A muted word is no weight: a
//! story with it is away until the word is heard again. Nothing else is kept, so that a reader can be shown all that is known.

use std::collections::{BTreeMap, BTreeSet};

use biseo_digest::is_topic;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::story::Story;

/// A weight halves in so many milliseconds: 30 days.
const HALF_LIFE_MS: f64 = 30.0 * 86_400_000.0;
/// What opening a story adds to each of its terms.
const OPENED: f64 = 1.0;
/// What putting it aside takes away.
const ASIDE: f64 = 1.5;
/// A weight is never more than this, nor less than its negative.
pub const FULL: f64 = 4.0;
/// Below this score a story is not told.
const AWAY: f64 = -1.0;
/// Terms that are kept at most; the weakest go.
const MOST_TERMS: usize = 500;
/// Muted words at most; further ones are refused.
const MOST_MUTED: usize = 200;
/// Letters of a term at most.
const LONGEST: usize = 20;

/// The words of a headline without particles: what a story is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms(BTreeSet<String>);

/// What stands behind a Korean word and is none of it, longest first.
const PARTICLES: [&str; 24] = [
    "에서는",
    "으로는",
    "이라며",
    "까지",
    "부터",
    "에서",
    "에게",
    "으로",
    "이나",
    "보다",
    "처럼",
    "마다",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "로",
    "와",
    "과",
    "도",
];
/// Words that stand in headlines of every kind.
const EMPTY: [&str; 27] = [
    "오늘",
    "내일",
    "올해",
    "내년",
    "내달",
    "이달",
    "지난해",
    "안내",
    "공고",
    "알림",
    "소식",
    "변경",
    "모집",
    "대상",
    "관련",
    "the",
    "and",
    "for",
    "with",
    "from",
    "that",
    "this",
    "are",
    "was",
    "to",
    "of",
    "外",
];

impl Terms {
    /// The terms of a headline.
    ///
    /// ```
    /// use biseo_news::Terms;
    /// assert!(Terms::of("김장철 배추가 내렸다").contains("배추"));
    /// ```
    #[must_use]
    pub fn of(title: &str) -> Self {
        let words = title.split(|c: char| !c.is_alphanumeric()).map(term);
        let telling = |w: &String| {
            let letters = w.chars().count();
            let enough = if w.is_ascii() { 3 } else { 2 };
            (enough..=LONGEST).contains(&letters)
                && !w.starts_with(|c: char| c.is_numeric())
                && !EMPTY.contains(&w.as_str())
        };
        Self(words.filter(telling).take(30).collect())
    }

    /// Whether a word is among them.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// A word without its particle, if two syllables are left.
fn term(word: &str) -> String {
    let word = word.to_lowercase();
    let korean = word.ends_with(|c: char| matches!(c, '가'..='힣'));
    let bare = PARTICLES
        .iter()
        .find_map(|p| word.strip_suffix(p).filter(|rest| rest.chars().count() >= 2));
    match bare {
        Some(rest) if korean => rest.to_string(),
        _ => word,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Weight {
    /// At the time of its last change.
    w: f64,
    /// That time, milliseconds since 1970.
    at: i64,
}

impl Weight {
    fn now(self, now: Timestamp) -> f64 {
        let age = now.as_millisecond().saturating_sub(self.at).max(0) as f64;
        let weight = self.w * (-age / HALF_LIFE_MS).exp2();
        if weight.is_finite() {
            weight.clamp(-FULL, FULL)
        } else {
            0.0
        }
    }
}

/// What a reader likes and does not want. Kept as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Topics {
    terms: BTreeMap<String, Weight>,
    muted: BTreeSet<String>,
}

impl Topics {
    /// The reader opened a story.
    pub fn opened(&mut self, terms: &Terms, now: Timestamp) {
        self.add(terms, OPENED, now);
    }

    /// The reader put a story aside ("less of this").
    pub fn put_aside(&mut self, terms: &Terms, now: Timestamp) {
        self.add(terms, -ASIDE, now);
    }

    /// A word as it is kept: small letters, without a particle. `None` if it is none that can be muted (`biseo_digest::is_topic`).
    #[must_use]
    pub fn topic(word: &str) -> Option<String> {
        is_topic(word).then(|| term(word.trim()))
    }

    /// A word as it is kept here: one that was learnt is as it was learnt, for it may end like a particle (제주도); any other as
    /// [`Self::topic`] says.
    #[must_use]
    pub fn named(&self, word: &str) -> Option<String> {
        let exact = word.trim().to_lowercase();
        match self.terms.contains_key(&exact) && is_topic(word) {
            true => Some(exact),
            false => Self::topic(word),
        }
    }

    /// Mutes a topic: a word as it stands in headlines. `false` if it is no word or there are 200 already.
    pub fn mute(&mut self, word: &str) -> bool {
        let Some(word) = self.named(word) else {
            return false;
        };
        let room = self.muted.len() < MOST_MUTED || self.muted.contains(&word);
        if room {
            self.muted.insert(word);
        }
        room
    }

    /// Mutes these words and hears all others again; those that are none are left out, and so are those beyond 200. What is muted
    /// already stays as it is, also if what was learnt of it is forgotten.
    pub fn mute_only(&mut self, words: &[String]) {
        let before = std::mem::take(&mut self.muted);
        for word in words {
            match before.get(&word.trim().to_lowercase()) {
                Some(known) if self.muted.len() < MOST_MUTED => {
                    self.muted.insert(known.clone());
                }
                Some(_) => {}
                None => {
                    self.mute(word);
                }
            }
        }
    }

    /// Hears a topic again; what was learnt of it stays. `false` if it was not muted.
    pub fn unmute(&mut self, word: &str) -> bool {
        // A word as it is kept may end like another particle.
        self.muted.remove(word) || self.muted.remove(&term(word.trim()))
    }

    /// Forgets what was learnt of a word.
    pub fn forget(&mut self, word: &str) {
        if self.terms.remove(word).is_none() {
            self.terms.remove(&term(word.trim()));
        }
    }

    /// The muted words, for the reader to see.
    pub fn muted(&self) -> impl Iterator<Item = &str> {
        self.muted.iter().map(String::as_str)
    }

    /// The weights that count most now, for the reader to see.
    #[must_use]
    pub fn strongest(&self, now: Timestamp, most: usize) -> Vec<(&str, f64)> {
        let mut all: Vec<_> = self.terms.iter().map(|(t, w)| (t.as_str(), w.now(now))).collect();
        all.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(b.0)));
        all.truncate(most);
        all
    }

    /// How much a story is wanted, from -[`FULL`] to [`FULL`]; 0 if nothing is known. `None`: it is not to be told.
    #[must_use]
    pub fn score(&self, story: &Story, now: Timestamp) -> Option<f64> {
        let terms = Terms::of(story.title());
        let titles = || {
            story
                .pieces
                .iter()
                .flat_map(|p| p.title.split(|c: char| !c.is_alphanumeric()))
        };
        let muted = |word: &str| self.muted.iter().any(|m| names(word, m));
        if titles().any(|word| muted(&word.to_lowercase())) {
            return None;
        }
        let known = terms.iter().filter_map(|t| self.terms.get(t)).map(|w| w.now(now));
        let score = known.sum::<f64>() / terms.0.len().max(1) as f64;
        (score > AWAY).then_some(score)
    }

    fn add(&mut self, terms: &Terms, by: f64, now: Timestamp) {
        for t in terms.iter() {
            let before = self.terms.get(t).map_or(0.0, |w| w.now(now));
            let weight = Weight {
                w: (before + by).clamp(-FULL, FULL),
                at: now.as_millisecond(),
            };
            self.terms.insert(t.to_string(), weight);
        }
        let keep: BTreeSet<String> = self
            .strongest(now, MOST_TERMS)
            .iter()
            .map(|(t, _)| (*t).to_string())
            .collect();
        self.terms.retain(|t, _| keep.contains(t));
    }
}

/// Whether a word of a headline names a topic: it is the topic, or a Korean compound with it ("김장철" names "김장").
fn names(word: &str, topic: &str) -> bool {
    match topic.is_ascii() {
        true => word == topic,
        false => word.contains(topic),
    }
}
