//! What Biseo's sentences show of a call: that it had no answer, did not understand, gave its word.
//!
//! A turn's record holds what was said, in the words of the flows' wording files, which an owner may change. So the same files are
//! read here, and a sentence is known by its wording, placeholders standing for anything.

mod pattern;

use biseo_model::record::TurnRecord;

use pattern::Pattern;

/// What a sentence of Biseo's shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// There was no answer to a question.
    Unknown,
    /// The caller was not understood.
    Unclear,
    /// Something is to be told to the owner, and the caller was told so.
    Promise,
    /// No person could be reached.
    NotReached,
    /// Something could not be done or stored.
    Failed,
    /// The caller's wish was left undone at the call's end.
    Unfinished,
    /// Good-bye.
    Bye,
    /// Something that stood was given up or changed, as the caller wished. The record keeps the call in which it was made.
    Done,
    /// What is about to be done is read back, and a yes is waited for.
    ReadBack,
    /// A call that Biseo made to ask after somebody.
    CheckIn,
    /// In a message: what somebody answered whom Biseo asked after.
    Report,
}

/// Stands in [`KEYS`] for every file.
const ANY: &str = "*";

/// Keys of the wording files by file and what they show.
const KEYS: [(&str, &str, Sign); 27] = [
    ("answer", "unknown", Sign::Unknown),
    ("answer", "unknown_offer", Sign::Unknown),
    ("answer", "price_none", Sign::Unknown),
    ("call", "unclear", Sign::Unclear),
    ("call", "say_again", Sign::Unclear),
    ("call", "lost_offer_message", Sign::Unclear),
    ("call", "silence_1", Sign::Unclear),
    ("call", "silence_bye", Sign::Unfinished),
    ("message", "done", Sign::Promise),
    ("call", "not_reached", Sign::NotReached),
    ("call", "not_reached_message", Sign::NotReached),
    ("call", "not_reached_emergency", Sign::NotReached),
    ("call", "failed", Sign::Failed),
    ("call", "failed_message", Sign::Failed),
    ("call", "bye_unfinished", Sign::Unfinished),
    ("call", "bye_long", Sign::Unfinished),
    ("call", "bye", Sign::Bye),
    ("call", "sales_bye", Sign::Bye),
    ("cancel", "done", Sign::Done),
    ("change", "done", Sign::Done),
    ("change", "done_request", Sign::Done),
    ("cancel_order", "done", Sign::Done),
    ("change_order", "done", Sign::Done),
    // Flows of an owner's own read back as well.
    (ANY, "confirm", Sign::ReadBack),
    ("checkin", "greeting", Sign::CheckIn),
    ("checkin", "greeting_recorded", Sign::CheckIn),
    ("checkin", "message_text", Sign::Report),
];

/// A wording file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the wording file {file} cannot be read: {why}")]
pub struct SignError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub why: String,
}

/// The signs of a set of wording files.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    patterns: Vec<(Pattern, Sign)>,
    /// Parts of sentences that are a promise, whatever flow they come from.
    promises: Vec<String>,
}

