//! The page's words, from the wording files: Korean first, English second.

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(crate) use biseo_digest::Language;
use biseo_model::fill::fill;
use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;

/// The words of one language.
#[derive(Debug, Deserialize)]
pub(crate) struct Words {
    weekdays: [String; 7],
    #[serde(flatten)]
    texts: BTreeMap<String, String>,
}

// The files are part of the program; a test reads each, so this cannot fail in a program that was tested.
static KO: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../wording/ko.toml")).expect("ko.toml is read"));
static EN: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../wording/en.toml")).expect("en.toml is read"));

impl Words {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ko => &KO,
            Language::En => &EN,
        }
    }

    /// A text as it is.
    pub(crate) fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// A text with its values, filled in.
    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        let value = |name: &str| values.iter().find(|(k, _)| *k == name).map(|(_, v)| *v);
        fill(self.text(key), value)
    }

    pub(crate) fn date(&self, date: Date) -> String {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        let (month, day) = (date.month().to_string(), date.day().to_string());
        let weekday = self.weekdays[weekday].as_str();
        self.say("date", &[("month", &month), ("day", &day), ("weekday", weekday)])
    }

    pub(crate) fn time(&self, time: Time) -> String {
        let (hour, minute) = (time.hour(), format!("{:02}", time.minute()));
        let key = if hour < 12 { "time_am" } else { "time_pm" };
        let hour = (hour + 11) % 12 + 1;
        self.say(key, &[("h", &hour.to_string()), ("m", &minute)])
    }

    pub(crate) fn when(&self, at: DateTime) -> String {
        let (date, time) = (self.date(at.date()), self.time(at.time()));
        self.say("when", &[("date", &date), ("time", &time)])
    }
}

/// The language that a browser asks for (RFC 9110 §12.5.4): English if it stands before Korean, else Korean. Weights other than 0
/// are not compared, as browsers write the list in order.
pub(crate) fn preferred(accept: &str) -> Language {
    for part in accept.split(',').take(20) {
        let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
        let tag = tag.trim().to_ascii_lowercase();
        if weight.trim() == "q=0" {
            continue;
        }
        match tag.split('-').next() {
            Some("ko") => return Language::Ko,
            Some("en") => return Language::En,
            _ => {}
        }
    }
    Language::Ko
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn both_languages_have_every_key() {
        let keys = |w: &Words| w.texts.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&KO), keys(&EN));
        assert!(KO.texts.values().chain(EN.texts.values()).all(|t| !t.is_empty()));
    }

    #[test]
    fn days_and_times() {
        let (ko, en) = (Words::of(Language::Ko), Words::of(Language::En));
        assert_eq!(
            ko.when(date(2026, 11, 26).at(19, 5, 0, 0)),
            "11월 26일 (목) 오후 7:05"
        );
        assert_eq!(en.when(date(2026, 11, 26).at(19, 5, 0, 0)), "Thu, 11/26, 7:05 pm");
        assert_eq!(ko.time(time(0, 0, 0, 0)), "오전 12:00");
        assert_eq!(ko.time(time(12, 30, 0, 0)), "오후 12:30");
    }

    #[test]
    fn a_browser_chooses() {
        for (accept, language) in [
            ("", Language::Ko),
            ("ko-KR,ko;q=0.9,en-US;q=0.8", Language::Ko),
            ("en-US,en;q=0.9,ko;q=0.8", Language::En),
            ("ja,en;q=0.5", Language::En),
            ("en;q=0, ko", Language::Ko),
            ("fr", Language::Ko),
        ] {
            assert_eq!(preferred(accept), language, "{accept}");
        }
    }
}
