//! Numbers in English words.

use crate::normalise::scan::{Here, Number, Said};

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const THOUSANDS: [(u64, &str); 5] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
    (100, "hundred"),
];
const ORDINALS: [(&str, &str); 8] = [
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("five", "fifth"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("twelve", "twelfth"),
    ("ty", "tieth"),
];

/// 18000 is "eighteen thousand".
pub(super) fn cardinal(value: u64) -> String {
    if let Some(name) = ONES.get(value as usize) {
        return (*name).to_owned();
    }
    if value < 100 {
        let ones = if value.is_multiple_of(10) {
            String::new()
        } else {
            format!("-{}", ONES[value as usize % 10])
        };
        return format!("{}{ones}", TENS[value as usize / 10]);
    }
    let (weight, name) = THOUSANDS
        .into_iter()
        .find(|(weight, _)| value >= *weight)
        .unwrap_or((100, "hundred"));
    let rest = if value.is_multiple_of(weight) {
        String::new()
    } else {
        format!(" {}", cardinal(value % weight))
    };
    format!("{} {name}{rest}", cardinal(value / weight))
}

/// 25 is "twenty-fifth".
pub(super) fn ordinal_word(value: u64) -> String {
    let cardinal = cardinal(value);
    let irregular = ORDINALS
        .iter()
        .find_map(|(end, ordinal)| cardinal.strip_suffix(end).map(|head| format!("{head}{ordinal}")));
    irregular.unwrap_or_else(|| format!("{cardinal}th"))
}

/// Digit by digit.
pub(super) fn one_by_one(digits: &str) -> String {
    let name = |c: char| c.to_digit(10).and_then(|d| ONES.get(d as usize)).copied();
    digits.chars().filter_map(name).collect::<Vec<_>>().join(" ")
}

/// A number of any form.
pub(super) fn read(number: &Number) -> String {
    match (&number.fraction, number.value()) {
        (_, Some(value)) => cardinal(value),
        (None, None) => one_by_one(&number.whole),
        (Some(fraction), None) => {
            let whole = Number {
                fraction: None,
                ..number.clone()
            };
            format!("{} point {}", read(&whole), one_by_one(fraction))
        }
    }
}

/// A number that nothing else is known about. A letter or digit close by is set apart: "B1".
pub(super) fn plain(here: &Here) -> Option<Said> {
    let number = here.number()?;
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let gap = |needed: bool| if needed { " " } else { "" };
    let words = format!(
        "{}{}{}",
        gap(letter(here.before())),
        read(&number),
        gap(letter(here.char(number.length)))
    );
    Some(Said::new(number.length, words))
}

/// "3rd", "21st".
pub(super) fn ordinal(here: &Here) -> Option<Said> {
    let number = here.number().filter(|_| here.number_starts())?;
    let value = number.value()?;
    let (_, length) = here.skip(number.length).one_of(&["st", "nd", "rd", "th"])?;
    let ended = !here
        .char(number.length + length)
        .is_some_and(char::is_alphanumeric);
    ended.then(|| Said::new(number.length + length, ordinal_word(value)))
}

/// Words before a four-digit number that make it a year.
const BEFORE_YEAR: [&str; 8] = [" in", "In", " since", "Since", " year", " until", " of", "by"];

/// "since 2019": "twenty nineteen".
pub(super) fn year(here: &Here) -> Option<Said> {
    let digits = here.digits();
    let value: u64 = digits
        .parse()
        .ok()
        .filter(|v| (1_900..2_100).contains(v) && digits.len() == 4 && here.number_starts())?;
    let alone = !here.char(4).is_some_and(|c| {
        c.is_alphanumeric() || ",.:%".contains(c) && here.char(5).is_some_and(|c| c.is_ascii_digit())
    });
    (alone && here.follows(&BEFORE_YEAR)).then(|| Said::new(4, year_words(value)))
}

/// 2026 is "twenty twenty-six", 2005 "two thousand five", 1905 "nineteen oh five".
pub(super) fn year_words(year: u64) -> String {
    let (century, rest) = (year / 100, year % 100);
    match rest {
        _ if (2_000..2_010).contains(&year) => cardinal(year),
        0 => format!("{} hundred", cardinal(century)),
        1..=9 => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}
