//! The files of a folder.

use std::path::Path;

use crate::{BackupError, Part};

/// A folder is so deep at most.
const DEEPEST: usize = 16;

/// The plain files below a folder, in the order of their names, under `prefix`; none if the folder is not there. Links are left out:
/// they may lead anywhere. So is what `wanted` does not want, by its path from the folder on.
///
/// # Errors
/// [`BackupError::File`] if a folder cannot be read.
pub fn gather(folder: &Path, prefix: &str, wanted: impl Fn(&Path) -> bool) -> Result<Vec<Part>, BackupError> {
    let mut parts = Vec::new();
    if folder.is_dir() {
        below(folder, folder, (prefix, &wanted), DEEPEST, &mut parts)?;
    }
    Ok(parts)
}

fn below(
    root: &Path,
    folder: &Path,
    (prefix, wanted): (&str, &impl Fn(&Path) -> bool),
    depth: usize,
    parts: &mut Vec<Part>,
) -> Result<(), BackupError> {
    let read = std::fs::read_dir(folder).map_err(BackupError::at(folder))?;
    let entries: Result<Vec<_>, _> = read.collect();
    let mut entries = entries.map_err(BackupError::at(folder))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(BackupError::at(&path))?;
        let within = path.strip_prefix(root).unwrap_or(&path);
        if !wanted(within) {
            continue;
        }
        if kind.is_dir() && depth > 0 {
            below(root, &path, (prefix, wanted), depth - 1, parts)?;
        } else if kind.is_file() {
            parts.push(Part::new(&format!("{prefix}{}", within.display()), path));
        }
    }
    Ok(())
}
