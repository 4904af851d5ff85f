//! Putting a tone in the place of what may not be kept.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use biseo_media::recorder;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::key::Keys;
use crate::layout::{SOUND, is_sealed};
use crate::reader::{Sealed, header};
use crate::recording::beginning;
use crate::redo::{MOST, Redo};

/// Octets of one sample of both channels.
const BLOCK: u64 = 4;

/// Puts a tone in the place of what the caller said in these samples ([`recorder::conceal`]), in a file that lies sealed or in the clear. It may be
/// done while the recording goes on: what is not in the file yet is left. One caller at a time has the file. Gives the samples changed.
///
/// # Errors
/// [`VaultError`]; what was changed until then stays changed.
pub fn conceal(path: &Path, keys: Option<&Keys>, spans: &[Range<u64>]) -> Result<u64, VaultError> {
    let mut file = File::options().read(true).write(true).open(path)?;
    file.lock()?;
    if !is_sealed(&beginning(&file)?) {
        let mut changed = 0;
        for span in spans {
            changed += recorder::conceal(&mut file, span.clone())?;
        }
        file.sync_all()?;
        return Ok(changed);
    }
    let by = header(&mut &file)?.key;
    let keys = keys.ok_or(VaultError::NoKey(by))?;
    let mut changed = 0;
    for span in spans {
        let mut sealed = Sealed::open(&file, keys)?;
        changed += over(path, &file, &mut sealed, span)?;
    }
    Ok(changed)
}

/// One span of a sealed file.
fn over(path: &Path, file: &File, sealed: &mut Sealed<&File>, span: &Range<u64>) -> Result<u64, VaultError> {
    let end = span.end.min(sealed.len() / BLOCK);
    if span.start >= end {
        return Ok(0);
    }
    let octets = span.start * BLOCK..end * BLOCK;
    let (first, last) = (octets.start / SOUND as u64, (octets.end - 1) / SOUND as u64);
    let mut batch = first;
    while batch <= last {
        let next = (batch + MOST).min(last + 1);
        let mut redo = Redo::default();
        for number in batch..next {
            redo.add(number, &concealed(sealed, number, &octets)?);
        }
        redo.carry_out(path, file)?;
        batch = next;
    }
    Ok(end - span.start)
}

/// A chunk with the tone in those octets of the sound that are its own, sealed anew.
fn concealed(sealed: &mut Sealed<&File>, number: u64, octets: &Range<u64>) -> Result<Vec<u8>, VaultError> {
    let begin = number * SOUND as u64;
    let mut sound = Zeroizing::new(sealed.chunk(number)?.to_vec());
    let within = |octet: u64| octet.saturating_sub(begin).min(sound.len() as u64) as usize;
    let (from, to) = (within(octets.start), within(octets.end));
    recorder::tone_over((begin + from as u64) / BLOCK, &mut sound[from..to]);
    let mut out = Vec::new();
    sealed.key.seal(number, &sound, &mut out)?;
    Ok(out)
}
