//! `models.lock`: the checksum of each archive as it was the first time. From then on it must be the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{FetchError, disk};
use crate::catalogue::Entry;

const FILE: &str = "models.lock";

/// Checksums by the archives' addresses, so that a mirror must give the same octets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Known {
    #[serde(default)]
    sha256: BTreeMap<String, String>,
}

impl Known {
    /// What a folder's file says; nothing if there is none.
    pub(super) fn read(folder: &Path) -> Result<Self, FetchError> {
        let path = folder.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|e| disk(&path)(std::io::Error::other(e.to_string()))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(disk(&path)(e)),
        }
    }

    /// Whether an archive is the one that is expected.
    pub(super) fn judge(&self, entry: &Entry, found: &str) -> Result<(), FetchError> {
        let expected = entry.sha256.as_ref().or_else(|| self.sha256.get(&entry.address));
        match expected {
            Some(expected) if !expected.eq_ignore_ascii_case(found) => Err(FetchError::Checksum {
                expected: expected.clone(),
                found: found.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// With the checksum of an archive.
    pub(super) fn with(mut self, entry: &Entry, found: &str) -> Self {
        self.sha256.insert(entry.address.clone(), found.to_owned());
        self
    }

    /// Writes the file whole or not at all.
    pub(super) fn write(&self, folder: &Path) -> Result<(), FetchError> {
        let (path, draft) = (folder.join(FILE), folder.join(".models.lock.new"));
        let text = toml::to_string(self).map_err(|e| FetchError::Archive(e.to_string()))?;
        let text = format!(
            "# Checksums of the archives that models came from. An archive that differs is refused.\n{text}"
        );
        fs::write(&draft, text).map_err(disk(&draft))?;
        fs::rename(&draft, &path).map_err(disk(&path))
    }
}
