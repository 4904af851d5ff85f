//! Pieces of several papers about one thing become one story.

use jiff::{SignedDuration, Timestamp};

use crate::grams::Grams;
use crate::markup::clip;
use crate::page::Part;
use crate::sentence::split;

/// From this likeness on two pieces tell of the same. Tuned on `tests/pairs.txt`; bench/README.md has the figures.
pub const SAME: f64 = 0.43;
/// Letters of a piece that are compared: what is new stands first.
const COMPARED: usize = 700;
/// Pieces further apart tell of different days.
const FAR: SignedDuration = SignedDuration::from_hours(72);
/// Pieces that are merged at most, the newest ones.
const MOST: usize = 500;

/// One story of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its headline.
    pub title: String,
    /// The page.
    pub link: String,
    /// Who wrote it.
    pub source: String,
    /// When it was published; when it was first seen, if it does not say.
    pub at: Timestamp,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
}

impl Piece {
    /// A story of a page.
    #[must_use]
    pub fn of(part: &Part, link: &str, source: &str, at: Timestamp) -> Self {
        Self {
            title: part.title.clone(),
            link: link.to_string(),
            source: source.to_string(),
            at,
            paragraphs: part.paragraphs.clone(),
        }
    }

    /// Its sentences in order, verbatim.
    #[must_use]
    pub fn sentences(&self) -> Vec<&str> {
        self.paragraphs.iter().flat_map(|p| split(p)).collect()
    }

    /// What it is compared by: the title counts twice, as it says what the piece is about.
    #[must_use]
    pub fn grams(&self) -> Grams {
        let body = self.paragraphs.join(" ");
        Grams::of(&format!(
            "{} {} {}",
            self.title,
            self.title,
            clip(&body, COMPARED)
        ))
    }

    /// Whether another piece tells of the same, whenever it was written.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        !series(&self.title, &other.title) && self.grams().likeness(&other.grams()) >= SAME
    }
}

/// Pieces that tell of the same, the earliest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The pieces; never empty.
    pub pieces: Vec<Piece>,
}

impl Story {
    /// The headline: that of the piece that came first.
    #[must_use]
    pub fn title(&self) -> &str {
        self.pieces.first().map_or("", |p| &p.title)
    }

    /// When it was last written about.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.pieces.iter().map(|p| p.at).max().unwrap_or_default()
    }
}

/// Headlines that differ in their numbers only are a series ("11월 25일 도매시세", "11월 24일 도매시세"): never one story.
fn series(a: &str, b: &str) -> bool {
    let part = |s: &str, digits: bool| -> String { s.chars().filter(|c| c.is_numeric() == digits).collect() };
    part(a, false) == part(b, false) && part(a, true) != part(b, true)
}

/// Merges pieces into stories. A piece joins the story whose first piece is most like it, if that is [`SAME`] or more and not three days
/// away: by the first piece only, so that a chain of likenesses does not pull everything together. The result does not depend on the
/// pieces' order, unless they have the same time and link.
#[must_use]
pub fn merge(mut pieces: Vec<Piece>) -> Vec<Story> {
    pieces.sort_by(|a, b| (a.at, &a.link, &a.title).cmp(&(b.at, &b.link, &b.title)));
    pieces.drain(..pieces.len().saturating_sub(MOST));
    let mut stories: Vec<(Grams, Story)> = Vec::new();
    for piece in pieces {
        let grams = piece.grams();
        let near = |story: &Story| piece.at.duration_since(story.pieces[0].at) <= FAR;
        let fits = |s: &Story| near(s) && !series(&s.pieces[0].title, &piece.title);
        let like = |(i, (g, s)): (usize, &(Grams, Story))| fits(s).then(|| (i, g.likeness(&grams)));
        let best = stories
            .iter()
            .enumerate()
            .filter_map(like)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        match best.filter(|(_, likeness)| *likeness >= SAME) {
            Some((i, _)) => stories[i].1.pieces.push(piece),
            None => stories.push((grams, Story { pieces: vec![piece] })),
        }
    }
    stories.into_iter().map(|(_, story)| story).collect()
}
