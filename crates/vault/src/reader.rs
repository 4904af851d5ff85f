//! Reading any part of a sealed recording.

use std::io::{Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use crate::chunk::FileKey;
use crate::error::VaultError;
use crate::key::{KeyId, Keys};
use crate::layout::{CHUNK, Extent, HEADER, Header, MORE, NONCE, SOUND, place};

/// How a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With its last chunk: nothing is missing.
    Whole,
    /// After a chunk that is not the last one: its call goes on, a crash has ended it, or it was cut.
    Open,
    /// Within a chunk, or with one that does not open: as `Open`, and being written to just now, or torn.
    Torn,
}

/// A sealed recording that is read. What it holds as sound is counted from 0, without any header.
pub struct Sealed<F> {
    file: F,
    pub(crate) key: FileKey,
    by: KeyId,
    full: u64,
    tail: usize,
    ending: Ending,
    /// The chunk that was opened last, where it was read: sound from [`NONCE`] on.
    held: Option<u64>,
    piece: Zeroizing<Vec<u8>>,
}

impl<F: Read + Seek> Sealed<F> {
    /// Opens a file as long as it is now.
    ///
    /// # Errors
    /// [`VaultError`]; a file that is no sealed recording is [`VaultError::Damaged`].
    pub fn open(mut file: F, keys: &Keys) -> Result<Self, VaultError> {
        let length = file.seek(SeekFrom::End(0))?;
        let header = header(&mut file)?;
        let extent = Extent::of(length);
        let mut sealed = Self {
            file,
            key: FileKey::of(keys.find(header.key)?, &header)?,
            by: header.key,
            full: extent.full,
            tail: 0,
            ending: Ending::Open,
            held: None,
            piece: Zeroizing::new(Vec::with_capacity(CHUNK)),
        };
        sealed.end(extent.rest)?;
        Ok(sealed)
    }

    /// Looks at what stands after the full chunks.
    fn end(&mut self, rest: usize) -> Result<(), VaultError> {
        if rest == 0 {
            return Ok(());
        }
        self.ending = match self.load(self.full, rest) {
            Ok(()) => Ending::Whole,
            Err(VaultError::Damaged) => Ending::Torn,
            Err(e) => return Err(e),
        };
        if self.ending == Ending::Whole {
            self.tail = rest - MORE;
        }
        Ok(())
    }

    /// Octets of sound that can be read.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.full * SOUND as u64 + self.tail as u64
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How it ends.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// By which key it is sealed.
    #[must_use]
    pub fn sealed_by(&self) -> KeyId {
        self.by
    }

    /// Chunks of full length.
    pub(crate) fn full(&self) -> u64 {
        self.full
    }

    /// Reads sound from an octet on into `out`, as much as there is; how much that was.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] if a chunk does not open; what `out` holds then means nothing.
    pub fn read_at(&mut self, at: u64, out: &mut [u8]) -> Result<usize, VaultError> {
        let mut done = 0;
        while done < out.len() {
            let at = at + done as u64;
            if at >= self.len() {
                break;
            }
            let sound = self.chunk(at / SOUND as u64)?;
            let from = (at % SOUND as u64) as usize;
            let count = (sound.len() - from).min(out.len() - done);
            out[done..done + count].copy_from_slice(&sound[from..from + count]);
            done += count;
        }
        Ok(done)
    }

    /// The sound of a chunk, which must be one of the file's.
    pub(crate) fn chunk(&mut self, number: u64) -> Result<&[u8], VaultError> {
        if self.held != Some(number) {
            let length = if number < self.full { SOUND } else { self.tail };
            self.load(number, length + MORE)?;
        }
        Ok(&self.piece[NONCE..self.piece.len() - (MORE - NONCE)])
    }

    /// Forgets what was read, so that it is read anew.
    pub(crate) fn forget(&mut self) {
        self.held = None;
    }

    fn load(&mut self, number: u64, length: usize) -> Result<(), VaultError> {
        self.held = None;
        self.piece.resize(length, 0);
        self.file.seek(SeekFrom::Start(place(number)))?;
        self.file.read_exact(&mut self.piece).map_err(cut)?;
        self.key.open(number, &mut self.piece)?;
        self.held = Some(number);
        Ok(())
    }
}

/// A file that ends sooner than it did is damaged.
fn cut(e: std::io::Error) -> VaultError {
    match e.kind() {
        std::io::ErrorKind::UnexpectedEof => VaultError::Damaged,
        _ => VaultError::Io(e),
    }
}

/// The header of a file.
pub(crate) fn header(file: &mut (impl Read + Seek)) -> Result<Header, VaultError> {
    let mut octets = [0; HEADER];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut octets).map_err(cut)?;
    Header::parse(&octets)
}

impl<F> Sealed<F> {
    /// The file.
    pub(crate) fn file(&self) -> &F {
        &self.file
    }
}
