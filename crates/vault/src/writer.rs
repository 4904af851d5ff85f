//! Sealing as the sound comes.

use zeroize::Zeroizing;

use crate::chunk::FileKey;
use crate::error::VaultError;
use crate::key::Keys;
use crate::layout::{HEADER, SOUND};

/// The state of a sealed recording without its file: takes sound, says what to append.
pub struct Sealer {
    key: FileKey,
    header: [u8; HEADER],
    next: u64,
    waiting: Zeroizing<Vec<u8>>,
}

impl Sealer {
    /// For a new file.
    ///
    /// # Errors
    /// [`VaultError::Random`].
    pub fn new(keys: &Keys) -> Result<Self, VaultError> {
        let (key, header) = FileKey::new(keys)?;
        Ok(Self {
            key,
            header: header.to_octets(),
            next: 0,
            waiting: Zeroizing::new(Vec::with_capacity(SOUND)),
        })
    }

    /// What the file begins with.
    #[must_use]
    pub fn header(&self) -> &[u8; HEADER] {
        &self.header
    }

    /// Takes sound; puts the chunks that are full now behind what is in `out`, to be appended to the file. Less than a chunk waits.
    ///
    /// # Errors
    /// [`VaultError::Random`].
    pub fn push(&mut self, mut sound: &[u8], out: &mut Vec<u8>) -> Result<(), VaultError> {
        while self.waiting.len() + sound.len() >= SOUND {
            let (taken, left) = sound.split_at(SOUND - self.waiting.len());
            self.waiting.extend_from_slice(taken);
            self.key.seal(self.next, &self.waiting, out)?;
            self.waiting.clear();
            self.next += 1;
            sound = left;
        }
        self.waiting.extend_from_slice(sound);
        Ok(())
    }

    /// The last chunk, with what waits. Nothing may be pushed after it.
    ///
    /// # Errors
    /// [`VaultError::Random`].
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), VaultError> {
        self.key.seal(self.next, &self.waiting, out)?;
        self.waiting.clear();
        Ok(())
    }

    /// An empty last chunk for a file that holds so many chunks and can take no more sound.
    ///
    /// # Errors
    /// [`VaultError::Random`].
    pub fn cut(&self, chunks: u64, out: &mut Vec<u8>) -> Result<(), VaultError> {
        self.key.seal(chunks, &[], out)
    }
}
