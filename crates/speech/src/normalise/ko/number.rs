//! Numbers in Korean: Sino-Korean (일, 이, 삼), native (한, 두, 세) and digit by digit (일이삼).

use crate::normalise::scan::{Here, Number, Said};

const DIGITS: [&str; 10] = ["", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];
const PLACES: [&str; 4] = ["", "십", "백", "천"];
const MYRIADS: [&str; 4] = ["", "만", "억", "조"];
const NATIVE_ONES: [&str; 10] = ["", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"];
const NATIVE_TENS: [&str; 10] = [
    "", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔",
];

/// A Sino-Korean number, below 10^16, with a space after each myriad: 18000 is "만 팔천".
pub(super) fn sino(value: u64) -> String {
    if value == 0 {
        return "영".into();
    }
    let groups = (0..4).rev().filter_map(|n| {
        let group = value / 10_000u64.pow(n) % 10_000;
        (group > 0).then(|| myriad(group, n as usize, value))
    });
    groups.collect::<Vec<_>>().join(" ")
}

fn myriad(group: u64, index: usize, value: u64) -> String {
    // "만 팔천", but "일억 오천만", and "일억 일만" with a larger group before.
    if index == 1 && group == 1 && value < 100_000_000 {
        return "만".into();
    }
    below_myriad(group) + MYRIADS[index.min(3)]
}

fn below_myriad(group: u64) -> String {
    let place = |n: usize| {
        let digit = (group / 10u64.pow(n as u32) % 10) as usize;
        match digit {
            0 => String::new(),
            1 if n > 0 => PLACES[n].to_owned(),
            _ => format!("{}{}", DIGITS[digit], PLACES[n]),
        }
    };
    (0..4).rev().map(place).collect()
}

/// A native number before a counter, 1 to 99: "한", "스무", "스물한".
pub(super) fn native(value: u64) -> Option<String> {
    match value {
        20 => Some("스무".into()),
        1..=99 => Some(format!(
            "{}{}",
            NATIVE_TENS[value as usize / 10],
            NATIVE_ONES[value as usize % 10]
        )),
        _ => None,
    }
}

/// Digit by digit, as telephone numbers are told: nought is "공".
pub(super) fn one_by_one(digits: &str) -> String {
    spell(digits, "공")
}

fn spell(digits: &str, nought: &str) -> String {
    let name = |c: char| {
        c.to_digit(10)
            .and_then(|d| DIGITS.get(d as usize))
            .map_or("", |name| if name.is_empty() { nought } else { name })
    };
    digits.chars().map(name).collect()
}

/// A number of any form: whole, decimal, with leading noughts or too long to be an amount.
pub(super) fn read(number: &Number) -> String {
    match (&number.fraction, number.value()) {
        (_, Some(value)) => sino(value),
        (None, None) => one_by_one(&number.whole),
        (Some(fraction), None) => {
            let whole = Number {
                fraction: None,
                ..number.clone()
            };
            format!("{} 점 {}", read(&whole), spell(fraction, "영"))
        }
    }
}

/// A number that nothing else is known about.
pub(super) fn plain(here: &Here) -> Option<Said> {
    let number = here.number()?;
    Some(Said::new(number.length, read(&number)))
}

/// An amount in mixed writing, "3만 5천" or "2억": the words and the length. Only where a myriad sign follows the figures.
pub(super) fn mixed(here: &Here) -> Option<(String, usize)> {
    let (mut words, mut length) = (Vec::new(), 0);
    let mut largest = u64::MAX;
    loop {
        let part = here.skip(length);
        let lead = if words.is_empty() { 0 } else { part.spaces() };
        let number = part.skip(lead).number();
        let Some((number, value)) = number.and_then(|n| n.value().map(|v| (n, v))) else {
            break;
        };
        let after = part.skip(lead + number.length);
        let Some((sign, weight)) = SIGNS
            .into_iter()
            .find(|(sign, w)| after.word(sign).is_some() && *w < largest)
        else {
            // "3만 5,000": a rest without a sign, below the last one.
            if !words.is_empty() && value > 0 && value < largest && lead <= 1 {
                words.push(sino(value));
                length += lead + number.length;
            }
            break;
        };
        let bare = value == 1 && weight < 100_000_000;
        words.push(if bare { sign.to_owned() } else { sino(value) + sign });
        length += lead + number.length + 1;
        largest = weight;
    }
    (!words.is_empty()).then(|| (words.join(" "), length))
}

const SIGNS: [(&str, u64); 5] = [
    ("조", 1_000_000_000_000),
    ("억", 100_000_000),
    ("만", 10_000),
    ("천", 1_000),
    ("백", 100),
];
