//! What Biseo's sentences show of a call: that it had no answer, did not understand, gave its word.
//!
//! A turn's record holds what was said, in the words of the flows' wording files, which an owner may change. So the same files are
//! read here, and a sentence is known by its wording, placeholders standing for anything.

use biseo_model::record::TurnRecord;

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
}

/// Keys of the wording files by file and what they show.
const KEYS: [(&str, &str, Sign); 18] = [
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

/// The fixed parts of a sentence, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern(Vec<String>);

impl Signs {
    /// Reads wording files: name (`answer.ko.toml`) and text. Files of no interest may be among them. `promises` are parts of
    /// sentences that give the shop's word (`전해 드릴게요`), from [`Wording::promises`](crate::Wording::promises).
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
            if KEYS.iter().any(|(file, ..)| *file == flow) {
                signs.add(name, flow, text)?;
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
        for (_, key, sign) in KEYS.iter().filter(|(file, ..)| *file == flow) {
            let patterns = table
                .get(*key)
                .into_iter()
                .flat_map(sentences)
                .filter_map(Pattern::of);
            self.patterns.extend(patterns.map(|p| (p, *sign)));
        }
        Ok(())
    }

    /// Whether a turn shows it.
    pub fn shows(&self, turn: &TurnRecord, sign: Sign) -> bool {
        let known = self
            .patterns
            .iter()
            .any(|(p, s)| *s == sign && p.is_in(&turn.said));
        known || (sign == Sign::Promise && self.gives_word(&turn.said).is_some())
    }

    /// The sentence in which the shop's word is given; a question ("전해 드릴까요?") gives none.
    pub fn gives_word<'t>(&self, said: &'t str) -> Option<&'t str> {
        said.split_inclusive(['.', '?', '!'])
            .map(str::trim)
            .find(|sentence| {
                !sentence.ends_with('?') && self.promises.iter().any(|p| sentence.contains(p.as_str()))
            })
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

impl Pattern {
    /// `None` for a sentence that has too little of its own to be known by.
    fn of(sentence: &str) -> Option<Self> {
        let outside = |piece: &str| {
            piece
                .split('}')
                .next_back()
                .unwrap_or_default()
                .trim_matches(['[', ']', ' '])
                .to_string()
        };
        let pieces: Vec<String> = sentence
            .split('{')
            .map(outside)
            .filter(|p| !p.is_empty())
            .collect();
        let own: usize = pieces.iter().map(|p| p.chars().count()).sum();
        (own >= 4).then_some(Self(pieces))
    }

    fn is_in(&self, said: &str) -> bool {
        let mut rest = said;
        self.0.iter().all(|piece| match rest.find(piece.as_str()) {
            Some(at) => {
                rest = &rest[at + piece.len()..];
                true
            }
            None => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_anything() {
        let p = Pattern::of("{name} 가격은 제가 가진 정보에 없어요.").unwrap();
        assert!(p.is_in("네. 파마 가격은 제가 가진 정보에 없어요. 더 필요하신 것 있으세요?"));
        assert!(!p.is_in("파마 가격은 50,000원이에요."));
        assert_eq!(Pattern::of("네."), None);
    }

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
    fn a_broken_file_is_told() {
        assert!(Signs::read([("call.ko.toml", "bye = ")], &[]).is_err());
        assert!(Signs::read([("other.ko.toml", "bye = ")], &[]).is_ok());
    }
}
