//! An utterance made ready for the scanners: characters without blanks and punctuation, with the way back to the text.
//!
//! Recognisers put blanks where they like, so nothing here may depend on them; they are kept as hints.

use crate::jamo::{self, Sound, Syllable};

/// Longest utterance that is read, in characters; the rest of a longer one is ignored.
pub const MAX_CHARS: usize = 600;

/// One character of the compact text.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// The character, in lower case.
    pub c: char,
    /// Its jamo.
    pub syllable: Syllable,
    /// The same, to be compared with another.
    pub sound: Sound,
    /// Its place in the utterance, in characters.
    pub origin: usize,
    /// Whether a blank, a mark or the beginning stands before it.
    pub gap: bool,
    /// Whether a mark that ends a clause (comma, full stop, question mark) stands before it.
    pub stop: bool,
}

/// The compact text.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// The characters that count.
    pub cells: Vec<Cell>,
    /// The utterance's characters as they came.
    pub original: Vec<char>,
    /// Whether there is a question mark at the end.
    pub question: bool,
}

impl Line {
    /// Reads an utterance.
    pub fn new(text: &str) -> Self {
        let original: Vec<char> = text.chars().take(MAX_CHARS).collect();
        let mut cells: Vec<Cell> = Vec::with_capacity(original.len());
        let (mut gap, mut stop) = (true, true);
        for (origin, &raw) in original.iter().enumerate() {
            if !keeps(&original, origin) {
                gap = true;
                stop |= matches!(raw, ',' | '.' | '?' | '!' | '…' | '、' | '。');
                continue;
            }
            let c = fold(raw);
            cells.push(Cell {
                c,
                syllable: jamo::split(c),
                sound: Sound::new(c),
                origin,
                gap,
                stop,
            });
            (gap, stop) = (false, false);
        }
        let question = original.iter().rev().find(|c| !c.is_whitespace()) == Some(&'?');
        Self {
            cells,
            original,
            question,
        }
    }

    /// How many characters count.
    #[inline]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether nothing counts.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The character at a place, NUL past the end.
    #[inline]
    pub fn at(&self, i: usize) -> char {
        self.cells.get(i).map_or('\0', |cell| cell.c)
    }

    /// Whether a word begins here (or the text ends).
    #[inline]
    pub fn gap(&self, i: usize) -> bool {
        self.cells.get(i).is_none_or(|cell| cell.gap)
    }

    /// Whether a clause mark stands before this place (or the text ends).
    #[inline]
    pub fn stop(&self, i: usize) -> bool {
        self.cells.get(i).is_none_or(|cell| cell.stop)
    }

    /// Whether these characters stand here, blanks or not.
    #[inline]
    pub fn has(&self, i: usize, word: &str) -> bool {
        self.after(i, word).is_some()
    }

    /// The place after `word`, if it stands here.
    #[inline]
    pub fn after(&self, i: usize, word: &str) -> Option<usize> {
        let mut rest = word.chars();
        match rest.next() {
            None => Some(i),
            // Most words are ruled out by their first character.
            Some(first) if self.at(i) == first => self.goes_on(i + 1, rest.as_str()),
            Some(' ' | '\'') => self.goes_on(i, rest.as_str()),
            Some(_) => None,
        }
    }

    fn goes_on(&self, i: usize, rest: &str) -> Option<usize> {
        let mut at = i;
        for c in rest.chars().filter(|c| !matches!(c, ' ' | '\'')) {
            if self.at(at) != c {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// The place after the first of `words` that stands here.
    #[inline]
    pub fn after_any(&self, i: usize, words: &[&str]) -> Option<usize> {
        words.iter().find_map(|word| self.after(i, word))
    }

    /// Whether `word` ends just before this place.
    #[inline]
    pub fn ends(&self, i: usize, word: &str) -> bool {
        let n = word.chars().filter(|c| !matches!(c, ' ' | '\'')).count();
        i >= n && self.has(i - n, word)
    }

    /// The end of the word that holds this place.
    pub fn word_end(&self, i: usize) -> usize {
        let mut end = i + 1;
        while !self.gap(end) {
            end += 1;
        }
        end.min(self.len())
    }

    /// A span of the compact text as a span of the utterance, in characters.
    pub fn span(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self
            .cells
            .get(start)
            .map_or(self.original.len(), |cell| cell.origin);
        let to = end
            .checked_sub(1)
            .and_then(|i| self.cells.get(i))
            .map_or(from, |cell| cell.origin + 1);
        (from, to.max(from))
    }

    /// The words of the utterance that a span of the compact text covers.
    pub fn words(&self, start: usize, end: usize) -> String {
        let (from, to) = self.span(start, end);
        self.original[from..to].iter().collect()
    }

    /// Whether there is any Hangul.
    pub fn is_korean(&self) -> bool {
        self.cells.iter().any(|cell| cell.syllable.is_hangul())
    }
}

/// Letters and digits count; `:`, `-`, `.`, `,` and `/` only between digits.
fn keeps(text: &[char], i: usize) -> bool {
    let c = text[i];
    if is_syllable(c) || c.is_alphanumeric() || matches!(c, '%' | '+') {
        return true;
    }
    let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(char::is_ascii_digit);
    matches!(c, ':' | '-' | '.' | ',' | '/') && digit(i.checked_sub(1)) && digit(Some(i + 1))
}

/// What most characters are.
fn is_syllable(c: char) -> bool {
    ('가'..='힣').contains(&c)
}

fn fold(c: char) -> char {
    match c {
        _ if is_syllable(c) => c,
        '０'..='９' => char::from_u32(u32::from(c) - 0xFF10 + 0x30).unwrap_or(c),
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_marks_are_hints_only() {
        let line = Line::new(" 네, 7:30 이요?");
        let text: String = line.cells.iter().map(|c| c.c).collect();
        assert_eq!(text, "네7:30이요");
        assert!(line.question && line.stop(1) && !line.stop(2));
        assert_eq!(line.span(1, 5), (4, 8));
        assert_eq!(line.words(1, 7), "7:30 이요");
    }

    #[test]
    fn nothing_is_no_trouble() {
        let line = Line::new("  ?? ");
        assert_eq!((line.len(), line.span(0, 0), line.at(3)), (0, (5, 5), '\0'));
    }
}
