//! How an unfinished turn sounds: whether more is likely to come.

use biseo_model::understanding::{Awaiting, Slot};

use super::nod::nods;

/// What the understanding makes of the text so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grasp {
    /// Nothing that could be answered: a greeting, a preamble, half a clause.
    #[default]
    Nothing,
    /// A wish or a question.
    Wish,
    /// What was asked.
    Filled,
}

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
    /// It can be answered and ends as sentences end.
    Complete,
    /// It can be answered, and is often gone on with: a bare noun (일곱, 목요일), a bare no, what was asked in a clause that leaves
    /// it open (일곱 시쯤인데요).
    Open,
    /// Nothing special.
    Usual,
    /// The last word calls for another.
    More,
    /// A number is being dictated.
    Digits,
}

/// Sounds of somebody who is thinking. Over Biseo's voice they are signs of listening.
const HESITATIONS: [&str; 10] = ["음", "흠", "어", "에", "음음", "아", "um", "uh", "er", "hmm"];
/// A day of a week that is not told yet.
const WEEKS: [&str; 4] = ["다음주", "이번주", "다다음주", "담주"];
/// Words after which more comes.
const MORE_WORDS: [&str; 49] = [
    "저희",
    "제가",
    "잠깐만요",
    "잠시만요",
    "만요",
    "있잖아요",
    "그게",
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
const MORE_ENDS: [&str; 27] = [
    "는데",
    "은데",
    "던데",
    "하고",
    "이랑",
    "거든",
    "려고",
    "면서",
    "해서",
    "아서",
    "어서",
    "에서",
    "라서",
    "으면",
    "하면",
    "지만",
    "부터",
    "싶고",
    "있고",
    "이고",
    "되고",
    "니라",
    "라고",
    "다고",
    "에도",
    "서도",
    "한테도",
];
/// Ends of sentences that give a reason or lead up to something.
const LEADING_ENDS: [&str; 3] = ["서요", "거든요", "데요"];
/// Ends of sentences that ask for something: with these a message or an address is over.
const ASKING_ENDS: [&str; 5] = ["주세요", "세요", "니다", "드려요", "까"];
/// A no.
const NOES: [&str; 5] = ["아니요", "아니오", "아뇨", "아니에요", "no"];
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
    /// Judges a text.
    pub fn of(text: &str, grasp: Grasp, awaiting: Option<Awaiting>) -> Self {
        let words = words(text);
        let Some(last) = words.last() else {
            return Self::Nothing;
        };
        let filled = grasp == Grasp::Filled;
        if words.iter().all(|w| HESITATIONS.contains(&w.as_str())) {
            return Self::More;
        }
        if filled && asks_yes_or_no(awaiting) && words.len() <= 2 && !more(last) {
            return if denies(&words) { Self::Open } else { Self::Answer };
        }
        if nods(&words) {
            return Self::Backchannel;
        }
        if !filled && dictates(&words, awaiting) {
            return Self::Digits;
        }
        let unfinished =
            more(last) || topic(last, awaiting) || (!filled && (breaks_off(last) || week(&words)));
        match unfinished || leads_up(&words) {
            true => Self::More,
            false => Self::answerable(last, grasp, awaiting),
        }
    }

    /// Of a text that does not call for more by its form.
    fn answerable(last: &str, grasp: Grasp, awaiting: Option<Awaiting>) -> Self {
        let leads = LEADING_ENDS.iter().any(|e| last.ends_with(e));
        match grasp {
            Grasp::Nothing => Self::Usual,
            _ if dictated(awaiting) && !ASKING_ENDS.iter().any(|e| last.ends_with(e)) => Self::Usual,
            Grasp::Filled if awaiting == Some(Awaiting::Slot(Slot::Phone)) => Self::Complete,
            _ if completes(last) && !leads => Self::Complete,
            Grasp::Filled => Self::Open,
            Grasp::Wish => Self::Usual,
        }
    }
}

/// The words in small letters without points; 200 at most, the last ones.
pub(super) fn words(text: &str) -> Vec<String> {
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

fn asks_yes_or_no(awaiting: Option<Awaiting>) -> bool {
    matches!(
        awaiting,
        Some(Awaiting::Confirm | Awaiting::Alternative | Awaiting::Offer | Awaiting::AnythingElse)
    )
}

/// Words of the caller's own, of which nobody knows the end: a message, an address.
fn dictated(awaiting: Option<Awaiting>) -> bool {
    matches!(awaiting, Some(Awaiting::Slot(Slot::Message | Slot::Address)))
}

/// A no and nothing else.
fn denies(words: &[String]) -> bool {
    words.iter().all(|w| NOES.contains(&w.as_str()))
}

/// Whether it only says that something is going to be asked.
fn leads_up(words: &[String]) -> bool {
    const ASKS: [&str; 6] = ["여쭤볼", "여쭤보고", "여쭐", "물어볼", "물어보고", "궁금한"];
    let last = words.last().map_or("", String::as_str);
    last.ends_with("데요") && words.iter().any(|w| ASKS.contains(&w.as_str()))
}

/// Whether the word tells of what something is going to be said. Names end in 은 and 는 too (다은), so where a name was asked for
/// only some words do.
fn topic(last: &str, awaiting: Option<Awaiting>) -> bool {
    const OF_NAMES: [&str; 4] = ["저는", "이름은", "성함은", "제이름은"];
    if awaiting == Some(Awaiting::Slot(Slot::Name)) {
        return OF_NAMES.contains(&last);
    }
    last.chars().count() > 1 && (last.ends_with('은') || last.ends_with('는'))
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
    const PARTICLES: [&str; 5] = ["을", "를", "월", "가", "랑"];
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
mod tests;
