//! Whole files: those in the clear sealed, sealed ones written out as WAV files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use biseo_media::wav::HEADER_LEN;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::key::Keys;
use crate::mend::{Mended, mend};
use crate::recording::Recording;
use crate::writer::Sealer;

/// Octets that are read at once.
const PIECE: usize = 64 * 1024;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealing {
    /// It is sealed now, with so many octets of sound.
    Sealed(u64),
    /// It was, with the key that seals.
    Already,
    /// No recording of ours: left as it is.
    Foreign,
    /// Sealed with a key that is not known: left as it is.
    Locked,
}

/// Seals a recording that lies in the clear, or under an older key. The file is replaced once the sealed one has been read back and is the same; until
/// then it stays as it is. Nobody else may use it meanwhile.
///
/// # Errors
/// [`VaultError`]; then it is as it was.
pub fn seal(path: &Path, keys: &Keys) -> Result<Sealing, VaultError> {
    match mend(path, Some(keys))? {
        Mended::Foreign => return Ok(Sealing::Foreign),
        Mended::Locked => return Ok(Sealing::Locked),
        Mended::Intact | Mended::Mended { .. } => {}
    }
    let file = File::open(path)?;
    let changed = file.metadata()?.modified()?;
    let mut from = Recording::open(file, Some(keys))?;
    if from.sealed_by() == Some(keys.current().id()) {
        return Ok(Sealing::Already);
    }
    let draft = draft(path);
    let sealed = write_sealed(&mut from, &draft, keys).and_then(|to| {
        to.set_modified(changed)?;
        to.sync_all()?;
        same(&mut from, &mut Recording::open(File::open(&draft)?, Some(keys))?)?;
        fs::rename(&draft, path)?;
        sync_folder(path).map_err(VaultError::Io)
    });
    if sealed.is_err() {
        let _ = fs::remove_file(&draft);
    }
    sealed.map(|()| Sealing::Sealed(sound(&from)))
}

/// Writes a recording as a WAV file (mode 0600), which must not be there yet. Gives whether it is whole: one that was cut off is written as far as it goes.
///
/// # Errors
/// [`VaultError`]; then nothing is left.
pub fn unseal(path: &Path, keys: Option<&Keys>, to: &Path) -> Result<bool, VaultError> {
    let mut from = Recording::open(File::open(path)?, keys)?;
    let mut file = new_file(to)?;
    let written = each(&mut from, 0, |piece| Ok(file.write_all(piece)?));
    if let Err(e) = written.and_then(|()| Ok(file.sync_all()?)) {
        let _ = fs::remove_file(to);
        return Err(e);
    }
    Ok(!from.is_cut_off())
}

fn sound(recording: &Recording) -> u64 {
    recording.len().saturating_sub(HEADER_LEN as u64)
}

/// A name that backups and repairs pass over.
fn draft(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.sealing"))
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn write_sealed(from: &mut Recording, draft: &Path, keys: &Keys) -> Result<File, VaultError> {
    // What an end in the midst of it has left.
    let _ = fs::remove_file(draft);
    let mut file = new_file(draft)?;
    let mut sealer = Sealer::new(keys)?;
    let mut out = sealer.header().to_vec();
    each(from, HEADER_LEN as u64, |piece| {
        sealer.push(piece, &mut out)?;
        file.write_all(&out)?;
        out.clear();
        Ok(())
    })?;
    sealer.finish(&mut out)?;
    file.write_all(&out)?;
    Ok(file)
}

/// Piece by piece from an octet on.
fn each(
    recording: &mut Recording,
    from: u64,
    mut take: impl FnMut(&[u8]) -> Result<(), VaultError>,
) -> Result<(), VaultError> {
    let mut piece = Zeroizing::new(vec![0; PIECE]);
    let mut at = from;
    while at < recording.len() {
        let read = recording.read_at(at, &mut piece)?;
        if read == 0 {
            return Err(VaultError::Damaged);
        }
        take(&piece[..read])?;
        at += read as u64;
    }
    Ok(())
}

/// Whether both are the same WAV file.
fn same(one: &mut Recording, other: &mut Recording) -> Result<(), VaultError> {
    if one.len() != other.len() || other.is_cut_off() {
        return Err(VaultError::Damaged);
    }
    let (mut at, mut theirs) = (0, Zeroizing::new(vec![0; PIECE]));
    each(one, 0, |ours| {
        let read = other.read_at(at, &mut theirs[..ours.len()])?;
        at += read as u64;
        match theirs[..read] == *ours {
            true => Ok(()),
            false => Err(VaultError::Damaged),
        }
    })
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
