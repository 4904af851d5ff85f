//! `model.toml`: what a folder with a model holds. Read and judged without the native library, which would end the process.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use biseo_speech::Language;
use serde::{Deserialize, Serialize};

/// The manifest's name in the folder.
pub const FILE: &str = "model.toml";
/// Octets that a manifest has at most.
const MOST: u64 = 64 * 1024;
/// Octets that a list of tokens or a lexicon has at most.
const MOST_TEXT: u64 = 64 * 1024 * 1024;

/// The family of a model. One file under `native/` serves all of a way of working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Streaming transducer: zipformer, conformer, NeMo's and nemotron's (sherpa-onnx tells them apart itself).
    Transducer,
    /// Streaming zipformer with CTC.
    Zipformer2Ctc,
    /// Streaming NeMo with CTC.
    NemoCtc,
    /// Streaming CTC on samples, 8 kHz.
    TOne,
    /// Transducer that hears an utterance as a whole.
    OfflineTransducer,
    /// NeMo with CTC that hears an utterance as a whole.
    OfflineNemoCtc,
    /// SenseVoice: Chinese, Cantonese, Japanese, Korean, English.
    SenseVoice,
    /// Whisper.
    Whisper,
    /// Moonshine, its first form (four networks) or its second (two).
    Moonshine,
    /// Voices: VITS, also Piper's and MMS's.
    Vits,
    /// Kokoro.
    Kokoro,
    /// Supertonic.
    Supertonic,
}

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// It recognises and tells text while one speaks.
    Streaming,
    /// It recognises an utterance as a whole.
    Whole,
    /// It speaks.
    Voice,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Transducer,
        Self::Zipformer2Ctc,
        Self::NemoCtc,
        Self::TOne,
        Self::OfflineTransducer,
        Self::OfflineNemoCtc,
        Self::SenseVoice,
        Self::Whisper,
        Self::Moonshine,
        Self::Vits,
        Self::Kokoro,
        Self::Supertonic,
    ];

    /// As it is written in a manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Transducer => "transducer",
            Self::Zipformer2Ctc => "zipformer2-ctc",
            Self::NemoCtc => "nemo-ctc",
            Self::TOne => "t-one",
            Self::OfflineTransducer => "offline-transducer",
            Self::OfflineNemoCtc => "offline-nemo-ctc",
            Self::SenseVoice => "sense-voice",
            Self::Whisper => "whisper",
            Self::Moonshine => "moonshine",
            Self::Vits => "vits",
            Self::Kokoro => "kokoro",
            Self::Supertonic => "supertonic",
        }
    }

    /// What it does.
    pub fn task(self) -> Task {
        match self {
            Self::Transducer | Self::Zipformer2Ctc | Self::NemoCtc | Self::TOne => Task::Streaming,
            Self::OfflineTransducer
            | Self::OfflineNemoCtc
            | Self::SenseVoice
            | Self::Whisper
            | Self::Moonshine => Task::Whole,
            Self::Vits | Self::Kokoro | Self::Supertonic => Task::Voice,
        }
    }

    /// The files it needs, and those it may have.
    fn roles(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Transducer => (&["encoder", "decoder", "joiner", "tokens"], &["bpe_vocab"]),
            Self::OfflineTransducer => (&["encoder", "decoder", "joiner", "tokens"], &[]),
            Self::Zipformer2Ctc | Self::NemoCtc | Self::TOne | Self::OfflineNemoCtc | Self::SenseVoice => {
                (&["model", "tokens"], &[])
            }
            Self::Whisper => (&["encoder", "decoder", "tokens"], &[]),
            Self::Moonshine => (
                &["encoder", "tokens"],
                &[
                    "preprocessor",
                    "uncached_decoder",
                    "cached_decoder",
                    "merged_decoder",
                ],
            ),
            Self::Vits => (&["model", "tokens"], &["lexicon", "data_dir"]),
            Self::Kokoro => (&["model", "voices", "tokens"], &["lexicon", "data_dir"]),
            Self::Supertonic => (
                &[
                    "duration_predictor",
                    "text_encoder",
                    "vector_estimator",
                    "vocoder",
                    "tts_json",
                    "unicode_indexer",
                    "voice_style",
                ],
                &[],
            ),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The manifest as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The family.
    pub kind: Kind,
    /// Codes of the languages that it is to be used for, such as `ko`; others than Biseo's are left out of account.
    pub languages: Vec<String>,
    /// Its licence, for people.
    pub licence: String,
    /// Threads that one utterance is computed on, 1 to 16.
    #[serde(default = "one")]
    pub threads: u8,
    /// What a token stands for (`bpe`, `cjkchar`, `cjkchar+bpe`): with it a transducer prefers a shop's words, at the cost of a
    /// wider search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modeling_unit: Option<String>,
    /// A voice's speaker, from 0 on.
    #[serde(default)]
    pub speaker: u16,
    /// The files by what they are for, relative to the folder. `data_dir` and several lexicons separated by commas as well.
    pub files: BTreeMap<String, String>,
}

