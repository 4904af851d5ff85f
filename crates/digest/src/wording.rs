//! The digest's words, from a wording file.

use std::collections::BTreeMap;

use biseo_model::understanding::Topic;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A language of the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// 한국어
    Ko,
    /// English
    En,
}

impl Language {
    /// The language's tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

/// A wording file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the digest's wording cannot be read: {0}")]
pub struct WordingError(String);

/// The words of one language.
#[derive(Debug, Clone, Deserialize)]
pub struct Wording {
    #[serde(skip)]
    language: Option<Language>,
    promises_said: Vec<String>,
    weekdays: Vec<String>,
    topics: BTreeMap<String, String>,
    #[serde(flatten)]
    texts: BTreeMap<String, String>,
}

const FILES: [(Language, &str); 2] = [
    (Language::Ko, include_str!("../wording/ko.toml")),
    (Language::En, include_str!("../wording/en.toml")),
];

impl Wording {
    /// The built-in words of a language.
    pub fn of(language: Language) -> Self {
        let file = FILES
            .iter()
            .find(|(l, _)| *l == language)
            .map_or("", |(_, text)| text);
        // The files are part of the program; a test reads each, so this cannot fail in a program that was tested.
        Self::read(language, file).expect("the built-in wording file is read")
    }

    /// Words from a file's text, which must have every key of the built-in one.
    ///
    /// # Errors
    /// [`WordingError`] if it is no TOML or a key is missing.
    pub fn read(language: Language, text: &str) -> Result<Self, WordingError> {
        let mut words: Self = toml::from_str(text).map_err(|e| WordingError(e.to_string()))?;
        words.language = Some(language);
        if words.weekdays.len() != 7 {
            return Err(WordingError("weekdays: a week has seven days".into()));
        }
        let built_in: toml::Table = toml::from_str(FILES[0].1).map_err(|e| WordingError(e.to_string()))?;
        let texts = built_in.iter().filter(|(_, value)| value.is_str());
        let missing = texts
            .map(|(key, _)| key)
            .find(|key| !words.texts.contains_key(key.as_str()));
        missing.map_or(Ok(words), |key| {
            Err(WordingError(format!("the key {key} is missing")))
        })
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language.unwrap_or(Language::Ko)
    }

    /// Parts of Biseo's sentences that give the shop's word, for [`Signs::read`](crate::Signs::read).
    pub fn promises(&self) -> &[String] {
        &self.promises_said
    }

    /// A text with its values filled in; the key itself if there is no such text.
    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.texts
            .get(key)
            .map_or_else(|| key.to_string(), |text| fill(text, values))
    }

    pub(crate) fn topic(&self, topic: Topic) -> &str {
        self.topics.get(topic.key()).map_or(topic.key(), String::as_str)
    }

    pub(crate) fn date(&self, date: Date) -> String {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        let (month, day) = (date.month().to_string(), date.day().to_string());
        self.say(
            "date",
            &[
                ("month", &month),
                ("day", &day),
                ("weekday", &self.weekdays[weekday]),
            ],
        )
    }

    pub(crate) fn won(&self, won: u64) -> String {
        self.say("won", &[("n", &thousands(won))])
    }
}

/// `12,345`.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Fills in; a part in brackets goes if a value within is empty. A separator that nothing stands before goes as well.
fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some(open) = rest.find('[') {
        let Some(len) = rest[open..].find(']') else { break };
        out.push_str(&put(&rest[..open], values).0);
        let (part, whole) = put(&rest[open + 1..open + len], values);
        if whole {
            let part = if out.is_empty() {
                part.trim_start_matches([' ', '·'])
            } else {
                &part
            };
            out.push_str(part);
        }
        rest = &rest[open + len + 1..];
    }
    out + &put(rest, values).0
}

/// Fills in from left to right, so that braces within a value stay; and whether no value was empty.
fn put(pattern: &str, values: &[(&str, &str)]) -> (String, bool) {
    let (mut out, mut rest, mut whole) = (String::with_capacity(pattern.len() * 2), pattern, true);
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(end) = rest.find('}') else { break };
        let name = &rest[1..end];
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => {
                out.push_str(value);
                whole &= !value.is_empty();
                rest = &rest[end + 1..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    (out + rest, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_key() {
        let (ko, en) = (Wording::of(Language::Ko), Wording::of(Language::En));
        assert_eq!(
            ko.texts.keys().collect::<Vec<_>>(),
            en.texts.keys().collect::<Vec<_>>()
        );
        for topic in Topic::ALL {
            assert!(
                ko.topics.contains_key(topic.key()) && en.topics.contains_key(topic.key()),
                "{topic:?}"
            );
        }
        assert!(Wording::read(Language::Ko, "title = \"x\"").is_err());
    }

    #[test]
    fn parts_without_a_value_go() {
        let text = "비서가 {a}통[ · 사람이 {b}통][ · 못 받음 {c}통]";
        assert_eq!(
            fill(text, &[("a", "3"), ("b", ""), ("c", "1")]),
            "비서가 3통 · 못 받음 1통"
        );
        assert_eq!(
            fill("[손님 {a}명][ · 취소 {b}건]", &[("a", ""), ("b", "2")]),
            "취소 2건"
        );
        assert_eq!(fill("[{shop}] x", &[("shop", "가")]), "가 x");
        assert_eq!(fill("{a}", &[("a", "{b}"), ("b", "x")]), "{b}");
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_text_panics(pattern in "[\\[\\]{}n가 ]{0,12}", value in "[{}\\[\\]가]{0,4}") {
            fill(&pattern, &[("n", &value), ("", "x"), ("가", "")]);
        }
    }

    #[test]
    fn a_place_without_an_end_stays() {
        assert_eq!(fill("{n}통 {n", &[("n", "3")]), "3통 {n");
        assert_eq!(fill("[{n", &[("n", "3")]), "[{n");
    }

    #[test]
    fn amounts() {
        for (n, words) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(n), words);
        }
    }
}
