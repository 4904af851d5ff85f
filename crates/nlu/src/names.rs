//! Persons' names: 김민수입니다, 이름은 장순자고요, 제갈민이요, "it's David Brown".

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::jamo;
use crate::spelling;
use crate::text::Line;

#[derive(Debug, Default, Deserialize)]
struct Data {
    double: Vec<String>,
    single: String,
    romanised: Vec<Vec<String>>,
    endings: Vec<String>,
    leads: Vec<String>,
    not_names: Vec<String>,
    english_leads: Vec<String>,
    english_ends: Vec<String>,
}

static DATA: LazyLock<Data> =
    LazyLock::new(|| toml::from_str(include_str!("../data/names.toml")).unwrap_or_default());
static SINGLE: LazyLock<Vec<char>> =
    LazyLock::new(|| DATA.single.chars().filter(|c| !c.is_whitespace()).collect());
static ROMANISED: LazyLock<HashMap<&str, &[String]>> = LazyLock::new(|| {
    DATA.romanised
        .iter()
        .filter_map(|row| Some((row.first()?.as_str(), &row[1..])))
        .collect()
});

/// How a surname is written in Latin letters.
pub fn romanised(surname: &str) -> &'static [String] {
    ROMANISED.get(surname).copied().unwrap_or(&[])
}

/// Revised Romanisation of a given name, syllable by syllable, as English speakers say it; `None` if not all Hangul.
pub fn romanise(name: &str) -> Option<String> {
    const ONSET: [&str; 19] = [
        "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h",
    ];
    const VOWEL: [&str; 21] = [
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi",
        "yu", "eu", "ui", "i",
    ];
    const CODA: [&str; 28] = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t",
        "t", "ng", "t", "t", "k", "t", "p", "t",
    ];
    name.chars()
        .map(|c| {
            let s = jamo::split(c);
            s.is_hangul().then(|| {
                [
                    ONSET[usize::from(s.onset - 1)],
                    VOWEL[usize::from(s.vowel - 1)],
                    CODA[usize::from(s.coda)],
                ]
                .concat()
            })
        })
        .collect()
}

/// A name in an utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: String,
    /// First place.
    pub start: usize,
    /// Place after the last.
    pub end: usize,
    /// Place after the ending that followed (이라고 합니다).
    pub after: usize,
}

/// How much the place tells that a name comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// A name was asked for, or 이름은, 예약자는 stands before it.
    Led,
    /// Nothing: only a surname with a two-syllable name and an ending that names have.
    None,
}

/// A surname at a place, with where it ends.
fn surname_at(line: &Line, i: usize) -> Vec<usize> {
    let double = DATA.double.iter().find_map(|s| line.after(i, s));
    let single = SINGLE.contains(&line.at(i)).then_some(i + 1);
    double.into_iter().chain(single).collect()
}

/// The longest ending at a place, with where it ends; the end of a word ends a name too.
fn ending_at(line: &Line, i: usize, open: bool) -> Option<usize> {
    let spoken = DATA
        .endings
        .iter()
        .filter_map(|e| line.after(i, e))
        .filter(|e| line.gap(*e) || e - i >= 3)
        .max();
    spoken.or_else(|| (open && line.gap(i)).then_some(i))
}

fn is_hangul(line: &Line, from: usize, to: usize) -> bool {
    from < to && to <= line.len() && (from..to).all(|i| line.cells[i].syllable.is_hangul())
}

/// 나왔더라고요: a syllable that ends in ㅆ or in two consonants is one of a verb, never of a name.
fn verbal(line: &Line, i: usize) -> bool {
    const CODAS: [u8; 6] = [3, 5, 6, 15, 18, 20];
    CODAS.contains(&line.cells[i].syllable.coda)
}

/// Whether a word that is no name begins here.
pub fn is_word(line: &Line, i: usize) -> bool {
    DATA.not_names.iter().any(|w| line.has(i, w))
}

/// A Korean name with its surname at a place.
pub fn full_at(line: &Line, i: usize, hint: Hint) -> Option<Name> {
    if !line.gap(i) || (hint == Hint::None && is_word(line, i)) {
        return None;
    }
    let lengths: &[usize] = if hint == Hint::None { &[2] } else { &[2, 1, 3] };
    for surname in surname_at(line, i) {
        for &n in lengths {
            if let Some(name) = given(line, i, surname, n, hint) {
                return Some(name);
            }
        }
    }
    None
}

