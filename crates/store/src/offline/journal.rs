//! The journal: a file of lines, each on the disk before anybody is told of what it holds.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Entry;
use crate::StoreError;

/// A journal larger than this is none of ours: some hundred thousand entries.
const MOST: u64 = 256 * 1024 * 1024;

/// What was done while the database was away, in order. Its functions write and wait for the disk: not for asynchronous code.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    entries: Vec<Entry>,
}

impl Journal {
    /// Opens a journal, making it and its folder if need be. A last line that a crash left half is removed: nobody was told of it.
    ///
    /// # Errors
    /// [`StoreError::Open`] if it cannot be used, [`StoreError::Corrupt`] if a line in it cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |e: std::io::Error| StoreError::Open {
            path: path.to_path_buf(),
            reason: e.to_string(),
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut options = File::options();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        let text = whole_lines(&mut file).map_err(failed)?;
        sync_folder(path).map_err(failed)?;
        let entries = text.lines().map(read).collect::<Result<_, _>>()?;
        Ok(Self {
            path: path.to_path_buf(),
            file,
            entries,
        })
    }

    /// The entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Writes an entry; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] and its like; then it is not in the journal.
    pub fn append(&mut self, entry: Entry) -> Result<(), StoreError> {
        let mut line = serde_json::to_string(&entry).map_err(|e| StoreError::Database(e.to_string()))?;
        line.push('\n');
        let end = self.file.stream_position().map_err(|e| self.failed(&e))?;
        let written = self.file.write_all(line.as_bytes());
        if let Err(e) = written.and_then(|()| self.file.sync_data()) {
            // What of it was written is taken back, so that the next line is a whole one.
            let _ = self.file.set_len(end);
            let _ = self.file.seek(SeekFrom::Start(end));
            return Err(self.failed(&e));
        }
        self.entries.push(entry);
        Ok(())
    }

    /// All of it is reconciled: begins anew.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like; then all of it is still there, and reconciled again without any effect.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        let emptied = self
            .file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)));
        emptied
            .and_then(|_| self.file.sync_data())
            .map_err(|e| self.failed(&e))?;
        self.entries.clear();
        Ok(())
    }

    fn failed(&self, e: &std::io::Error) -> StoreError {
        match e.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                StoreError::DiskFull
            }
            _ => StoreError::Database(format!("{}: {e}", self.path.display())),
        }
    }
}

/// All lines that end; what comes after them is cut off, and the file is written on from there.
fn whole_lines(file: &mut File) -> std::io::Result<String> {
    if file.metadata()?.len() > MOST {
        return Err(std::io::Error::new(ErrorKind::InvalidData, "it is far too large"));
    }
    let mut octets = Vec::new();
    file.read_to_end(&mut octets)?;
    let end = octets.iter().rposition(|o| *o == b'\n').map_or(0, |at| at + 1);
    octets.truncate(end);
    let end = u64::try_from(end).unwrap_or(u64::MAX);
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    String::from_utf8(octets).map_err(|e| std::io::Error::new(ErrorKind::InvalidData, e))
}

/// A file that was made is in its folder after a power cut as well.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn read(line: &str) -> Result<Entry, StoreError> {
    serde_json::from_str(line).map_err(|e| StoreError::Corrupt(format!("the journal: {e}")))
}
