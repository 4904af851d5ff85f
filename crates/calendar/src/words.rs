//! The words of calendars, from the wording files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use biseo_model::fill::fill;

use crate::feed::Language;

type Texts = BTreeMap<String, String>;

// The files are part of the program; a test reads each, so this cannot fail in a program that was tested.
static KO: LazyLock<Texts> =
    LazyLock::new(|| toml::from_str(include_str!("../wording/ko.toml")).expect("ko.toml is read"));
static EN: LazyLock<Texts> =
    LazyLock::new(|| toml::from_str(include_str!("../wording/en.toml")).expect("en.toml is read"));

/// A text, filled in.
pub(crate) fn say(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let texts = match language {
        Language::Ko => &KO,
        Language::En => &EN,
    };
    let value = |name: &str| values.iter().find(|(k, _)| *k == name).map(|(_, v)| *v);
    fill(texts.get(key).map_or(key, String::as_str), value)
}

#[cfg(test)]
#[test]
fn both_languages_have_every_key() {
    assert_eq!(KO.keys().collect::<Vec<_>>(), EN.keys().collect::<Vec<_>>());
    assert_eq!(
        say(Language::Ko, "summary", &[("name", "{n}"), ("n", "4")]),
        "{n} 4명"
    );
}