fn given(line: &Line, start: usize, surname: usize, n: usize, hint: Hint) -> Option<Name> {
    let end = surname + n;
    if !is_hangul(line, start, end) || line.at(surname) == '씨' || (surname..end).any(|i| verbal(line, i)) {
        return None;
    }
    // A blank within the given name is a slip; before it, usual in the speech of recognisers.
    let broken = (surname + 1..end).any(|i| line.gap(i));
    if broken && hint == Hint::None {
        return None;
    }
    let after = ending_at(line, end, hint != Hint::None)?;
    // 김준이요: the 이 belongs to the ending.
    let spoken = ["요", "에요", "여요", "라고", "고요"]
        .iter()
        .any(|e| line.has(end, e));
    let copula = n == 2 && line.at(end - 1) == '이' && spoken && jamo::has_coda(line.at(end - 2));
    if copula {
        return None;
    }
    Some(Name {
        name: (start..end).map(|i| line.at(i)).collect(),
        start,
        end,
        after,
    })
}

/// The name in an answer to "your name?".
pub fn answered(line: &Line, from: usize) -> Option<Name> {
    if !line.is_korean() {
        return english_answer(line, from);
    }
    if let Some(name) = spelling::by_words(line).or_else(|| spelling::titled(line, |i| lone_surname(line, i)))
    {
        return Some(name);
    }
    if let Some(name) = in_two(line) {
        return Some(name);
    }
    let from = spelling::after_one(line).unwrap_or(from);
    let name = plain_answer(line, from)?;
    let name = full_last(line, &name).unwrap_or(name);
    Some(spelling::told_apart(line, &name).unwrap_or(name))
}

/// 성은 강이고 이름은 다은이에요: the surname and the given name, each with its word.
fn in_two(line: &Line) -> Option<Name> {
    let at = (0..line.len()).find_map(|i| {
        line.after_any(i, &["성은", "성이", "성함은"])
            .filter(|_| line.gap(i))
    })?;
    let surname = surname_at(line, at).into_iter().find(|e| {
        ["이고", "고", "이구", "이요", "요", "씨고", "가고"]
            .iter()
            .any(|w| line.has(*e, w))
    })?;
    let given = (surname..line.len())
        .find_map(|i| line.after_any(i, &["이름은", "이름이"]).filter(|_| line.gap(i)))
        .and_then(|i| alone(line, i).or_else(|| one_syllable(line, i)))?;
    let family: String = (at..surname).map(|i| line.at(i)).collect();
    Some(Name {
        name: family + &given.name,
        start: at,
        ..given
    })
}

/// 이름은 준이요.
fn one_syllable(line: &Line, start: usize) -> Option<Name> {
    let end = start + 1;
    let after = is_hangul(line, start, end).then(|| ending_at(line, end, true))??;
    (after == line.len()).then(|| Name {
        name: line.at(start).to_string(),
        start,
        end,
        after,
    })
}

/// The name right after 이름은, of a known surname or not: 남편 이름이 형준식이에요.
pub fn led(line: &Line, at: usize) -> Option<Name> {
    full_at(line, at, Hint::Led)
        .or_else(|| alone(line, at).filter(|n| n.end - n.start >= 3 && n.after > n.end))
}

/// 옥분이 최옥분: the given name alone, then with the surname.
fn full_last(line: &Line, name: &Name) -> Option<Name> {
    let given: String = name.name.trim_end_matches('이').to_string();
    let full =
        |i: usize| full_at(line, i, Hint::Led).filter(|n| n.end - n.start >= 3 && n.after == line.len());
    (name.end..line.len())
        .filter(|i| line.gap(*i))
        .find_map(full)
        .filter(|n| {
            // 홍이요 홍지수: the surname first.
            let surname = name.name.ends_with("이요") && n.name.chars().next() == name.name.chars().next();
            (n.name.ends_with(given.as_str()) || surname) && n.name != name.name
        })
}

/// A surname that is a word of its own, or has a title right after it.
fn lone_surname(line: &Line, i: usize) -> Option<usize> {
    surname_at(line, i)
        .into_iter()
        .find(|end| *end - i == 1 || line.gap(*end))
}

fn plain_answer(line: &Line, from: usize) -> Option<Name> {
    let mut starts: Vec<usize> = (from..line.len()).filter(|i| line.gap(*i)).collect();
    let skip = skip_leads(line, from);
    starts.retain(|i| *i >= skip);
    let led = |i: usize| {
        full_at(line, i, Hint::Led)
            .filter(|n| !is_word(line, i) || n.after == line.len() && n.end - n.start > 2)
    };
    starts
        .iter()
        .find_map(|&i| led(i).filter(|n| n.end - n.start > 2 || n.after > n.end))
        .or_else(|| starts.iter().find_map(|&i| led(i)))
        .or_else(|| alone(line, skip))
}

