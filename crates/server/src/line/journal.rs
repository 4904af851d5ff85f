//! The journal on the disk: what was seen and said, in files that can be played again, of bounded size.
//!
//! A file begins with the site and the last minutes of the one before, so that a doctor who plays it knows what was normal. Files in
//! which something was said are kept longer than quiet ones.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use biseo_line::journal::{Entry, line};
use biseo_line::{Change, Site, Window};
use jiff::Timestamp;

/// A file's size at which the next one begins, octets.
const LARGEST: u64 = 8 * 1024 * 1024;
/// Quiet files that are kept, the one that is written included.
const QUIET: usize = 4;
/// Files in which something was said that are kept.
const TELLING: usize = 16;
/// Windows that a new file begins with: four minutes.
const BEFORE: usize = 480;
/// Windows between two writings to the disk.
const FLUSHED: u32 = 20;

/// Writes; what cannot be written is told once and not tried again before the next file.
pub(super) struct Journal {
    folder: PathBuf,
    site: Option<Site>,
    before: VecDeque<String>,
    open: Option<Open>,
    waiting: u32,
    told: bool,
}

struct Open {
    file: BufWriter<File>,
    path: PathBuf,
    octets: u64,
    telling: bool,
}

impl Journal {
    /// In a folder, which is made if it is not there.
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.into(),
            site: None,
            before: VecDeque::new(),
            open: None,
            waiting: 0,
            told: false,
        }
    }

    /// Another site is watched from now on: what was seen of the one before tells nothing of it.
    pub(super) fn begin(&mut self, site: Site, now: Timestamp) {
        self.site = Some(site);
        self.before.clear();
        self.end();
        self.next(now);
    }

    /// A window, and what was said of it.
    pub(super) fn write(&mut self, window: &Window, changes: &[Change], now: Timestamp) {
        let Ok(text) = line(&Entry::Window(window.clone())) else {
            return;
        };
        self.put(&text);
        self.before.push_back(text);
        while self.before.len() > BEFORE {
            self.before.pop_front();
        }
        for change in changes {
            if let Ok(text) = line(&Entry::Said(change.clone())) {
                self.put(&text);
            }
        }
        self.waiting += 1;
        if !changes.is_empty() {
            self.keep();
        }
        if self.waiting >= FLUSHED || !changes.is_empty() {
            self.flush();
        }
        if self.open.as_ref().is_some_and(|o| o.octets >= LARGEST) {
            self.end();
            self.next(now);
        }
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self) {
        self.flush();
        self.open = None;
    }

    /// Something is said in this file: from now on, and not only from its end, since a crash may be its end.
    fn keep(&mut self) {
        let Some(open) = self.open.as_mut().filter(|open| !open.telling) else {
            return;
        };
        open.telling = true;
        let name = open.path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let kept = open.path.with_file_name(name.replacen("quiet-", "told-", 1));
        let renamed = fs::rename(&open.path, kept);
        self.tell(renamed);
    }

    fn next(&mut self, now: Timestamp) {
        self.told = false;
        let made = self.make(now);
        match made {
            Ok(open) => self.open = Some(open),
            Err(e) => self.tell(Err(e)),
        }
        let Some(site) = self.site.clone() else { return };
        let head = line(&Entry::Site(site)).unwrap_or_default();
        self.put(&head);
        for text in self.before.clone() {
            self.put(&text);
        }
        let kept = prune(&self.folder, "quiet-", QUIET).and(prune(&self.folder, "told-", TELLING));
        self.tell(kept);
    }

    fn make(&self, now: Timestamp) -> io::Result<Open> {
        fs::create_dir_all(&self.folder)?;
        let path = self
            .folder
            .join(format!("quiet-{:013}.jsonl", now.as_millisecond()));
        Ok(Open {
            file: BufWriter::new(File::create(&path)?),
            path,
            octets: 0,
            telling: false,
        })
    }

    fn put(&mut self, text: &str) {
        let Some(open) = &mut self.open else { return };
        open.octets += text.len() as u64 + 1;
        let written = writeln!(open.file, "{text}");
        if written.is_err() {
            self.open = None;
        }
        self.tell(written);
    }

    fn flush(&mut self) {
        self.waiting = 0;
        let flushed = self.open.as_mut().map_or(Ok(()), |open| open.file.flush());
        self.tell(flushed);
    }

    fn tell(&mut self, done: io::Result<()>) {
        if let Err(e) = done
            && !std::mem::replace(&mut self.told, true)
        {
            tracing::error!(
                "the line's journal in {} cannot be written: {e}",
                self.folder.display()
            );
        }
    }
}

