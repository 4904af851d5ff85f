//! One chunk, sealed and opened.

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use aws_lc_rs::rand;

use crate::error::VaultError;
use crate::key::{Key, Keys};
use crate::layout::{Header, MORE, NONCE, SOUND};

/// The key of one file.
pub(crate) struct FileKey(LessSafeKey);

impl FileKey {
    /// The key of a file with this header.
    pub(crate) fn of(key: &Key, header: &Header) -> Result<Self, VaultError> {
        let octets = header.to_octets();
        let derived = key.derive(&header.salt, &[b"biseo recording", &octets[..20]])?;
        Ok(Self(derived))
    }

    /// The key of a new file, with its header.
    pub(crate) fn new(keys: &Keys) -> Result<(Self, Header), VaultError> {
        let mut salt = [0; 32];
        rand::fill(&mut salt).map_err(|_| VaultError::Random)?;
        let header = Header {
            key: keys.current().id(),
            salt,
        };
        Ok((Self::of(keys.current(), &header)?, header))
    }

    /// Adds the sealed chunk to `out`. Its nonce is a new one each time; even if the system gave one twice, GCM-SIV would tell no more than
    /// that the same sound was sealed twice.
    pub(crate) fn seal(&self, number: u64, sound: &[u8], out: &mut Vec<u8>) -> Result<(), VaultError> {
        let mut nonce = [0; NONCE];
        rand::fill(&mut nonce).map_err(|_| VaultError::Random)?;
        let begin = out.len();
        out.reserve(sound.len() + MORE);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(sound);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let told = Aad::from(told(number, sound.len()));
        let sealed = &mut out[begin + NONCE..];
        match self.0.seal_in_place_separate_tag(nonce, told, sealed) {
            Ok(tag) => out.extend_from_slice(tag.as_ref()),
            Err(e) => {
                out.truncate(begin);
                return Err(e.into());
            }
        }
        Ok(())
    }

    /// Opens a chunk where it lies: its sound.
    ///
    /// # Errors
    /// [`VaultError::Damaged`].
    pub(crate) fn open<'a>(&self, number: u64, chunk: &'a mut [u8]) -> Result<&'a [u8], VaultError> {
        let length = chunk.len().checked_sub(MORE).ok_or(VaultError::Damaged)?;
        let (nonce, sealed) = chunk.split_at_mut(NONCE);
        let nonce = Nonce::try_assume_unique_for_key(nonce)?;
        let told = Aad::from(told(number, length));
        Ok(&*self.0.open_in_place(nonce, told, sealed)?)
    }
}

/// What is authenticated with a chunk: its number, and whether it is the last one.
fn told(number: u64, length: usize) -> [u8; 9] {
    let mut told = [0; 9];
    told[..8].copy_from_slice(&number.to_le_bytes());
    told[8] = u8::from(length < SOUND);
    told
}
