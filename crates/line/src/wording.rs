//! The doctor's words, from wording files.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::verdict::{Finding, Subject, Verdict};

/// A language of the doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 한국어
    Ko,
    /// English
    En,
}

/// A wording file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the line doctor's wording cannot be read: {0}")]
pub struct WordingError(String);

/// The words of one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    labels: BTreeMap<String, String>,
    consequences: BTreeMap<String, String>,
    subjects: BTreeMap<String, String>,
    findings: BTreeMap<String, String>,
    sentences: BTreeMap<String, String>,
    areas: BTreeMap<String, String>,
    causes: BTreeMap<String, String>,
    report: BTreeMap<String, String>,
}

impl Wording {
    /// The built-in words of a language.
    pub fn of(language: Language) -> Self {
        let text = match language {
            Language::Ko => include_str!("../wording/ko.toml"),
            Language::En => include_str!("../wording/en.toml"),
        };
        // The files are part of the program; a test reads each, so this cannot fail in a program that was tested.
        Self::read(text).expect("the built-in wording file is read")
    }

    /// Words from a file's text.
    ///
    /// # Errors
    /// [`WordingError`] if it is no TOML of that shape.
    pub fn read(text: &str) -> Result<Self, WordingError> {
        toml::from_str(text).map_err(|e| WordingError(e.to_string()))
    }

    /// What is out of order by somebody's word, by its code (`payments_down`); the code itself if there is none.
    pub fn cause<'a>(&'a self, code: &'a str) -> &'a str {
        self.text(&self.causes, code)
    }

    /// A word of the printed page.
    pub(crate) fn report<'a>(&'a self, key: &'a str) -> &'a str {
        self.text(&self.report, key)
    }

    /// Cause and consequences in a sentence.
    pub fn sentence(&self, verdict: &Verdict) -> String {
        let (subject, label) = (self.of_area(verdict), self.label(verdict.label.code()));
        let sentence = match &verdict.because_of {
            None => fill(
                self.text(&self.sentences, "cause"),
                &[("subject", &subject), ("label", label)],
            ),
            Some(other) => {
                let cause = self.subject(other);
                let values = [("subject", subject.as_str()), ("label", label), ("cause", &cause)];
                fill(self.text(&self.sentences, "because_of"), &values)
            }
        };
        if verdict.consequences.is_empty() {
            return sentence;
        }
        let words = verdict
            .consequences
            .iter()
            .map(|c| self.text(&self.consequences, &code(c)).to_string());
        let words: Vec<String> = words.collect();
        let consequences = words.join(self.text(&self.sentences, "between"));
        let values = [("sentence", sentence.as_str()), ("consequences", &consequences)];
        fill(self.text(&self.sentences, "with"), &values)
    }

    /// What a verdict rests on, each in words.
    pub fn findings(&self, verdict: &Verdict) -> Vec<String> {
        verdict.findings.iter().map(|f| self.finding(f)).collect()
    }

    /// A label in words, by its code; the code itself if there is none.
    pub fn label<'a>(&'a self, code: &'a str) -> &'a str {
        self.text(&self.labels, code)
    }

    /// The subject, and the area whose callers alone are concerned.
    fn of_area(&self, verdict: &Verdict) -> String {
        let subject = self.subject(&verdict.subject);
        let only = verdict.findings.iter().find_map(|f| match f {
            Finding::OnlyFrom { area } => Some(self.area(area)),
            _ => None,
        });
        match only {
            Some(area) => fill(
                self.text(&self.sentences, "of_area"),
                &[("subject", &subject), ("area", area)],
            ),
            None => subject,
        }
    }

    /// An area by its code (02 is Seoul); the code itself if it is none.
    pub fn area<'a>(&'a self, code: &'a str) -> &'a str {
        self.text(&self.areas, code)
    }

    fn subject(&self, subject: &Subject) -> String {
        let (key, name) = match subject {
            Subject::Host => ("host", ""),
            Subject::Uplink(name) => ("uplink", name.as_str()),
            Subject::Trunk(name) => ("trunk", name.as_str()),
            Subject::Names => ("names", ""),
        };
        fill(self.text(&self.subjects, key), &[("name", name)])
    }

    fn finding(&self, finding: &Finding) -> String {
        let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(finding) else {
            return String::new();
        };
        let code = fields.get("code").and_then(|c| c.as_str()).unwrap_or_default();
        let values: Vec<(&str, String)> = fields
            .iter()
            .map(|(k, v)| (k.as_str(), self.in_words(k, value(code, k, v))))
            .collect();
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        fill(self.text(&self.findings, code), &values)
    }

    fn in_words(&self, key: &str, value: String) -> String {
        match key {
            "area" => self.area(&value).to_string(),
            _ => value,
        }
    }

    fn text<'a>(&'a self, part: &'a BTreeMap<String, String>, key: &'a str) -> &'a str {
        part.get(key).map_or(key, String::as_str)
    }
}

/// The code under which serde writes it.
fn code(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value
        .and_then(|v| v.as_str().map(String::from))
        .unwrap_or_default()
}

/// Shares as per cent, times and rates with as many digits as mean something.
fn value(code: &str, key: &str, value: &serde_json::Value) -> String {
    let share = matches!(key, "share" | "forward" | "back") || (code == "loss" && key == "usual");
    match value.as_f64() {
        Some(x) if share => format!("{:.0} %", x * 100.0),
        Some(x) if key == "pps" || code.starts_with("packets") || x >= 100.0 => format!("{x:.0}"),
        Some(x) if value.is_f64() => format!("{x:.1}"),
        Some(x) => format!("{x:.0}"),
        None => value.as_str().unwrap_or_default().to_string(),
    }
}

/// Fills in each `{key}` once, from the left; what was filled in is not looked at again.
fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((key, tail)) = after.split_once('}') else {
            return out + "{" + after;
        };
        out.push_str(values.iter().find(|(k, _)| *k == key).map_or("", |(_, v)| v));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Label;

    #[test]
    fn both_languages_have_all_labels_and_the_same_keys() {
        let (ko, en) = (Wording::of(Language::Ko), Wording::of(Language::En));
        for label in Label::ALL {
            assert!(ko.labels.contains_key(label.code()), "{}", label.code());
            assert_eq!(code(&label), label.code());
        }
        let keys = |w: &Wording| -> Vec<String> {
            let parts = [
                &w.labels,
                &w.consequences,
                &w.subjects,
                &w.findings,
                &w.sentences,
                &w.areas,
                &w.causes,
                &w.report,
            ];
            parts.iter().flat_map(|p| p.keys().cloned()).collect()
        };
        assert_eq!(keys(&ko), keys(&en));
        assert_eq!(ko.labels.len(), Label::ALL.len());
    }

    #[test]
    fn a_finding_is_said_with_its_numbers() {
        let ko = Wording::of(Language::Ko);
        let said = ko.finding(&Finding::PacketsIn {
            pps: 9120.4,
            usual: 50.2,
        });
        assert_eq!(said, "들어오는 패킷 초당 9120개 (평소 50개)");
        assert_eq!(
            ko.finding(&Finding::Loss {
                share: 0.25,
                usual: 0.01
            }),
            "손실 25 % (평소 1 %)"
        );
    }

    #[test]
    fn what_was_filled_in_is_not_filled_again() {
        assert_eq!(fill("{a} {b", &[("a", "{a}")]), "{a} {b");
    }
}
