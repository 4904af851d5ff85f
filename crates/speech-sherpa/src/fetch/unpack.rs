//! A tar.bz2 from elsewhere, unpacked into a folder and nowhere else, within bounds.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Component, Path, PathBuf};

use bzip2::bufread::MultiBzDecoder;
use tar::{Archive, EntryType};

use super::{FetchError, disk};

/// What an archive may hold.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Files and folders.
    pub entries: usize,
    /// Octets, unpacked.
    pub octets: u64,
    /// Folders within folders.
    pub depth: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            entries: 5_000,
            octets: 16_000_000_000,
            depth: 8,
        }
    }
}

fn odd(why: impl std::fmt::Display) -> FetchError {
    FetchError::Archive(why.to_string())
}

/// Unpacks files and folders; the archive's one outermost folder is left out. Links, devices and paths that lead elsewhere are
/// refused, as is whatever is beyond the bounds. What was unpacked before stays.
pub(super) fn unpack(archive: &Path, place: &Path, bounds: Bounds) -> Result<(), FetchError> {
    let file = File::open(archive).map_err(disk(archive))?;
    fs::create_dir_all(place).map_err(disk(place))?;
    let mut archive = Archive::new(MultiBzDecoder::new(BufReader::new(file)));
    let mut left = bounds;
    for entry in archive.entries().map_err(odd)? {
        let mut entry = entry.map_err(odd)?;
        left.entries = left.entries.checked_sub(1).ok_or_else(|| odd("too many files"))?;
        let path = entry.path().map_err(odd)?.into_owned();
        let kind = entry.header().entry_type();
        let Some(path) = inside(&path, kind, bounds.depth)? else {
            continue;
        };
        let path = place.join(path);
        if kind == EntryType::Directory {
            fs::create_dir_all(&path).map_err(disk(&path))?;
        } else {
            left.octets = write(&mut entry, &path, left.octets)?;
        }
    }
    Ok(())
}

/// The path within the model's folder; `None` for the outermost folder and for notes of the archive on itself.
fn inside(path: &Path, kind: EntryType, depth: usize) -> Result<Option<PathBuf>, FetchError> {
    let notes = [
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::GNULongName,
        EntryType::GNULongLink,
    ];
    if notes.contains(&kind) {
        return Ok(None);
    }
    if !matches!(
        kind,
        EntryType::Regular | EntryType::Continuous | EntryType::Directory
    ) {
        return Err(odd(format!("{} is no file", path.display())));
    }
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name),
            Component::CurDir => {}
            _ => return Err(odd(format!("{} leads elsewhere", path.display()))),
        }
    }
    if parts.len() > depth {
        return Err(odd(format!("{} is too deep", path.display())));
    }
    let inner: PathBuf = parts.iter().skip(1).collect();
    Ok((!inner.as_os_str().is_empty()).then_some(inner))
}

/// Writes a file; returns how many octets may still come.
fn write(entry: &mut impl Read, path: &Path, left: u64) -> Result<u64, FetchError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(disk(folder))?;
    }
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(disk(path))?;
    let mut block = vec![0; 64 * 1024];
    let mut left = left;
    loop {
        let count = match entry.read(&mut block).map_err(odd)? {
            0 => break,
            count => count,
        };
        left = left
            .checked_sub(count as u64)
            .ok_or_else(|| odd("too much to unpack"))?;
        std::io::Write::write_all(&mut file, &block[..count]).map_err(disk(path))?;
    }
    file.sync_all().map_err(disk(path))?;
    Ok(left)
}
