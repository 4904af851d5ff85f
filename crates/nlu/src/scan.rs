//! What the scanners share: the line, the numbers at every place of it, the day of the call.

use jiff::civil::DateTime;

use crate::numerals::{Number, numbers_at};
use crate::text::{Cell, Line};
use crate::words::Words;

/// A line with its numbers.
#[derive(Debug)]
pub struct Scan<'a> {
    /// The compact text.
    pub line: &'a Line,
    /// The instant of the utterance.
    pub now: DateTime,
    /// Whether days may lie in the past as well (text at large), not only ahead (a caller's wishes).
    pub anywhere: bool,
    /// Whether the text was written without blanks.
    packed: bool,
    numbers: Vec<Number>,
    /// Where the numbers that begin at each place end in the list.
    ends: Vec<u32>,
}

/// Native day counts, longest words first.
const DAYS: Words<u64> = Words::new(&[
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
]);

impl<'a> Scan<'a> {
    /// Reads the numbers of a line.
    pub fn new(line: &'a Line, now: DateTime) -> Self {
        let mut numbers = Vec::with_capacity(32);
        let mut ends = Vec::with_capacity(line.len());
        for i in 0..line.len() {
            numbers_at(line, i, &mut numbers);
            ends.push(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
        }
        Self {
            line,
            now,
            anywhere: false,
            packed: is_packed(line),
            numbers,
            ends,
        }
    }

    /// A line without its numbers, for what needs none.
    pub fn bare(line: &'a Line, now: DateTime) -> Self {
        Self {
            line,
            now,
            anywhere: false,
            packed: is_packed(line),
            numbers: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The same text with its numbers, on another day.
    pub fn on(&self, now: DateTime) -> Self {
        Self {
            line: self.line,
            now,
            anywhere: self.anywhere,
            packed: self.packed,
            numbers: self.numbers.clone(),
            ends: self.ends.clone(),
        }
    }

    fn numbers(&self, i: usize) -> &[Number] {
        let end = |i: usize| self.ends.get(i).map_or(0, |e| *e as usize);
        let from = i.checked_sub(1).map_or(0, end);
        self.numbers.get(from..end(i)).unwrap_or(&[])
    }

    /// Whether a word may begin here: it does, or in a text without blanks a particle stands before.
    pub fn begins(&self, i: usize) -> bool {
        const PARTICLES: &str = "는은에를을도로의면";
        self.line.gap(i) || self.packed && i > 0 && PARTICLES.contains(self.line.at(i - 1))
    }

    /// Whether the text was written without blanks.
    pub fn packed(&self) -> bool {
        self.packed
    }

    /// How many characters there are.
    pub fn places(&self) -> usize {
        self.line.len()
    }

    /// The longest number at a place that fits.
    pub fn number(&self, i: usize, fits: impl Fn(&Number) -> bool) -> Option<Number> {
        self.numbers(i).iter().rev().find(|n| fits(n)).copied()
    }

    /// A native count of days at a place (사흘), with where it ends.
    pub fn native_days(&self, i: usize) -> Option<(u64, usize)> {
        DAYS.at(self.line, i)
    }

    /// The number from 1 to `max` that stands right before a word, with where the word ends.
    pub fn counted(&self, i: usize, max: u64, word: &str) -> Option<(u64, usize)> {
        let n = self.number(i, |n| {
            (1..=max).contains(&n.value) && !n.is_native() && self.line.has(n.end, word)
        })?;
        Some((n.value, self.line.after(n.end, word)?))
    }
}

/// So long a text has a blank, if blanks are written.
const LONG: usize = 7;

fn is_packed(line: &Line) -> bool {
    let place = |cell: Option<&Cell>| cell.map_or(0, |c| c.origin);
    let (from, to) = (place(line.cells.first()), place(line.cells.last()));
    let within = line.original.get(from..to).unwrap_or(&[]);
    let blank = within.iter().any(|c| c.is_whitespace());
    line.len() >= LONG && !blank
}
