//! The evening's news for one reader: what is wanted most and can be read in the time.

use biseo_digest::{News, seconds};
use jiff::Timestamp;

use crate::story::Story;
use crate::topics::Topics;

/// Sentences of a story at most.
pub const MOST_SENTENCES: usize = 3;
/// From so many letters on, two sentences are enough.
const LONG: usize = 150;
/// What a story loses for each hour since it was last written about.
const STALE: f64 = 0.02;
/// What each further paper adds to a story that several have, by the logarithm of their number.
const WIDE: f64 = 0.5;

/// Chooses stories by what the reader likes, how many tell of them and how new they are, puts them into sentences of their own, and ends
/// before `budget` seconds of reading (120 for a digest's whole time). A story that does not fit is left out, the next may fit.
/// What is muted is not among them. Never two from the same headline.
#[must_use]
pub fn edition(stories: &[Story], topics: &Topics, now: Timestamp, budget: u32) -> Vec<News> {
    let rank = |story: &&Story| topics.score(story, now).map(|wanted| wanted + weight(story, now));
    let mut ranked: Vec<(f64, &Story)> = stories.iter().filter_map(|s| rank(&s).map(|r| (r, s))).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.title().cmp(b.1.title())));
    let (mut left, mut out) = (budget, Vec::<News>::new());
    for (_, story) in ranked {
        if left == 0 {
            break;
        }
        let news = told(story);
        let cost = cost(&news);
        let again = out.iter().any(|n| n.title == news.title);
        if !news.sentences.is_empty() && cost <= left && !again {
            left -= cost;
            out.push(news);
        }
    }
    out
}

fn weight(story: &Story, now: Timestamp) -> f64 {
    let sources: std::collections::BTreeSet<&str> = story.pieces.iter().map(|p| p.source.as_str()).collect();
    let hours = now.duration_since(story.at()).as_secs_f64().max(0.0) / 3600.0;
    WIDE * (sources.len().max(1) as f64).ln() - STALE * hours
}

fn told(story: &Story) -> News {
    let mut sentences = story.summary(MOST_SENTENCES);
    let letters = |upto: usize| {
        sentences
            .iter()
            .take(upto)
            .map(|q| q.text.chars().count())
            .sum::<usize>()
    };
    if letters(2) >= LONG {
        sentences.truncate(2);
    }
    News {
        title: story.title().to_string(),
        sentences,
    }
}

/// Seconds that a story takes, with all that the page shows of it; a little more than less.
fn cost(news: &News) -> u32 {
    let mut shown = news.title.clone();
    for quoted in &news.sentences {
        shown = shown + "\n" + &quoted.text + "\n" + &quoted.source;
    }
    seconds(&shown)
}
