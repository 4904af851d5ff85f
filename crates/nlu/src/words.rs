//! Words with what they stand for, looked up at a place of a text.

use crate::text::Line;

/// Words in the order in which they are tried, with what each stands for. Which characters a word can begin with is worked
/// out at compile time, so that at most places one look is enough.
#[derive(Debug)]
pub struct Words<T: 'static> {
    words: &'static [(&'static str, T)],
    /// A bit for each character that a word begins with, by the lowest octet of its code.
    first: [u64; 4],
}

impl<T: Copy> Words<T> {
    /// Of a list; where one word begins with another, the longer one must stand first.
    pub const fn new(words: &'static [(&'static str, T)]) -> Self {
        let mut first = [0; 4];
        let mut i = 0;
        while i < words.len() {
            let octet = lowest(words[i].0.as_bytes());
            first[(octet >> 6) as usize] |= 1 << (octet & 63);
            i += 1;
        }
        Self { words, first }
    }

    /// The first of the words that stands at a place: its meaning, and the place after it.
    #[inline]
    pub fn at(&self, line: &Line, i: usize) -> Option<(T, usize)> {
        self.entry(line, i).map(|(_, meaning, end)| (meaning, end))
    }

    /// The same, with the word.
    #[inline]
    pub fn entry(&self, line: &Line, i: usize) -> Option<(&'static str, T, usize)> {
        if !self.may(line.at(i)) {
            return None;
        }
        self.words
            .iter()
            .find_map(|&(word, meaning)| line.after(i, word).map(|end| (word, meaning, end)))
    }

    /// Whether a word may begin with a character.
    #[inline]
    pub fn may(&self, c: char) -> bool {
        let octet = u32::from(c) & 0xFF;
        self.first[(octet >> 6) as usize] & (1 << (octet & 63)) != 0
    }

    /// The words.
    pub fn iter(&self) -> impl Iterator<Item = &'static (&'static str, T)> {
        self.words.iter()
    }
}

/// The lowest octet of the code of the character that begins a text in UTF-8.
const fn lowest(text: &[u8]) -> u32 {
    let code = match text.len() {
        0 => 0,
        _ if text[0] < 0x80 => text[0] as u32,
        _ if text[0] < 0xE0 => (text[0] as u32) << 6 | text[1] as u32 & 0x3F,
        _ => (text[1] as u32 & 0x3F) << 6 | text[2] as u32 & 0x3F,
    };
    code & 0xFF
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginning() {
        const WORDS: Words<u8> = Words::new(&[("다음 주", 1), ("다음", 2), ("pm", 3), ("é", 4)]);
        let line = Line::new("다음주 다음 pm é 오전");
        let found: Vec<_> = (0..line.len()).filter_map(|i| WORDS.at(&line, i)).collect();
        assert_eq!(found, [(1, 3), (2, 5), (3, 7), (4, 8)]);
    }
}
