//! A recording as a WAV file, whether it lies sealed or in the clear.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use biseo_media::SAMPLE_RATE;
use biseo_media::wav::{HEADER_LEN, header};

use crate::error::VaultError;
use crate::key::{KeyId, Keys};
use crate::layout::{HEADER, Header, is_sealed};
use crate::reader::{Ending, Sealed};

/// A recording that is read as a WAV file. Its length is the one at its opening, also if it grows.
pub struct Recording(Form);

enum Form {
    Plain { file: File, len: u64 },
    Sealed(Box<Sealed<File>>),
}

impl Recording {
    /// Opens a file. One in the clear is told octet by octet as it is.
    ///
    /// # Errors
    /// [`VaultError::NoKey`] if it is sealed and `keys` (or one among them) is missing; the others of [`VaultError`].
    pub fn open(file: File, keys: Option<&Keys>) -> Result<Self, VaultError> {
        let Some(by) = sealed_by(&file)? else {
            let len = file.metadata()?.len();
            return Ok(Self(Form::Plain { file, len }));
        };
        let keys = keys.ok_or(VaultError::NoKey(by))?;
        let sealed = Sealed::open(file, keys)?;
        Ok(Self(Form::Sealed(Box::new(sealed))))
    }

    /// Octets of the WAV file.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.0 {
            Form::Plain { len, .. } => *len,
            Form::Sealed(sealed) => HEADER_LEN as u64 + sealed.len(),
        }
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// By which key it is sealed, if it is.
    #[must_use]
    pub fn sealed_by(&self) -> Option<KeyId> {
        match &self.0 {
            Form::Plain { .. } => None,
            Form::Sealed(sealed) => Some(sealed.sealed_by()),
        }
    }

    /// Whether it is sealed and has no end yet: its call goes on, or a crash or somebody has cut it off.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        matches!(&self.0, Form::Sealed(sealed) if sealed.ending() != Ending::Whole)
    }

    /// Reads from an octet of the WAV file on into `out`, as much as there is; how much that was.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn read_at(&mut self, at: u64, out: &mut [u8]) -> Result<usize, VaultError> {
        match &mut self.0 {
            Form::Plain { file, len } => {
                let left = len.saturating_sub(at).min(out.len() as u64) as usize;
                plain_at(file, at, &mut out[..left]).map_err(VaultError::Io)
            }
            Form::Sealed(sealed) => wav_at(sealed, at, out),
        }
    }
}

/// By which key a file is sealed, if it is.
///
/// # Errors
/// [`VaultError`].
pub fn sealed_by(file: &File) -> Result<Option<KeyId>, VaultError> {
    let beginning = beginning(file)?;
    if beginning.len() < HEADER || !is_sealed(&beginning) {
        return Ok(None);
    }
    Ok(Some(Header::parse(&beginning)?.key))
}

/// The first octets of a file, as many as a header has.
pub(crate) fn beginning(file: &File) -> io::Result<Vec<u8>> {
    let mut octets = vec![0; HEADER];
    let read = plain_at(file, 0, &mut octets)?;
    octets.truncate(read);
    Ok(octets)
}

fn plain_at(file: &File, at: u64, out: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < out.len() {
        match file.read_at(&mut out[done..], at + done as u64) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}

/// The header of the WAV file as which so many octets of sound are read.
#[must_use]
pub fn wav_header(octets: u64) -> [u8; HEADER_LEN] {
    header(SAMPLE_RATE, 2, octets)
}

/// The WAV header, and the sound after it.
fn wav_at(sealed: &mut Sealed<File>, at: u64, out: &mut [u8]) -> Result<usize, VaultError> {
    let head = wav_header(sealed.len());
    let first = head
        .get(usize::try_from(at).unwrap_or(usize::MAX)..)
        .unwrap_or(&[]);
    let first = &first[..first.len().min(out.len())];
    let (begin, rest) = out.split_at_mut(first.len());
    begin.copy_from_slice(first);
    let sound = (at + first.len() as u64).saturating_sub(HEADER_LEN as u64);
    let read = match sealed.read_at(sound, rest) {
        Err(VaultError::Damaged) => quiet(sealed, sound, rest)?,
        read => read?,
    };
    Ok(first.len() + read)
}

/// Reads once more while nobody writes: a chunk that is just being concealed does not open.
fn quiet(sealed: &mut Sealed<File>, at: u64, out: &mut [u8]) -> Result<usize, VaultError> {
    sealed.lock_shared()?;
    sealed.forget();
    let read = sealed.read_at(at, out);
    sealed.unlock()?;
    read
}

impl Sealed<File> {
    fn lock_shared(&self) -> io::Result<()> {
        self.file().lock_shared()
    }

    fn unlock(&self) -> io::Result<()> {
        self.file().unlock()
    }
}
