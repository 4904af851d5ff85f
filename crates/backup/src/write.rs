//! Writing an archive.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tar::{Builder, EntryType, Header};

use crate::manifest::{FORMAT, MANIFEST, Sum};
use crate::name;
use crate::{BackupError, Entry, Manifest, Progress};

/// A file that is to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name in the archive, with `/`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl Part {
    /// A file under a name.
    #[must_use]
    pub fn new(name: &str, path: PathBuf) -> Self {
        Self {
            name: name.into(),
            path,
        }
    }
}

/// Writes an archive, readable for its owner only. It has its name once it is whole on the disk; what breaks off leaves nothing.
/// A file that grows meanwhile is saved as long as it was; one that is gone meanwhile is left out, as one that had been removed before.
///
/// # Errors
/// [`BackupError`]; a file of this name is left as it is.
pub fn write(
    archive: &Path,
    made: &str,
    parts: &[Part],
    mut told: impl FnMut(Progress),
) -> Result<Manifest, BackupError> {
    if archive.exists() {
        return Err(BackupError::There { path: archive.into() });
    }
    let draft = Draft::open(archive)?;
    let manifest = fill(&draft, made, parts, &mut told)?;
    draft.keep(archive)?;
    Ok(manifest)
}

/// The archive while it is written; removed unless it is kept.
struct Draft {
    path: PathBuf,
    file: File,
    kept: bool,
}

impl Draft {
    fn open(archive: &Path) -> Result<Self, BackupError> {
        let mut name = archive.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.part", std::process::id()));
        let path = archive.with_file_name(name);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(BackupError::at(&path))?;
        Ok(Self {
            path,
            file,
            kept: false,
        })
    }

    fn keep(mut self, archive: &Path) -> Result<(), BackupError> {
        self.file.sync_all().map_err(BackupError::at(&self.path))?;
        // A hard link never replaces a file, as a rename would.
        std::fs::hard_link(&self.path, archive).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::There { path: archive.into() },
            _ => BackupError::at(archive)(error),
        })?;
        let folder = archive.parent().filter(|f| !f.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let synced = File::open(folder).and_then(|f| f.sync_all());
        synced.map_err(BackupError::at(folder))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Kept, it has its other name.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn fill(
    draft: &Draft,
    made: &str,
    parts: &[Part],
    told: &mut impl FnMut(Progress),
) -> Result<Manifest, BackupError> {
    let at = |error| BackupError::at(&draft.path)(error);
    let mut tar = Builder::new(BufWriter::with_capacity(1 << 20, &draft.file));
    let mut files = BTreeMap::new();
    let mut progress = Progress {
        files: 0,
        of_files: parts.len() as u64,
        octets: 0,
    };
    for part in parts {
        name::path(Path::new(&part.name))?;
        if let Some(entry) = add(&mut tar, part)? {
            progress.octets += entry.octets;
            files.insert(part.name.clone(), entry);
        }
        progress.files += 1;
        told(progress);
    }
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").into(),
        made: made.into(),
        files,
    };
    let text = serde_json::to_vec(&manifest).map_err(|e| at(e.into()))?;
    tar.append_data(&mut header(text.len() as u64), MANIFEST, &*text)
        .map_err(at)?;
    let mut out = tar.into_inner().map_err(at)?;
    out.flush().map_err(at)?;
    Ok(manifest)
}

/// Adds a file; `None` if it is gone.
fn add(tar: &mut Builder<impl Write>, part: &Part) -> Result<Option<Entry>, BackupError> {
    let at = |error| BackupError::at(&part.path)(error);
    let file = match File::open(&part.path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(at(e)),
    };
    let octets = file.metadata().map_err(at)?.len();
    let mut reader = Exact {
        file,
        left: octets,
        sum: Sum::default(),
    };
    tar.append_data(&mut header(octets), &part.name, &mut reader)
        .map_err(at)?;
    Ok(Some(reader.sum.entry()))
}

fn header(octets: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_size(octets);
    header
}

/// So many octets of a file, whatever becomes of it: what it has lost meanwhile is zero. The header with its length is written first.
struct Exact {
    file: File,
    left: u64,
    sum: Sum,
}

impl Read for Exact {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = &mut buffer[..most];
        let read = match self.file.read(buffer)? {
            0 => {
                buffer.fill(0);
                buffer.len()
            }
            read => read,
        };
        self.left -= read as u64;
        self.sum.add(&buffer[..read]);
        Ok(read)
    }
}
