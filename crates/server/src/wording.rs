//! The texts that the program shows, from the wording files: Korean first, English second.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lang {
    /// 한국어
    Ko,
    /// English
    En,
}

/// The wording files, by command.
const FILES: [(&str, &str); 17] = [
    ("backup", include_str!("../wording/backup.toml")),
    ("check", include_str!("../wording/check.toml")),
    ("data", include_str!("../wording/data.toml")),
    ("init", include_str!("../wording/init.toml")),
    ("invite", include_str!("../wording/invite.toml")),
    ("serve", include_str!("../wording/serve.toml")),
    ("call", include_str!("../wording/call.toml")),
    ("load", include_str!("../wording/load.toml")),
    ("demo", include_str!("../wording/demo.toml")),
    ("entities", include_str!("../wording/entities.toml")),
    ("understand", include_str!("../wording/understand.toml")),
    ("records", include_str!("../wording/records.toml")),
    ("rehearse", include_str!("../wording/rehearse.toml")),
    ("bench", include_str!("../wording/bench.toml")),
    ("models", include_str!("../wording/models.toml")),
    ("line", include_str!("../wording/line.toml")),
    ("chat", include_str!("../wording/chat.toml")),
];

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    ko: String,
    en: String,
}

/// The texts of one wording file in one language.
#[derive(Debug, Clone)]
pub(crate) struct Wording {
    texts: BTreeMap<String, Text>,
    lang: Lang,
}

impl Wording {
    /// The texts of one command.
    pub(crate) fn of(command: &str, lang: Lang) -> Self {
        let file = FILES
            .iter()
            .find(|(name, _)| *name == command)
            .map_or("", |(_, text)| text);
        // The files are part of the program; a test reads each, so this cannot fail in a program that was tested.
        let texts = toml::from_str(file).expect("the built-in wording file is read");
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
        for (command, _) in FILES {
            for lang in [Lang::Ko, Lang::En] {
                let wording = Wording::of(command, lang);
                assert!(!wording.texts.is_empty(), "{command}");
                for key in wording.texts.keys() {
                    assert!(
                        !wording.say(key, "n", "w").contains(['{', '}']),
                        "{command} {key}"
                    );
                }
            }
        }
        assert!(!Wording::of("check", Lang::Ko).say("all_good", "", "").is_ascii());
    }

    #[test]
    fn braces_in_what_is_filled_in_stay() {
        assert_eq!(fill("{name}: {why} {x}", "{why}", "{name}"), "{why}: {name} {x}");
    }
}
