//! The texts of notices, from the wording files: Korean first, English second.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use biseo_model::fill::fill;
use serde::Deserialize;

use crate::rules::Language;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    ko: String,
    en: String,
}

type Part = BTreeMap<String, BTreeMap<String, Text>>;

// The files are part of the program; a test reads each, so this cannot fail in a program that was tested.
static NOTICES: LazyLock<Part> =
    LazyLock::new(|| toml::from_str(include_str!("../wording/notices.toml")).expect("notices.toml is read"));

static CALLERS: LazyLock<Part> =
    LazyLock::new(|| toml::from_str(include_str!("../wording/callers.toml")).expect("callers.toml is read"));

/// The names of the 알림톡 templates, those of the kinds of events that callers are told of.
pub(crate) const TEMPLATES: [&str; 7] = [
    "booking_made",
    "booking_changed",
    "booking_cancelled",
    "order_made",
    "order_changed",
    "order_cancelled",
    "call_missed",
];

/// What placeholders are filled with.
pub(crate) type Values = BTreeMap<&'static str, String>;

/// A text: a part of `notices.toml` and a key in it, filled in.
pub(crate) fn notice(part: &str, key: &str, language: Language, values: &Values) -> String {
    say(&NOTICES, (part, key), language, values)
}

/// The same of `callers.toml`.
pub(crate) fn caller(part: &str, key: &str, language: Language, values: &Values) -> String {
    say(&CALLERS, (part, key), language, values)
}

/// A template's variables, those that its text has, by the names between `#{` and `}`. `None` if one has no value, for then the
/// provider would refuse it.
pub(crate) fn variables(
    template: &str,
    language: Language,
    values: &Values,
) -> Option<Vec<(String, String)>> {
    let text = caller("template", template, language, &Values::new());
    let names = CALLERS.get("variable")?;
    let value = |name: &str| {
        let (key, _) = names.iter().find(|(_, said)| said.ko == name)?;
        values
            .get(key.as_str())
            .filter(|value| !value.is_empty())
            .cloned()
    };
    let name = |rest: &str| rest.split('}').next().unwrap_or_default().to_string();
    let mut found: Vec<String> = text.split("#{").skip(1).map(name).collect();
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .map(|name| value(&name).map(|value| (name, value)))
        .collect()
}

fn say(file: &Part, (part, key): (&str, &str), language: Language, values: &Values) -> String {
    let Some(text) = file.get(part).and_then(|texts| texts.get(key)) else {
        return key.to_string();
    };
    let pattern = match language {
        Language::Ko => &text.ko,
        Language::En => &text.en,
    };
    fill(pattern, |name| values.get(name).map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Kind;

    #[test]
    fn every_kind_has_its_texts_in_both_languages() {
        for kind in Kind::ALL {
            assert!(NOTICES["title"].contains_key(kind.name()), "{kind:?}");
            let lines: &[&str] = match kind {
                Kind::LineIncident => &["line_broken", "line_over"],
                Kind::OrderMade => &["order_made", "order_brought"],
                _ => &[kind.name()],
            };
            assert!(lines.iter().all(|l| NOTICES["line"].contains_key(*l)), "{kind:?}");
        }
        for text in NOTICES.values().flat_map(BTreeMap::values) {
            assert!(!text.ko.is_empty() && !text.en.is_empty());
        }
    }

    #[test]
    fn every_template_is_there_with_variables_that_have_values() {
        for kind in Kind::ALL {
            assert_eq!(
                TEMPLATES.contains(&kind.name()),
                kind.is_for_callers(),
                "{kind:?}"
            );
        }
        let all = ["shop", "name", "when", "party", "items", "won", "link"].map(|key| (key, key.to_string()));
        for name in TEMPLATES {
            assert!(CALLERS["line"].contains_key(name) && CALLERS["template"].contains_key(name));
            for language in [Language::Ko, Language::En] {
                let found = variables(name, language, &Values::from(all.clone())).unwrap();
                assert!(
                    found
                        .iter()
                        .any(|(name, value)| name == "가게" && value == "shop"),
                    "{name}"
                );
            }
        }
        assert_eq!(variables("booking_made", Language::Ko, &Values::new()), None);
    }
}
