//! Runs of letters as a measure of likeness: Korean endings and particles change, the syllables of a word do not.

use std::collections::HashMap;

/// Runs of two syllables within words, words in other letters, and numbers, counted. Of one text there are as many as it has
/// letters at most.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grams {
    counts: HashMap<String, f64>,
    length: f64,
}

/// A number tells stories apart better than a run of two syllables.
const NUMBER: f64 = 2.0;
const WORD: f64 = 2.0;

impl Grams {
    /// Counts a text's runs. Each counts by the root of its number, so that one word said often does not decide.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut counts: HashMap<String, f64> = HashMap::new();
        for (run, weight) in runs(text) {
            *counts.entry(run).or_default() += weight;
        }
        counts.values_mut().for_each(|n| *n = n.sqrt());
        let length = counts.values().map(|n| n * n).sum::<f64>().sqrt();
        Self { counts, length }
    }

    /// Likeness of two texts, from 0 (nothing in common) to 1: the cosine.
    ///
    /// ```
    /// use biseo_news::Grams;
    /// let (a, b) = (Grams::of("배추 가격이 30% 내렸다"), Grams::of("배추 가격은 30% 내렸습니다"));
    /// assert!(a.likeness(&b) > 0.6 && a.likeness(&Grams::of("한강버스 선착장")) == 0.0);
    /// ```
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let (few, many) = match self.counts.len() <= other.counts.len() {
            true => (self, other),
            false => (other, self),
        };
        let shared = few
            .counts
            .iter()
            .filter_map(|(k, n)| many.counts.get(k).map(|m| n * m));
        match self.length * other.length {
            0.0 => 0.0,
            both => (shared.sum::<f64>() / both).min(1.0),
        }
    }
}

fn runs(text: &str) -> Vec<(String, f64)> {
    let mut out = Vec::new();
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        for piece in pieces(word) {
            let letters: Vec<char> = piece.chars().collect();
            match letters[0] {
                c if is_syllable(c) && letters.len() > 1 => {
                    out.extend(letters.windows(2).map(|w| (w.iter().collect(), 1.0)));
                }
                c if is_syllable(c) => {}
                c if c.is_numeric() => out.push((piece.to_string(), NUMBER)),
                _ if letters.len() > 2 => out.push((piece.to_lowercase(), WORD)),
                _ => {}
            }
        }
    }
    out
}

fn is_syllable(c: char) -> bool {
    matches!(c, '가'..='힣')
}

/// A word's pieces of one kind: syllables, digits, other letters ("30포기" is two).
fn pieces(word: &str) -> Vec<&str> {
    let kind = |c: char| (is_syllable(c), c.is_numeric());
    let mut out = Vec::new();
    let (mut from, mut last) = (0, None);
    for (i, c) in word.char_indices() {
        if last.is_some_and(|l| l != kind(c)) {
            out.push(&word[from..i]);
            from = i;
        }
        last = Some(kind(c));
    }
    out.push(&word[from..]);
    out
}