/// Keeps the newest files of a kind; names sort by time.
fn prune(folder: &Path, kind: &str, most: usize) -> io::Result<()> {
    let mut names = files(folder, kind)?;
    names.sort();
    let old = names.len().saturating_sub(most);
    names.iter().take(old).try_for_each(fs::remove_file)
}

/// The journal's files of a kind; of all kinds if it is empty.
fn files(folder: &Path, kind: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.starts_with(kind) && name.ends_with(".jsonl") {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_line::journal::replay;
    use biseo_line::{Label, Subject, Verdict};

    fn window(at_ms: i64) -> Window {
        Window {
            at_ms,
            span_ms: 500,
            ..Window::default()
        }
    }

    fn said(at: i64) -> Change {
        Change::Began(Verdict {
            subject: Subject::Host,
            label: Label::HostOverloaded,
            because_of: None,
            region: String::new(),
            consequences: vec![],
            findings: vec![],
            confidence: 0.9,
            since_ms: at,
            said_ms: at,
            until_ms: None,
        })
    }

    fn names(folder: &Path) -> Vec<String> {
        let name = |p: PathBuf| p.file_name().unwrap().to_str().unwrap().to_string();
        let mut all: Vec<String> = files(folder, "").unwrap().into_iter().map(name).collect();
        all.sort();
        all
    }

    #[test]
    fn every_file_can_be_played_and_their_number_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::new(folder.path());
        let at = |n: i64| Timestamp::from_millisecond(1_000_000 + n).unwrap();
        for n in 0..40 {
            journal.begin(Site::default(), at(n));
            journal.write(&window(500), &[], at(n));
            let changes: Vec<Change> = (n % 2 == 1).then(|| said(500)).into_iter().collect();
            journal.write(&window(1_000), &changes, at(n));
        }
        journal.end();
        let names = names(folder.path());
        let of = |kind: &str| names.iter().filter(|n| n.starts_with(kind)).count();
        assert!(
            of("quiet-") <= QUIET && of("told-") <= TELLING + 1 && of("told-") > 3,
            "{names:?}"
        );
        for name in names {
            let text = fs::read_to_string(folder.path().join(&name)).unwrap();
            let replayed = replay(&text).unwrap();
            assert_eq!(replayed.windows, 2, "{name}");
            assert_eq!(replayed.then.len(), usize::from(name.starts_with("told-")));
        }
    }

    #[test]
    fn what_was_said_before_a_crash_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let at = |n: i64| Timestamp::from_second(n).unwrap();
        let mut journal = Journal::new(folder.path());
        journal.begin(Site::default(), at(1));
        journal.write(&window(500), &[said(500)], at(1));
        // As kill -9 does: it never ends.
        std::mem::forget(journal);
        for n in 2..10 {
            let mut journal = Journal::new(folder.path());
            journal.begin(Site::default(), at(n));
            journal.write(&window(500), &[], at(n));
            journal.end();
        }
        let kept = files(folder.path(), "told-").unwrap();
        let text = fs::read_to_string(&kept[0]).unwrap();
        assert_eq!(replay(&text).unwrap().then.len(), 1);
    }

    #[test]
    fn a_full_file_goes_on_in_another_that_knows_the_last_minutes() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::new(folder.path());
        journal.begin(Site::default(), Timestamp::from_second(1).unwrap());
        // A site's names may be long; so windows are made large.
        let large = |n: i64| Window {
            names: vec![
                biseo_line::evidence::Names {
                    resolver: "x".repeat(1_000),
                    asked: 1,
                    answered: 1,
                    failed: 0,
                    rtt_us: None,
                };
                20
            ],
            ..window(n * 500)
        };
        for n in 1..600 {
            journal.write(&large(n), &[], Timestamp::from_second(n).unwrap());
        }
        journal.end();
        let mut files = files(folder.path(), "").unwrap();
        files.sort();
        assert!(files.len() > 1, "{files:?}");
        let text = fs::read_to_string(files.last().unwrap()).unwrap();
        assert!(
            replay(&text).unwrap().windows >= BEFORE.min(300),
            "it begins with what came before"
        );
    }
}
