//! Fetching a model: from its address or from a mirror, resumed where it broke off, checked, unpacked, and in place only when it is
//! whole.

mod download;
mod lock;
mod net;
mod unpack;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::catalogue::Entry;
use crate::manifest::{FILE, Manifest, ManifestError};

pub use unpack::Bounds;

/// Where archives come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Their own addresses.
    Address,
    /// A folder that holds them under their own file names.
    Folder(PathBuf),
    /// An address under which they lie by their own file names, `http` or `https`.
    Url(String),
}

impl Source {
    /// A mirror as it is written: an address or a folder.
    pub fn mirror(text: &str) -> Self {
        if text.starts_with("http://") || text.starts_with("https://") {
            Self::Url(text.trim_end_matches('/').to_owned())
        } else {
            Self::Folder(text.into())
        }
    }

    /// Where an archive is had from, for people.
    pub fn of(&self, entry: &Entry) -> String {
        match self {
            Self::Address => entry.address.clone(),
            Self::Folder(folder) => folder.join(entry.archive()).display().to_string(),
            Self::Url(base) => format!("{base}/{}", entry.archive()),
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many octets are there, of so many if that is known.
    Octets(u64, Option<u64>),
    /// The connection broke off and is tried again.
    Again,
    /// The checksum is computed.
    Checking,
    /// The archive is unpacked.
    Unpacking,
}

/// Limits of fetching.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For connecting, and for the head of a response.
    pub head: Duration,
    /// Without an octet for so long, a connection is given up.
    pub idle: Duration,
    /// Attempts in a row that bring nothing.
    pub attempts: u32,
    /// The first pause between them; each is twice the last, ten seconds at most.
    pub pause: Duration,
    /// Octets of an archive at most.
    pub most: u64,
    /// What may be unpacked.
    pub bounds: Bounds,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(20),
            idle: Duration::from_secs(30),
            attempts: 5,
            pause: Duration::from_millis(500),
            most: 8_000_000_000,
            bounds: Bounds::default(),
        }
    }
}

/// Why a model was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// A folder of that name is there already.
    #[error("{0} is there already")]
    There(PathBuf),
    /// Another program fetches into the same folder.
    #[error("another program is fetching into this folder")]
    Busy,
    /// No address that can be used.
    #[error("no address: {0}")]
    Address(String),
    /// No connection, or it broke off again and again.
    #[error("no connection to {0}, or it broke off too often")]
    Connection(String),
    /// The other side answered with a status.
    #[error("status {0}")]
    Status(u16),
    /// It sends elsewhere too often, or from https to http.
    #[error("it sends elsewhere: {0}")]
    Elsewhere(String),
    /// More octets than are allowed.
    #[error("larger than {0} octets")]
    Large(u64),
    /// The archive is another one than expected; it was deleted.
    #[error("checksum {found}, expected {expected}")]
    Checksum {
        /// The one in the catalogue, or of the first time.
        expected: String,
        /// The one that came.
        found: String,
    },
    /// A file cannot be written or read: the disk is full, say.
    #[error("{path}: {source}", path = path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The archive holds what it should not, or is damaged.
    #[error("the archive cannot be used: {0}")]
    Archive(String),
    /// What was unpacked is no model.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

pub(crate) fn disk(path: &Path) -> impl Fn(io::Error) -> FetchError + '_ {
    move |source| FetchError::Disk {
        path: path.to_owned(),
        source,
    }
}

/// Fetches a model into a folder of its name under `folder`, and tells how far it is. Returns its folder.
///
/// What breaks off leaves its part behind, and the next attempt goes on from there.
///
/// # Errors
/// [`FetchError`].
pub async fn pull(
    entry: &Entry,
    folder: &Path,
    source: &Source,
    limits: Limits,
    mut tell: impl FnMut(Step) + Send,
) -> Result<PathBuf, FetchError> {
    let place = folder.join(&entry.name);
    if place.exists() {
        return Err(FetchError::There(place));
    }
    fs::create_dir_all(folder).map_err(disk(folder))?;
    let _held = hold(folder)?;
    let part = folder.join(format!(".{}.part", entry.archive()));
    match source {
        Source::Folder(mirror) => {
            download::copy(&mirror.join(entry.archive()), &part, limits.most, &mut tell)?
        }
        Source::Address | Source::Url(_) => {
            download::get(&source.of(entry), &part, limits, &mut tell).await?
        }
    }
    tell(Step::Checking);
    let sum = download::checksum(&part)?;
    let known = lock::Known::read(folder)?;
    if let Err(wrong) = known.judge(entry, &sum) {
        download::forget(&part);
        return Err(wrong);
    }
    tell(Step::Unpacking);
    if let Err(why) = install(entry, &part, &place, limits.bounds) {
        if matches!(why, FetchError::Archive(_) | FetchError::Manifest(_)) {
            // It is whole and of no use: were it kept, each further attempt would find it and fail likewise.
            download::forget(&part);
        }
        return Err(why);
    }
    known.with(entry, &sum).write(folder)?;
    download::forget(&part);
    Ok(place)
}

/// Nobody else fetches into the folder while this is held.
fn hold(folder: &Path) -> Result<File, FetchError> {
    let path = folder.join(".pull.lock");
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(disk(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(FetchError::Busy),
        Err(fs::TryLockError::Error(e)) => Err(disk(&path)(e)),
    }
}

/// Unpacks beside the place, writes the manifest, judges it, and only then moves it there.
fn install(entry: &Entry, archive: &Path, place: &Path, bounds: Bounds) -> Result<(), FetchError> {
    let draft = place.with_file_name(format!(".{}.new", entry.name));
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(disk(&draft))?;
    }
    let made = fill(entry, archive, &draft, bounds);
    let moved = made.and_then(|()| fs::rename(&draft, place).map_err(disk(place)));
    if moved.is_err() {
        // What is half there is of no use; that it cannot be removed either is no news.
        let _ = fs::remove_dir_all(&draft);
    }
    moved
}

fn fill(entry: &Entry, archive: &Path, draft: &Path, bounds: Bounds) -> Result<(), FetchError> {
    unpack::unpack(archive, draft, bounds)?;
    let path = draft.join(FILE);
    let text = toml::to_string(&entry.manifest()).map_err(|e| FetchError::Archive(e.to_string()))?;
    fs::write(&path, text).map_err(disk(&path))?;
    Manifest::read(draft)?;
    Ok(())
}
