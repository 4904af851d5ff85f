//! Where what stands in a sealed recording.
//!
//! | octets | what |
//! | --- | --- |
//! | 8 | `BISEOSND` |
//! | 1 | version: 1 |
//! | 3 | 0 |
//! | 8 | id of the installation's key |
//! | 32 | salt of the file's key, random |
//! | each chunk | nonce (12), sealed sound (4096; less in the last one), tag (16) |
//!
//! The sound is samples of 16 bits, little endian, caller and Biseo in turn, 8000 of each a second; the header of a WAV file is made when it is read.

use crate::error::VaultError;
use crate::key::KeyId;

/// Octets before the first chunk.
pub const HEADER: usize = 52;
/// Octets of sound in a chunk that is not the last one.
pub const SOUND: usize = 4096;
/// Octets of a nonce, before the sealed sound.
pub const NONCE: usize = 12;
/// Octets that a chunk has more than its sound: nonce and tag.
pub const MORE: usize = NONCE + 16;
/// Octets of a chunk that is not the last one.
pub const CHUNK: usize = SOUND + MORE;
/// Milliseconds of sound in such a chunk.
pub const CHUNK_MS: u64 = SOUND as u64 / 32;

const MAGIC: [u8; 8] = *b"BISEOSND";
const VERSION: u8 = 1;

/// The beginning of a sealed recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// By which key it is sealed.
    pub(crate) key: KeyId,
    /// What the file's own key is made with.
    pub(crate) salt: [u8; 32],
}

impl Header {
    pub(crate) fn to_octets(self) -> [u8; HEADER] {
        let mut octets = [0; HEADER];
        octets[..8].copy_from_slice(&MAGIC);
        octets[8] = VERSION;
        octets[12..20].copy_from_slice(&self.key.0);
        octets[20..].copy_from_slice(&self.salt);
        octets
    }

    pub(crate) fn parse(octets: &[u8]) -> Result<Self, VaultError> {
        let octets = octets.first_chunk::<HEADER>().ok_or(VaultError::Damaged)?;
        if octets[..8] != MAGIC || octets[8] == 0 {
            return Err(VaultError::Damaged);
        }
        if octets[8] != VERSION {
            return Err(VaultError::Version(octets[8]));
        }
        let (mut key, mut salt) = ([0; 8], [0; 32]);
        key.copy_from_slice(&octets[12..20]);
        salt.copy_from_slice(&octets[20..]);
        let header = Self {
            key: KeyId(key),
            salt,
        };
        match header.to_octets() == *octets {
            true => Ok(header),
            false => Err(VaultError::Damaged),
        }
    }
}

/// Whether a file that begins so is a sealed recording, or the first octets of one.
#[must_use]
pub fn is_sealed(beginning: &[u8]) -> bool {
    let shown = beginning.len().min(MAGIC.len());
    shown > 0 && beginning[..shown] == MAGIC[..shown]
}

/// The chunks in a file of so many octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Chunks of full length.
    pub(crate) full: u64,
    /// Octets after them.
    pub(crate) rest: usize,
}

impl Extent {
    pub(crate) fn of(octets: u64) -> Self {
        let body = octets.saturating_sub(HEADER as u64);
        Self {
            full: body / CHUNK as u64,
            rest: (body % CHUNK as u64) as usize,
        }
    }
}

/// Where a chunk begins in the file.
pub(crate) fn place(number: u64) -> u64 {
    (HEADER as u64).saturating_add(number.saturating_mul(CHUNK as u64))
}
