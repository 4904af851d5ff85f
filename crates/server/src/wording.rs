//! The texts that the program shows, from the wording files: Korean first, English second.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// 한국어
    Ko,
    /// English
    En,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    ko: String,
    en: String,
}

/// The texts of one wording file in one language.
#[derive(Debug)]
pub(crate) struct Wording {
    texts: BTreeMap<String, Text>,
    lang: Lang,
}

impl Wording {
    /// The texts of `biseo check`.
    pub(crate) fn of_check(lang: Lang) -> Self {
        // The file is part of the program; a test reads it, so this cannot fail in a program that was tested.
        let texts =
            toml::from_str(include_str!("../wording/check.toml")).expect("the built-in wording file is read");
        Self { texts, lang }
    }

    /// The text under `key` with `{name}` and `{why}` filled in; the key itself if the file lacks it.
    pub(crate) fn say(&self, key: &str, name: &str, why: &str) -> String {
        let Some(text) = self.texts.get(key) else {
            return key.to_string();
        };
        let pattern = match self.lang {
            Lang::Ko => &text.ko,
            Lang::En => &text.en,
        };
        fill(pattern, name, why)
    }
}

/// Fills in from left to right, so that a `{why}` within a name stays as it is.
fn fill(pattern: &str, name: &str, why: &str) -> String {
    let (mut out, mut rest) = (
        String::with_capacity(pattern.len() + name.len() + why.len()),
        pattern,
    );
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let (filled, len) = match rest {
            r if r.starts_with("{name}") => (name, 6),
            r if r.starts_with("{why}") => (why, 5),
            _ => ("{", 1),
        };
        out.push_str(filled);
        rest = &rest[len..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        for lang in [Lang::Ko, Lang::En] {
            let wording = Wording::of_check(lang);
            for key in wording.texts.keys() {
                assert!(!wording.say(key, "n", "w").contains(['{', '}']), "{key}");
            }
        }
        assert!(!Wording::of_check(Lang::Ko).say("all_good", "", "").is_ascii());
    }

    #[test]
    fn braces_in_what_is_filled_in_stay() {
        assert_eq!(fill("{name}: {why} {x}", "{why}", "{name}"), "{why}: {name} {x}");
    }
}
