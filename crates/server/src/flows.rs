//! The conversations' files: an operator's folder over those that come along, looked at again and again, so that a change
//! holds from the next call on. Calls under way keep theirs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use biseo_conversation::Flows;

use crate::stamp::{Stamp, stamp};

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_secs(2);
/// More files than this, or larger ones, are no flows.
const MOST_FILES: usize = 200;
const LARGEST: u64 = 256 * 1024;

/// An operator's own files: name and text of each.
type Texts = Vec<(String, String)>;

/// The flows for the next call.
pub(crate) struct Reloaded {
    folder: Option<PathBuf>,
    now: Mutex<Now>,
}

/// The files as they were last read.
struct Now {
    flows: Arc<Flows>,
    texts: Arc<Texts>,
    seen: Stamp,
}

impl Reloaded {
    /// Reads them; without a folder those that come along.
    ///
    /// # Errors
    /// The file, the line and what is wrong there.
    pub(crate) fn open(folder: Option<PathBuf>) -> Result<Self, String> {
        let now = match &folder {
            Some(folder) => {
                let seen = stamp(folder)?;
                let (flows, texts) = read(folder, &seen)?;
                Now { flows, texts, seen }
            }
            None => Now {
                flows: Flows::built_in(),
                texts: Arc::default(),
                seen: Stamp::new(),
            },
        };
        Ok(Self {
            folder,
            now: Mutex::new(now),
        })
    }

    /// The flows for a call that begins now.
    pub(crate) fn current(&self) -> Arc<Flows> {
        self.lock().flows.clone()
    }

    /// The operator's own files, as they were last read.
    pub(crate) fn own(&self) -> Arc<Texts> {
        self.lock().texts.clone()
    }

    /// Looks at the folder once; reads it if a file is new, changed or gone. `None`: nothing has changed. What is wrong is told
    /// once, and the flows stay as they were.
    pub(crate) fn look(&self) -> Option<Result<(), String>> {
        let folder = self.folder.as_ref()?;
        let seen = stamp(folder).unwrap_or_default();
        if self.lock().seen == seen {
            return None;
        }
        let outcome = if seen.is_empty() {
            Err(format!("{}: no flow files can be read there", folder.display()))
        } else {
            read(folder, &seen)
        };
        let mut now = self.lock();
        now.seen = seen;
        Some(outcome.map(|(flows, texts)| (now.flows, now.texts) = (flows, texts)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks again and again, for ever.
    pub(crate) async fn watch(self: Arc<Self>) {
        if self.folder.is_none() {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(EVERY).await;
            let own = self.clone();
            match tokio::task::spawn_blocking(move || own.look()).await {
                Ok(Some(Ok(()))) => tracing::info!("the flows have changed; new calls use them"),
                Ok(Some(Err(why))) => {
                    tracing::error!("the changed flows are not used, those before stay: {why}");
                }
                Ok(None) => {}
                Err(e) => tracing::error!("the flows could not be looked at: {e}"),
            }
        }
    }
}

fn read(folder: &Path, files: &Stamp) -> Result<(Arc<Flows>, Arc<Texts>), String> {
    if files.len() > MOST_FILES {
        return Err(format!("{}: more than {MOST_FILES} files", folder.display()));
    }
    let mut texts = Texts::new();
    for (name, _, size) in files {
        let path = folder.join(name);
        if *size > LARGEST {
            return Err(format!("{}: larger than {LARGEST} octets", path.display()));
        }
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        texts.push((name.clone(), text));
    }
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (&**name, &**text)).collect();
    let flows = Flows::from_files(&files).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok((Arc::new(flows), Arc::new(texts)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_conversation::Language;

    fn busy(flows: &Flows) -> String {
        flows
            .wording(Language::Ko)
            .sentence("call.busy", 0, &Default::default())
    }

    #[test]
    fn a_change_holds_from_the_next_call_on_and_a_broken_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("call.ko.toml");
        std::fs::write(&file, "busy = \"조금만요.\"").unwrap();
        let flows = Reloaded::open(Some(dir.path().to_path_buf())).unwrap();
        let under_way = flows.current();
        assert_eq!(busy(&under_way), "조금만요.");
        assert_eq!(flows.look(), None);

        std::fs::write(&file, "busy = \"잠깐만 기다리세요.\"").unwrap();
        assert_eq!(flows.look(), Some(Ok(())));
        assert_eq!(busy(&flows.current()), "잠깐만 기다리세요.");
        assert_eq!(busy(&under_way), "조금만요.");

        std::fs::write(&file, "# 고치는 중\nbusy = \"{때\"").unwrap();
        let why = flows.look().unwrap().unwrap_err();
        assert!(why.contains("call.ko.toml, line 2: busy"), "{why}");
        assert_eq!(flows.look(), None, "what is wrong is told once");
        assert_eq!(busy(&flows.current()), "잠깐만 기다리세요.");

        std::fs::remove_file(&file).unwrap();
        assert!(flows.look().unwrap().is_err(), "an empty folder is a mistake");
        assert_eq!(busy(&flows.current()), "잠깐만 기다리세요.");
    }

    #[test]
    fn a_start_with_broken_files_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("own.toml"), "intents = 3").unwrap();
        let why = Reloaded::open(Some(dir.path().to_path_buf())).err().unwrap();
        assert!(why.contains("own.toml, line 1"), "{why}");
        assert!(Reloaded::open(Some(dir.path().join("nowhere"))).is_err());
        assert_eq!(Reloaded::open(None).unwrap().look(), None);
    }
}
