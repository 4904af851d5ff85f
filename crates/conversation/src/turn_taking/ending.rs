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
    /// A short yes or no, and that was asked for.
    Answer,
    /// It holds what was asked, or ends as sentences end.
    Complete,
    /// Nothing special.
    Usual,
    /// The last word calls for another.
    More,
    /// A number is being dictated.
    Digits,
}

/// Words of listening; an utterance of nothing else is one, in whatever order.
const NODS: [&str; 30] = [
    "네",
    "네네",
    "네네네",
    "네에",
    "예",
    "예예",
    "넵",
    "넹",
    "응",
    "음",
    "흠",
    "어",
    "아",
    "오",
    "아하",
    "아네",
    "아예",
    "그래요",
    "그렇구나",
    "그렇군요",
    "그쵸",
    "그죠",
    "맞아요",
    "uhhuh",
    "uh",
    "huh",
    "mhm",
    "mmhmm",
    "yeah",
    "okay",
];
/// Sounds of somebody who is thinking. Over Biseo's voice they are signs of listening.
const HESITATIONS: [&str; 9] = ["음", "흠", "어", "에", "음음", "um", "uh", "er", "hmm"];
/// A day of a week that is not told yet.
const WEEKS: [&str; 4] = ["다음주", "이번주", "다다음주", "담주"];
/// Words after which more comes.
const MORE_WORDS: [&str; 42] = [
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
    "그니까",
    "뭐냐면",
    "다음",
    "다다음",
    "이번",
    "오전",
    "오후",
    "아침",
    "저녁",
    "밤",
    "새벽",
    "and",
    "uh",
    "um",
    "but",
    "so",
    "or",
    "for",
    "at",
    "the",
    "on",
    "next",
    "this",
    "with",
    "my",
    "is",
];
/// Word ends after which more comes.
const MORE_ENDS: [&str; 21] = [
    "는데", "은데", "던데", "하고", "이랑", "거든", "려고", "면서", "해서", "아서", "어서", "에서", "라서",
    "으면", "하면", "지만", "부터", "싶고", "있고", "이고", "되고",
];
/// Word ends of finished Korean sentences.
const COMPLETE_ENDS: [&str; 4] = ["요", "까", "죠", "다"];
/// Nouns and adverbs that end as sentences do.
const NO_SENTENCES: [&str; 14] = [
    "필요",
    "중요",
    "주요",
    "수요",
    "소요",
    "개요",
    "마다",
    "다",
    "전부다",
    "둘다",
    "모두다",
    "바다",
    "보다",
    "아까",
];

impl Ending {
    /// Judges a text. `filled`: it holds what was asked.
    pub fn of(text: &str, filled: bool, awaiting: Option<Awaiting>) -> Self {
        let words = words(text);
        let Some(last) = words.last() else {
            return Self::Nothing;
        };
        if filled && asks_yes_or_no(awaiting) && words.len() <= 2 && !more(last) {
            return Self::Answer;
        }
        if words.iter().all(|w| HESITATIONS.contains(&w.as_str())) {
            return Self::More;
        }
        if nods(&words) {
            return Self::Backchannel;
        }
        if !filled && dictates(&words, awaiting) {
            return Self::Digits;
        }
        match more(last) || (!filled && (breaks_off(last) || week(&words))) {
            true => Self::More,
            false if filled || completes(last) => Self::Complete,
            false => Self::Usual,
        }
    }

    /// Whether a text, said over Biseo's voice, is meant for Biseo: it has words that are no sign of listening. One syllable
    /// that is no known word may be a cough that the recogniser made something of.
    pub(super) fn takes_floor(text: &str) -> bool {
        const SHORT: [&str; 5] = ["왜", "뭐", "no", "hey", "hi"];
        let words = words(text);
        let letters: usize = words.iter().map(|w| w.chars().count()).sum();
        !words.is_empty() && !nods(&words) && (letters > 1 || SHORT.contains(&words[0].as_str()))
    }
}

