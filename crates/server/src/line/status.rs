//! How the line is, in a file that other programs read: `biseo line` does. Written whole or not at all.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use biseo_line::evidence::{By, Place, Reach, Window};
use biseo_line::{Change, Tempo, Verdict};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::beacon::BeaconSeen;
use super::exercise::Course;
use super::seen::Beside;

/// Verdicts that are over and still shown.
const ENDED: usize = 20;
/// A file that is older than this was written by a program that is gone.
pub(super) const STALE: SignedDuration = SignedDuration::from_secs(20);

/// How the line is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Status {
    /// When it was written.
    pub(super) at: Timestamp,
    /// How often is asked now.
    pub(super) tempo: Tempo,
    /// Whether pings are allowed; without them the doctor often cannot tell.
    pub(super) pings: bool,
    /// Who is asked, and how that went last.
    pub(super) targets: Vec<Target>,
    /// Resolvers, interfaces, this machine.
    #[serde(flatten)]
    pub(super) beside: Beside,
    /// What a Biseo elsewhere knows of each uplink.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) beacons: Vec<BeaconSeen>,
    /// What is wrong.
    pub(super) standing: Vec<Shown>,
    /// What was wrong, the newest first.
    pub(super) ended: Vec<Shown>,
    /// How often each label was said since the program began.
    pub(super) said: BTreeMap<String, u64>,
    /// The exercise that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exercise: Option<Course>,
}

/// Somebody who is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Target {
    /// Where.
    pub(super) place: Place,
    /// The uplink's or trunk's name.
    pub(super) name: String,
    /// How it is asked.
    pub(super) by: By,
    /// Questions so far.
    pub(super) tried: u64,
    /// Answers so far.
    pub(super) answered: u64,
    /// The last round trip, µs.
    pub(super) rtt_us: Option<u32>,
}

/// A verdict with its times on the wall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Shown {
    /// Since when it is so.
    pub(super) began: Timestamp,
    /// When it was said.
    pub(super) said: Timestamp,
    /// When it was over.
    pub(super) ended: Option<Timestamp>,
    /// The verdict.
    pub(super) verdict: Verdict,
}

/// The instant of a time of a window's clock, seen from that window's end.
pub(super) fn wall(now: Timestamp, window_ms: i64, at_ms: i64) -> Timestamp {
    let ago = SignedDuration::from_millis(window_ms.saturating_sub(at_ms));
    now.checked_sub(ago).unwrap_or(Timestamp::MIN)
}

impl Shown {
    /// A verdict as of a window's end.
    pub(super) fn of(verdict: &Verdict, window_ms: i64, now: Timestamp) -> Self {
        let at = |ms| wall(now, window_ms, ms);
        Self {
            began: at(verdict.since_ms),
            said: at(verdict.said_ms),
            ended: verdict.until_ms.map(at),
            verdict: verdict.clone(),
        }
    }
}

impl Status {
    /// Nothing is known yet.
    pub(super) fn new(at: Timestamp, pings: bool) -> Self {
        Self {
            at,
            tempo: Tempo::Quick,
            pings,
            targets: Vec::new(),
            beside: Beside::default(),
            beacons: Vec::new(),
            standing: Vec::new(),
            ended: Vec::new(),
            said: BTreeMap::new(),
            exercise: None,
        }
    }

    /// Takes a window and what was said of it.
    pub(super) fn take(&mut self, window: &Window, changes: &[Change], tempo: Tempo, now: Timestamp) {
        (self.at, self.tempo) = (now, tempo);
        window.reach.iter().for_each(|reach| self.reached(reach));
        self.beside.take(window);
        BeaconSeen::take(&mut self.beacons, window, now);
        for change in changes {
            self.changed(change, window.at_ms, now);
        }
    }

    fn reached(&mut self, reach: &Reach) {
        let same = |t: &&mut Target| t.place == reach.place && t.name == reach.name && t.by == reach.by;
        let target = match self.targets.iter_mut().find(same) {
            Some(target) => target,
            None => {
                self.targets.push(Target {
                    place: reach.place,
                    name: reach.name.clone(),
                    by: reach.by,
                    tried: 0,
                    answered: 0,
                    rtt_us: None,
                });
                let last = self.targets.len() - 1;
                &mut self.targets[last]
            }
        };
        target.tried += u64::from(reach.tried);
        target.answered += u64::from(reach.answered);
        target.rtt_us = reach.rtt_us.or(target.rtt_us);
    }

    fn changed(&mut self, change: &Change, window_ms: i64, now: Timestamp) {
        let verdict = change.verdict();
        let place = |s: &Shown| s.verdict.subject == verdict.subject;
        let before = self
            .standing
            .iter()
            .position(place)
            .map(|at| self.standing.remove(at));
        match change {
            Change::Began(_) | Change::Replaced(_) => {
                *self.said.entry(verdict.label.code().into()).or_default() += 1;
                if let Some(before) = before {
                    let ended = Some(wall(now, window_ms, verdict.said_ms));
                    self.over(Shown { ended, ..before });
                }
                self.standing.push(Shown::of(verdict, window_ms, now));
            }
            // Its times stay as they were first told.
            Change::Grew(_) => self.standing.push(match before {
                Some(before) => Shown {
                    verdict: verdict.clone(),
                    ..before
                },
                None => Shown::of(verdict, window_ms, now),
            }),
            Change::Ended(_) => {
                let ended = Shown::of(verdict, window_ms, now);
                self.over(match before {
                    Some(before) => Shown {
                        began: before.began,
                        said: before.said,
                        ..ended
                    },
                    None => ended,
                });
            }
        }
    }

