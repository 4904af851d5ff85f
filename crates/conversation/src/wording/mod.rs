//! What is said, in both languages, from the wording files beside the flows.

mod particle;
mod say;
mod template;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use particle::particle;
pub use say::Say;
pub use template::{Template, Values};

/// One language's sentences and patterns.
#[derive(Debug, Clone)]
pub struct Wording {
    sentences: BTreeMap<String, Vec<Template>>,
    /// Days, times, amounts.
    pub say: Say,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Variants {
    One(String),
    Many(Vec<String>),
}

impl Wording {
    /// Reads the files: (name, text) each, and the patterns.
    ///
    /// # Errors
    /// The file and what is wrong in it.
    pub fn read<'a>(say: &str, files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let patterns: Say = toml::from_str(say).map_err(|e| format!("say: {e}"))?;
        patterns.check().map_err(|e| format!("say: {e}"))?;
        let mut sentences = BTreeMap::new();
        for (name, text) in files {
            let file: BTreeMap<String, Variants> =
                toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
            for (key, variants) in file {
                let key = format!("{name}.{key}");
                let templates = templates(variants).map_err(|e| format!("{key}: {e}"))?;
                sentences.insert(key, templates);
            }
        }
        Ok(Self {
            sentences,
            say: patterns,
        })
    }

    /// Whether a file of sentences can be read.
    ///
    /// # Errors
    /// The place, in octets from the file's beginning, and what is wrong there.
    pub(crate) fn check(text: &str) -> Result<(), (Option<usize>, String)> {
        let file: BTreeMap<String, toml::Spanned<Variants>> =
            toml::from_str(text).map_err(|e| (e.span().map(|s| s.start), e.message().trim().to_string()))?;
        for (key, variants) in file {
            let at = variants.span().start;
            templates(variants.into_inner()).map_err(|e| (Some(at), format!("{key}: {e}")))?;
        }
        Ok(())
    }

    /// The sentence for a key; which of its variants, `turn` decides. Empty if there is none.
    pub fn sentence(&self, key: &str, turn: u32, values: &Values) -> String {
        let variants = self.sentences.get(key).map(Vec::as_slice).unwrap_or_default();
        let index = turn as usize % variants.len().max(1);
        variants.get(index).map(|t| t.fill(values)).unwrap_or_default()
    }

    /// Whether there is a sentence for a key.
    pub fn has(&self, key: &str) -> bool {
        self.sentences.contains_key(key)
    }

    /// The variants of a sentence, in their order.
    pub fn variants(&self, key: &str) -> &[Template] {
        self.sentences.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// Says another sentence for a key.
    pub(crate) fn say_instead(&mut self, key: String, sentence: Template) {
        self.sentences.insert(key, vec![sentence]);
    }

    /// Every key with the places that its variants have.
    pub fn keys(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.sentences.iter().map(|(key, variants)| {
            let mut places: Vec<&str> = variants.iter().flat_map(Template::places).collect();
            places.sort_unstable();
            places.dedup();
            (key.as_str(), places)
        })
    }
}

fn templates(variants: Variants) -> Result<Vec<Template>, String> {
    let texts = match variants {
        Variants::One(text) => vec![text],
        Variants::Many(texts) => texts,
    };
    if texts.is_empty() {
        return Err("give at least one sentence".into());
    }
    texts.iter().map(|t| Template::parse(t)).collect()
}
