//! What the command and the running program tell each other: small files in the doctor's folder, each written whole.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Asked, Course};
use crate::line::status::put;

/// What was asked longer ago was asked of a program that is gone.
pub(in crate::line) const FRESH: Duration = Duration::from_secs(10);
/// No file of these is longer, octets.
const LARGEST: u64 = 64 * 1024;
/// Random octets of an id.
const ID: usize = 8;

/// The files of one exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::line) struct Files {
    folder: PathBuf,
    id: String,
}

/// A course that was read.
#[derive(Debug)]
pub(in crate::line) struct Known {
    /// The course.
    pub(in crate::line) course: Course,
    /// How long ago it was written.
    pub(in crate::line) age: Duration,
}

impl Files {
    /// Of a new exercise.
    ///
    /// # Errors
    /// The system has no randomness.
    pub(in crate::line) fn new(folder: &Path) -> io::Result<Self> {
        let mut random = [0u8; ID];
        getrandom::fill(&mut random).map_err(|e| io::Error::other(e.to_string()))?;
        let id = random.iter().fold(String::new(), |s, b| s + &format!("{b:02x}"));
        Ok(Self {
            folder: folder.into(),
            id,
        })
    }

    /// Its id: digits and letters.
    pub(in crate::line) fn id(&self) -> &str {
        &self.id
    }

    fn path(&self, kind: &str) -> PathBuf {
        self.folder.join(format!("exercise-{}.{kind}", self.id))
    }

    /// Asks for it.
    ///
    /// # Errors
    /// What the system says.
    pub(in crate::line) fn ask(&self, asked: &Asked) -> io::Result<()> {
        self.put("ask", asked)
    }

    /// Asks to end it.
    ///
    /// # Errors
    /// What the system says.
    pub(in crate::line) fn stop(&self) -> io::Result<()> {
        put(&self.path("stop"), "")
    }

    /// Whether it is to be ended.
    pub(in crate::line) fn is_stopped(&self) -> bool {
        self.path("stop").exists()
    }

    /// Tells how it goes.
    ///
    /// # Errors
    /// What the system says.
    pub(in crate::line) fn tell(&self, course: &Course) -> io::Result<()> {
        self.put("course", course)
    }

    /// How it goes; `None` if nothing was told yet, or nothing that can be read.
    pub(in crate::line) fn course(&self) -> Option<Known> {
        let path = self.path("course");
        let course = serde_json::from_str(&read(&path).ok()?).ok()?;
        Some(Known {
            course,
            age: age(&path)?,
        })
    }

    /// Takes what was asked for: nobody takes it twice. `None` in the middle if it cannot be read.
    fn take(&self) -> Option<Asked> {
        let path = self.path("ask");
        let text = read(&path);
        let _ = std::fs::remove_file(&path);
        serde_json::from_str(&text.ok()?).ok()
    }

    /// Removes all of them.
    pub(in crate::line) fn remove(&self) {
        for kind in ["ask", "stop", "course"] {
            let _ = std::fs::remove_file(self.path(kind));
        }
    }

    fn put(&self, kind: &str, what: &impl serde::Serialize) -> io::Result<()> {
        let text = serde_json::to_string(what).map_err(io::Error::other)?;
        put(&self.path(kind), &text)
    }
}

/// What was asked for lately, with its files; `None` for what cannot be read. Each is told once; what is old is removed.
pub(super) fn asked(folder: &Path) -> Vec<(Files, Option<Asked>)> {
    let mut found = Vec::new();
    for (files, path) in all(folder) {
        if path.extension().is_none_or(|e| e != "ask") {
            continue;
        }
        let fresh = age(&path).is_some_and(|age| age <= FRESH);
        let asked = files.take();
        if fresh {
            found.push((files, asked));
        }
    }
    found
}

/// Removes what a program before this one has left.
pub(super) fn sweep(folder: &Path) {
    for (_, path) in all(folder) {
        if age(&path).is_none_or(|age| age > FRESH) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// All files of exercises.
fn all(folder: &Path) -> Vec<(Files, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let known = |path: PathBuf| {
        let id = path.file_stem()?.to_str()?.strip_prefix("exercise-")?;
        let right = id.len() == 2 * ID && id.bytes().all(|b| b.is_ascii_hexdigit());
        let files = right.then(|| Files {
            folder: folder.into(),
            id: id.into(),
        })?;
        Some((files, path))
    };
    entries.filter_map(|e| known(e.ok()?.path())).collect()
}

fn age(path: &Path) -> Option<Duration> {
    let written = std::fs::metadata(path).and_then(|m| m.modified()).ok()?;
    Some(written.elapsed().unwrap_or_default())
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(LARGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::{Refusal, Stage};
    use super::*;
    use jiff::Timestamp;
    use std::fs::File;
    use std::time::SystemTime;

    fn kt() -> Asked {
        Asked {
            trunk: "kt".into(),
            seconds: 60,
        }
    }

    #[test]
    fn what_is_asked_is_taken_once_and_answered() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path()).unwrap();
        files.ask(&kt()).unwrap();
        assert_eq!(asked(folder.path()), [(files.clone(), Some(kt()))]);
        assert_eq!(asked(folder.path()), []);
        assert!(!files.is_stopped() && files.course().is_none());
        files.stop().unwrap();
        assert!(files.is_stopped());
        let course = Course::new(kt(), Stage::Refused(Refusal::Alone), Timestamp::UNIX_EPOCH);
        files.tell(&course).unwrap();
        assert_eq!(files.course().unwrap().course, course);
        files.remove();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_request_is_told_as_such_and_other_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("exercise-00000000000000aa.ask", "{\"trunk\": 1}");
        write("exercise-..%2f.ask", "{}");
        write("status.json", "{}");
        let found = asked(folder.path());
        assert_eq!((found.len(), &found[0].1), (1, &None));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_was_asked_of_a_program_that_is_gone_is_not_done() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path()).unwrap();
        files.ask(&kt()).unwrap();
        let old = SystemTime::now() - FRESH - Duration::from_secs(1);
        File::options()
            .write(true)
            .open(files.path("ask"))
            .unwrap()
            .set_modified(old)
            .unwrap();
        assert_eq!(asked(folder.path()), []);
        assert!(!files.path("ask").exists());
        files.stop().unwrap();
        sweep(folder.path());
        assert!(files.is_stopped(), "what is new may be this program's");
    }
}