fn skip_leads(line: &Line, from: usize) -> usize {
    let mut at = from;
    loop {
        let lead = DATA
            .leads
            .iter()
            .filter_map(|w| line.after(at, w))
            .filter(|e| line.gap(*e) && *e < line.len())
            .max();
        match lead {
            Some(end) => at = end,
            None => return at,
        }
    }
}

/// 표 자 영 자 순 자: the respectful way to spell an elder's name.
pub fn spelled_at(line: &Line, i: usize) -> Option<Name> {
    let mut at = i;
    let mut name = String::new();
    while name.chars().count() < 4 && is_hangul(line, at, at + 1) && line.has(at + 1, "자") {
        name.push(line.at(at));
        at += 2;
    }
    let long = (2..=4).contains(&name.chars().count());
    (line.gap(i) && long).then_some(Name {
        name,
        start: i,
        end: at,
        after: at,
    })
}

/// A name without a known surname: the whole answer, two to four syllables and an ending.
fn alone(line: &Line, start: usize) -> Option<Name> {
    if is_word(line, start) {
        return None;
    }
    (2..=4).find_map(|n| {
        let end = start + n;
        let after = is_hangul(line, start, end).then(|| ending_at(line, end, true))??;
        let whole = after == line.len() && (start + 1..end).all(|i| !line.gap(i));
        whole.then(|| Name {
            name: (start..end).map(|i| line.at(i)).collect(),
            start,
            end,
            after,
        })
    })
}

/// The place after 이름은 and the like anywhere in an utterance.
pub fn lead_end(line: &Line) -> Option<usize> {
    const LEADS: [&str; 19] = [
        "이름을",
        "성함을",
        "예약자를",
        "이름은",
        "이름이",
        "성함은",
        "성함이",
        "예약자는",
        "예약자명은",
        "예약자 이름은",
        "이름 ",
        "예약자 ",
        "저는",
        "my name is",
        "my name's",
        "the name is",
        "the name's",
        "under the name",
        "name is",
    ];
    let find = |word: &&str| {
        let first = word.chars().next()?;
        // 저는 성당에서 온 사람이고요: no name comes right after it.
        let named = |e: &usize| line.gap(*e) && !(word.starts_with('저') && is_word(line, *e));
        (0..line.len())
            .filter(|i| line.gap(*i) && line.at(*i) == first)
            .find_map(|i| line.after(i, word).filter(named))
    };
    LEADS.iter().find_map(find)
}

/// "it's David Brown": one to three words after what leads to a name.
pub fn english_answer(line: &Line, from: usize) -> Option<Name> {
    let mut at = from;
    while let Some(end) = DATA
        .english_leads
        .iter()
        .filter_map(|w| line.after(at, w).filter(|e| line.gap(*e)))
        .max()
    {
        at = end;
    }
    let start = at;
    let mut words = 0;
    while at < line.len() && words < 3 && !(words > 0 && line.stop(at)) {
        let end = line.word_end(at);
        let word: String = (at..end).map(|i| line.at(i)).collect();
        if DATA.english_ends.contains(&word) || !word.chars().all(char::is_alphabetic) {
            break;
        }
        (at, words) = (end, words + 1);
    }
    (words > 0).then(|| Name {
        name: title_case(&line.words(start, at)),
        start,
        end: at,
        after: at,
    })
}

fn title_case(words: &str) -> String {
    let mut up = true;
    words
        .chars()
        .map(|c| {
            let shown = if up {
                c.to_uppercase().next().unwrap_or(c)
            } else {
                c
            };
            up = c.is_whitespace() || c == '-' || c == '\'';
            shown
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_to_your_name() {
        let table = [
            ("김민수입니다", "김민수"),
            ("박서준이라고 합니다", "박서준"),
            ("정하늘이에요 하늘", "정하늘"),
            ("이름은 장순자고요", "장순자"),
            ("김희수요", "김희수"),
            ("제갈민이요", "제갈민"),
            ("어 서하준이요 서하준", "서하준"),
            ("어 고은지요 고은지", "고은지"),
            ("이가은이에요", "이가은"),
            ("최이로요", "최이로"),
            ("한시우요", "한시우"),
            ("이유리예요", "이유리"),
            ("김민수로 예약해 주세요", "김민수"),
            ("이름은 박아름이고요", "박아름"),
            ("it's David Brown", "David Brown"),
            ("my name is laura kim", "Laura Kim"),
        ];
        for (text, name) in table {
            let line = Line::new(text);
            assert_eq!(
                answered(&line, 0).map(|n| n.name).as_deref(),
                Some(name),
                "{text}"
            );
        }
    }

    #[test]
    fn given_names_in_latin_letters() {
        assert_eq!(romanise("민호").as_deref(), Some("minho"));
        assert_eq!(romanise("지은").as_deref(), Some("jieun"));
    }
}
