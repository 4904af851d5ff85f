//! How the files of a folder stand, so that a change made by hand is seen.

use std::path::Path;
use std::time::SystemTime;

/// The TOML files of a folder at a look, by name: name, time of change, size in octets.
pub(crate) type Stamp = Vec<(String, Option<SystemTime>, u64)>;

/// Takes it.
///
/// # Errors
/// The folder or file that cannot be looked at, and why.
pub(crate) fn stamp(folder: &Path) -> Result<Stamp, String> {
    let shown = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut files = Stamp::new();
    for entry in std::fs::read_dir(folder).map_err(shown)? {
        let entry = entry.map_err(shown)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Editors write beside a file, under a name that begins with a dot.
        if !name.ends_with(".toml") || name.starts_with('.') {
            continue;
        }
        let about = std::fs::metadata(entry.path()).map_err(shown)?;
        files.push((name, about.modified().ok(), about.len()));
    }
    files.sort();
    Ok(files)
}
