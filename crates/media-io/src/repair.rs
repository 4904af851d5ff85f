//! Mending what a crash left: to be done when the program starts, before it records.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use biseo_vault::{Keys, Mended};

use crate::tape::plainly;

/// Folders within folders that are looked into.
const DEPTH: usize = 8;

/// What was found.
#[derive(Debug, Default)]
pub struct Repairs {
    /// Recordings looked at.
    pub checked: u64,
    /// Recordings that were cut off and are whole now, with their length in milliseconds.
    pub mended: Vec<(PathBuf, u64)>,
    /// Sealed recordings that the given keys do not open: left as they are.
    pub locked: u64,
    /// Recordings that could not be looked at or mended.
    pub failed: Vec<(PathBuf, io::Error)>,
}

/// Mends all recordings (`*.wav`) in a folder and its folders, sealed ones among them. Links are not followed; files that are not recordings of
/// ours are left alone. Costs a small read or two for each file. What an unfinished sealing has left goes.
///
/// # Errors
/// If the folder itself cannot be read. What goes wrong with single files is in the answer.
pub fn repair_recordings(folder: &Path, keys: Option<&Keys>) -> io::Result<Repairs> {
    let mut repairs = Repairs::default();
    let mut found = Found::default();
    look_into(folder, DEPTH, &mut found)?;
    found.left.iter().for_each(|path| clear(path));
    for path in found.recordings {
        mend(path, keys, &mut repairs);
    }
    repairs.failed.append(&mut found.failed);
    Ok(repairs)
}

/// The recordings in a folder and its folders. Links are not followed.
///
/// # Errors
/// If the folder itself cannot be read.
pub fn recordings_in(folder: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    look_into(folder, DEPTH, &mut found)?;
    found.recordings.sort();
    Ok(found)
}

/// What is in a folder.
#[derive(Debug, Default)]
pub struct Found {
    /// The recordings.
    pub recordings: Vec<PathBuf>,
    /// Files beside recordings, which a sudden end has left.
    left: Vec<PathBuf>,
    /// Folders that could not be looked into.
    pub failed: Vec<(PathBuf, io::Error)>,
}

fn look_into(folder: &Path, depth: usize, found: &mut Found) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && depth > 0 {
            if let Err(e) = look_into(&path, depth - 1, found) {
                found.failed.push((path, e));
            }
        } else if kind.is_file() && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav")) {
            found.recordings.push(path);
        } else if kind.is_file() && is_left(&path) {
            found.left.push(path);
        }
    }
    Ok(())
}

/// Whether it is half of a sealed file, or belongs to a recording that is gone.
fn is_left(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let half = name.starts_with('.') && name.ends_with(".wav.sealing");
    let orphan = name.ends_with(".wav.part") && !path.with_extension("").exists();
    half || orphan
}

fn clear(path: &Path) {
    if let Err(e) = fs::remove_file(path) {
        tracing::warn!("{} cannot be removed: {e}", path.display());
    }
}

fn mend(path: PathBuf, keys: Option<&Keys>, repairs: &mut Repairs) {
    repairs.checked += 1;
    match biseo_vault::mend(&path, keys) {
        Ok(Mended::Mended { milliseconds }) => repairs.mended.push((path, milliseconds)),
        Ok(Mended::Locked) => repairs.locked += 1,
        Ok(Mended::Intact | Mended::Foreign) => {}
        Err(e) => repairs.failed.push((path, plainly(e))),
    }
}
