//! What the scanners share: the line, the numbers at every place of it, the day of the call.

use jiff::civil::DateTime;

use crate::numerals::{Number, numbers_at};
use crate::text::Line;

/// A line with its numbers.
#[derive(Debug)]
pub struct Scan<'a> {
    /// The compact text.
    pub line: &'a Line,
    /// The instant of the utterance.
    pub now: DateTime,
    /// Whether days may lie in the past as well (text at large), not only ahead (a caller's wishes).
    pub anywhere: bool,
    numbers: Vec<Vec<Number>>,
}

/// Native day counts, longest words first.
const DAYS: [(&str, u64); 18] = [
    ("양일", 2),
    ("하룻", 1),
    ("하루", 1),
    ("이틀", 2),
    ("사흘", 3),
    ("나흘", 4),
    ("닷새", 5),
    ("댓새", 5),
    ("엿새", 6),
    ("이레", 7),
    ("여드레", 8),
    ("아흐레", 9),
    ("열흘", 10),
    ("보름", 15),
    ("스무날", 20),
    ("그믐", 30),
    ("일주일", 7),
    ("이주일", 14),
];

impl<'a> Scan<'a> {
    /// Reads the numbers of a line.
    pub fn new(line: &'a Line, now: DateTime) -> Self {
        let numbers = (0..line.len()).map(|i| numbers_at(line, i)).collect();
        Self {
            line,
            now,
            anywhere: false,
            numbers,
        }
    }

    /// A line without its numbers, for what needs none.
    pub fn bare(line: &'a Line, now: DateTime) -> Self {
        Self {
            line,
            now,
            anywhere: false,
            numbers: Vec::new(),
        }
    }

    /// How many characters there are.
    pub fn places(&self) -> usize {
        self.line.len()
    }

    /// The longest number at a place that fits.
    pub fn number(&self, i: usize, fits: impl Fn(&Number) -> bool) -> Option<Number> {
        self.numbers.get(i)?.iter().rev().find(|n| fits(n)).copied()
    }

    /// A native count of days at a place (사흘), with where it ends.
    pub fn native_days(&self, i: usize) -> Option<(u64, usize)> {
        DAYS.iter()
            .find_map(|&(word, days)| self.line.after(i, word).map(|end| (days, end)))
    }

    /// The number from 1 to `max` that stands right before a word, with where the word ends.
    pub fn counted(&self, i: usize, max: u64, word: &str) -> Option<(u64, usize)> {
        let n = self.number(i, |n| {
            (1..=max).contains(&n.value) && !n.is_native() && self.line.has(n.end, word)
        })?;
        Some((n.value, self.line.after(n.end, word)?))
    }
}
