//! Whether the words of an utterance say a value.

use jiff::civil::{Date, Time};
use jiff::{Span, civil::Weekday};

/// An utterance without blanks and marks, with the way back to it.
pub(crate) struct Said {
    letters: Vec<char>,
    origins: Vec<usize>,
}

impl Said {
    pub(crate) fn new(text: &str) -> Self {
        let kept: Vec<(usize, char)> = text.chars().enumerate().filter(|(_, c)| counts(*c)).collect();
        Self {
            letters: kept.iter().map(|(_, c)| fold(*c)).collect(),
            origins: kept.iter().map(|(i, _)| *i).collect(),
        }
    }

    /// Where words stand in the utterance, in its characters, blanks or not. Hidden characters are no words.
    pub(crate) fn find(&self, words: &str) -> Option<(usize, usize)> {
        let sought: Vec<char> = words.chars().filter(|c| counts(*c)).map(fold).collect();
        if sought.is_empty() || sought.contains(&crate::mask::HIDDEN) || sought.len() > self.letters.len() {
            return None;
        }
        let at = self.letters.windows(sought.len()).position(|w| w == sought)?;
        Some((self.origins[at], self.origins[at + sought.len() - 1] + 1))
    }
}

fn counts(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ':' | crate::mask::HIDDEN)
}

fn fold(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

pub(crate) fn compact(text: &str) -> String {
    text.chars().filter(|c| counts(*c)).map(fold).collect()
}

const SINO: [&str; 10] = ["", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];
const ONES: [&str; 10] = ["", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"];
const ALONE: [&str; 10] = [
    "", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉",
];
const TENS: [&str; 10] = [
    "", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔",
];
const ENGLISH: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// How a number from 1 to 999 is said.
fn spellings(n: u32) -> Vec<String> {
    let (h, t, o) = ((n / 100 % 10) as usize, (n / 10 % 10) as usize, (n % 10) as usize);
    let part = |d: usize, unit: &str| match d {
        0 => String::new(),
        1 => unit.to_string(),
        d => format!("{}{unit}", SINO[d]),
    };
    let mut all = vec![
        n.to_string(),
        format!("{}{}{}", part(h, "백"), part(t, "십"), SINO[o]),
    ];
    if n < 100 {
        let tens = if n == 20 { "스무" } else { TENS[t] };
        all.push(format!("{tens}{}", ONES[o]));
        all.push(format!("{}{}", TENS[t], ALONE[o]));
    }
    all.extend(ENGLISH.get(n as usize).map(ToString::to_string));
    all
}

/// What may follow a number of one syllable, so that 이 of 이렇게 is no two.
const COUNTERS: [&str; 24] = [
    "명", "분", "사람", "인", "시", "개", "마리", "그릇", "잔", "병", "판", "접시", "월", "일", "번", "줄",
    "가지", "세트", "박스", "팩", "쪽", "조각", "층", "식구",
];

/// Whether words say a number: one of its spellings stands there, not within a longer number.
pub(crate) fn says_number(words: &str, n: u32) -> bool {
    if n == 0 || n > 999 {
        return false;
    }
    let text = compact(words);
    spellings(n).iter().any(|s| {
        text.match_indices(s.as_str()).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + s.len()..]);
            let counted = COUNTERS.iter().any(|c| after.starts_with(c));
            let short = s.chars().count() == 1 && !s.starts_with(|c: char| c.is_ascii_digit());
            let alone = ALONE[1..5].iter().any(|a| s.ends_with(a));
            let latin = s.starts_with(|c: char| c.is_ascii_alphabetic());
            let longer = after.starts_with(numeral) && !counted && !alone;
            let joined = before.ends_with(numeral) || longer;
            let part = latin
                && (before.ends_with(letter) && n < 3
                    || after.starts_with("teen")
                    || after.starts_with("ty"));
            !joined && !part && (!short || counted || alone)
        })
    })
}

fn letter(c: char) -> bool {
    c.is_ascii_alphabetic()
}

fn numeral(c: char) -> bool {
    c.is_numeric() || "일이삼사오육칠팔구십백열".contains(c)
}

/// Whether words say a day: at least one anchor (today, a weekday, a number of the day) is there, and none contradicts it.
pub(crate) fn says_date(words: &str, date: Date, today: Date) -> bool {
    let text = compact(words);
    let mut anchors = 0;
    for (word, days) in [
        ("오늘", 0),
        ("내일", 1),
        ("모레", 2),
        ("글피", 3),
        ("today", 0),
        ("tonight", 0),
        ("tomorrow", 1),
    ] {
        if text.contains(word) {
            anchors += 1;
            if today.checked_add(Span::new().days(days)).ok() != Some(date) {
                return false;
            }
        }
    }
    for (weekday, names) in WEEKDAYS {
        if names.iter().any(|n| text.contains(n)) {
            anchors += 1;
            if date.weekday() != weekday {
                return false;
            }
        }
    }
    let (day, month) = (
        u32::from(date.day().unsigned_abs()),
        u32::from(date.month().unsigned_abs()),
    );
    for (unit, n) in [("월", month), ("일", day)] {
        if let Some(given) = numbered(&text, unit) {
            anchors += u32::from(unit == "일");
            if !says_number(&given, n) {
                return false;
            }
        }
    }
    anchors > 0
}

