//! Whether a model can be used, found out in a process of its own: the native library ends the whole process over a model that it
//! does not like, crashes over one that is damaged, and takes whatever memory it wants.
//!
//! [`check`] starts the program that it is given with the folder as its last argument, and watches it; that program calls [`answer`].

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::manifest::{Manifest, ManifestError};

/// Octets of a child's output and of its last words that are kept.
const MOST_OUTPUT: usize = 64 * 1024;
const MOST_WORDS: usize = 400;
/// How often the child is looked after.
const LOOK: Duration = Duration::from_millis(10);

/// What a child may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For loading and trying it out.
    pub time: Duration,
    /// Resident memory in octets.
    pub memory: u64,
}

impl Default for Limits {
    /// Two minutes and 8 GiB: the largest models of the catalogue on a slow disk.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(120),
            memory: 8 << 30,
        }
    }
}

/// What a child found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The model's kind.
    pub kind: String,
    /// The library's version.
    pub version: String,
    /// Milliseconds for loading.
    pub load_ms: u64,
    /// Milliseconds for a second of sound, or for a short sentence.
    pub run_ms: u64,
    /// The most memory the child had, in MiB.
    pub memory_mb: u64,
}

/// What a child writes: one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Fit(Report),
    Version { found: String },
    Unfit { why: String },
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The folder is no model; no child was started.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The program lacks the feature `sherpa`.
    #[error("this program was built without the feature sherpa")]
    NotBuiltIn,
    /// The child could not be started.
    #[error("the check could not be started: {0}")]
    Start(std::io::Error),
    /// The library is another version.
    #[error("the library sherpa-onnx is version {found}")]
    Version {
        /// Which.
        found: String,
    },
    /// The library said no.
    #[error("{0}")]
    Unfit(String),
    /// The child was ended by a signal: a crash (11, 6), or the system's lack of memory (9).
    #[error("it crashed (signal {signal}): {words}")]
    Crashed {
        /// Which signal.
        signal: i32,
        /// What it said last.
        words: String,
    },
    /// The child ended itself: the library does so over a model that it does not know.
    #[error("it ended itself (status {code}): {words}")]
    Ended {
        /// Its status.
        code: i32,
        /// What it said last.
        words: String,
    },
    /// It took too long and was ended.
    #[error("it was not ready after {0:?}")]
    Late(Duration),
    /// It took too much memory and was ended.
    #[error("it took more than {} MiB of memory", .0 / 1_048_576)]
    Memory(u64),
    /// It ended well and said nothing that can be read.
    #[error("it gave no answer: {words}")]
    Silent {
        /// What it said last.
        words: String,
    },
}

/// Judges a folder: its manifest here, the model in a child. `command` is this program with the arguments that lead to [`answer`];
/// the folder is added.
///
/// # Errors
/// [`Fault`].
pub fn check(mut command: Command, folder: &Path, limits: Limits) -> Result<Report, Fault> {
    Manifest::read(folder)?;
    if !crate::BUILT_IN {
        return Err(Fault::NotBuiltIn);
    }
    command.arg(folder);
    watch(command, limits)
}

/// Starts a child and waits for its answer.
fn watch(mut command: Command, limits: Limits) -> Result<Report, Fault> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(Fault::Start)?;
    let output = drain(child.stdout.take());
    let words = drain(child.stderr.take());
    let ended = wait(&mut child, limits);
    if ended.is_err() {
        // It may have ended meanwhile.
        let _ = child.kill();
        let _ = child.wait();
    }
    let (output, words) = (gathered(output), gathered(words));
    judge(ended?, &String::from_utf8_lossy(&output), &last(&words))
}

/// Waits for its end, within the limits.
fn wait(child: &mut Child, limits: Limits) -> Result<ExitStatus, Fault> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(Fault::Start)? {
            return Ok(status);
        }
        if began.elapsed() > limits.time {
            return Err(Fault::Late(limits.time));
        }
        if resident(child.id()) > limits.memory {
            return Err(Fault::Memory(limits.memory));
        }
        std::thread::sleep(LOOK);
    }
}

fn judge(status: ExitStatus, output: &str, words: &str) -> Result<Report, Fault> {
    let words = words.to_owned();
    if let Some(signal) = status.signal() {
        return Err(Fault::Crashed { signal, words });
    }
    // The library may have written lines of its own before.
    let answer = output
        .lines()
        .rev()
        .find_map(|line| serde_json::from_str(line).ok());
    match (answer, status.code()) {
        (Some(Answer::Fit(report)), Some(0)) => Ok(report),
        (Some(Answer::Version { found }), _) => Err(Fault::Version { found }),
        (Some(Answer::Unfit { why }), _) => Err(Fault::Unfit(why)),
        (None, Some(0)) => Err(Fault::Silent { words }),
        (_, code) => Err(Fault::Ended {
            code: code.unwrap_or(-1),
            words,
        }),
    }
}

/// Reads a pipe on a thread to its end and keeps the last of it.
fn drain(pipe: Option<impl Read + Send + 'static>) -> Option<JoinHandle<Vec<u8>>> {
    let mut pipe = pipe?;
    std::thread::Builder::new()
        .name("model-check".into())
        .spawn(move || {
            let (mut kept, mut block) = (Vec::new(), [0; 4_096]);
            while let Ok(count @ 1..) = pipe.read(&mut block) {
                kept.extend_from_slice(&block[..count]);
                let over = kept.len().saturating_sub(MOST_OUTPUT);
                kept.drain(..over);
            }
            kept
        })
        .ok()
}

