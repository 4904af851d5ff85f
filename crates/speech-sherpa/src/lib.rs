//! Speech engines on this machine: models that sherpa-onnx runs, behind the traits of `biseo-speech`.
//!
//! A model is a folder with a [`Manifest`] (`model.toml`), which tells its kind, its files, its languages and its licence.
//! [`recogniser`] and [`voice`] make an engine of it; both need the feature `sherpa`, which links the native library.
//!
//! **The library ends the whole process when a model does not please it.** So a program has a folder checked by a child
//! process first ([`probe::check`]; the child's half is [`probe::answer`]), and only then loads it itself.
//!
//! [`catalogue`] knows models, and [`fetch`] brings them here; neither needs the library.

pub mod catalogue;
#[cfg(any(feature = "sherpa", test))]
mod collected;
pub mod fetch;
#[cfg(any(feature = "sherpa", test))]
mod hotwords;
pub mod manifest;
#[cfg(feature = "sherpa")]
mod native;
pub mod probe;
#[cfg(any(feature = "sherpa", test))]
mod session;
#[cfg(any(feature = "sherpa", test))]
mod written;

use std::path::Path;
use std::sync::Arc;

use biseo_speech::{SpeechToText, TextToSpeech};

pub use manifest::{Kind, Manifest, ManifestError};

/// Whether the engines are part of this program.
pub const BUILT_IN: bool = cfg!(feature = "sherpa");

/// The version of the native library that this crate is made for. Another one links as well and answers nonsense.
pub const LIBRARY: &str = "2.0.1";

/// Why a folder does not become an engine.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The program lacks the feature.
    #[error("this program was built without the feature sherpa")]
    NotBuiltIn,
    /// Another version of the native library was found than the program was built for.
    #[error("the library sherpa-onnx is version {found}, this program needs {LIBRARY}")]
    Version {
        /// What it calls itself.
        found: String,
    },
    /// The folder is no model.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A recogniser was asked for and the model is a voice, or the other way round.
    #[error("{0} is no {1}")]
    Other(Kind, &'static str),
    /// The library did not take the model.
    #[error("sherpa-onnx does not load it")]
    Refused,
    /// It was loaded, but does not work.
    #[error("it was loaded, but fails: {0}")]
    Fails(String),
}

/// A recogniser from a model's folder. Check the folder by [`probe::check`] before: what is wrong with it may end the process.
///
/// # Errors
/// [`LoadError`]: what is wrong, as far as it can be told without the library.
#[cfg(feature = "sherpa")]
pub fn recogniser(folder: &Path) -> Result<Arc<dyn SpeechToText>, LoadError> {
    native::recogniser(&Manifest::read(folder)?)
}

/// A voice from a model's folder, as [`recogniser`].
///
/// # Errors
/// As [`recogniser`].
#[cfg(feature = "sherpa")]
pub fn voice(folder: &Path) -> Result<Arc<dyn TextToSpeech>, LoadError> {
    native::voice(&Manifest::read(folder)?)
}

/// There is none in a program without the feature.
///
/// # Errors
/// Always [`LoadError::NotBuiltIn`].
#[cfg(not(feature = "sherpa"))]
pub fn recogniser(_folder: &Path) -> Result<Arc<dyn SpeechToText>, LoadError> {
    Err(LoadError::NotBuiltIn)
}

/// There is none in a program without the feature.
///
/// # Errors
/// Always [`LoadError::NotBuiltIn`].
#[cfg(not(feature = "sherpa"))]
pub fn voice(_folder: &Path) -> Result<Arc<dyn TextToSpeech>, LoadError> {
    Err(LoadError::NotBuiltIn)
}