    fn over(&mut self, shown: Shown) {
        self.ended.insert(0, shown);
        self.ended.truncate(ENDED);
    }

    /// Another plan is followed: who is asked is told anew, and the doctor begins anew.
    pub(super) fn begin_anew(&mut self) {
        self.targets.clear();
        self.beside = Beside::default();
        self.beacons.clear();
        self.standing.clear();
    }

    /// Reads what a running program wrote.
    ///
    /// # Errors
    /// The file cannot be read, or is none of these.
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let text = std::fs::read_to_string(file(folder))?;
        serde_json::from_str(&text).map_err(io::Error::other)
    }

    /// Writes it, whole.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let text = serde_json::to_string(self).map_err(io::Error::other)?;
        put(&file(folder), &text)
    }
}

/// Nothing keeps the verdicts of a program that has ended.
pub(super) fn remove(folder: &Path) {
    let _ = std::fs::remove_file(file(folder));
}

fn file(folder: &Path) -> PathBuf {
    folder.join("status.json")
}

/// A reader sees the old text or the new one.
pub(super) fn put(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    std::fs::write(&new, text)?;
    std::fs::rename(&new, path)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use biseo_line::evidence::Names;
    use biseo_line::{Consequence, Finding, Label, Subject};

    pub(crate) fn verdict(label: Label, since_ms: i64, said_ms: i64) -> Verdict {
        Verdict {
            subject: Subject::Trunk("kt".into()),
            label,
            because_of: None,
            region: "02".into(),
            consequences: vec![Consequence::CallsFail],
            findings: vec![Finding::PortClosed],
            confidence: 0.93,
            since_ms,
            said_ms,
            until_ms: None,
        }
    }

    #[test]
    fn resolvers_are_counted_by_name() {
        let mut status = Status::new(Timestamp::UNIX_EPOCH, true);
        let names = |resolver: &str, answered, failed, rtt_us| Names {
            resolver: resolver.into(),
            asked: 2,
            answered,
            failed,
            rtt_us,
        };
        let window = |names| Window {
            names,
            ..Window::default()
        };
        let first = window(vec![
            names("10.0.0.1", 2, 0, Some(900)),
            names("10.0.0.2", 0, 1, None),
        ]);
        status.take(&first, &[], Tempo::Calm, Timestamp::UNIX_EPOCH);
        let second = window(vec![names("10.0.0.1", 1, 0, None)]);
        status.take(&second, &[], Tempo::Calm, Timestamp::UNIX_EPOCH);
        let told: Vec<_> = status
            .beside
            .resolvers
            .iter()
            .map(|r| (r.name.as_str(), r.asked, r.answered, r.failed, r.rtt_us))
            .collect();
        assert_eq!(
            told,
            [("10.0.0.1", 4, 3, 0, Some(900)), ("10.0.0.2", 2, 0, 1, None)]
        );
        status.begin_anew();
        assert!(status.beside.resolvers.is_empty());
    }

    #[test]
    fn a_verdict_s_times_are_told_on_the_wall_and_stay() {
        let now = |s: i64| Timestamp::from_second(1_000_000 + s).unwrap();
        let mut status = Status::new(now(0), true);
        let window = |at_ms| Window {
            at_ms,
            ..Window::default()
        };
        let first = verdict(Label::TrunkDead, 8_000, 10_000);
        status.take(
            &window(10_000),
            &[Change::Began(first.clone())],
            Tempo::Quick,
            now(10),
        );
        status.take(
            &window(12_000),
            &[Change::Grew(first.clone())],
            Tempo::Quick,
            now(12),
        );
        let shown = &status.standing[0];
        assert_eq!((shown.began, shown.said), (now(8), now(10)));
        let second = verdict(Label::TrunkHang, 13_000, 14_000);
        status.take(
            &window(14_000),
            &[Change::Replaced(second.clone())],
            Tempo::Quick,
            now(14),
        );
        let ended = Verdict {
            until_ms: Some(20_000),
            ..second
        };
        status.take(&window(25_000), &[Change::Ended(ended)], Tempo::Calm, now(25));
        assert!(status.standing.is_empty());
        let ends: Vec<_> = status.ended.iter().map(|s| (s.verdict.label, s.ended)).collect();
        assert_eq!(
            ends,
            [
                (Label::TrunkHang, Some(now(20))),
                (Label::TrunkDead, Some(now(14)))
            ]
        );
        let folder = tempfile::tempdir().unwrap();
        status.write(folder.path()).unwrap();
        assert_eq!(Status::read(folder.path()).unwrap(), status);
    }
}
