//! Prompts that are spoken again and again (greeting, disclosure, "잠시만요") are synthesised once.
//!
//! Only what is given to [`PromptCache::prepare`] is kept: other utterances may hold a caller's name or number and have no
//! place on a disk.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::{Language, Result, SpeechError, SpeechStream, TextToSpeech, Utterance};

/// First octets of a file in the cache's folder.
const MAGIC: &[u8; 8] = b"BISEOPC1";
/// Octets of checksum that follow.
const CHECK: usize = 8;
/// A file larger than this (about 8 minutes of sound) is not ours.
const MAX_FILE: u64 = 8 * 1024 * 1024;

type Key = [u8; 32];

struct Entry {
    samples: Arc<[i16]>,
    used: u64,
}

#[derive(Default)]
struct Memory {
    entries: HashMap<Key, Entry>,
    samples: usize,
    clock: u64,
}

/// Prompts in memory, the least recently used leaving first, and, if wanted, in a folder that outlives the process.
pub struct PromptCache {
    memory: Mutex<Memory>,
    max_samples: usize,
    folder: Option<PathBuf>,
}

impl PromptCache {
    /// A cache of `max_seconds` of sound (16 kB a second) in memory.
    pub fn new(max_seconds: usize) -> Self {
        let max_samples = max_seconds.saturating_mul(crate::SAMPLE_RATE as usize);
        Self {
            memory: Mutex::default(),
            max_samples,
            folder: None,
        }
    }

    /// Keeps prompts in a folder too. Files are written beside their place and moved there, so a crash leaves no half one.
    ///
    /// # Errors
    /// [`SpeechError::Cache`] when the folder cannot be made.
    pub fn with_folder(self, folder: impl Into<PathBuf>) -> Result<Self> {
        let folder = folder.into();
        std::fs::create_dir_all(&folder).map_err(|e| cache_error(&folder, e))?;
        Ok(Self {
            folder: Some(folder),
            ..self
        })
    }

    /// The sound of an utterance in an engine's voice, if it was prepared and is still in memory.
    pub fn get(&self, engine: &str, utterance: &Utterance) -> Option<Arc<[i16]>> {
        self.recall(&key(engine, utterance))
    }

    /// Makes sure that prompts are in memory: from the folder if it has them, else from the engine, one after another.
    /// Returns how many had to be synthesised. For start-up and a changed shop profile, on a worker thread.
    ///
    /// # Errors
    /// The first failure of the engine or the folder; prompts before it are in.
    pub fn prepare(&self, engine: &dyn TextToSpeech, prompts: &[Utterance]) -> Result<usize> {
        let mut made = 0;
        for prompt in prompts {
            let key = key(engine.name(), prompt);
            if self.recall(&key).is_some() {
                continue;
            }
            let samples = match self.read(&key) {
                Some(samples) => samples,
                None => {
                    made += 1;
                    let samples = engine.speak(prompt)?.collect()?;
                    self.write(&key, &samples)?;
                    samples
                }
            };
            self.remember(key, samples.into());
        }
        Ok(made)
    }

    /// Prompts in memory now.
    pub fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// Whether no prompt is in memory.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recall(&self, key: &Key) -> Option<Arc<[i16]>> {
        let mut memory = self.lock();
        memory.clock += 1;
        let now = memory.clock;
        let entry = memory.entries.get_mut(key)?;
        entry.used = now;
        Some(entry.samples.clone())
    }

    fn remember(&self, key: Key, samples: Arc<[i16]>) {
        let mut memory = self.lock();
        memory.clock += 1;
        memory.samples += samples.len();
        let entry = Entry {
            samples,
            used: memory.clock,
        };
        if let Some(old) = memory.entries.insert(key, entry) {
            memory.samples -= old.samples.len();
        }
        while memory.samples > self.max_samples {
            // A few hundred prompts at most, and only while preparing: a scan is cheap enough.
            let Some(oldest) = memory.entries.iter().min_by_key(|(_, e)| e.used).map(|(k, _)| *k) else {
                break;
            };
            let gone = memory.entries.remove(&oldest).map_or(0, |e| e.samples.len());
            memory.samples -= gone;
        }
    }

    fn path(&self, key: &Key) -> Option<PathBuf> {
        let name: String = key.iter().map(|octet| format!("{octet:02x}")).collect();
        self.folder.as_ref().map(|folder| folder.join(name + ".pcm"))
    }

    /// A file that is missing or damaged counts as not there.
    fn read(&self, key: &Key) -> Option<Vec<i16>> {
        let path = self.path(key)?;
        if std::fs::metadata(&path).ok()?.len() > MAX_FILE {
            return None;
        }
        let octets = std::fs::read(&path).ok()?;
        let body = octets.strip_prefix(MAGIC)?;
        let (check, sound) = body.split_at_checked(CHECK)?;
        let (pairs, rest) = sound.as_chunks::<2>();
        let whole = rest.is_empty() && check == &checksum(sound)[..];
        whole.then(|| pairs.iter().map(|&pair| i16::from_le_bytes(pair)).collect())
    }

    fn write(&self, key: &Key, samples: &[i16]) -> Result<()> {
        let (Some(path), Some(folder)) = (self.path(key), &self.folder) else {
            return Ok(());
        };
        let sound: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&[&MAGIC[..], &checksum(&sound)[..], &sound].concat())?;
            file.persist(&path).map(drop).map_err(|e| e.error)
        };
        write().map_err(|e| cache_error(&path, e))
    }
}

fn cache_error(path: &Path, source: std::io::Error) -> SpeechError {
    SpeechError::Cache {
        path: path.to_owned(),
        source,
    }
}

fn checksum(sound: &[u8]) -> [u8; CHECK] {
    let digest: [u8; 32] = Sha256::digest(sound).into();
    std::array::from_fn(|n| digest[n])
}

fn key(engine: &str, utterance: &Utterance) -> Key {
    let voice = &utterance.voice;
    // NUL between the parts: none of them can hold one that matters, and no two lists of parts run into the same octets.
    let numbers = format!("{}\0{}\0{}", voice.language, voice.speed, voice.pitch);
    let whole = [
        engine,
        "\0",
        &numbers,
        "\0",
        &voice.variant,
        "\0",
        &utterance.text,
    ]
    .concat();
    Sha256::digest(whole.as_bytes()).into()
}

/// An engine with a cache in front: prepared prompts come at once, everything else from the engine.
pub struct Cached<T> {
    engine: T,
    cache: Arc<PromptCache>,
}

impl<T: TextToSpeech> Cached<T> {
    /// Puts a cache before an engine; several engines may share one.
    pub fn new(engine: T, cache: Arc<PromptCache>) -> Self {
        Self { engine, cache }
    }

    /// [`PromptCache::prepare`] with this engine.
    ///
    /// # Errors
    /// As there.
    pub fn prepare(&self, prompts: &[Utterance]) -> Result<usize> {
        self.cache.prepare(&self.engine, prompts)
    }
}

impl<T: TextToSpeech> TextToSpeech for Cached<T> {
    fn name(&self) -> &'static str {
        self.engine.name()
    }

    fn languages(&self) -> &[Language] {
        self.engine.languages()
    }

    fn speak(&self, utterance: &Utterance) -> Result<SpeechStream> {
        match self.cache.get(self.engine.name(), utterance) {
            Some(samples) => Ok(SpeechStream::ready(samples.to_vec())),
            None => self.engine.speak(utterance),
        }
    }
}
