//! One archive into one file, `….part`, beside which `….from` tells of which version of the archive the part is (RFC 9110, 13.1.5).

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, LAST_MODIFIED};
use sha2::{Digest, Sha256};

use super::net::{Failure, Http};
use super::{FetchError, Limits, Step, disk};

/// Pauses between attempts are no longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Fetches an address into `part`, going on from what is there.
pub(super) async fn get(
    address: &str,
    part: &Path,
    limits: Limits,
    tell: &mut (impl FnMut(Step) + Send),
) -> Result<(), FetchError> {
    let http = Http::new(limits)?;
    let (mut failed, mut pause) = (0, limits.pause);
    loop {
        let before = length(part);
        match attempt(&http, address, part, limits, tell).await {
            Ok(()) => return Ok(()),
            Err(Failure::Lasting(why)) => return Err(why),
            Err(Failure::Passing) => {}
        }
        // Whoever brings something each time may take as often as it needs; the whole has a limit.
        (failed, pause) = if length(part) > before {
            (0, limits.pause)
        } else {
            (failed + 1, pause * 2)
        };
        if failed >= limits.attempts {
            return Err(FetchError::Connection(host(address)));
        }
        tell(Step::Again);
        tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
    }
}

fn host(address: &str) -> String {
    let uri: Option<hyper::Uri> = address.parse().ok();
    uri.and_then(|u| u.host().map(str::to_owned)).unwrap_or_default()
}

fn length(part: &Path) -> u64 {
    fs::metadata(part).map_or(0, |m| m.len())
}

fn version_file(part: &Path) -> PathBuf {
    part.with_extension("from")
}

/// Forgets what was fetched.
pub(super) fn forget(part: &Path) {
    // Whatever cannot be removed is found by the next attempt.
    let _ = fs::remove_file(part);
    let _ = fs::remove_file(version_file(part));
}

async fn attempt(
    http: &Http,
    address: &str,
    part: &Path,
    limits: Limits,
    tell: &mut (impl FnMut(Step) + Send),
) -> Result<(), Failure> {
    let there = length(part);
    let version = fs::read_to_string(version_file(part)).unwrap_or_default();
    // Without a version to go by, what is there may be of another file.
    let range = (there > 0 && !version.is_empty()).then_some((there, version.as_str()));
    let response = http.ask(address, range).await?;
    match response.status().as_u16() {
        206 if range.is_some() => {
            let (from, total) = content_range(response.headers()).ok_or(Failure::Passing)?;
            if from != there {
                forget(part);
                return Err(Failure::Passing);
            }
            receive(response, part, there, total, limits, tell).await
        }
        200 => {
            forget(part);
            keep_version(response.headers(), part).map_err(Failure::Lasting)?;
            let total = number(response.headers().get(CONTENT_LENGTH));
            receive(response, part, 0, total, limits, tell).await
        }
        416 if range.is_some() && unsatisfied(response.headers()) == Some(there) => Ok(()),
        416 => {
            forget(part);
            Err(Failure::Passing)
        }
        408 | 429 | 500..=599 => Err(Failure::Passing),
        status => Err(Failure::Lasting(FetchError::Status(status))),
    }
}

/// Writes what makes this version of the archive known again: a strong tag, or else its date.
fn keep_version(headers: &HeaderMap, part: &Path) -> Result<(), FetchError> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let tag = text(ETAG).filter(|tag| !tag.starts_with("W/"));
    if let Some(version) = tag.or_else(|| text(LAST_MODIFIED)) {
        let path = version_file(part);
        fs::write(&path, version).map_err(disk(&path))?;
    }
    Ok(())
}

fn number(value: Option<&hyper::header::HeaderValue>) -> Option<u64> {
    value?.to_str().ok()?.trim().parse().ok()
}

/// `bytes 5-9/10`: where it begins, and how much there is in all if that is told.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers
        .get(CONTENT_RANGE)?
        .to_str()
        .ok()?
        .strip_prefix("bytes ")?;
    let (range, total) = text.split_once('/')?;
    let from = range.split_once('-')?.0.parse().ok()?;
    Some((from, total.parse().ok()))
}

/// `bytes */10`: how much there is in all.
fn unsatisfied(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(CONTENT_RANGE)?
        .to_str()
        .ok()?
        .strip_prefix("bytes */")?
        .parse()
        .ok()
}

