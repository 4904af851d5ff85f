//! Judges the demo recogniser by recorded sentences, and helps to find its weights.
//!
//! ```text
//! cargo run --release -p biseo-speech --example ctc_eval -- models/demo-ko INDEX.tsv [--limit N] [--boost FILE]
//!     [--show] [--calls N] [--width A,B] [--lm A,B] [--letter A,B] [--word A,B] [--bonus A,B] [--floor A,B] [--moved A,B]
//! ```
//! INDEX.tsv holds `file<TAB>text<TAB>set` in each line; the files (8 kHz, 16 bit, mono) lie beside it. The file of `--boost`
//! holds a phrase in each line. Without lists of weights: a table of each set with greedy decoding, beam, beam and language
//! model, and with the phrases; cost and delay. With them: the errors of each combination, for all sets. With `--calls`: what
//! loading and each call take.

mod case;
mod cost;
mod report;
mod score;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use biseo_speech::Language;
use biseo_speech::ctc::{Boost, CtcModel, NgramLm, Tokens};
use biseo_speech::normalise::speakable;

use report::Parts;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, index, flags @ ..] = arguments.as_slice() else {
        return Err("usage: ctc_eval MODEL_FOLDER INDEX.tsv [flags]; see the head of the file".into());
    };
    let flags = Flags::read(flags)?;
    let folder = Path::new(folder);
    let tokens = Arc::new(Tokens::load(&folder.join("tokens.txt"))?);
    if let Some(calls) = flags.number("calls") {
        return cost::cost(folder, calls);
    }
    let lm = folder.join("lm.bin");
    let boost = flags
        .text("boost")
        .map_or(Ok(String::new()), std::fs::read_to_string)?;
    let phrases: Vec<String> = boost
        .lines()
        .map(|line| speakable(line, Language::Korean))
        .collect();
    let parts = Parts {
        lm: lm.exists().then(|| NgramLm::load(&lm)).transpose()?.map(Arc::new),
        boost: Arc::new(Boost::new(phrases.iter().map(String::as_str), &tokens)),
        none: Arc::new(Boost::new([], &tokens)),
        tokens,
    };
    let model = CtcModel::load(&folder.join("model.onnx"), parts.tokens.len())?;
    let cases = case::cases(
        Path::new(index),
        &model,
        flags.number("limit").unwrap_or(usize::MAX),
    )?;
    if flags.has_grid() {
        report::grid(&parts, &cases, &flags);
    } else {
        report::report(&parts, &cases, flags.text("show").is_some());
    }
    Ok(())
}

/// `--name value` pairs; a name alone has an empty value.
struct Flags(BTreeMap<String, String>);

impl Flags {
    fn read(arguments: &[String]) -> Result<Self, Failure> {
        let mut found = BTreeMap::new();
        let mut rest = arguments.iter().peekable();
        while let Some(name) = rest.next() {
            let name = name.strip_prefix("--").ok_or(format!("unknown: {name}"))?;
            let value = rest.next_if(|next| !next.starts_with("--")).cloned();
            found.insert(name.to_owned(), value.unwrap_or_default());
        }
        Ok(Self(found))
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    pub fn list(&self, name: &str, usual: f32) -> Vec<f32> {
        let given = self
            .text(name)
            .map(|list| list.split(',').flat_map(str::parse).collect());
        given.unwrap_or_else(|| vec![usual])
    }

    fn has_grid(&self) -> bool {
        let weights = [
            "width", "lm", "letter", "word", "bonus", "floor", "alike", "moved", "space",
        ];
        weights.iter().any(|name| self.0.contains_key(*name))
    }
}
