//! Numbers that are never kept: of payment cards (PCI DSS 3.5) and of residents and foreigners (개인정보 보호법 제24조의2), as people say
//! them and recognisers write them.
//!
//! A run is a row of digits, in figures, Korean or English, with blanks, hyphens, points or "다시" between them. Of 13 digits and more it
//! is taken for such a number, whatever its check digit says, for a recogniser mishears; unless telephone numbers explain it. [`masked`]
//! leaves the last four digits of a card and nothing of anything else.
//!
//! ```
//! use biseo_model::secret::masked;
//! assert_eq!(masked("카드 번호는 4111 1111 1111 1111이에요"), "카드 번호는 ****1111이에요");
//! assert_eq!(masked("번호는 010-2345-6789예요"), "번호는 010-2345-6789예요");
//! ```

use std::borrow::Cow;
use std::ops::Range;

/// The shortest such number: a resident's.
const SHORTEST: usize = 13;
/// Digits of a card that identify it to its owner and to nobody else.
const SHOWN: usize = 4;
/// What stands for the rest.
const STARS: &str = "****";

/// What a run of digits is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Card,
    Other,
}

/// A row of digits in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Run {
    /// Where it stands, in octets.
    at: Range<usize>,
    digits: Vec<u8>,
    /// Where groups begin, by digit; the first is 0.
    groups: Vec<usize>,
}

/// A text without numbers that are never kept.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let secrets: Vec<(Run, Kind)> = runs(text)
        .into_iter()
        .filter_map(|run| kind(&run).map(|kind| (run, kind)))
        .collect();
    if secrets.is_empty() {
        return text.into();
    }
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (run, kind) in secrets {
        out.push_str(&text[from..run.at.start]);
        out.push_str(STARS);
        if kind == Kind::Card {
            let shown = run.digits.len().saturating_sub(SHOWN);
            out.extend(run.digits[shown..].iter().map(|d| char::from(b'0' + d)));
        }
        from = run.at.end;
    }
    out.push_str(&text[from..]);
    out.into()
}

/// A text whose digits are part of a longer number that is never kept: without any of its rows of three digits and more.
#[must_use]
pub fn without_digits(text: &str) -> String {
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for run in runs(text).into_iter().filter(|run| run.digits.len() >= PART) {
        out.push_str(&text[from..run.at.start]);
        out.push_str(STARS);
        from = run.at.end;
    }
    out.push_str(&text[from..]);
    out
}

/// Digits that a turn has at least to be part of a number that is dictated over several.
const PART: usize = 3;
/// Turns that one number takes at most.
const MOST_PARTS: usize = 8;

/// Numbers that are dictated over several turns of a call.
#[derive(Debug, Clone, Default)]
pub struct Dictation {
    /// Turns in a row that hold one row of digits: their numbers and digits.
    parts: Vec<(u32, Vec<u8>)>,
}

/// What a turn's words may be kept as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// The words.
    pub text: String,
    /// Whether something was taken out of them.
    pub hidden: bool,
    /// Earlier turns that are part of the same number: of those, too, [`without_digits`] only may be kept.
    pub earlier: Vec<u32>,
}

impl Dictation {
    /// Hears a turn of the caller's.
    pub fn hear(&mut self, turn: u32, text: &str) -> Heard {
        if let Cow::Owned(text) = masked(text) {
            self.parts.clear();
            return Heard {
                text,
                hidden: true,
                earlier: Vec::new(),
            };
        }
        let kept = Heard {
            text: text.into(),
            ..Heard::default()
        };
        let mut parts = runs(text).into_iter().filter(|run| run.digits.len() >= PART);
        let (Some(part), None) = (parts.next(), parts.next()) else {
            self.parts.clear();
            return kept;
        };
        self.parts.push((turn, part.digits));
        if self.parts.len() > MOST_PARTS {
            self.parts.remove(0);
        }
        let Some(first) = self.begins() else {
            return kept;
        };
        let earlier = self.parts[first..self.parts.len() - 1].iter();
        let earlier = earlier.map(|(turn, _)| *turn).collect();
        self.parts.clear();
        Heard {
            text: without_digits(text),
            hidden: true,
            earlier,
        }
    }

    /// The first of the last parts that are one such number together. Said over several turns it has to look like one: a telephone
    /// number is often said twice.
    fn begins(&self) -> Option<usize> {
        (0..self.parts.len().saturating_sub(1)).find(|first| {
            let parts = &self.parts[*first..];
            let digits: Vec<u8> = parts.iter().flat_map(|(_, d)| d.iter().copied()).collect();
            let fours = parts.len() == 4 && parts.iter().all(|(_, d)| d.len() == 4);
            is_resident(&digits) || is_card(&digits) || fours && !is_phone(&digits)
        })
    }
}

fn kind(run: &Run) -> Option<Kind> {
    let digits = &run.digits;
    if digits.len() < SHORTEST {
        return None;
    }
    if is_resident(digits) {
        return Some(Kind::Other);
    }
    if is_card(digits) {
        return Some(Kind::Card);
    }
    (unexplained(run) >= SHORTEST).then_some(Kind::Other)
}

