//! The words of calendars, from the wording files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::feed::Language;

type Texts = BTreeMap<String, String>;

// The files are part of the program; a test reads each, so this cannot fail in a program that was tested.
static KO: LazyLock<Texts> =
    LazyLock::new(|| toml::from_str(include_str!("../wording/ko.toml")).expect("ko.toml is read"));
static EN: LazyLock<Texts> =
    LazyLock::new(|| toml::from_str(include_str!("../wording/en.toml")).expect("en.toml is read"));

/// A text, filled in from left to right: braces within a value stay.
pub(crate) fn say(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let texts = match language {
        Language::Ko => &KO,
        Language::En => &EN,
    };
    let (mut out, mut rest) = (String::new(), texts.get(key).map_or(key, String::as_str));
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        out.push_str(before);
        out.push_str(values.iter().find(|(k, _)| *k == name).map_or("", |(_, v)| v));
        rest = after;
    }
    out + rest
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
