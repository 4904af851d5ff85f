//! What can go wrong with a speech engine, told to the operator.

use std::path::PathBuf;
use std::time::Duration;

/// Failure of a speech engine. Messages say what failed and what the operator can do; none holds what a caller said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpeechError {
    /// A program that the engine runs is not installed.
    #[error(
        "{program} is not installed; on Debian: apt-get install {package} / {program}이(가) 없습니다. apt-get install {package}"
    )]
    MissingProgram {
        /// The program that was looked for.
        program: String,
        /// The Debian package that holds it.
        package: &'static str,
    },
    /// A program could not be started, or its pipes broke.
    #[error("{program}: {source}")]
    Program {
        /// The program that was run.
        program: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The engine ended, but not well.
    #[error("{engine} failed: {detail}")]
    Engine {
        /// The engine's name.
        engine: &'static str,
        /// Its own words, shortened.
        detail: String,
    },
    /// The engine gave nothing for too long; it was stopped.
    #[error("{engine} gave nothing for {after:?} and was stopped")]
    Timeout {
        /// The engine's name.
        engine: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// A remote engine has too much to do, or the account's share is used up: it is to be left alone for a while.
    #[error(
        "{engine} takes no more at the moment{}", .retry_after.map(|t| format!(", for {} s", t.as_secs())).unwrap_or_default()
    )]
    Busy {
        /// The engine's name.
        engine: &'static str,
        /// How long it asked to be left alone, if it said so.
        retry_after: Option<Duration>,
    },
    /// A model file is missing, unreadable, or of another shape than the engine expects.
    #[error("model {path}: {detail}", path = path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The request itself is out of range (text too long, unknown voice).
    #[error("refused: {0}")]
    Refused(String),
    /// The engine has no voice or model for this language.
    #[error("{engine} does not know the language {language}")]
    Language {
        /// The engine's name.
        engine: &'static str,
        /// The language that was asked for.
        language: crate::Language,
    },
    /// The prompt cache's folder could not be read or written.
    #[error("prompt cache {path}: {source}", path = path.display())]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Result of a speech operation.
pub type Result<T> = std::result::Result<T, SpeechError>;