fn one() -> u8 {
    1
}

/// A model's folder that was judged: every file is there, and within the folder.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// What was written.
    pub written: Written,
    /// Biseo's languages among its.
    pub languages: Vec<Language>,
    folder: PathBuf,
}

/// Why a folder is no model.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// A file cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The manifest has not the form.
    #[error("{FILE}: {0}")]
    Form(String),
    /// A field's value will not do.
    #[error("{FILE}: {field}: {why}")]
    Value {
        /// The field.
        field: String,
        /// What is wrong.
        why: String,
    },
}

fn value(field: impl Into<String>, why: impl Into<String>) -> ManifestError {
    ManifestError::Value {
        field: field.into(),
        why: why.into(),
    }
}

impl Manifest {
    /// Reads and judges a folder.
    ///
    /// # Errors
    /// [`ManifestError`], which names the file or the field.
    pub fn read(folder: &Path) -> Result<Self, ManifestError> {
        let path = folder.join(FILE);
        let text = bounded(&path, MOST)?;
        let written =
            toml::from_str(&text).map_err(|e| ManifestError::Form(e.to_string().trim_end().into()))?;
        Self::judge(folder, written)
    }

    /// Judges a manifest for a folder.
    ///
    /// # Errors
    /// As [`Manifest::read`].
    pub fn judge(folder: &Path, written: Written) -> Result<Self, ManifestError> {
        let mut languages: Vec<_> = written
            .languages
            .iter()
            .filter_map(|l| Language::from_code(l))
            .collect();
        languages.dedup();
        if languages.is_empty() {
            return Err(value("languages", "name ko, en or both"));
        }
        if !(1..=16).contains(&written.threads) {
            return Err(value("threads", "give 1 to 16"));
        }
        let made = Self {
            written,
            languages,
            folder: folder.to_owned(),
        };
        made.judge_unit()?;
        made.judge_files()?;
        Ok(made)
    }

    fn judge_unit(&self) -> Result<(), ManifestError> {
        let Some(unit) = &self.written.modeling_unit else {
            return Ok(());
        };
        if self.written.kind != Kind::Transducer
            || !["bpe", "cjkchar", "cjkchar+bpe"].contains(&unit.as_str())
        {
            return Err(value(
                "modeling_unit",
                "bpe, cjkchar or cjkchar+bpe, of a transducer",
            ));
        }
        if unit.contains("bpe") && !self.written.files.contains_key("bpe_vocab") {
            return Err(value("files.bpe_vocab", "modeling_unit needs it"));
        }
        Ok(())
    }

    fn judge_files(&self) -> Result<(), ManifestError> {
        let (needed, allowed) = self.written.kind.roles();
        let has = |role: &str| self.written.files.contains_key(role);
        if let Some(role) = needed.iter().find(|role| !has(role)) {
            return Err(value(
                format!("files.{role}"),
                format!("a {} needs it", self.written.kind),
            ));
        }
        if self.written.kind == Kind::Moonshine {
            let first = has("preprocessor") && has("uncached_decoder") && has("cached_decoder");
            if first == has("merged_decoder") {
                return Err(value(
                    "files",
                    "give preprocessor, uncached_decoder and cached_decoder, or merged_decoder",
                ));
            }
        }
        for role in self.written.files.keys() {
            if !needed.contains(&role.as_str()) && !allowed.contains(&role.as_str()) {
                return Err(value(
                    format!("files.{role}"),
                    format!("a {} has none", self.written.kind),
                ));
            }
            self.judge_file(role)?;
        }
        Ok(())
    }

    fn judge_file(&self, role: &str) -> Result<(), ManifestError> {
        let list = self.written.files.get(role).map_or("", String::as_str);
        for name in list.split(',') {
            let inside = Path::new(name)
                .components()
                .all(|c| matches!(c, Component::Normal(_)));
            if name.is_empty() || !inside || name.contains('\0') {
                return Err(value(format!("files.{role}"), "no path within the folder"));
            }
            let path = self.folder.join(name);
            let found = std::fs::metadata(&path).map_err(|source| unreadable(&path, source))?;
            let fits = if role == "data_dir" {
                found.is_dir()
            } else {
                found.is_file() && found.len() > 0
            };
            if !fits {
                return Err(value(
                    format!("files.{role}"),
                    format!("{name} is empty or of another kind"),
                ));
            }
        }
        if role == "tokens" {
            self.judge_tokens()
        } else {
            Ok(())
        }
    }

    /// The library ends the process over a list of tokens that it cannot read.
    fn judge_tokens(&self) -> Result<(), ManifestError> {
        let path = self.folder.join(&self.written.files["tokens"]);
        let text = bounded(&path, MOST_TEXT)?;
        // Some lists have the symbol alone, and its number is the line's; a space may be the symbol.
        let odd = text
            .lines()
            .position(|line| line.contains('\0') || line.len() > 4_096);
        match odd {
            Some(line) => Err(value("files.tokens", format!("line {} is no token", line + 1))),
            None if text.trim().is_empty() => Err(value("files.tokens", "it is empty")),
            None => Ok(()),
        }
    }