const WEEKDAYS: [(Weekday, [&str; 2]); 7] = [
    (Weekday::Monday, ["월요일", "monday"]),
    (Weekday::Tuesday, ["화요일", "tuesday"]),
    (Weekday::Wednesday, ["수요일", "wednesday"]),
    (Weekday::Thursday, ["목요일", "thursday"]),
    (Weekday::Friday, ["금요일", "friday"]),
    (Weekday::Saturday, ["토요일", "saturday"]),
    (Weekday::Sunday, ["일요일", "sunday"]),
];

/// The number that stands before 월 or 일, with it: 이십오일, 12월.
fn numbered(text: &str, unit: &str) -> Option<String> {
    let text = ["월요일", "일요일", "내일"]
        .iter()
        .fold(text.to_string(), |t, w| t.replace(w, " "));
    text.match_indices(unit).find_map(|(at, _)| {
        let digits: String = text[..at].chars().rev().take_while(|c| numeral(*c)).collect();
        let number: String = digits.chars().rev().collect();
        // 유월 and 시월 are not read here; the rules know them.
        (!number.is_empty()).then(|| format!("{number}{unit}"))
    })
}

/// Whether words say a time of day; `None` if not, else whether its half of the day was said too.
pub(crate) fn says_time(words: &str, time: Time) -> Option<bool> {
    let text = compact(words);
    let (hour, minute) = (
        u32::from(time.hour().unsigned_abs()),
        u32::from(time.minute().unsigned_abs()),
    );
    let half = half_of_day(&text);
    if half.is_some_and(|late| late != (hour >= 12)) {
        return None;
    }
    let noon = ["정오", "noon"].iter().any(|w| text.contains(w)) && hour == 12;
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let figures =
        text.contains(&format!("{hour}:{minute:02}")) || text.contains(&format!("{twelve}:{minute:02}"));
    let (hours, rest) = text.split_once('시').unwrap_or((&text, &text));
    let said = says_number(&format!("{hours}시"), twelve) || says_number(&format!("{hours}시"), hour);
    let half_past = minute == 30 && ["반", "half"].iter().any(|w| rest.contains(w));
    let minutes = minute == 0 || half_past || says_number(rest, minute);
    let unsaid = minute == 0 && ["반", "분"].iter().any(|w| rest.contains(w)) && text.contains('시');
    (noon || figures || (said && minutes && !unsaid))
        .then_some(half.is_some() || noon || hour > 12 && says_number(&format!("{hours}시"), hour))
}

/// Whether it is said to be before or after noon.
fn half_of_day(text: &str) -> Option<bool> {
    const EARLY: [&str; 4] = ["오전", "아침", "새벽", "morning"];
    const LATE: [&str; 6] = ["오후", "저녁", "점심", "afternoon", "evening", "tonight"];
    let has = |all: &[&str]| all.iter().any(|w| text.contains(w));
    match (has(&EARLY), has(&LATE)) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn numbers_are_said_or_not() {
        for (words, n, said) in [
            ("네 명이요", 4, true),
            ("넷이서요", 4, true),
            ("4명", 4, true),
            ("스무 명", 20, true),
            ("이십 명", 20, true),
            ("이십 명", 2, false),
            ("이십 명", 10, false),
            ("14명", 4, false),
            ("이렇게 하면", 2, false),
            ("four of us", 4, true),
            ("fourteen", 4, false),
            ("someone", 1, false),
            ("열두 명", 12, true),
            ("열두 명", 2, false),
            ("모두", 2, false),
            ("", 1, false),
        ] {
            assert_eq!(says_number(words, n), said, "{words} {n}");
        }
    }

    #[test]
    fn days_are_said_or_not() {
        let today = date(2026, 11, 24);
        for (words, day, said) in [
            ("내일", date(2026, 11, 25), true),
            ("내일", date(2026, 11, 26), false),
            ("다음 주 금요일", date(2026, 12, 4), true),
            ("다음 주 금요일", date(2026, 12, 5), false),
            ("12월 25일", date(2026, 12, 25), true),
            ("십이월 이십오일", date(2026, 12, 25), true),
            ("12월 25일", date(2026, 12, 24), false),
            ("11월 25일", date(2026, 12, 25), false),
            ("언젠가", date(2026, 12, 25), false),
            ("next friday", date(2026, 12, 4), true),
        ] {
            assert_eq!(says_date(words, day, today), said, "{words} {day}");
        }
    }

    #[test]
    fn times_are_said_or_not() {
        for (words, at, said) in [
            ("일곱 시", time(19, 0, 0, 0), Some(false)),
            ("저녁 일곱 시 반", time(19, 30, 0, 0), Some(true)),
            ("오전 일곱 시", time(19, 0, 0, 0), None),
            ("일곱 시 반", time(19, 0, 0, 0), None),
            ("일곱 시", time(19, 30, 0, 0), None),
            ("여덟 시", time(19, 0, 0, 0), None),
            ("7:30", time(19, 30, 0, 0), Some(false)),
            ("열두 시", time(12, 0, 0, 0), Some(false)),
            ("열두 시", time(14, 0, 0, 0), None),
        ] {
            assert_eq!(says_time(words, at), said, "{words} {at}");
        }
    }

    #[test]
    fn words_are_found_with_their_place() {
        let said = Said::new("내일 저녁, 네 명이요");
        assert_eq!(said.find("저녁 네명"), Some((3, 10)));
        assert_eq!(said.find("다섯"), None);
        assert_eq!(Said::new("## 명").find("#"), None);
    }
}