/// The words in small letters without points; 200 at most, the last ones.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split_whitespace()
        .rev()
        .take(200)
        .map(bare)
        .filter(|w| !w.is_empty())
        .collect();
    words.reverse();
    words
}

/// A word in small letters without points.
fn bare(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(60)
        .collect()
}

fn nods(words: &[String]) -> bool {
    words.iter().all(|w| NODS.contains(&w.as_str())) || NODS.contains(&words.concat().as_str())
}

fn asks_yes_or_no(awaiting: Option<Awaiting>) -> bool {
    matches!(
        awaiting,
        Some(Awaiting::Confirm | Awaiting::Alternative | Awaiting::Offer | Awaiting::AnythingElse)
    )
}

/// Whether the word joins what was said to what comes.
fn more(last: &str) -> bool {
    MORE_WORDS.contains(&last)
        || MORE_ENDS.iter().any(|e| last.ends_with(e))
        || because(last)
        || while_of(last)
}

/// Whether the word cannot end an utterance by its grammar: a month without its day, a topic without what is said of it.
fn breaks_off(last: &str) -> bool {
    const PARTICLES: [&str; 4] = ["는", "을", "를", "월"];
    last.chars().count() > 1 && PARTICLES.iter().any(|p| last.ends_with(p))
}

fn week(words: &[String]) -> bool {
    let two = words[words.len().saturating_sub(2)..].concat();
    WEEKS
        .iter()
        .any(|w| words.last().is_some_and(|l| l == w) || two == *w)
}

fn completes(last: &str) -> bool {
    !NO_SENTENCES.contains(&last)
        && last.chars().count() > 1
        && (COMPLETE_ENDS.iter().any(|e| last.ends_with(e)))
}

/// -니까 gives a reason and goes on (가니까), -ㅂ니까 asks and is done (됩니까).
fn because(last: &str) -> bool {
    before(last, "니까").is_some_and(|c| final_of(c) != Some(17))
}

/// -ㄴ데 (한데, 예쁜데), as far as it is not written 는데.
fn while_of(last: &str) -> bool {
    before(last, "데").is_some_and(|c| final_of(c) == Some(4))
}

/// The character before an ending.
fn before(word: &str, ending: &str) -> Option<char> {
    word.strip_suffix(ending)?.chars().last()
}

/// The number of a syllable's final consonant as Unicode counts them (ㄴ 4, ㅂ 17); 0: none; `None`: no Hangul syllable.
fn final_of(c: char) -> Option<u32> {
    let index = u32::from(c).checked_sub(0xAC00).filter(|i| *i < 11_172)?;
    Some(index % 28)
}

/// Digits of a Korean telephone number, the area code's 0 included.
const PHONE_DIGITS: usize = 10;

/// Whether a number is being dictated and not whole: one was asked for, or what has been said begins as a telephone number.
fn dictates(words: &[String], awaiting: Option<Awaiting>) -> bool {
    if words.last().is_none_or(|w| digits(w).is_none()) {
        return false;
    }
    if awaiting == Some(Awaiting::Slot(Slot::Phone)) {
        return true;
    }
    let run = words.iter().rev().map_while(|w| digits(w)).collect::<Vec<_>>();
    let said: String = run.into_iter().rev().collect();
    said.starts_with('0') && said.len() > 1 && said.len() < PHONE_DIGITS
}

