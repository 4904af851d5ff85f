//! Sentences that are kept spoken in a folder, for a time in which no engine speaks: a voice that knows these sentences and no
//! others.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{Language, Result, SAMPLE_RATE, SpeechError, SpeechStream, TextToSpeech, Utterance};

/// Octets of a WAV file before its sound.
const HEADER: usize = 44;
/// A file larger than this (about 8 minutes of sound) is not ours.
const MAX_FILE: u64 = 8 * 1024 * 1024;
/// The name it goes by.
const NAME: &str = "stored";

/// A folder of sentences, one WAV file (16 bit, mono, 8 kHz) each. A file is known by its sentence and language, whatever voice
/// spoke it: a changed sentence is another file.
#[derive(Debug, Clone)]
pub struct Stored {
    folder: PathBuf,
}

impl Stored {
    /// The sentences in a folder, which need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Whether a sentence is kept.
    #[must_use]
    pub fn has(&self, text: &str, language: Language) -> bool {
        self.path(text, language).is_file()
    }

    /// Keeps a sentence as an engine speaks it, unless it is kept already. Files are written beside their place and moved there,
    /// so that a crash leaves no half one. `true` if it was made now.
    ///
    /// # Errors
    /// When the engine fails or gives no sound, or [`SpeechError::Cache`] when the file cannot be written.
    pub fn keep(&self, engine: &dyn TextToSpeech, utterance: &Utterance) -> Result<bool> {
        let path = self.path(&utterance.text, utterance.voice.language);
        if path.is_file() {
            return Ok(false);
        }
        let samples = engine.speak(utterance)?.collect()?;
        if samples.is_empty() {
            return Err(SpeechError::Engine {
                engine: engine.name(),
                detail: "it gave no sound for a sentence that is to be kept".into(),
            });
        }
        self.write(&path, &samples)?;
        Ok(true)
    }

    /// Removes the files of all sentences but these. What cannot be removed stays.
    pub fn forget_others<'a>(&self, kept: impl Iterator<Item = (&'a str, Language)>) {
        let kept: BTreeSet<PathBuf> = kept.map(|(text, language)| self.path(text, language)).collect();
        let Ok(files) = std::fs::read_dir(&self.folder) else {
            return;
        };
        for path in files.flatten().map(|file| file.path()) {
            let ours = path.extension().is_some_and(|e| e == "wav");
            if ours && !kept.contains(&path) {
                let _ = std::fs::remove_file(path);
            }
        }
    }

    fn path(&self, text: &str, language: Language) -> PathBuf {
        let digest = Sha256::digest([language.code(), "\0", text].concat().as_bytes());
        let name: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        self.folder.join(name + ".wav")
    }

    fn write(&self, path: &Path, samples: &[i16]) -> Result<()> {
        let sound: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        let write = || {
            std::fs::create_dir_all(&self.folder)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(&header(sound.len()))?;
            file.write_all(&sound)?;
            file.persist(path).map(drop).map_err(|e| e.error)
        };
        write().map_err(|source| SpeechError::Cache {
            path: path.to_owned(),
            source,
        })
    }
}

/// The head of a WAV file with so many octets of sound.
fn header(sound: usize) -> [u8; HEADER] {
    let sound = u32::try_from(sound).unwrap_or(u32::MAX);
    let mut head = [0; HEADER];
    let mut at = 0;
    let mut put = |octets: &[u8]| {
        head[at..at + octets.len()].copy_from_slice(octets);
        at += octets.len();
    };
    put(b"RIFF");
    put(&sound.saturating_add(36).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16u32.to_le_bytes());
    // PCM, one channel.
    put(&[1, 0, 1, 0]);
    put(&SAMPLE_RATE.to_le_bytes());
    put(&(SAMPLE_RATE * 2).to_le_bytes());
    // Two octets a sample, 16 bits.
    put(&[2, 0, 16, 0]);
    put(b"data");
    put(&sound.to_le_bytes());
    head
}

/// The samples of a file as it is written here; `None` for any other.
fn samples(file: &[u8]) -> Option<Vec<i16>> {
    let (head, sound) = file.split_at_checked(HEADER)?;
    if head != header(sound.len()) {
        return None;
    }
    let (pairs, rest) = sound.as_chunks::<2>();
    let sound = pairs.iter().map(|&pair| i16::from_le_bytes(pair)).collect();
    rest.is_empty().then_some(sound)
}

impl TextToSpeech for Stored {
    fn name(&self) -> &'static str {
        NAME
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean, Language::English]
    }

    /// # Errors
    /// [`SpeechError::Refused`] for a sentence that is not kept.
    fn speak(&self, utterance: &Utterance) -> Result<SpeechStream> {
        let path = self.path(&utterance.text, utterance.voice.language);
        let small = std::fs::metadata(&path).is_ok_and(|m| m.len() <= MAX_FILE);
        let file = small.then(|| std::fs::read(&path).ok()).flatten();
        match file.as_deref().and_then(samples) {
            Some(samples) => Ok(SpeechStream::ready(samples)),
            None => Err(SpeechError::Refused("this sentence is not kept spoken".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Voice;

    /// Says as many samples as the text has characters.
    struct Counts;

    impl TextToSpeech for Counts {
        fn name(&self) -> &'static str {
            "counts"
        }

        fn languages(&self) -> &[Language] {
            &[Language::Korean]
        }

        fn speak(&self, utterance: &Utterance) -> Result<SpeechStream> {
            let samples = (1..).zip(utterance.text.chars()).map(|(n, _)| n).collect();
            Ok(SpeechStream::ready(samples))
        }
    }

    fn utterance(text: &str) -> Utterance {
        Utterance::new(text, Voice::new(Language::Korean).with_variant("f2"))
    }

    #[test]
    fn what_was_kept_is_spoken_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let stored = Stored::new(dir.path().join("keypad"));
        assert!(matches!(
            stored.speak(&utterance("예약은 1번")),
            Err(SpeechError::Refused(_))
        ));
        assert!(stored.keep(&Counts, &utterance("예약은 1번")).unwrap());
        assert!(
            !stored.keep(&Counts, &utterance("예약은 1번")).unwrap(),
            "it is kept already"
        );
        assert!(
            stored.keep(&Counts, &utterance("")).is_err(),
            "silence is not kept"
        );
        let plain = Utterance::new("예약은 1번", Voice::default());
        assert_eq!(
            stored.speak(&plain).unwrap().collect().unwrap(),
            [1, 2, 3, 4, 5, 6]
        );
        let english = Utterance::new("예약은 1번", Voice::new(Language::English));
        assert!(stored.speak(&english).is_err());
        assert!(stored.keep(&Counts, &utterance("2번")).unwrap());
        stored.forget_others([("2번", Language::Korean)].into_iter());
        assert!(stored.has("2번", Language::Korean) && !stored.has("예약은 1번", Language::Korean));
    }

    #[test]
    fn a_damaged_file_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let stored = Stored::new(dir.path());
        stored.keep(&Counts, &utterance("네")).unwrap();
        let path = stored.path("네", Language::Korean);
        let whole = std::fs::read(&path).unwrap();
        for damaged in [&whole[..20], &whole[..whole.len() - 1], &[][..]] {
            std::fs::write(&path, damaged).unwrap();
            assert!(stored.speak(&utterance("네")).is_err());
        }
    }
}
