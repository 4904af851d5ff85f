//! Utterances as runs of symbols: what the classifier looks at.

/// The longest run of symbols that votes.
pub const LONGEST: usize = 7;
/// Symbols of an utterance that are looked at; the rest of a longer one is ignored.
pub const MOST_SYMBOLS: usize = 400;

const OTHER: u8 = 68;
const WORD: u8 = 69;
const LETTERS: u8 = 70;
const FIGURE: u8 = 96;
const END: u8 = 97;
const VALUES: u8 = 100;
const CONTEXTS: u8 = 160;

/// A part of an utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A character; blanks and marks are passed over.
    Char(char),
    /// A value that was found, by its kind (0 to 59): all of one kind look alike.
    Value(u8),
}

/// An utterance ready to be scored: its runs of symbols as hashes, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub(crate) hashes: Vec<u32>,
}

impl Row {
    /// Reads an utterance that was said in a context (0 to 90: what had been asked, as its user numbers it).
    pub fn new(context: u8, pieces: impl IntoIterator<Item = Piece>) -> Self {
        Self {
            hashes: hashes(&symbols(context, pieces)),
        }
    }
}

/// The symbols of an utterance: its context, jamo, letters, values, its end.
fn symbols(context: u8, pieces: impl IntoIterator<Item = Piece>) -> Vec<u8> {
    let mut all = Vec::with_capacity(96);
    all.push(CONTEXTS + context.min(90));
    let mut latin = false;
    for piece in pieces {
        if all.len() >= MOST_SYMBOLS {
            break;
        }
        match piece {
            Piece::Value(kind) => all.push(VALUES + kind.min(59)),
            Piece::Char(c) => latin = push_char(&mut all, c, latin),
        }
    }
    all.push(END);
    all
}

/// Adds a character's symbols; tells whether the next character goes on with a Latin word.
fn push_char(all: &mut Vec<u8>, c: char, latin: bool) -> bool {
    let code = u32::from(c);
    let part = |n: u32| u8::try_from(n).unwrap_or(0);
    if (0xAC00..=0xD7A3).contains(&code) {
        let index = code - 0xAC00;
        all.extend([1 + part(index / 588), 20 + part(index % 588 / 28)]);
        if !index.is_multiple_of(28) {
            all.push(40 + part(index % 28));
        }
        return false;
    }
    let c = c.to_ascii_lowercase();
    match c {
        'a'..='z' => {
            if !latin {
                all.push(WORD);
            }
            all.push(LETTERS + part(u32::from(c) - u32::from('a')));
            true
        }
        '0'..='9' => {
            all.push(FIGURE);
            false
        }
        _ if c.is_alphanumeric() => {
            all.push(OTHER);
            false
        }
        '\'' => latin,
        _ => false,
    }
}

/// FNV-1a of every run of two to [`LONGEST`] symbols and of the whole if it is short; never 0.
fn hashes(symbols: &[u8]) -> Vec<u32> {
    let mut all = Vec::with_capacity(symbols.len() * (LONGEST - 1) + 1);
    for start in 0..symbols.len() {
        let mut hash = 0x811C_9DC5_u32;
        for (n, symbol) in symbols[start..].iter().take(LONGEST).enumerate() {
            hash = step(hash, *symbol);
            if n > 0 {
                all.push(mixed(hash));
            }
        }
    }
    if symbols.len() <= 40 {
        all.push(mixed(symbols.iter().fold(0x9E37_79B9, |h, s| step(h, *s))));
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn step(hash: u32, symbol: u8) -> u32 {
    (hash ^ u32::from(symbol)).wrapping_mul(0x0100_0193)
}

/// Spreads the bits, as MurmurHash3's last step does: the table takes the high ones, which must be even.
fn mixed(hash: u32) -> u32 {
    let hash = (hash ^ (hash >> 16)).wrapping_mul(0x85EB_CA6B);
    let hash = (hash ^ (hash >> 13)).wrapping_mul(0xC2B2_AE35);
    (hash ^ (hash >> 16)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u8> {
        symbols(0, text.chars().map(Piece::Char))
    }

    #[test]
    fn blanks_do_not_count_in_korean_and_begin_words_in_english() {
        assert_eq!(of("주차 되나요?"), of("주 차되나요"));
        assert_ne!(of("a part"), of("apart"));
        assert_eq!(of("It's"), of("its"));
    }

    #[test]
    fn hashes_fill_every_part_of_a_table() {
        let text = "내일 저녁 일곱 시에 네 명 예약하고 싶은데요 창가 자리로 부탁드릴게요 주차도 되나요";
        let row = Row::new(0, text.chars().map(Piece::Char));
        let mut parts = [0_usize; 8];
        row.hashes.iter().for_each(|h| parts[(h >> 29) as usize] += 1);
        let even = row.hashes.len() / 8;
        assert!(
            parts.iter().all(|n| (even / 2..even * 2).contains(n)),
            "{parts:?}"
        );
    }

    #[test]
    fn values_of_one_kind_look_alike() {
        let row = |kind| Row::new(1, [Piece::Value(kind), Piece::Char('요')]);
        assert_eq!(row(3), row(3));
        assert_ne!(row(3), row(4));
    }
}