/// The digits of a word that is nothing but digits, written or spoken one by one.
fn digits(word: &str) -> Option<String> {
    const ENGLISH: [(&str, char); 11] = [
        ("zero", '0'),
        ("oh", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
    ];
    if let Some((_, digit)) = ENGLISH.iter().find(|(w, _)| *w == word) {
        return Some(digit.to_string());
    }
    let said: Option<String> = word.chars().filter(|c| *c != '에').map(digit).collect();
    said.filter(|d| !d.is_empty())
}

fn digit(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' => c,
        '공' | '영' | '빵' => '0',
        '일' | '하' => '1',
        '이' | '둘' => '2',
        '삼' | '셋' => '3',
        '사' | '넷' => '4',
        '오' => '5',
        '육' | '륙' => '6',
        '칠' => '7',
        '팔' => '8',
        '구' => '9',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings() {
        for (text, ending) in [
            ("네, 네.", Ending::Backchannel),
            ("아 네 그렇군요", Ending::Backchannel),
            ("Okay", Ending::Backchannel),
            ("yeah, uh-huh", Ending::Backchannel),
            ("내일 하고", Ending::More),
            ("내일 예약하고 싶은데", Ending::More),
            ("좀 급한데", Ending::More),
            ("차가 막히니까", Ending::More),
            ("그러니까", Ending::More),
            ("내일 음…", Ending::More),
            ("12월", Ending::More),
            ("다음 주", Ending::More),
            ("이번주", Ending::More),
            ("다음 주 금요일", Ending::Usual),
            ("음… 어", Ending::More),
            ("음 네", Ending::Backchannel),
            ("저는", Ending::More),
            ("내일 저녁", Ending::More),
            ("주차 됩니까?", Ending::Complete),
            ("김민수입니다", Ending::Complete),
            ("내일 가능할까", Ending::Complete),
            ("예약하고 싶다", Ending::Complete),
            ("그거죠", Ending::Complete),
            ("예약하려고요", Ending::Complete),
            ("전부 다", Ending::Usual),
            ("냉면", Ending::Usual),
            ("내일 일곱 시", Ending::Usual),
            ("공일공 이삼사오", Ending::Digits),
            ("010 2345", Ending::Digits),
            ("oh one oh two three", Ending::Digits),
            ("전화번호는 공일공", Ending::Digits),
            ("방은 공일", Ending::Digits),
            ("오 육", Ending::Usual),
            ("01023456789", Ending::Usual),
            ("…", Ending::Nothing),
            ("", Ending::Nothing),
        ] {
            assert_eq!(Ending::of(text, false, None), ending, "{text}");
        }
    }

    #[test]
    fn endings_by_what_was_asked() {
        let phone = Some(Awaiting::Slot(Slot::Phone));
        let confirm = Some(Awaiting::Confirm);
        for (awaiting, text, filled, ending) in [
            (confirm, "네", true, Ending::Answer),
            (confirm, "아니요", true, Ending::Answer),
            (confirm, "네 맞습니다", true, Ending::Answer),
            (confirm, "네 근데", true, Ending::More),
            (confirm, "네 그걸로 해 주시면 되겠어요", true, Ending::Complete),
            (confirm, "음", false, Ending::More),
            (phone, "이삼사오", false, Ending::Digits),
            (phone, "공일공 이삼사오 육칠팔구", true, Ending::Complete),
            (Some(Awaiting::Slot(Slot::Time)), "저녁", false, Ending::More),
            (
                Some(Awaiting::Slot(Slot::Time)),
                "일곱 시",
                true,
                Ending::Complete,
            ),
            (Some(Awaiting::Slot(Slot::Date)), "십이월", false, Ending::More),
            (Some(Awaiting::Slot(Slot::Name)), "최다은", true, Ending::Complete),
        ] {
            assert_eq!(Ending::of(text, filled, awaiting), ending, "{text}");
        }
    }

    #[test]
    fn what_takes_the_floor() {
        for (text, takes) in [
            ("네 네", false),
            ("음 그렇구나", false),
            ("코", false),
            ("", false),
            ("아니요", true),
            ("잠깐만요", true),
            ("네 근데 주차는요", true),
            ("왜", true),
            ("wait", true),
            ("yeah but", true),
        ] {
            assert_eq!(Ending::takes_floor(text), takes, "{text}");
        }
    }
}
