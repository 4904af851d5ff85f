//! Written text to spoken words, as a clerk on the telephone would say it.
//!
//! "19시 30분" is said "저녁 일곱 시 반", "18,000원" "만 팔천 원", "010-1234-5678" "공일공 일이삼사 오육칠팔". Pure functions; the result has
//! no digit left, and saying it again changes nothing. Synthesisers that are good at this themselves need not use it.
//!
//! A text is read once, from left to right. At each place a list of rules is asked in order (`ko::RULES`, `en::RULES`); the
//! first that knows what stands there says it. What no rule knows stays as it is.

mod en;
mod fold;
mod ko;
mod scan;

use crate::Language;

/// What may be said or left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpeakOptions {
    /// Says the weekday after a full date ("2026-11-25": "십일월 이십오일 수요일").
    pub weekday: bool,
    /// Says the year of a date in figures ("2026-11-25"); it is left out otherwise. "2026년" in words is always said.
    pub year: bool,
}

/// The words to say for a text.
///
/// ```
/// use biseo_speech::{Language, normalise::speakable};
/// assert_eq!(speakable("4명, 19시 30분", Language::Korean), "네 명, 저녁 일곱 시 반");
/// assert_eq!(speakable("a table for 4 at 19:30", Language::English), "a table for four at seven thirty p.m.");
/// ```
pub fn speakable(text: &str, language: Language) -> String {
    speakable_with(text, language, SpeakOptions::default())
}

/// As [`speakable`], with a choice of what to say.
///
/// ```
/// use biseo_speech::{Language, normalise::{SpeakOptions, speakable_with}};
/// let options = SpeakOptions { weekday: true, year: false };
/// assert_eq!(speakable_with("2026-11-25", Language::Korean, options), "십일월 이십오일 수요일");
/// ```
pub fn speakable_with(text: &str, language: Language, options: SpeakOptions) -> String {
    let rules = match language {
        Language::Korean => ko::RULES,
        Language::English => en::RULES,
    };
    let mut said = once(text, rules, options);
    // A sign may come to stand between words only once its neighbour was said ("A~:0"); ordinary text is done at once.
    for _ in 0..PASSES {
        let again = once(&said, rules, options);
        if again == said {
            break;
        }
        said = again;
    }
    said
}

/// So many times at most is a text read again.
const PASSES: usize = 4;

fn once(text: &str, rules: &[scan::Rule], options: SpeakOptions) -> String {
    fold::tidy(&scan::apply(&fold::fold(text), rules, options))
}
