//! Mending what a crash left: to be done when the program starts, before it records.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use biseo_media::recorder::{self, Repaired};

/// Folders within folders that are looked into.
const DEPTH: usize = 8;

/// What was found.
#[derive(Debug, Default)]
pub struct Repairs {
    /// Recordings looked at.
    pub checked: u64,
    /// Recordings that were cut off and are whole now, with their length in milliseconds.
    pub mended: Vec<(PathBuf, u64)>,
    /// Recordings that could not be looked at or mended.
    pub failed: Vec<(PathBuf, io::Error)>,
}

/// Mends the headers of all recordings (`*.wav`) in a folder and its folders. Links are not followed; files that are not
/// recordings of ours are left alone. Costs one small read for each file.
///
/// # Errors
/// If the folder itself cannot be read. What goes wrong with single files is in the answer.
pub fn repair_recordings(folder: &Path) -> io::Result<Repairs> {
    let mut repairs = Repairs::default();
    look_into(folder, DEPTH, &mut repairs)?;
    Ok(repairs)
}

fn look_into(folder: &Path, depth: usize, repairs: &mut Repairs) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && depth > 0 {
            if let Err(e) = look_into(&path, depth - 1, repairs) {
                repairs.failed.push((path, e));
            }
        } else if kind.is_file() && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav")) {
            mend(path, repairs);
        }
    }
    Ok(())
}

fn mend(path: PathBuf, repairs: &mut Repairs) {
    repairs.checked += 1;
    let opened: io::Result<File> = OpenOptions::new().read(true).write(true).open(&path);
    match opened.and_then(|mut file| recorder::repair(&mut file)) {
        Ok(Repaired::Mended { milliseconds }) => repairs.mended.push((path, milliseconds)),
        Ok(Repaired::Intact | Repaired::Foreign) => {}
        Err(e) => repairs.failed.push((path, e)),
    }
}
