//! Files that hold keys: for their owner alone, whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::key::{Key, KeyFault, Keys};

/// Octets of a key file at most, and of what a command prints.
pub const MOST_OCTETS: usize = 4096;

/// Why there are no keys in a file.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// It cannot be read or written.
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
    /// It is no plain file, or too long.
    #[error("{path} is no key file: a plain file of at most {MOST_OCTETS} octets is wanted")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It holds something else.
    #[error("{path}: {why}")]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: KeyFault,
    },
    /// There is one already.
    #[error("{path} is there already; nothing was changed")]
    There {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random octets.
    #[error("the system gives no random octets")]
    Random,
}

fn fault(path: &Path) -> impl Fn(io::Error) -> FileFault {
    move |why| FileFault::File {
        path: path.into(),
        why,
    }
}

/// Reads the keys of a file ([`Keys::parse`]).
///
/// # Errors
/// [`FileFault`]; also if anybody but its owner may read or write it.
pub fn read(path: &Path) -> Result<Keys, FileFault> {
    let file = File::open(path).map_err(fault(path))?;
    let about = file.metadata().map_err(fault(path))?;
    if !about.is_file() || about.len() > MOST_OCTETS as u64 {
        return Err(FileFault::Foreign { path: path.into() });
    }
    if about.permissions().mode() & 0o077 != 0 {
        return Err(FileFault::Open { path: path.into() });
    }
    // Its room is made beforehand: a buffer that grows leaves copies behind.
    let mut octets = Zeroizing::new(Vec::with_capacity(MOST_OCTETS + 1));
    file.take(MOST_OCTETS as u64)
        .read_to_end(&mut octets)
        .map_err(fault(path))?;
    Keys::parse(&octets).map_err(|why| FileFault::Form {
        path: path.into(),
        why,
    })
}

/// Makes a file with a new key (mode 0600), and its folder (0700) if there is none.
///
/// # Errors
/// [`FileFault::There`] if there is one; nothing is ever written over.
pub fn make(path: &Path) -> Result<Keys, FileFault> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(FileFault::There { path: path.into() });
    }
    let keys = Keys::generate().map_err(|_| FileFault::Random)?;
    folder(path)?;
    let draft = draft(path, &keys)?;
    // A hard link never replaces a file, as a rename would.
    let linked = fs::hard_link(&draft, path);
    let _ = fs::remove_file(&draft);
    match linked {
        Ok(()) => sync_folder(path).map(|()| keys),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Err(FileFault::There { path: path.into() }),
        Err(e) => Err(fault(path)(e)),
    }
}

/// Puts a new key before those of a file. They stay, for what they have sealed.
///
/// # Errors
/// [`FileFault`]; then the file is as it was.
pub fn add(path: &Path) -> Result<Keys, FileFault> {
    let key = Key::generate().map_err(|_| FileFault::Random)?;
    let keys = read(path)?.with_new(key);
    // What cannot be read again is not written.
    Keys::parse(keys.to_text().as_bytes()).map_err(|why| FileFault::Form {
        path: path.into(),
        why,
    })?;
    let draft = draft(path, &keys)?;
    fs::rename(&draft, path).map_err(fault(path))?;
    sync_folder(path)?;
    Ok(keys)
}

fn folder(path: &Path) -> Result<(), FileFault> {
    use std::os::unix::fs::DirBuilderExt;
    match path.parent().filter(|f| !f.as_os_str().is_empty()) {
        Some(folder) => fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(fault(folder)),
        None => Ok(()),
    }
}

/// A file beside it, whole on the disk.
fn draft(path: &Path, keys: &Keys) -> Result<PathBuf, FileFault> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let _ = fs::remove_file(&draft);
    let written = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(keys.to_text().as_bytes())?;
        file.sync_all()
    };
    match written() {
        Ok(()) => Ok(draft),
        Err(why) => {
            let _ = fs::remove_file(&draft);
            Err(fault(path)(why))
        }
    }
}

fn sync_folder(path: &Path) -> Result<(), FileFault> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(fault(folder))
}
