//! What an archive holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The name of the manifest in an archive.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The format that is written.
pub(crate) const FORMAT: u32 = 1;
/// A manifest has so many octets at most: a million files.
pub(crate) const MOST: u64 = 256 << 20;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its length in octets.
    pub octets: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format, 1.
    pub format: u32,
    /// The program's version that wrote it.
    pub version: String,
    /// When it was written (RFC 3339).
    pub made: String,
    /// The files by name.
    pub files: BTreeMap<String, Entry>,
}

/// The sum of what passes through.
#[derive(Default)]
pub(crate) struct Sum {
    hash: Sha256,
    octets: u64,
}

impl Sum {
    pub(crate) fn add(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.octets += piece.len() as u64;
    }

    pub(crate) fn entry(self) -> Entry {
        let sum = self.hash.finalize();
        let mut sha256 = String::with_capacity(64);
        for octet in sum {
            let _ = write!(sha256, "{octet:02x}");
        }
        Entry {
            octets: self.octets,
            sha256,
        }
    }
}
