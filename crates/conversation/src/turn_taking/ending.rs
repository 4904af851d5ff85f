//! How an unfinished turn sounds: whether more is likely to come.

use biseo_model::understanding::{Awaiting, Slot};

/// What the text so far tells of the turn's end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ending {
    /// There is no text.
    #[default]
    Nothing,
    /// Only signs of listening.
    Backchannel,
    /// It holds what was asked, or ends as sentences end.
    Complete,
    /// Nothing special.
    Usual,
    /// The last word calls for another.
    More,
    /// A number is being dictated.
    Digits,
}

/// Signs of listening, without spaces and points.
const BACKCHANNELS: [&str; 14] = [
    "네", "네네", "예", "예예", "음", "어", "아", "아네", "아예", "네에", "uhhuh", "mhm", "mmhmm", "okay",
];
/// Words after which more comes.
const MORE_WORDS: [&str; 24] = [
    "그리고",
    "그럼",
    "그러면",
    "그런데",
    "근데",
    "그",
    "저",
    "저기",
    "음",
    "어",
    "에",
    "아니",
    "그래서",
    "혹시",
    "잠깐만",
    "그러니까",
    "and",
    "uh",
    "um",
    "but",
    "so",
    "or",
    "for",
    "at",
];
/// Word ends after which more comes.
const MORE_ENDS: [&str; 12] = [
    "는데", "은데", "인데", "하고", "이랑", "거든", "려고", "니까", "면서", "해서", "아서", "에서",
];
/// Word ends of finished Korean sentences.
const COMPLETE_ENDS: [&str; 9] = [
    "요",
    "니다",
    "니까",
    "죠",
    "까",
    "데요",
    "주세요",
    "거예요",
    "지요",
];

impl Ending {
    /// Judges a text. `filled`: it holds what was asked.
    pub fn of(text: &str, filled: bool, awaiting: Option<Awaiting>) -> Self {
        let words: Vec<String> = text.split_whitespace().take(200).map(bare).collect();
        let Some(last) = words.iter().rev().find(|w| !w.is_empty()) else {
            return Self::Nothing;
        };
        if BACKCHANNELS.contains(&words.concat().as_str()) {
            return Self::Backchannel;
        }
        let more = MORE_WORDS.contains(&last.as_str()) || MORE_ENDS.iter().any(|e| last.ends_with(e));
        if awaiting == Some(Awaiting::Slot(Slot::Phone)) && !filled && said_digits(&words) {
            return Self::Digits;
        }
        match (more, filled || COMPLETE_ENDS.iter().any(|e| last.ends_with(e))) {
            (true, _) => Self::More,
            (false, true) => Self::Complete,
            (false, false) => Self::Usual,
        }
    }
}

/// A word in small letters without points.
fn bare(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether the last word is digits, written or spoken.
fn said_digits(words: &[String]) -> bool {
    const SPOKEN: &str = "공영일이삼사오육칠팔구하나둘셋넷다섯여섯일곱여덟아홉에국";
    const ENGLISH: [&str; 13] = [
        "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double",
        "triple",
    ];
    words.last().is_some_and(|w| {
        w.chars().all(|c| c.is_ascii_digit() || SPOKEN.contains(c)) || ENGLISH.contains(&w.as_str())
    })
}
