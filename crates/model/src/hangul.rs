//! Hangul syllables taken apart and put together (Unicode, ch. 3.12), and a consonant carried over to a following vowel (연음,
//! 표준발음법 13): 안에 sounds as 아네.

/// The silent initial ㅇ.
pub const SILENT: u32 = 11;
const FIRST: u32 = 0xAC00;
const SYLLABLES: u32 = 11_172;
const VOWELS: u32 = 21;
const FINALS: u32 = 28;
/// Finals that are one consonant, with the initial that each is carried over to.
const CARRIED: [(u32, u32); 14] = [
    (1, 0),
    (2, 1),
    (4, 2),
    (7, 3),
    (8, 5),
    (16, 6),
    (17, 7),
    (19, 9),
    (20, 10),
    (22, 12),
    (23, 14),
    (24, 15),
    (25, 16),
    (26, 17),
];

/// The parts of a syllable by their places in Unicode's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syllable {
    /// 0 (ㄱ) to 18 (ㅎ).
    pub initial: u32,
    /// 0 (ㅏ) to 20 (ㅣ).
    pub vowel: u32,
    /// 1 (ㄱ) to 27 (ㅎ); 0 if there is none.
    pub last: u32,
}

/// A character as a syllable; `None` if it is none.
///
/// ```
/// use biseo_model::hangul::{join, split};
/// let han = split('한').unwrap();
/// assert_eq!((han.initial, han.vowel, han.last), (18, 0, 4));
/// assert_eq!(join(han), Some('한'));
/// assert_eq!(split('A'), None);
/// ```
pub fn split(c: char) -> Option<Syllable> {
    let n = u32::from(c).checked_sub(FIRST).filter(|n| *n < SYLLABLES)?;
    Some(Syllable {
        initial: n / (VOWELS * FINALS),
        vowel: n / FINALS % VOWELS,
        last: n % FINALS,
    })
}

/// The character of a syllable; `None` if a part is out of its range.
pub fn join(s: Syllable) -> Option<char> {
    let fits = s.initial < 19 && s.vowel < VOWELS && s.last < FINALS;
    let code = FIRST + (s.initial * VOWELS + s.vowel) * FINALS + s.last;
    char::from_u32(code).filter(|_| fits)
}

/// The initial as which a final is spoken before a vowel; `None` of two letters, of ㅎ and of ㅇ.
pub fn carried(last: u32) -> Option<u32> {
    CARRIED
        .iter()
        .find(|(l, _)| *l == last)
        .map(|(_, initial)| *initial)
}

/// The final that is spoken as this initial before a vowel.
pub fn carries(initial: u32) -> Option<u32> {
    CARRIED.iter().find(|(_, i)| *i == initial).map(|(last, _)| *last)
}
