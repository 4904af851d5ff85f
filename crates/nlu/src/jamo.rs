//! Hangul syllables as jamo, and how far two of them are apart for a recogniser's ear.

/// A syllable taken apart: onset, vowel and coda as Unicode's indices, each plus one; 0 is "none". For a character that is
/// not a Hangul syllable the onset is [`OTHER`] and the rest holds the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Syllable {
    /// Onset (초성).
    pub onset: u8,
    /// Vowel (중성).
    pub vowel: u8,
    /// Coda (종성).
    pub coda: u8,
}

/// The onset of what is no Hangul syllable.
pub const OTHER: u8 = 0xFF;

impl Syllable {
    /// Whether it is a Hangul syllable.
    pub fn is_hangul(self) -> bool {
        self.onset != OTHER
    }
}

/// Takes a character apart.
///
/// ```
/// use biseo_nlu::jamo::split;
/// let s = split('김');
/// assert_eq!((s.onset, s.vowel, s.coda), (1, 21, 16));
/// assert!(!split('k').is_hangul());
/// ```
pub fn split(c: char) -> Syllable {
    let code = u32::from(c);
    if !(0xAC00..=0xD7A3).contains(&code) {
        let [_, high, mid, low] = code.to_be_bytes();
        return Syllable {
            onset: OTHER,
            vowel: mid ^ high,
            coda: low,
        };
    }
    let index = code - 0xAC00;
    let part = |n: u32| u8::try_from(n).unwrap_or(0);
    Syllable {
        onset: part(index / 588) + 1,
        vowel: part(index % 588 / 28) + 1,
        coda: part(index % 28),
    }
}

/// Puts a Hangul syllable together; `None` if a part is out of range.
pub fn join(s: Syllable) -> Option<char> {
    let fits = (1..=19).contains(&s.onset) && (1..=21).contains(&s.vowel) && s.coda < 28;
    let index =
        fits.then(|| u32::from(s.onset - 1) * 588 + u32::from(s.vowel - 1) * 28 + u32::from(s.coda))?;
    char::from_u32(0xAC00 + index)
}

/// Vowels that sound alike fall together: ㅐㅔㅒㅖ, ㅙㅚㅞ.
const VOWEL_CLASS: [u8; 22] = [
    0, 1, 2, 3, 2, 5, 2, 7, 2, 9, 10, 11, 11, 13, 14, 15, 11, 17, 18, 19, 20, 21,
];
/// Plain, tense and aspirated onsets fall together: ㄱㄲㅋ, ㄷㄸㅌ, ㅂㅃㅍ, ㅅㅆ, ㅈㅉㅊ.
const ONSET_CLASS: [u8; 20] = [0, 1, 1, 3, 4, 4, 6, 7, 8, 8, 10, 10, 12, 13, 13, 13, 1, 4, 8, 19];
/// Codas by how they are spoken: ㄱ, ㄴ, ㄷ, ㄹ, ㅁ, ㅂ, ㅇ.
const CODA_CLASS: [u8; 28] = [
    0, 1, 1, 1, 4, 4, 4, 7, 8, 1, 16, 8, 8, 8, 17, 8, 16, 17, 17, 7, 7, 21, 7, 7, 1, 7, 17, 7,
];

/// A character made ready to be compared: of a syllable the parts and their classes, one in an octet each, so that two
/// syllables are as many half jamo apart as octets differ; of other characters the code, with the highest octet set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sound(u64);

/// What no syllable has in its highest octet.
const NO_SYLLABLE: u64 = 0xFF << 56;

impl Sound {
    /// Of a character.
    pub fn new(c: char) -> Self {
        let s = split(c);
        if !s.is_hangul() {
            return Self(NO_SYLLABLE | u64::from(u32::from(c)));
        }
        let (onset, vowel, coda) = (usize::from(s.onset), usize::from(s.vowel), usize::from(s.coda));
        Self(u64::from_le_bytes([
            s.onset,
            ONSET_CLASS[onset],
            s.vowel,
            VOWEL_CLASS[vowel],
            s.coda,
            CODA_CLASS[coda],
            0,
            0,
        ]))
    }

    /// The cost of hearing one for the other, in half jamo: 1 for parts that sound alike, 2 for others;
    /// [`FAR`] if one is no Hangul or the cost is above 3.
    #[inline]
    pub fn cost(self, other: Self) -> u8 {
        let differs = self.0 ^ other.0;
        if differs == 0 {
            return 0;
        }
        if (self.0 | other.0) >= NO_SYLLABLE {
            return FAR;
        }
        // No part is above 127: the highest bit of each octet's sum tells whether the octet is above 0.
        let octets = (differs + 0x7F7F_7F7F_7F7F) & 0x8080_8080_8080;
        // The product's highest octet is the sum of all octets: six at most.
        let [.., sum] = (octets >> 7).wrapping_mul(0x0101_0101_0101_0101).to_le_bytes();
        if sum > 3 { FAR } else { sum }
    }
}

impl Syllable {
    /// A number below 22 shared by all syllables whose vowels sound alike; 21 + 1 for what is no Hangul.
    pub fn vowel_class(self) -> usize {
        if !self.is_hangul() {
            return 22;
        }
        usize::from(VOWEL_CLASS[usize::from(self.vowel)])
    }

    /// A number below 20 shared by all syllables whose onsets sound alike; 20 for what is no Hangul.
    pub fn onset_class(self) -> usize {
        if !self.is_hangul() {
            return 20;
        }
        usize::from(ONSET_CLASS[usize::from(self.onset)])
    }
}

/// Too far apart to be one syllable misheard.
pub const FAR: u8 = 100;

/// Whether a character is a Hangul syllable that ends in a consonant.
pub fn has_coda(c: char) -> bool {
    let s = split(c);
    s.is_hangul() && s.coda != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn far(a: char, b: char) -> u8 {
        Sound::new(a).cost(Sound::new(b))
    }

    #[test]
    fn what_sounds_alike_is_near() {
        assert_eq!(far('예', '에'), 1);
        assert_eq!(far('볶', '뽂'), 1);
        assert_eq!(far('볶', '복'), 1);
        assert_eq!(far('개', '게'), 1);
        assert_eq!(far('덟', '덜'), 1);
        assert_eq!(far('시', '씨'), 1);
        assert_eq!(far('김', '박'), FAR);
        assert_eq!(far('가', 'a'), FAR);
        assert_eq!(far('일', '이'), 2);
    }

    #[test]
    fn every_syllable_comes_together_again() {
        for c in '가'..='힣' {
            assert_eq!(join(split(c)), Some(c));
        }
    }
}
