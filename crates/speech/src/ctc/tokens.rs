//! The network's outputs: which number is which jamo, and how jamo make syllables.

use std::path::Path;

use crate::{Result, SpeechError};

/// First and last code point of the three rows of conjoining jamo that modern Korean uses.
const INITIALS: (u32, u32) = (0x1100, 0x1112);
const VOWELS: (u32, u32) = (0x1161, 0x1175);
const FINALS: (u32, u32) = (0x11A8, 0x11C2);
const SYLLABLES: (u32, u32) = (0xAC00, 0xD7A3);
/// Syllables that share an initial, and those that share a vowel with it too.
const PER_INITIAL: u32 = 588;
const PER_VOWEL: u32 = 28;
/// More outputs than this are no jamo network's.
const MAX_TOKENS: usize = 250;

/// What an output of the network stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Nothing, or the same as before (CTC's blank).
    Blank,
    /// A space between words.
    Space,
    /// A consonant that begins a syllable (U+1100 to U+1112).
    Initial,
    /// A vowel (U+1161 to U+1175).
    Vowel,
    /// A consonant or cluster that ends a syllable (U+11A8 to U+11C2).
    Final,
}

impl TokenKind {
    /// Whether a token of this kind may follow one of kind `before` (`None`: nothing yet) in well-formed text.
    pub fn may_follow(self, before: Option<TokenKind>) -> bool {
        use TokenKind::{Blank, Final, Initial, Space, Vowel};
        match self {
            Blank => true,
            Vowel => before == Some(Initial),
            Final => before == Some(Vowel),
            Space => matches!(before, Some(Vowel | Final)),
            Initial => before != Some(Initial),
        }
    }
}

/// The network's alphabet, from its `tokens.txt`.
#[derive(Debug, Clone)]
pub struct Tokens {
    chars: Vec<char>,
    kinds: Vec<TokenKind>,
    blank: usize,
}

impl Tokens {
    /// Reads `tokens.txt`.
    ///
    /// # Errors
    /// [`SpeechError::Model`] when it cannot be read or is none.
    pub fn load(path: &Path) -> Result<Self> {
        let fail = |detail: String| SpeechError::Model {
            path: path.to_owned(),
            detail,
        };
        let text = std::fs::read_to_string(path).map_err(|e| fail(e.to_string()))?;
        Self::parse(&text).map_err(fail)
    }

    /// Reads lines of `symbol id`: conjoining jamo, `<blk>`, and the space as `<sp>`, `|`, `▁` or a line that holds only
    /// its id. Ids go from 0 upwards without a gap, in any order.
    ///
    /// # Errors
    /// What is wrong, with the line.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let mut found: Vec<Option<(char, TokenKind)>> = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (symbol, id) = entry(line).ok_or_else(|| format!("`{line}` is no line of tokens.txt"))?;
            if id >= MAX_TOKENS {
                return Err(format!("token {id}: at most {MAX_TOKENS} are known"));
            }
            found.resize(found.len().max(id + 1), None);
            if found[id].replace(symbol).is_some() {
                return Err(format!("token {id} is there twice"));
            }
        }
        let all: Vec<_> = found
            .into_iter()
            .enumerate()
            .map(|(id, token)| token.ok_or_else(|| format!("token {id} is missing")))
            .collect::<std::result::Result<_, _>>()?;
        let (chars, kinds): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let mut blanks = (0..kinds.len()).filter(|&id| kinds[id] == TokenKind::Blank);
        match (blanks.next(), blanks.next()) {
            (Some(blank), None) => Ok(Self { chars, kinds, blank }),
            _ => Err("there must be one `<blk>`".to_owned()),
        }
    }

    /// How many outputs the network has.
    #[expect(clippy::len_without_is_empty, reason = "there is always a blank")]
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// The blank's number.
    pub fn blank(&self) -> usize {
        self.blank
    }

    /// What a token is; a number that is none counts as a blank.
    pub fn kind(&self, token: usize) -> TokenKind {
        self.kinds.get(token).copied().unwrap_or(TokenKind::Blank)
    }

    /// A token's letter: a conjoining jamo, `' '`, or U+0000 for the blank.
    pub fn letter(&self, token: usize) -> char {
        self.chars.get(token).copied().unwrap_or('\0')
    }

    /// The token for a letter.
    pub fn find(&self, letter: char) -> Option<usize> {
        self.chars
            .iter()
            .position(|&c| c == letter)
            .filter(|&t| t != self.blank)
    }

    /// The tokens of a text: its Korean syllables and spaces. Everything else in it is left out.
    pub fn spell(&self, text: &str) -> Vec<usize> {
        text.chars()
            .flat_map(decompose)
            .flatten()
            .filter_map(|jamo| self.find(jamo))
            .collect()
    }
}

/// One line: the letter, what it is, its number.
fn entry(line: &str) -> Option<((char, TokenKind), usize)> {
    let (symbol, id) = match line.trim_end().rsplit_once([' ', '\t']) {
        Some((symbol, id)) => (symbol.trim(), id),
        None => ("", line.trim()),
    };
    Some((letter(symbol)?, id.parse().ok()?))
}

