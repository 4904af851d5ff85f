//! An installation's files in one archive, checked when it is written and when it is read.
//!
//! The archive is a POSIX tar (IEEE 1003.1-2017, pax; any `tar` lists it): the files under the names that [`write`](write()) is given,
//! and last `manifest.json`, which holds each name with its length and SHA-256. A file without a manifest is no whole backup: [`restore`]
//! puts everything into a new folder, compares, and only then gives the folder its name, so that a broken archive leaves nothing behind.
//!
//! The room knows neither the store nor the configuration: which files make an installation is for whoever calls to say.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let dir = tempfile::tempdir()?;
//! std::fs::write(dir.path().join("biseo.toml"), "lang = \"ko\"")?;
//! let part = biseo_backup::Part::new("biseo.toml", dir.path().join("biseo.toml"));
//! let archive = dir.path().join("backup.tar");
//! biseo_backup::write(&archive, "2026-11-26T21:00:00Z", &[part], |_| {})?;
//! let manifest = biseo_backup::restore(&archive, &dir.path().join("new"), |_| {})?;
//! assert_eq!(manifest.files.len(), 1);
//! # Ok(()) }
//! ```

mod error;
mod gather;
mod manifest;
mod name;
mod restore;
mod write;

pub use error::BackupError;
pub use gather::gather;
pub use manifest::{Entry, Manifest};
pub use restore::restore;
pub use write::{Part, write};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files that are done.
    pub files: u64,
    /// All files; 0 if that is not known.
    pub of_files: u64,
    /// Octets that are done.
    pub octets: u64,
}