/// Six digits of a date and seven of which the first tells sex, century and citizenship.
fn is_resident(digits: &[u8]) -> bool {
    let &[_, _, m1, m2, d1, d2, sex, ..] = digits else {
        return false;
    };
    let (month, day) = (m1 * 10 + m2, d1 * 10 + d2);
    digits.len() == SHORTEST && (1..=12).contains(&month) && (1..=31).contains(&day) && (1..=8).contains(&sex)
}

/// 14 to 16 digits that begin as cards do, with the right check digit (ISO/IEC 7812-1).
fn is_card(digits: &[u8]) -> bool {
    let sum: u32 = digits.iter().rev().enumerate().map(|(n, d)| luhn(n, *d)).sum();
    (14..=16).contains(&digits.len()) && matches!(digits[0], 2..=6 | 9) && sum.is_multiple_of(10)
}

fn luhn(place: usize, digit: u8) -> u32 {
    let digit = u32::from(digit);
    match (place % 2, digit * 2) {
        (0, _) => digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    }
}

/// The longest row of digits that is no telephone number; those begin and end where groups do.
fn unexplained(run: &Run) -> usize {
    let ends: Vec<usize> = run.groups[1..]
        .iter()
        .copied()
        .chain([run.digits.len()])
        .collect();
    let (mut longest, mut since, mut at) = (0, 0, 0);
    while at < run.digits.len() {
        let phone = ends
            .iter()
            .rev()
            .find(|end| **end > at && run.groups.contains(&at) && is_phone(&run.digits[at..**end]));
        match phone {
            Some(end) => {
                longest = longest.max(at - since);
                (at, since) = (*end, *end);
            }
            None => at += 1,
        }
    }
    longest.max(run.digits.len() - since)
}

/// A Korean telephone number: with an area code or a mobile's, for life (050), or a firm's (15xx).
fn is_phone(digits: &[u8]) -> bool {
    match digits {
        [0, 2, ..] => (9..=10).contains(&digits.len()),
        [0, 5, 0, ..] => (11..=12).contains(&digits.len()),
        [0, ..] => (10..=11).contains(&digits.len()),
        [1, 5 | 6 | 8, ..] => digits.len() == 8,
        _ => false,
    }
}

fn runs(text: &str) -> Vec<Run> {
    let (mut all, mut run, mut at) = (Vec::new(), Run::default(), 0);
    // Whether something stands between the last digit and here.
    let mut apart = true;
    while at < text.len() {
        let rest = &text[at..];
        if let Some((digit, octets)) = digit(rest, apart).filter(|_| !is_copula(text, at)) {
            if run.digits.is_empty() {
                run.at.start = at;
            }
            if apart || run.digits.is_empty() {
                run.groups.push(run.digits.len());
            }
            run.digits.push(digit);
            at += octets;
            run.at.end = at;
            apart = false;
            continue;
        }
        let between = separator(rest);
        if between.is_none() && !run.digits.is_empty() {
            all.push(std::mem::take(&mut run));
        }
        at += between.unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
        apart = true;
    }
    if !run.digits.is_empty() {
        all.push(run);
    }
    all
}

/// Digits by their words; longer ones first.
const WORDS: [(&str, u8); 30] = [
    ("하나", 1),
    ("다섯", 5),
    ("여섯", 6),
    ("일곱", 7),
    ("여덟", 8),
    ("아홉", 9),
    ("zero", 0),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("one", 1),
    ("two", 2),
    ("six", 6),
    ("oh", 0),
    ("공", 0),
    ("영", 0),
    ("일", 1),
    ("이", 2),
    ("삼", 3),
    ("사", 4),
    ("오", 5),
    ("육", 6),
    ("륙", 6),
    ("칠", 7),
    ("팔", 8),
    ("구", 9),
    ("둘", 2),
];

/// A digit at the beginning of a text, and its octets. An English word is one only by itself.
fn digit(text: &str, apart: bool) -> Option<(u8, usize)> {
    let first = text.chars().next()?;
    if let Some(value) = first.to_digit(10) {
        return Some((u8::try_from(value).ok()?, first.len_utf8()));
    }
    if let value @ '０'..='９' = first {
        return Some((
            u8::try_from(u32::from(value) - u32::from('０')).ok()?,
            value.len_utf8(),
        ));
    }
    let (word, value) = WORDS.iter().find(|(word, _)| begins(text, word))?;
    let follows = text[word.len()..].chars().next();
    let is_whole = apart && follows.is_none_or(|c| !c.is_ascii_alphabetic());
    (!first.is_ascii_alphabetic() || is_whole).then_some((*value, word.len()))
}

/// Whether 이 is no two but the copula that follows a digit with a final consonant: "칠이에요".
fn is_copula(text: &str, at: usize) -> bool {
    let Some(after) = text[at..].strip_prefix('이') else {
        return false;
    };
    let closed = [
        "일", "삼", "육", "륙", "칠", "팔", "공", "영", "1", "3", "6", "7", "8", "0",
    ];
    let follows = ["에요", "요", "고", "라", "야", "며", "죠", "니"];
    closed.iter().any(|digit| text[..at].ends_with(digit)) && follows.iter().any(|f| after.starts_with(f))
}