/// Appends a body to the part.
async fn receive(
    response: Response<Incoming>,
    part: &Path,
    there: u64,
    total: Option<u64>,
    limits: Limits,
    tell: &mut (impl FnMut(Step) + Send),
) -> Result<(), Failure> {
    let mut file = Part::open(part).map_err(Failure::Lasting)?;
    let (mut body, mut done) = (response.into_body(), there);
    if total.is_some_and(|total| total > limits.most) {
        return Err(Failure::Lasting(FetchError::Large(limits.most)));
    }
    loop {
        let frame = match tokio::time::timeout(limits.idle, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => break,
            Ok(Some(Err(_))) | Err(_) => return Err(Failure::Passing),
        };
        let Ok(octets) = frame.into_data() else { continue };
        done += octets.len() as u64;
        if done > limits.most || total.is_some_and(|total| done > total) {
            return Err(Failure::Lasting(FetchError::Large(total.unwrap_or(limits.most))));
        }
        file.write(&octets).map_err(Failure::Lasting)?;
        tell(Step::Octets(done, total));
    }
    file.finish().map_err(Failure::Lasting)?;
    if total.is_some_and(|total| done < total) {
        Err(Failure::Passing)
    } else {
        Ok(())
    }
}

/// The file that grows.
struct Part<'a> {
    file: File,
    path: &'a Path,
}

impl<'a> Part<'a> {
    /// Behind what is there.
    fn open(path: &'a Path) -> Result<Self, FetchError> {
        let file = File::options()
            .create(true)
            .append(true)
            .open(path)
            .map_err(disk(path))?;
        Ok(Self { file, path })
    }

    fn write(&mut self, octets: &[u8]) -> Result<(), FetchError> {
        self.file.write_all(octets).map_err(disk(self.path))
    }

    fn finish(self) -> Result<(), FetchError> {
        self.file.sync_all().map_err(disk(self.path))
    }
}

/// Copies an archive from a folder.
pub(super) fn copy(
    from: &Path,
    part: &Path,
    most: u64,
    tell: &mut impl FnMut(Step),
) -> Result<(), FetchError> {
    forget(part);
    let mut source = File::open(from).map_err(disk(from))?;
    let total = source.metadata().map_err(disk(from))?.len();
    if total > most {
        return Err(FetchError::Large(most));
    }
    let mut file = Part::open(part)?;
    let (mut block, mut done) = (vec![0; 1 << 20], 0);
    loop {
        let count = source.read(&mut block).map_err(disk(from))?;
        if count == 0 {
            return file.finish();
        }
        file.write(&block[..count])?;
        done += count as u64;
        tell(Step::Octets(done, Some(total)));
    }
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn checksum(path: &Path) -> Result<String, FetchError> {
    let mut file = File::open(path).map_err(disk(path))?;
    let (mut block, mut sum) = (vec![0; 1 << 20], Sha256::new());
    loop {
        let count = file.read(&mut block).map_err(disk(path))?;
        if count == 0 {
            break;
        }
        sum.update(&block[..count]);
    }
    Ok(sum
        .finalize()
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `/dev/full` is a disk without room.
    #[test]
    fn a_full_disk_is_told() {
        let found = Part::open(Path::new("/dev/full")).and_then(|mut part| part.write(&[7; 10_000]));
        let Err(FetchError::Disk { path, source }) = found else {
            panic!("{found:?}")
        };
        assert_eq!(
            (path.as_path(), source.kind()),
            (Path::new("/dev/full"), std::io::ErrorKind::StorageFull)
        );
    }

    #[test]
    fn ranges_are_read() {
        let headers = |value: &str| HeaderMap::from_iter([(CONTENT_RANGE, value.parse().unwrap())]);
        assert_eq!(content_range(&headers("bytes 5-9/10")), Some((5, Some(10))));
        assert_eq!(content_range(&headers("bytes 5-9/*")), Some((5, None)));
        assert_eq!(unsatisfied(&headers("bytes */10")), Some(10));
        for odd in ["bytes", "bytes x-9/10", "lines 5-9/10", ""] {
            assert_eq!(content_range(&headers(odd)), None, "{odd}");
        }
    }
}
