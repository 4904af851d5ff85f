//! Reading an archive.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tar::{Archive, EntryType};

use crate::manifest::{FORMAT, MANIFEST, MOST, Sum};
use crate::name;
use crate::{BackupError, Entry, Manifest, Progress};

/// Octets that are read at once.
const PIECE: usize = 1 << 16;

/// Puts an archive's files into a folder that is not there yet. They are compared with the manifest before the folder has its name; what
/// is wrong leaves nothing behind. Files and folders are for their owner only.
///
/// # Errors
/// [`BackupError`].
pub fn restore(
    archive: &Path,
    folder: &Path,
    mut told: impl FnMut(Progress),
) -> Result<Manifest, BackupError> {
    if folder.exists() {
        return Err(BackupError::There { path: folder.into() });
    }
    let draft = Draft::open(folder)?;
    let file = File::open(archive).map_err(BackupError::at(archive))?;
    let mut reading = Reading {
        archive,
        draft: &draft.path,
        found: BTreeMap::new(),
        octets: 0,
    };
    let manifest = reading.all(BufReader::with_capacity(PIECE, file), &mut told)?;
    compare(&reading.found, &manifest)?;
    draft.keep(folder)?;
    Ok(manifest)
}

/// The folder while it is filled; removed unless it is kept.
struct Draft {
    path: PathBuf,
    kept: bool,
}

impl Draft {
    fn open(folder: &Path) -> Result<Self, BackupError> {
        let mut name = folder.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.part", std::process::id()));
        let path = folder.with_file_name(name);
        make(&path)?;
        Ok(Self { path, kept: false })
    }

    fn keep(mut self, folder: &Path) -> Result<(), BackupError> {
        std::fs::rename(&self.path, folder).map_err(BackupError::at(folder))?;
        self.kept = true;
        let above = folder.parent().filter(|f| !f.as_os_str().is_empty());
        let above = above.unwrap_or(Path::new("."));
        let synced = File::open(above).and_then(|f| f.sync_all());
        synced.map_err(BackupError::at(above))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

fn make(folder: &Path) -> Result<(), BackupError> {
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(BackupError::at(folder))
}

struct Reading<'a> {
    archive: &'a Path,
    draft: &'a Path,
    found: BTreeMap<String, Entry>,
    octets: u64,
}

impl Reading<'_> {
    fn all(&mut self, input: impl Read, told: &mut impl FnMut(Progress)) -> Result<Manifest, BackupError> {
        let broken = |e: std::io::Error| BackupError::NotWhole { why: e.to_string() };
        let mut tar = Archive::new(input);
        for entry in tar.entries().map_err(BackupError::at(self.archive))? {
            let mut entry = entry.map_err(broken)?;
            let given = entry.path().map_err(broken)?.into_owned();
            let name = given.to_string_lossy().into_owned();
            if entry.header().entry_type() != EntryType::Regular {
                return Err(BackupError::Kind { name });
            }
            if name == MANIFEST {
                return manifest(entry);
            }
            let path = self.draft.join(name::path(&given)?);
            let sum = self.file(&mut entry, &path)?;
            self.octets += sum.octets;
            if self.found.insert(name.clone(), sum).is_some() {
                return Err(BackupError::Damaged { name });
            }
            told(Progress {
                files: self.found.len() as u64,
                of_files: 0,
                octets: self.octets,
            });
        }
        Err(BackupError::NotWhole {
            why: "it ends before its manifest".into(),
        })
    }

    fn file(&self, from: &mut impl Read, path: &Path) -> Result<Entry, BackupError> {
        make(path.parent().unwrap_or(self.draft))?;
        let mut to = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(BackupError::at(path))?;
        let (mut sum, mut piece) = (Sum::default(), vec![0; PIECE]);
        loop {
            let read = from
                .read(&mut piece)
                .map_err(|e| BackupError::NotWhole { why: e.to_string() })?;
            if read == 0 {
                break;
            }
            sum.add(&piece[..read]);
            to.write_all(&piece[..read]).map_err(BackupError::at(path))?;
        }
        to.sync_all().map_err(BackupError::at(path))?;
        Ok(sum.entry())
    }
}

fn manifest(entry: impl Read) -> Result<Manifest, BackupError> {
    let manifest: Manifest = serde_json::from_reader(entry.take(MOST))
        .map_err(|e| BackupError::NotWhole { why: e.to_string() })?;
    match manifest.format {
        1..=FORMAT => Ok(manifest),
        found => Err(BackupError::Newer { found, known: FORMAT }),
    }
}

fn compare(found: &BTreeMap<String, Entry>, manifest: &Manifest) -> Result<(), BackupError> {
    if let Some(name) = manifest.files.keys().find(|name| !found.contains_key(*name)) {
        let why = format!("{name} is missing");
        return Err(BackupError::NotWhole { why });
    }
    let damaged = found
        .iter()
        .find(|(name, entry)| manifest.files.get(*name) != Some(*entry));
    match damaged {
        Some((name, _)) => Err(BackupError::Damaged { name: name.clone() }),
        None => Ok(()),
    }
}