fn begins(text: &str, word: &str) -> bool {
    let head = text.get(..word.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(word))
}

/// Octets of what may stand between the digits of one number.
fn separator(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if first.is_whitespace() || matches!(first, '-' | '.' | '·' | '–' | '‐' | '_') {
        return Some(first.len_utf8());
    }
    ["다시", "에", "dash"]
        .into_iter()
        .find(|word| begins(text, word))
        .map(str::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_that_are_never_kept() {
        for (text, kept) in [
            ("4111-1111-1111-1111", "****1111"),
            ("카드는 4111111111111111이고요", "카드는 ****1111이고요"),
            ("사일일일 일일일일 일일일일 일일일일 입니다", "****1111 입니다"),
            ("사일일일다시일일일일다시일일일일에일일일일요", "****1111요"),
            ("four one one one 1111 1111 1111", "****1111"),
            // A digit was misheard: still no telephone number.
            ("4111 1111 1111 1112", "****"),
            ("3782 822463 10005", "****0005"),
            ("901225-1234567", "****"),
            (
                "제 주민번호는 구공일이이오 다시 일이삼사오육칠이에요",
                "제 주민번호는 ****이에요",
            ),
            ("구공일이이오일이삼사오육칠", "****"),
            ("９０１２２５－", "９０１２２５－"),
            ("하나 둘 3 4 5 6 7 8 9 0 1 2 3 4", "****"),
            ("계좌는 110 123 456789 01 234예요", "계좌는 ****예요"),
        ] {
            assert_eq!(masked(text), kept, "{text}");
        }
    }

    #[test]
    fn what_stays() {
        for text in [
            "010-2345-6789",
            "공일공 이삼사오 육칠팔구",
            "010 2345 6789 010 2345 6789",
            "01023456789 01023456789",
            "공일공이삼사오육칠팔구 공일공이삼사오육칠팔구요",
            "02-700-1001 아니면 031 123 4567",
            "1588-1234",
            "0504-1234-5678",
            "123-45-67890",
            "2026-11-25 19:30 4명",
            "12,000원 15,000원 13,000원",
            "내일 저녁 일곱 시에 네 명이요",
            "이사 오일에 구이 사 주세요",
            "someone two-seven",
            "",
        ] {
            assert_eq!(masked(text), text, "{text}");
        }
    }

    fn dictated(turns: &[&str]) -> (Vec<String>, Vec<u32>) {
        let mut dictation = Dictation::default();
        let (mut kept, mut earlier) = (Vec::new(), Vec::new());
        for (turn, text) in (1..).zip(turns) {
            let heard = dictation.hear(turn, text);
            kept.push(heard.text);
            earlier.extend(heard.earlier);
        }
        (kept, earlier)
    }

    #[test]
    fn numbers_over_several_turns() {
        let (kept, earlier) = dictated(&["구공일이이오요", "일이삼사오육칠이요"]);
        assert_eq!((kept[1].as_str(), &earlier[..]), ("****이요", &[1][..]));
        let (kept, earlier) = dictated(&["4111", "1111이고", "네 1111", "1112"]);
        assert_eq!((kept[3].as_str(), &earlier[..]), ("****", &[1, 2, 3][..]));
        let (_, earlier) = dictated(&["010", "4111", "1111", "1111", "1111"]);
        assert_eq!(earlier, [2, 3, 4]);
    }

    #[test]
    fn telephone_numbers_over_several_turns_stay() {
        for turns in [
            &["공일공이요", "이삼사오", "육칠팔구"][..],
            &["010", "2345", "6789", "010", "2345", "6789"],
            &["010-2345-6789", "네 010-2345-6789요"],
            &["4111", "1111", "내일이요", "1111", "1111"],
        ] {
            let (kept, earlier) = dictated(turns);
            assert_eq!(kept, turns, "{turns:?}");
            assert!(earlier.is_empty());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_masked_once(text in "[0-9일이삼공 a-z\\-.다시에★]{0,60}") {
            let once = masked(&text).into_owned();
            prop_assert_eq!(masked(&once).into_owned(), once.clone());
            let _ = without_digits(&text);
        }

        #[test]
        fn any_octets_at_all(text in ".{0,80}") {
            let _ = (masked(&text), without_digits(&text));
        }

        #[test]
        fn every_mobile_number_stays(digits in "[0-9]{8}", twice: bool) {
            let one = format!("010-{}-{}", &digits[..4], &digits[4..]);
            let text = if twice { format!("{one} {one}") } else { one };
            prop_assert_eq!(masked(&text).into_owned(), text);
        }

        #[test]
        fn no_residents_number_stays(day in 1_u8..=28, month in 1_u8..=12, back in "[1-8][0-9]{6}", apart in "[ -]?") {
            let text = format!("번호는 95{month:02}{day:02}{apart}{back}요");
            prop_assert_eq!(masked(&text), "번호는 ****요");
        }
    }
}
