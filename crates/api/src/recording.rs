//! Recordings as files: found without leaving their folder, opened if they are sealed, read in ranges (RFC 9110 §14).

use std::fs::File;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use biseo_vault::{Keys, Recording, VaultError};
use futures_util::stream;

use crate::auth::factor::code_of;
use crate::problem::{Code, Problem};
use crate::settings::Settings;
use crate::tag;

/// Octets that are read at once.
const PIECE: usize = 64 * 1024;

/// Where a recording lies: below `recordings` in the data folder, links followed.
async fn place(data: &Path, relative: &str) -> Option<PathBuf> {
    let relative = Path::new(relative);
    let plain = |c: Component<'_>| matches!(c, Component::Normal(_));
    if !relative.components().all(plain) {
        return None;
    }
    let folder = tokio::fs::canonicalize(data.join("recordings")).await.ok()?;
    let file = tokio::fs::canonicalize(data.join(relative)).await.ok()?;
    file.starts_with(folder).then_some(file)
}

/// What a `Range` header asks for of so many octets: `None` for the whole. Several ranges and unknown units are answered with
/// the whole, as §14.2 allows.
///
/// # Errors
/// If there is no such range.
fn range(given: Option<&str>, length: u64) -> Result<Option<RangeInclusive<u64>>, ()> {
    let Some(spec) = given
        .and_then(|g| g.trim().strip_prefix("bytes="))
        .filter(|s| !s.contains(','))
    else {
        return Ok(None);
    };
    let Some((first, last)) = spec.trim().split_once('-') else {
        return Ok(None);
    };
    let number = |text: &str| (!text.is_empty()).then(|| text.parse::<u64>());
    let (first, last) = match (number(first), number(last)) {
        (Some(Ok(first)), None) => (first, length.saturating_sub(1)),
        (Some(Ok(first)), Some(Ok(last))) if first <= last => (first, last.min(length.saturating_sub(1))),
        (None, Some(Ok(suffix))) if suffix > 0 => (length.saturating_sub(suffix), length.saturating_sub(1)),
        (None, Some(Ok(_))) => return Err(()),
        _ => return Ok(None),
    };
    if first >= length {
        return Err(());
    }
    Ok(Some(first..=last))
}

/// Answers a request for a recording.
pub(crate) async fn answer(
    settings: &Settings,
    relative: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let path = place(&settings.data, relative).await.ok_or(Code::NotFound)?;
    let keys = settings.keys.clone();
    let (recording, changed) = apart(move || open(&path, keys)).await.map_err(|e| told(&e))?;
    let length = recording.len();
    let tag = tag::of(&(length, changed.map(|c| c.duration_since(UNIX_EPOCH).ok())));
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|known| tag::holds(known, &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    // A range of something that has changed meanwhile is the whole (§13.1.5).
    let fresh = text(header::IF_RANGE).is_none_or(|known| known == tag);
    let wanted = range(text(header::RANGE).filter(|_| fresh), length);
    let wanted = wanted.map_err(|()| {
        let all = HeaderValue::from_str(&format!("bytes */{length}"));
        Problem::new(Code::Range).header(header::CONTENT_RANGE, all.unwrap_or(HeaderValue::from_static("")))
    })?;
    let (first, count) = match &wanted {
        Some(range) => (*range.start(), range.end() - range.start() + 1),
        None => (0, length),
    };
    // What cannot be opened is told by a code as long as nothing was sent.
    let (recording, piece) = read(recording, first, count).await.map_err(|e| told(&e))?;
    let pieces = pieces(recording, first, count, piece);
    Ok(respond(Body::from_stream(pieces), wanted, (count, length), &tag))
}

/// Work that waits for the disk.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => Err(VaultError::Io(io::Error::other(e))),
    }
}

/// Opens it, and tells when it was last changed.
fn open(path: &Path, keys: Option<Arc<Keys>>) -> Result<(Recording, Option<SystemTime>), VaultError> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(VaultError::Io(io::ErrorKind::NotFound.into()));
    }
    let recording = Recording::open(file, keys.as_deref())?;
    Ok((recording, about.modified().ok()))
}

fn told(e: &VaultError) -> Problem {
    if let VaultError::Io(_) = e {
        return Code::NotFound.into();
    }
    tracing::error!("a recording cannot be heard: {e}");
    code_of(e).into()
}

