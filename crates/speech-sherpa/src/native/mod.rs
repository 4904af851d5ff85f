//! The engines: one file for each way of working, the families as its configurations.
//!
//! Nothing here is called before the library's version is known: another one takes the same calls and reads other fields.

mod stream;
mod voice;
mod whole;

use std::sync::Arc;
use std::time::Instant;

use biseo_speech::{SpeechError, SpeechToText, SttOptions, TextToSpeech, Utterance, Voice};

use crate::manifest::{Manifest, Task};
use crate::probe::Report;
use crate::{LIBRARY, LoadError};

/// Refuses another version of the library.
fn version() -> Result<(), LoadError> {
    match sherpa_onnx::version() {
        LIBRARY => Ok(()),
        found => Err(LoadError::Version { found: found.into() }),
    }
}

/// A recogniser of whichever kind.
pub(crate) fn recogniser(manifest: &Manifest) -> Result<Arc<dyn SpeechToText>, LoadError> {
    version()?;
    match manifest.written.kind.task() {
        Task::Streaming => Ok(Arc::new(stream::Streaming::load(manifest)?)),
        Task::Whole => Ok(Arc::new(whole::Whole::load(manifest)?)),
        Task::Voice => Err(LoadError::Other(manifest.written.kind, "recogniser")),
    }
}

/// A voice of whichever kind.
pub(crate) fn voice(manifest: &Manifest) -> Result<Arc<dyn TextToSpeech>, LoadError> {
    version()?;
    match manifest.written.kind.task() {
        Task::Voice => Ok(Arc::new(voice::Speaker::load(manifest)?)),
        Task::Streaming | Task::Whole => Err(LoadError::Other(manifest.written.kind, "voice")),
    }
}

/// Loads a model and lets it hear or say something, in a process that may end over it.
pub(crate) fn try_out(manifest: &Manifest) -> Result<Report, LoadError> {
    let began = Instant::now();
    let kind = manifest.written.kind;
    let (loaded, ran) = if kind.task() == Task::Voice {
        let voice = voice(manifest)?;
        let loaded = began.elapsed();
        say(voice.as_ref(), manifest).map_err(|e| LoadError::Fails(e.to_string()))?;
        (loaded, began.elapsed())
    } else {
        let engine = recogniser(manifest)?;
        let loaded = began.elapsed();
        hear(engine.as_ref(), manifest).map_err(|e| LoadError::Fails(e.to_string()))?;
        (loaded, began.elapsed())
    };
    Ok(Report {
        kind: kind.word().into(),
        version: sherpa_onnx::version().into(),
        load_ms: loaded.as_millis() as u64,
        run_ms: (ran - loaded).as_millis() as u64,
        memory_mb: crate::probe::most_memory() / 1_048_576,
    })
}

/// A second of a buzz that rises: something, so that nothing is passed over as silence.
fn hear(engine: &dyn SpeechToText, manifest: &Manifest) -> biseo_speech::Result<()> {
    let options = SttOptions {
        language: manifest.languages[0],
        boost: vec!["예약".into()],
    };
    let mut session = engine.session(&options)?;
    let buzz: Vec<i16> = (0..8_000i32)
        .map(|n| ((n * (20 + n / 200) % 160 - 80) * 100) as i16)
        .collect();
    session.accept(&buzz)?;
    session.finish().map(drop)
}

fn say(voice: &dyn TextToSpeech, manifest: &Manifest) -> biseo_speech::Result<()> {
    let language = manifest.languages[0];
    let text = match language {
        biseo_speech::Language::Korean => "네, 안녕하세요.",
        biseo_speech::Language::English => "Yes, hello.",
    };
    let sound = voice
        .speak(&Utterance::new(text, Voice::new(language)))?
        .collect()?;
    if sound.is_empty() {
        let (engine, detail) = (voice.name(), "it said nothing".into());
        return Err(SpeechError::Engine { engine, detail });
    }
    Ok(())
}