fn gathered(thread: Option<JoinHandle<Vec<u8>>>) -> Vec<u8> {
    thread.and_then(|t| t.join().ok()).unwrap_or_default()
}

/// The last words of what was written, on one line.
fn last(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets);
    let lines: Vec<_> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let line = lines
        .iter()
        .rev()
        .take(2)
        .rev()
        .copied()
        .collect::<Vec<_>>()
        .join(" ");
    let shown: String = line
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let from = shown.chars().count().saturating_sub(MOST_WORDS);
    shown.chars().skip(from).collect()
}

/// A field of `/proc/…/status` in octets; 0 when it is not there.
fn field(process: &str, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|rest| {
        rest.trim_start_matches(':')
            .split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()
    });
    kilobytes.unwrap_or_default() * 1_024
}

fn resident(process: u32) -> u64 {
    field(&process.to_string(), "VmRSS")
}

/// The most memory that this process has had, in octets.
pub fn most_memory() -> u64 {
    field("self", "VmHWM")
}

/// The child's half: tries the model out and returns the line to be written, and whether the model is fit. May end the process.
pub fn answer(folder: &Path) -> (String, bool) {
    let answer = tried(folder);
    let fit = matches!(answer, Answer::Fit(_));
    (serde_json::to_string(&answer).unwrap_or_default(), fit)
}

#[cfg(feature = "sherpa")]
fn tried(folder: &Path) -> Answer {
    use crate::LoadError;
    let found = Manifest::read(folder)
        .map_err(LoadError::from)
        .and_then(|m| crate::native::try_out(&m));
    match found {
        Ok(report) => Answer::Fit(report),
        Err(LoadError::Version { found }) => Answer::Version { found },
        Err(e) => Answer::Unfit { why: e.to_string() },
    }
}

#[cfg(not(feature = "sherpa"))]
fn tried(_folder: &Path) -> Answer {
    Answer::Unfit {
        why: crate::LoadError::NotBuiltIn.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(script: &str, limits: Limits) -> Result<Report, Fault> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        watch(command, limits)
    }

    fn short() -> Limits {
        Limits {
            time: Duration::from_millis(300),
            ..Limits::default()
        }
    }

    const FIT: &str = r#"{"fit":{"kind":"t-one","version":"2.0.1","load_ms":1,"run_ms":2,"memory_mb":3}}"#;

    #[test]
    fn an_answer_among_other_lines_is_found() {
        let found = child(
            &format!("echo loading; echo '{FIT}'; echo done"),
            Limits::default(),
        )
        .unwrap();
        assert_eq!((found.kind.as_str(), found.memory_mb), ("t-one", 3));
    }

    #[test]
    fn each_way_of_failing_is_told_apart() {
        let end = child("echo 'model type?' >&2; exit 255", Limits::default());
        assert!(
            matches!(&end, Err(Fault::Ended { code: 255, words }) if words == "model type?"),
            "{end:?}"
        );
        let crash = child("kill -SEGV $$", Limits::default());
        assert!(
            matches!(crash, Err(Fault::Crashed { signal: 11, .. })),
            "{crash:?}"
        );
        let late = child("exec sleep 600", short());
        assert!(matches!(late, Err(Fault::Late(_))), "{late:?}");
        let silent = child("echo nonsense", Limits::default());
        assert!(matches!(silent, Err(Fault::Silent { .. })), "{silent:?}");
        let other = child(
            r#"echo '{"version":{"found":"1.13.0"}}'; exit 1"#,
            Limits::default(),
        );
        assert!(
            matches!(&other, Err(Fault::Version { found }) if found == "1.13.0"),
            "{other:?}"
        );
        let unfit = child(r#"echo '{"unfit":{"why":"no"}}'; exit 1"#, Limits::default());
        assert!(
            matches!(&unfit, Err(Fault::Unfit(why)) if why == "no"),
            "{unfit:?}"
        );
        let gone = watch(Command::new("/nowhere/at/all"), Limits::default());
        assert!(matches!(gone, Err(Fault::Start(_))), "{gone:?}");
    }

    #[test]
    fn an_answer_of_one_that_ended_badly_afterwards_does_not_count() {
        let found = child(&format!("echo '{FIT}'; exit 3"), Limits::default());
        assert!(matches!(found, Err(Fault::Ended { code: 3, .. })), "{found:?}");
    }

    #[test]
    fn too_much_memory_is_seen_and_ended() {
        let limits = Limits {
            memory: 60 << 20,
            ..Limits::default()
        };
        let found = child(
            "exec python3 -c 'x = bytearray(200 << 20); import time; time.sleep(600)'",
            limits,
        );
        assert!(matches!(found, Err(Fault::Memory(_))), "{found:?}");
    }

    #[test]
    fn a_child_that_writes_without_end_fills_nothing() {
        let found = child(
            "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done; exit 1",
            Limits::default(),
        );
        assert!(matches!(found, Err(Fault::Ended { code: 1, .. })), "{found:?}");
        assert!(last("가".repeat(9_000).as_bytes()).chars().count() <= MOST_WORDS);
    }

    #[test]
    fn without_a_manifest_no_child_is_started() {
        let folder = tempfile::tempdir().unwrap();
        let found = check(Command::new("/nowhere"), folder.path(), Limits::default());
        assert!(matches!(found, Err(Fault::Manifest(_))), "{found:?}");
    }
}
