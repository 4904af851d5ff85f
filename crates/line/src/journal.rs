//! The journal: what was seen and said as JSON lines. A journal played again gives the same verdicts.
//!
//! The first line is the site, then windows and changes as they came:
//! ```text
//! {"site":{"uplinks":[{"name":"wan0"}],"trunks":[{"name":"kt","uplink":"wan0","region":"02"}],"resolvers":[]}}
//! {"window":{"at_ms":500,"span_ms":500,…}}
//! {"said":{"change":"began","verdict":{…}}}
//! ```

use serde::{Deserialize, Serialize};

use crate::doctor::{Change, Doctor};
use crate::evidence::Window;
use crate::site::Site;

/// Longest line that is read, octets.
pub const LONGEST: usize = 256 * 1024;

/// A line of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// What there is to watch. A later one begins anew.
    Site(Site),
    /// What was seen.
    Window(Window),
    /// What was said.
    Said(Change),
}

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A line is longer than [`LONGEST`].
    #[error("line {0} is too long")]
    TooLong(usize),
    /// A line is no entry.
    #[error("line {0}: {1}")]
    Unreadable(usize, serde_json::Error),
    /// The first entry is no site.
    #[error("the journal does not begin with its site")]
    NoSite,
}

/// An entry as a line, without its end.
///
/// # Errors
/// [`serde_json::Error`] never for what this crate makes (a number that is no number is written as null).
pub fn line(entry: &Entry) -> Result<String, serde_json::Error> {
    serde_json::to_string(entry)
}

/// Plays a journal's windows to a new doctor: what he says now, in order, and what was written that he said then. Empty lines are
/// skipped; an unfinished last line (a crash while it was written) is left out.
///
/// # Errors
/// [`JournalError`] at the first line that cannot be read.
pub fn replay(text: &str) -> Result<Replay, JournalError> {
    let mut doctor: Option<Doctor> = None;
    let mut replay = Replay::default();
    let whole = if text.ends_with('\n') {
        usize::MAX
    } else {
        text.lines().count()
    };
    for (number, line) in (1..).zip(text.lines()) {
        match entry(number, line) {
            Ok(None) => {}
            Ok(Some(Entry::Site(site))) => doctor = Some(Doctor::new(site)),
            Ok(Some(Entry::Window(window))) => {
                replay.windows += 1;
                replay
                    .now
                    .extend(doctor.as_mut().ok_or(JournalError::NoSite)?.handle(&window));
            }
            Ok(Some(Entry::Said(change))) => replay.then.push(change),
            Err(JournalError::Unreadable(..)) if number == whole => break,
            Err(error) => return Err(error),
        }
    }
    Ok(replay)
}

fn entry(number: usize, line: &str) -> Result<Option<Entry>, JournalError> {
    match line.trim() {
        "" => Ok(None),
        line if line.len() > LONGEST => Err(JournalError::TooLong(number)),
        line => serde_json::from_str(line)
            .map(Some)
            .map_err(|e| JournalError::Unreadable(number, e)),
    }
}

/// What a replay gave.
#[derive(Debug, Default)]
pub struct Replay {
    /// How many windows there were.
    pub windows: usize,
    /// What the doctor says of them now.
    pub now: Vec<Change>,
    /// What the journal says that he said.
    pub then: Vec<Change>,
}
