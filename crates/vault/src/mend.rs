//! Mending what a crash left: to be done when the program starts, before it records.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use biseo_media::recorder::{self, Repaired};

use crate::chunk::FileKey;
use crate::error::VaultError;
use crate::key::Keys;
use crate::layout::{CHUNK_MS, Extent, HEADER, is_sealed, place};
use crate::reader::{Ending, Sealed, header};
use crate::recording::beginning;
use crate::redo;

/// Chunks at the end that a power cut may have kept from the disk: half a minute.
const LOST: u64 = 256;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mended {
    /// Nothing was amiss.
    Intact,
    /// It was cut off, and is whole now.
    Mended {
        /// Milliseconds of sound in it.
        milliseconds: u64,
    },
    /// No recording of ours: left alone.
    Foreign,
    /// Sealed with a key that is not known: left alone.
    Locked,
}

/// Mends a recording that a crash has cut off at any octet, sealed or in the clear. Costs two small reads if nothing is amiss.
///
/// # Errors
/// [`VaultError`]; then it is as it was. [`VaultError::Damaged`] if more is wrong with it than a crash can do.
pub fn mend(path: &Path, keys: Option<&Keys>) -> Result<Mended, VaultError> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let beginning = beginning(&file)?;
    if !is_sealed(&beginning) {
        return Ok(match recorder::repair(&mut file)? {
            Repaired::Intact => Mended::Intact,
            Repaired::Mended { milliseconds } => Mended::Mended { milliseconds },
            Repaired::Foreign => Mended::Foreign,
        });
    }
    let Some(keys) = keys else {
        return Ok(Mended::Locked);
    };
    if beginning.len() < HEADER {
        return begin_anew(&file, keys);
    }
    match header(&mut file).and_then(|h| keys.find(h.key).and_then(|key| FileKey::of(key, &h))) {
        Ok(key) => sealed(path, &file, &key, keys),
        Err(VaultError::NoKey(_)) => Ok(Mended::Locked),
        Err(e) => Err(e),
    }
}

/// A file whose header was not written whole holds no sound.
fn begin_anew(file: &File, keys: &Keys) -> Result<Mended, VaultError> {
    let (key, header) = FileKey::new(keys)?;
    let mut octets = header.to_octets().to_vec();
    key.seal(0, &[], &mut octets)?;
    file.write_all_at(&octets, 0)?;
    file.sync_all()?;
    Ok(Mended::Mended { milliseconds: 0 })
}

fn sealed(path: &Path, file: &File, key: &FileKey, keys: &Keys) -> Result<Mended, VaultError> {
    redo::settle(path, file, key, Extent::of(file.metadata()?.len()).full)?;
    let mut sealed = Sealed::open(file, keys)?;
    if sealed.ending() == Ending::Whole {
        return Ok(Mended::Intact);
    }
    let chunks = last_good(&mut sealed)?;
    let mut end = Vec::new();
    key.seal(chunks, &[], &mut end)?;
    file.set_len(place(chunks))?;
    file.write_all_at(&end, place(chunks))?;
    file.sync_all()?;
    Ok(Mended::Mended {
        milliseconds: chunks * CHUNK_MS,
    })
}

/// Chunks up to the last one that opens. A file in which none does is left alone: that is no crash's work.
fn last_good(sealed: &mut Sealed<&File>) -> Result<u64, VaultError> {
    let full = sealed.full();
    for chunks in (full.saturating_sub(LOST)..=full).rev() {
        if chunks == 0 {
            break;
        }
        match sealed.chunk(chunks - 1) {
            Ok(_) => return Ok(chunks),
            Err(VaultError::Damaged) => {}
            Err(e) => return Err(e),
        }
    }
    match full {
        0 => Ok(0),
        _ => Err(VaultError::Damaged),
    }
}
