//! The secret that a box and its beacon share.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;

/// Octets of a secret at least: what is shorter could be guessed from one datagram.
const LEAST: usize = 16;
/// Octets of its file at most.
const MOST: u64 = 4_096;

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// Others may read it.
    #[error("{path} can be read by other users; chmod 600 it")]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// It holds something else.
    #[error(
        "{path} is no secret: a plain file of {LEAST} to {MOST} octets is wanted, such as `openssl rand -base64 32` makes"
    )]
    Form {
        /// The file.
        path: PathBuf,
    },
}

/// A secret that a box and its beacon share. Not shown.
#[derive(Clone)]
pub struct Secret(hmac::Key);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// The secret of a file, without white space around it.
    ///
    /// # Errors
    /// [`SecretError`]; also if anybody but the file's owner may read or write it.
    pub fn read(path: &Path) -> Result<Self, SecretError> {
        let fault = |why| SecretError::File {
            path: path.into(),
            why,
        };
        let file = File::open(path).map_err(fault)?;
        let about = file.metadata().map_err(fault)?;
        let form = || SecretError::Form { path: path.into() };
        if !about.is_file() || about.len() > MOST {
            return Err(form());
        }
        if about.permissions().mode() & 0o077 != 0 {
            return Err(SecretError::Open { path: path.into() });
        }
        let mut octets = Vec::new();
        file.take(MOST).read_to_end(&mut octets).map_err(fault)?;
        Self::of(octets.trim_ascii()).ok_or_else(form)
    }

    /// A secret of these octets; `None` if they are too few.
    pub(crate) fn of(octets: &[u8]) -> Option<Self> {
        let long = octets.len() >= LEAST;
        long.then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, octets)))
    }

    /// What datagrams are signed with.
    pub(crate) fn key(&self) -> &hmac::Key {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, set_permissions, write};

    #[test]
    fn a_secret_is_its_owner_s_and_long_enough() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let read = |text: &str, mode| {
            write(&path, text).unwrap();
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            Secret::read(&path)
        };
        let good = read("0123456789abcdef\n", 0o600).unwrap();
        assert_eq!(format!("{good:?}"), "Secret(…)");
        assert!(matches!(
            read("0123456789abcde \n", 0o600),
            Err(SecretError::Form { .. })
        ));
        assert!(matches!(
            read("0123456789abcdef", 0o640),
            Err(SecretError::Open { .. })
        ));
        assert!(matches!(
            read(&"x".repeat(5_000), 0o600),
            Err(SecretError::Form { .. })
        ));
        assert!(matches!(
            Secret::read(&folder.path().join("none")),
            Err(SecretError::File { .. })
        ));
    }
}
