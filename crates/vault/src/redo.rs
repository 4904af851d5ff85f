//! Writing chunks over so that a crash leaves either the old or the new ones: the new ones lie whole in a file beside the recording before the
//! first is written over.
//!
//! Entries: number (8 octets, little endian), length (4), the sealed chunk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::chunk::FileKey;
use crate::layout::{CHUNK, MORE, place};

/// Chunks in it at most: 4 MiB.
pub(crate) const MOST: u64 = 1024;
/// Octets before each chunk.
const HEAD: usize = 12;

/// Where it lies. Backups leave files with this ending out.
fn beside(recording: &Path) -> PathBuf {
    let mut name = recording.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Chunks that are to be written over.
#[derive(Default)]
pub(crate) struct Redo(Vec<u8>);

impl Redo {
    /// One more chunk, sealed.
    pub(crate) fn add(&mut self, number: u64, sealed: &[u8]) {
        self.0.extend_from_slice(&number.to_le_bytes());
        self.0.extend_from_slice(&(sealed.len() as u32).to_le_bytes());
        self.0.extend_from_slice(sealed);
    }

    /// Writes them over, for good.
    pub(crate) fn carry_out(&self, recording: &Path, file: &File) -> io::Result<()> {
        self.note(recording)?;
        self.apply(file)?;
        fs::remove_file(beside(recording))
    }

    /// The file beside the recording, whole on the disk.
    pub(crate) fn note(&self, recording: &Path) -> io::Result<()> {
        let path = beside(recording);
        let mut noted = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)?;
        noted.write_all(&self.0)?;
        noted.sync_all()?;
        let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn apply(&self, file: &File) -> io::Result<()> {
        for (number, chunk) in entries(&self.0).flatten() {
            file.write_all_at(chunk, place(number))?;
        }
        file.sync_data()
    }

    /// Whether each of them is whole and belongs to the file.
    fn is_whole(&self, key: &FileKey, chunks: u64) -> bool {
        entries(&self.0).all(|entry| {
            entry.is_some_and(|(number, chunk)| {
                let fits = number < chunks || (number == chunks && chunk.len() < CHUNK);
                fits && key.open(number, &mut chunk.to_vec()).is_ok()
            })
        })
    }
}

/// The entries; `None` for one that is cut.
fn entries(mut left: &[u8]) -> impl Iterator<Item = Option<(u64, &[u8])>> {
    std::iter::from_fn(move || {
        if left.is_empty() {
            return None;
        }
        let entry = entry(left);
        left = entry.map_or(&[], |(_, chunk)| &left[HEAD + chunk.len()..]);
        Some(entry)
    })
}

fn entry(octets: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = octets.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let chunk = rest.get(..length).filter(|_| (MORE..=CHUNK).contains(&length))?;
    Some((u64::from_le_bytes(*number), chunk))
}

/// Carries out what a crash has kept from being carried out. What was not noted whole had not begun, and is forgotten.
pub(crate) fn settle(recording: &Path, file: &File, key: &FileKey, chunks: u64) -> io::Result<()> {
    let path = beside(recording);
    let noted = match File::open(&path) {
        Ok(noted) => noted,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
    };
    let mut octets = Vec::new();
    noted
        .take(MOST * (HEAD + CHUNK) as u64)
        .read_to_end(&mut octets)?;
    let redo = Redo(octets);
    if redo.is_whole(key, chunks) {
        redo.apply(file)?;
    }
    fs::remove_file(path)
}

/// Removes what lies beside a recording that is removed. That there is nothing is no fault.
///
/// # Errors
/// If the file system does not let it go.
pub fn remove(recording: &Path) -> io::Result<()> {
    match fs::remove_file(beside(recording)) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
