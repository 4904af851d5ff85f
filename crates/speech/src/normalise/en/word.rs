//! Abbreviations and signs.

use crate::normalise::scan::{Here, Said};

/// What is written and what is said; the full stop after it belongs to it where the entry has one.
const WORDS: &[(&str, &str)] = &[
    ("approx.", "approximately"),
    ("No.", "number"),
    ("Mon", "Monday"),
    ("Tue", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Thu", "Thursday"),
    ("Fri", "Friday"),
    ("Sat", "Saturday"),
    ("Sun", "Sunday"),
    ("Dr.", "Doctor"),
    ("Mr.", "Mister"),
    ("e.g.", "for example"),
    ("etc.", "and so on"),
    ("w/", "with "),
    ("tel.", "telephone"),
    ("Tel.", "telephone"),
];

/// A whole word of the list.
pub(super) fn abbreviation(here: &Here) -> Option<Said> {
    if here.before().is_some_and(char::is_alphanumeric) {
        return None;
    }
    let ended = |length: usize, written: &str| {
        !written.ends_with(char::is_alphabetic) || !here.char(length).is_some_and(char::is_alphanumeric)
    };
    let (written, said) = WORDS
        .iter()
        .find(|(written, _)| here.word(written).is_some_and(|length| ended(length, written)))?;
    Some(Said::new(here.word(written)?, *said))
}

/// Signs that have a name, and marks that no voice should read.
pub(super) fn sign(here: &Here) -> Option<Said> {
    let c = here.char(0)?;
    let between =
        here.before().is_some_and(char::is_alphanumeric) && here.char(1).is_some_and(char::is_alphanumeric);
    let words = match c {
        '%' => " percent",
        '&' => " and ",
        '@' => " at ",
        '+' => " plus ",
        '×' | '✕' => " times ",
        '~' if between => " to ",
        '#' if here.char(1).is_some_and(char::is_alphanumeric) => " number ",
        '#' => " hash ",
        '*' => " star ",
        '°' => " degrees ",
        '₩' => " won ",
        '$' => " dollars ",
        '€' => " euros ",
        '~' | '•' | '|' | '_' | '=' | '^' | '`' | '\\' => " ",
        c if c >= '\u{2000}' && !c.is_alphanumeric() && !c.is_whitespace() && !"…‘’“”".contains(c) => {
            " "
        }
        _ => return None,
    };
    Some(Said::new(1, words))
}