impl Signs {
    /// Reads wording files: name (`answer.ko.toml`) and text. Files of no interest may be among them. They are of all languages
    /// that are spoken: a caller may change between them, and a check-in's report is in Korean. `promises` are parts of
    /// sentences that give the shop's word (`전해 드릴게요`), from [`Wording::promises`](crate::Wording::promises) of each language.
    ///
    /// # Errors
    /// [`SignError`] for a file of interest that is no TOML.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        promises: &[String],
    ) -> Result<Self, SignError> {
        let mut signs = Self {
            patterns: Vec::new(),
            promises: promises.to_vec(),
        };
        for (name, text) in files {
            let flow = name.split('.').next().unwrap_or_default();
            let read = signs.add(name, flow, text);
            if KEYS.iter().any(|(file, ..)| *file == flow) {
                read?;
            }
        }
        Ok(signs)
    }

    fn add(&mut self, name: &str, flow: &str, text: &str) -> Result<(), SignError> {
        let fault = |e: toml::de::Error| SignError {
            file: name.to_string(),
            why: e.to_string(),
        };
        let table: toml::Table = toml::from_str(text).map_err(fault)?;
        for (_, key, sign) in KEYS.iter().filter(|(file, ..)| [flow, ANY].contains(file)) {
            let patterns = table
                .get(*key)
                .into_iter()
                .flat_map(sentences)
                .filter_map(Pattern::of);
            self.patterns.extend(patterns.map(|p| (p, *sign)));
        }
        Ok(())
    }

    /// Whether a turn shows it. A promise is none where it is read back.
    pub fn shows(&self, turn: &TurnRecord, sign: Sign) -> bool {
        match sign {
            Sign::Promise => {
                let mut own = self.beside_read_backs(&turn.said).into_iter();
                own.any(|part| self.says(part, sign) || self.word_in(part).is_some())
            }
            _ => self.says(&turn.said, sign),
        }
    }

    /// Whether a text holds a sentence that shows it.
    pub fn says(&self, text: &str, sign: Sign) -> bool {
        let mut patterns = self.patterns.iter().filter(|(_, s)| *s == sign);
        patterns.any(|(p, _)| p.find(text).is_some())
    }

    /// The sentence in which the shop's word is given; a question ("전해 드릴까요?") gives none, nor does what is read back.
    pub fn gives_word<'t>(&self, said: &'t str) -> Option<&'t str> {
        let own = self.beside_read_backs(said).into_iter();
        own.filter_map(|part| self.word_in(part)).next()
    }

    fn word_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        let gives = |sentence: &&str| self.promises.iter().any(|p| sentence.contains(p.as_str()));
        text.split_inclusive(['.', '?', '!'])
            .map(str::trim)
            .find(|sentence| !sentence.ends_with('?') && gives(sentence))
    }

    /// What is said before and after a read-back: that one waits for a yes, and may quote the caller.
    fn beside_read_backs<'t>(&self, said: &'t str) -> Vec<&'t str> {
        let mut parts = vec![said];
        for (pattern, _) in self.patterns.iter().filter(|(_, s)| *s == Sign::ReadBack) {
            let without = |part: &'t str| match pattern.find_begun(part) {
                Some(span) => vec![&part[..span.start], &part[span.end..]],
                None => vec![part],
            };
            parts = parts.into_iter().flat_map(without).collect();
        }
        parts
    }
}

/// A key's sentences: one, or several by turns.
fn sentences(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::String(one) => vec![one],
        toml::Value::Array(several) => several.iter().filter_map(toml::Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_no_promise() {
        let signs = Signs::read([], &["전해 드릴".into()]).unwrap();
        assert_eq!(signs.gives_word("사장님께 바로 전해 드릴까요?"), None);
        assert_eq!(
            signs.gives_word("네. 사장님께 전해 드릴게요."),
            Some("사장님께 전해 드릴게요.")
        );
    }

    #[test]
    fn what_is_read_back_is_no_promise_and_what_stands_beside_it_is() {
        let own = "confirm = \"{message|으로/로} 전해 드릴게요. 맞으세요?\"";
        let signs = Signs::read([("volunteer.ko.toml", own)], &["전해 드릴게".into()]).unwrap();
        assert_eq!(signs.gives_word("빵으로 전해 드릴게요. 맞으세요?"), None);
        let said = "사장님께 전해 드릴게요. 빵으로 전해 드릴게요. 맞으세요?";
        assert_eq!(signs.gives_word(said), Some("사장님께 전해 드릴게요."));
    }

    #[test]
    fn a_broken_file_is_told() {
        assert!(Signs::read([("call.ko.toml", "bye = ")], &[]).is_err());
        assert!(Signs::read([("other.ko.toml", "bye = ")], &[]).is_ok());
    }
}
