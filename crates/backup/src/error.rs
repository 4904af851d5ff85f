//! Why it failed.

use std::path::PathBuf;

/// Why a backup was not written, or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// There is something already where it is to be written.
    #[error("{path} is there already; choose another name, or move it away")]
    There {
        /// What is there.
        path: PathBuf,
    },
    /// A name that no backup holds: it would lead out of its folder.
    #[error("the archive holds the name {name:?}, which is no plain relative path")]
    Name {
        /// The name, cut.
        name: String,
    },
    /// Something else than a file.
    #[error("{name} in the archive is no plain file")]
    Kind {
        /// Its name.
        name: String,
    },
    /// It ends before the manifest, or the manifest cannot be read.
    #[error("the archive is not whole: {why}")]
    NotWhole {
        /// What is missing.
        why: String,
    },
    /// A file is not the one that was saved.
    #[error("{name} in the archive is damaged")]
    Damaged {
        /// Its name.
        name: String,
    },
    /// A later version made it.
    #[error("the archive has format {found}; this program reads {known} and earlier: install a newer one")]
    Newer {
        /// The archive's format.
        found: u32,
        /// What is known.
        known: u32,
    },
}

impl BackupError {
    pub(crate) fn at(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |error| Self::File { path, error }
    }
}