fn respond(
    body: Body,
    wanted: Option<RangeInclusive<u64>>,
    (count, length): (u64, u64),
    tag: &str,
) -> Response {
    let mut response = body.into_response();
    let mut set = |name, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, "audio/wav");
    set(header::ACCEPT_RANGES, "bytes");
    set(header::CONTENT_LENGTH, &count.to_string());
    set(header::ETAG, tag);
    set(header::CONTENT_DISPOSITION, "inline; filename=\"call.wav\"");
    if let Some(range) = wanted {
        set(
            header::CONTENT_RANGE,
            &format!("bytes {}-{}/{length}", range.start(), range.end()),
        );
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// The next piece of so many octets from one on; empty only if there are none left.
async fn read(mut recording: Recording, at: u64, left: u64) -> Result<(Recording, Vec<u8>), VaultError> {
    let size = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
    apart(move || {
        let mut piece = vec![0; size];
        let read = recording.read_at(at, &mut piece)?;
        if read == 0 && size > 0 {
            return Err(VaultError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
        piece.truncate(read);
        Ok((recording, piece))
    })
    .await
}

/// So many octets from one on, the first piece of which is there.
fn pieces(
    recording: Recording,
    first: u64,
    count: u64,
    piece: Vec<u8>,
) -> impl futures_util::Stream<Item = io::Result<Vec<u8>>> {
    let begin = (recording, first, count, Some(piece));
    stream::try_unfold(begin, async |(recording, at, left, piece)| {
        if left == 0 {
            return Ok(None);
        }
        let (recording, piece) = match piece {
            Some(piece) => (recording, piece),
            None => read(recording, at, left).await.map_err(broken)?,
        };
        let octets = piece.len() as u64;
        Ok(Some((piece, (recording, at + octets, left - octets, None))))
    })
}

/// Too late for a code: the connection ends.
fn broken(e: VaultError) -> io::Error {
    tracing::error!("a recording cannot be heard to its end: {e}");
    io::Error::other(e)
}

/// Removes a recording below `recordings` in the data folder. That it is not there any more is no fault; neither is a path that leads
/// elsewhere, which is left alone.
///
/// # Errors
/// If the file system does not let it go.
pub async fn remove(data: &Path, relative: &str) -> std::io::Result<()> {
    match place(data, relative).await {
        Some(file) => {
            biseo_vault::remove_redo(&file)?;
            tokio::fs::remove_file(file).await
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (given, expected) in [
            ("bytes=0-0", Ok(Some(0..=0))),
            ("bytes=2-", Ok(Some(2..=9))),
            ("bytes=-3", Ok(Some(7..=9))),
            ("bytes=-30", Ok(Some(0..=9))),
            ("bytes=5-100", Ok(Some(5..=9))),
            ("bytes=10-", Err(())),
            ("bytes=-0", Err(())),
            ("bytes=5-4", Ok(None)),
            ("bytes=0-1,3-4", Ok(None)),
            ("bytes=x-4", Ok(None)),
            ("bytes=-", Ok(None)),
            ("bytes=99999999999999999999-", Ok(None)),
            ("rows=1-2", Ok(None)),
        ] {
            assert_eq!(range(Some(given), 10), expected, "{given}");
        }
        assert_eq!(range(None, 10), Ok(None));
        assert_eq!(range(Some("bytes=0-"), 0), Err(()), "nothing has no range");
    }

    #[tokio::test]
    async fn nothing_outside_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let (data, outside) = (dir.path().join("data"), dir.path().join("secret"));
        std::fs::create_dir_all(data.join("recordings/a")).unwrap();
        std::fs::write(&outside, "secret").unwrap();
        std::fs::write(data.join("biseo.db"), "secret").unwrap();
        std::fs::write(data.join("recordings/a/c.wav"), "sound").unwrap();
        std::os::unix::fs::symlink(&outside, data.join("recordings/link.wav")).unwrap();
        for (path, found) in [
            ("recordings/a/c.wav", true),
            ("recordings/a/../a/c.wav", false),
            ("recordings/../biseo.db", false),
            ("biseo.db", false),
            ("../secret", false),
            (outside.to_str().unwrap(), false),
            ("recordings/link.wav", false),
            ("recordings/none.wav", false),
            ("", false),
        ] {
            assert_eq!(place(&data, path).await.is_some(), found, "{path}");
        }
        for (path, file) in [
            ("recordings/link.wav", outside.as_path()),
            ("recordings/../biseo.db", &data.join("biseo.db")),
        ] {
            remove(&data, path).await.unwrap();
            assert!(file.exists(), "{path}");
        }
        for _ in 0..2 {
            remove(&data, "recordings/a/c.wav").await.unwrap();
            assert!(!data.join("recordings/a/c.wav").exists());
        }
    }
}
