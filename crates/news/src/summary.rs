//! The sentences of a story that say most of it, word for word, each with its page.

use biseo_digest::Quoted;

use crate::grams::Grams;
use crate::story::{Piece, Story};

/// Letters of a sentence that is chosen at most; nothing is cut, longer ones are left.
const LONGEST: usize = 180;
/// Shorter ones say nothing by themselves.
const SHORTEST: usize = 12;
/// A sentence so like one that was chosen says it again.
const AGAIN: f64 = 0.5;
/// Sentences that are weighed at most.
const MOST: usize = 300;
/// Sentences from a piece's beginning that are weighed.
const MOST_OF_ONE: usize = 40;

struct Candidate<'a> {
    piece: &'a Piece,
    from: usize,
    place: usize,
    text: &'a str,
    grams: Grams,
}

impl Story {
    /// Two or three of the story's sentences as they stand (`most` at most), in the order in which their pieces tell them. A sentence counts
    /// by how much of the whole story it holds and by how early it stands. A story in which nothing is of
    /// a length to be chosen gives its headline with its page: the reader can go there.
    #[must_use]
    pub fn summary(&self, most: usize) -> Vec<Quoted> {
        let all: String = self
            .pieces
            .iter()
            .flat_map(|p| p.paragraphs.iter())
            .fold(String::new(), |all, p| all + " " + p);
        let whole = Grams::of(&format!("{} {all}", self.title()));
        let mut left = self.candidates();
        left.truncate(MOST);
        let mut chosen: Vec<Candidate> = Vec::new();
        while chosen.len() < most {
            left.retain(|c| chosen.iter().all(|o| o.grams.likeness(&c.grams) < AGAIN));
            let score =
                |c: &Candidate| c.grams.likeness(&whole) + 0.35 / (1.0 + c.place as f64) - tone(c.text);
            let best =
                (0..left.len()).max_by(|a, b| score(&left[*a]).total_cmp(&score(&left[*b])).then(b.cmp(a)));
            match best {
                Some(best) => chosen.push(left.remove(best)),
                None => break,
            }
        }
        chosen.sort_by_key(|c| (c.from, c.place));
        match (chosen.is_empty(), self.pieces.first()) {
            (true, Some(first)) if most > 0 => vec![quoted(first, &first.title)],
            _ => chosen.iter().map(|c| quoted(c.piece, c.text)).collect(),
        }
    }

    fn candidates(&self) -> Vec<Candidate<'_>> {
        let each = self.pieces.iter().enumerate();
        each.flat_map(|(from, piece)| candidates(from, piece)).collect()
    }
}

fn candidates(from: usize, piece: &Piece) -> Vec<Candidate<'_>> {
    let fits = |s: &&str| (SHORTEST..=LONGEST).contains(&s.chars().count());
    let told = piece
        .sentences()
        .into_iter()
        .take(MOST_OF_ONE)
        .filter(fits)
        .enumerate();
    let candidate = |(place, text): (usize, _)| Candidate {
        piece,
        from,
        place,
        text,
        grams: Grams::of(text),
    };
    told.map(candidate).collect()
}

/// What somebody said, a question, or a sentence that leans on the one before says less by itself.
fn tone(text: &str) -> f64 {
    let quote = text.starts_with(['"', '“', '‘', '\'']) || text.matches('"').count() >= 2;
    let leans = [
        "그는",
        "그러나",
        "하지만",
        "다만",
        "반면",
        "또",
        "이에",
        "이는",
        "그래서",
        "But",
        "However",
        "He ",
        "She ",
        "They ",
        "It ",
    ];
    let leans = leans.iter().any(|l| text.starts_with(l));
    0.12 * f64::from(u8::from(quote) + u8::from(leans) + u8::from(text.ends_with('?')))
}

fn quoted(piece: &Piece, text: &str) -> Quoted {
    Quoted {
        text: text.to_string(),
        link: piece.link.clone(),
        source: piece.source.clone(),
    }
}