fn letter(symbol: &str) -> Option<(char, TokenKind)> {
    let one = || {
        let mut chars = symbol.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    match symbol {
        "<blk>" | "<blank>" => Some(('\0', TokenKind::Blank)),
        "" | "<sp>" | "<space>" | "|" | "▁" => Some((' ', TokenKind::Space)),
        _ => one().and_then(|c| Some((c, jamo_kind(c)?))),
    }
}

fn jamo_kind(c: char) -> Option<TokenKind> {
    let within = |(first, last): (u32, u32)| (first..=last).contains(&u32::from(c));
    if within(INITIALS) {
        Some(TokenKind::Initial)
    } else if within(VOWELS) {
        Some(TokenKind::Vowel)
    } else {
        within(FINALS).then_some(TokenKind::Final)
    }
}

/// The letters of a character: two or three jamo, a space, or nothing.
fn decompose(c: char) -> [Option<char>; 3] {
    let code = u32::from(c);
    if (SYLLABLES.0..=SYLLABLES.1).contains(&code) {
        let index = code - SYLLABLES.0;
        let last = index % PER_VOWEL;
        return [
            char::from_u32(INITIALS.0 + index / PER_INITIAL),
            char::from_u32(VOWELS.0 + index % PER_INITIAL / PER_VOWEL),
            (last > 0).then(|| char::from_u32(FINALS.0 + last - 1)).flatten(),
        ];
    }
    let plain = jamo_kind(c).is_some().then_some(c);
    [plain.or(c.is_whitespace().then_some(' ')), None, None]
}

/// Puts jamo together to syllables as they come (what Unicode calls NFC); jamo that make none are dropped.
#[derive(Debug, Default)]
pub(super) struct Composer {
    text: String,
    initial: Option<u32>,
    /// The last character of `text` is a syllable that can still take a final.
    open: bool,
}

impl Composer {
    pub(super) fn push(&mut self, jamo: char) {
        let code = u32::from(jamo);
        match (jamo_kind(jamo), self.initial) {
            (Some(TokenKind::Initial), _) => {
                self.initial = Some(code - INITIALS.0);
                self.open = false;
            }
            (Some(TokenKind::Vowel), Some(initial)) => {
                self.syllable(SYLLABLES.0 + initial * PER_INITIAL + (code - VOWELS.0) * PER_VOWEL);
                self.initial = None;
                self.open = true;
            }
            (Some(TokenKind::Final), None) if self.open => {
                let before = self.text.pop().map_or(SYLLABLES.0, u32::from);
                self.syllable(before + code - FINALS.0 + 1);
                self.open = false;
            }
            _ => {
                self.initial = None;
                self.open = false;
            }
        }
    }

    fn syllable(&mut self, code: u32) {
        self.text.extend(char::from_u32(code));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The word that is done; a consonant that waits for its vowel is dropped.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(self).text
    }
}

#[cfg(test)]
pub(super) fn korean() -> Tokens {
    let rows = [INITIALS, VOWELS, FINALS].map(|(first, last)| first..=last);
    let jamo: Vec<char> = rows.into_iter().flatten().filter_map(char::from_u32).collect();
    let lines: Vec<String> = jamo
        .iter()
        .enumerate()
        .map(|(n, c)| format!("{c} {}", n + 2))
        .collect();
    Tokens::parse(&format!("<blk> 0\n 1\n{}\n", lines.join("\n"))).expect("it is well formed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelled_is_put_together_again() {
        let tokens = korean();
        assert_eq!(tokens.len(), 69);
        for word in ["안녕하세요", "값을", "닭볶음탕", "의자", "뷁"] {
            let mut composer = Composer::default();
            tokens
                .spell(word)
                .into_iter()
                .for_each(|t| composer.push(tokens.letter(t)));
            assert_eq!(composer.take(), word);
        }
        assert_eq!(tokens.spell("2 가A").len(), 3);
    }

    #[test]
    fn jamo_that_make_no_syllable_are_dropped() {
        for (jamo, text) in [("ᄀ", ""), ("ᅡ", ""), ("ᆨ각ᆨ", "각"), ("ᄀ나", "나")] {
            let mut composer = Composer::default();
            jamo.chars()
                .flat_map(decompose)
                .flatten()
                .for_each(|c| composer.push(c));
            assert_eq!(composer.take(), text, "{jamo}");
        }
    }

    #[test]
    fn bad_lists_are_refused() {
        let bad = [
            "",
            "<blk> 0\n<blk> 1",
            "ᄀ 0",
            "<blk> 0\nᄀ 2",
            "<blk> 0\nᄀ 0",
            "<blk> 0\nA 1",
            "<blk> x",
            "<blk> 99999999",
            "<blk> 0\nᄀᄀ 1",
        ];
        for text in bad {
            assert!(Tokens::parse(text).is_err(), "{text:?}");
        }
    }
}