    /// The path of a file, for the library: `None` when the manifest names none.
    pub fn path(&self, role: &str) -> Option<String> {
        let list = self.written.files.get(role)?;
        let paths: Vec<_> = list
            .split(',')
            .map(|name| self.folder.join(name).display().to_string())
            .collect();
        Some(paths.join(","))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> ManifestError {
    ManifestError::Unreadable {
        path: path.to_owned(),
        source,
    }
}

/// A text file of at most so many octets.
fn bounded(path: &Path, most: u64) -> Result<String, ManifestError> {
    let size = std::fs::metadata(path).map_err(|e| unreadable(path, e))?.len();
    if size > most {
        return Err(unreadable(
            path,
            std::io::Error::other(format!("larger than {most} octets")),
        ));
    }
    let octets = std::fs::read(path).map_err(|e| unreadable(path, e))?;
    Ok(String::from_utf8_lossy(&octets).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(manifest: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), manifest).unwrap();
        std::fs::write(dir.path().join("model.onnx"), "x").unwrap();
        std::fs::write(dir.path().join("tokens.txt"), "<blk> 0\n  1\n가 2\n").unwrap();
        dir
    }

    const GOOD: &str = "kind = \"t-one\"\nlanguages = [\"ko\", \"ja\"]\nlicence = \"x\"\n[files]\nmodel = \"model.onnx\"\ntokens = \"tokens.txt\"\n";

    #[test]
    fn a_good_one_is_read() {
        let dir = folder(GOOD);
        let found = Manifest::read(dir.path()).unwrap();
        assert_eq!((found.written.kind, found.written.threads), (Kind::TOne, 1));
        assert_eq!(found.languages, [Language::Korean]);
        assert_eq!(
            found.path("model").unwrap(),
            dir.path().join("model.onnx").display().to_string()
        );
        assert_eq!(found.path("lexicon"), None);
    }

    #[test]
    fn faults_are_named() {
        for (from, to, told) in [
            ("t-one", "t-two", "unknown variant"),
            ("[\"ko\", \"ja\"]", "[\"ja\"]", "languages"),
            ("licence = \"x\"", "licence = \"x\"\nthreads = 99", "threads"),
            ("licence = \"x\"", "licence = \"x\"\ncolour = 1", "unknown field"),
            ("tokens = \"tokens.txt\"\n", "", "files.tokens"),
            ("model.onnx", "../model.onnx", "files.model"),
            ("model.onnx", "/etc/passwd", "files.model"),
            ("model.onnx", "gone.onnx", "gone.onnx"),
            (
                "\"model.onnx\"",
                "\"model.onnx\"\njoiner = \"model.onnx\"",
                "files.joiner",
            ),
            (
                "licence = \"x\"",
                "licence = \"x\"\nmodeling_unit = \"bpe\"",
                "modeling_unit",
            ),
        ] {
            let dir = folder(&GOOD.replace(from, to));
            let error = Manifest::read(dir.path()).unwrap_err().to_string();
            assert!(error.contains(told), "{to}: {error}");
        }
    }

    #[test]
    fn a_list_of_tokens_that_is_none_is_refused() {
        for octets in [&b"\n\n"[..], b"a 0\0b\n", &[b'x'; 5_000]] {
            let dir = folder(GOOD);
            std::fs::write(dir.path().join("tokens.txt"), octets).unwrap();
            assert!(
                Manifest::read(dir.path())
                    .unwrap_err()
                    .to_string()
                    .contains("tokens")
            );
        }
    }

    #[test]
    fn moonshine_has_one_form_or_the_other() {
        let text = |files: &str| {
            format!(
                "kind = \"moonshine\"\nlanguages = [\"ko\"]\nlicence = \"x\"\n[files]\nencoder = \"model.onnx\"\ntokens = \"tokens.txt\"\n{files}"
            )
        };
        let four = "preprocessor = \"model.onnx\"\nuncached_decoder = \"model.onnx\"\ncached_decoder = \"model.onnx\"\n";
        let two = "merged_decoder = \"model.onnx\"\n";
        assert!(Manifest::read(folder(&text(four)).path()).is_ok());
        assert!(Manifest::read(folder(&text(two)).path()).is_ok());
        assert!(Manifest::read(folder(&text("")).path()).is_err());
        assert!(Manifest::read(folder(&text(&format!("{four}{two}"))).path()).is_err());
    }

    #[test]
    fn every_kind_has_its_word() {
        for kind in Kind::ALL {
            let read: Kind = serde_json::from_str(&format!("\"{kind}\"")).unwrap();
            assert_eq!(read, kind);
        }
    }
}
