//! The key under which links are signed: 32 random octets in a file of the data folder.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use aws_lc_rs::rand;

/// The key's file within the data folder.
const FILE: &str = "visit.key";
/// Octets of a key.
const OCTETS: usize = 32;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("{path}: {error}; check that the data folder is writable")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It holds something else.
    #[error(
        "{path} is no key of 32 octets; restore it from a backup, or remove it: then links that were sent are void"
    )]
    Form {
        /// The file.
        path: PathBuf,
    },
    /// Others may read it.
    #[error("{path} can be read by other users; chmod 600 it")]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random octets.
    #[error("the system gives no random octets")]
    Random,
}

/// The key. Not shown.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A key of these octets.
    #[must_use]
    pub fn of(octets: &[u8; OCTETS]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, octets))
    }

    /// The key of a data folder (`visit.key`, mode 0600), made if there is none. Of two programs that make it at once both get
    /// the same.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let path = folder.join(FILE);
        match read(&path)? {
            Some(octets) => Ok(Self::of(&octets)),
            None => {
                make(folder, &path)?;
                let octets = read(&path)?.ok_or(KeyError::Form { path })?;
                Ok(Self::of(&octets))
            }
        }
    }

    /// HMAC-SHA256 over a purpose and parts, each with its length before it, so that no two lists of parts sign alike.
    pub(crate) fn sign(&self, purpose: &str, parts: &[&str]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in std::iter::once(&purpose).chain(parts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

fn fault(path: &Path) -> impl Fn(std::io::Error) -> KeyError {
    move |error| KeyError::File {
        path: path.into(),
        error,
    }
}

/// `None` if there is no file yet.
fn read(path: &Path) -> Result<Option<[u8; OCTETS]>, KeyError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(fault(path)(e)),
    };
    let mode = file.metadata().map_err(fault(path))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::Open { path: path.into() });
    }
    let mut octets = Vec::with_capacity(OCTETS + 1);
    file.take(OCTETS as u64 + 1)
        .read_to_end(&mut octets)
        .map_err(fault(path))?;
    let whole = <[u8; OCTETS]>::try_from(octets).map_err(|_| KeyError::Form { path: path.into() })?;
    Ok(Some(whole))
}

/// Whole on the disk before it has its name; a key that is there already stays.
fn make(folder: &Path, path: &Path) -> Result<(), KeyError> {
    let mut octets = [0; OCTETS];
    rand::fill(&mut octets).map_err(|_| KeyError::Random)?;
    let next = folder.join(format!(".{FILE}.{}", std::process::id()));
    let _ = std::fs::remove_file(&next);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&next)
        .map_err(fault(&next))?;
    file.write_all(&octets).map_err(fault(&next))?;
    file.sync_all().map_err(fault(&next))?;
    // A hard link never replaces a file, as a rename would.
    let linked = std::fs::hard_link(&next, path);
    let _ = std::fs::remove_file(&next);
    match linked {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(fault(path)(e)),
        _ => File::open(folder)
            .and_then(|f| f.sync_all())
            .map_err(fault(folder)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let first = Key::open(dir.path()).unwrap().sign("p", &["x"]);
        let file = dir.path().join(FILE);
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(Key::open(dir.path()).unwrap().sign("p", &["x"]), first);
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            1,
            "nothing is left over"
        );
        let other = tempfile::tempdir().unwrap();
        assert_ne!(Key::open(other.path()).unwrap().sign("p", &["x"]), first);
    }

    #[test]
    fn what_is_no_key_or_open_to_others_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(FILE);
        Key::open(dir.path()).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Key::open(dir.path()), Err(KeyError::Open { .. })));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        for octets in [0, 31, 33] {
            std::fs::write(&file, vec![7; octets]).unwrap();
            assert!(
                matches!(Key::open(dir.path()), Err(KeyError::Form { .. })),
                "{octets}"
            );
        }
        assert!(matches!(
            Key::open(&dir.path().join("none")),
            Err(KeyError::File { .. })
        ));
    }

    #[test]
    fn parts_do_not_run_together() {
        let key = Key::of(&[1; 32]);
        assert_ne!(key.sign("p", &["ab", "c"]), key.sign("p", &["a", "bc"]));
        assert_ne!(key.sign("p", &["a"]), key.sign("q", &["a"]));
    }
}
