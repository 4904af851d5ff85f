//! Faults that stood when the program ended: they go on until the doctor has heard from whom they concern, and then some seconds.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use biseo_line::{Subject, Verdict};
use biseo_store::Incident;
use jiff::{SignedDuration, Timestamp};

use super::effects::is_told;

/// A program that was away for longer knows nothing of what goes on.
const AWAY: Duration = Duration::from_secs(10 * 60);
/// So long after the first answer the doctor must have found the fault again, if there is one: it learns for some seconds, and judges for some.
const HEARD: SignedDuration = SignedDuration::from_secs(30);
/// Whoever says nothing for so long is not there any more.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How long nobody has watched, from when the newest file of the doctor's folder was written; `None` if nobody ever has. To be asked before
/// the doctor begins.
pub(super) fn away(folder: &Path) -> Option<Duration> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let written = files.filter_map(|f| f.metadata().ok()?.modified().ok());
    let newest = written.max()?;
    Some(SystemTime::now().duration_since(newest).unwrap_or_default())
}

/// Faults of the last program.
#[derive(Debug, Default)]
pub(super) struct Resumed {
    since: Option<Timestamp>,
    all: BTreeMap<Subject, Old>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Old {
    /// As it is stored.
    pub(super) incident: Incident,
    /// Whether the shops' people were told of it.
    pub(super) told: bool,
}

impl Resumed {
    /// Takes up one that stands in the store, unless nobody has watched for too long. `false` if it is over.
    pub(super) fn take_up(&mut self, incident: &Incident, away: Option<Duration>, now: Timestamp) -> bool {
        let verdict: Result<Verdict, _> = serde_json::from_value(incident.evidence.clone());
        let Some(verdict) = verdict.ok().filter(|_| away.is_some_and(|a| a <= AWAY)) else {
            return false;
        };
        self.since.get_or_insert(now);
        let old = Old {
            incident: incident.clone(),
            told: is_told(&verdict),
        };
        self.all.insert(verdict.subject, old);
        true
    }

    /// The doctor says something of this subject: what was said of it before.
    pub(super) fn found(&mut self, subject: &Subject) -> Option<Old> {
        self.all.remove(subject)
    }

    /// All that goes on.
    pub(super) fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.all.values().map(|old| &old.incident)
    }

    /// Those that are over, with when they were: their subjects were heard from, by `first`, and the doctor finds nothing wrong with them.
    pub(super) fn over(
        &mut self,
        now: Timestamp,
        first: impl Fn(&Subject) -> Option<Timestamp>,
    ) -> Vec<(Old, Timestamp)> {
        let begun = self.since.unwrap_or(now);
        let ended = |subject: &Subject| match first(subject) {
            Some(at) => Some(at).filter(|at| now.duration_since(*at) >= HEARD),
            None => Some(now).filter(|_| now.duration_since(begun) >= LONGEST),
        };
        let over: Vec<(Subject, Timestamp)> = self
            .all
            .keys()
            .filter_map(|s| Some((s.clone(), ended(s)?)))
            .collect();
        over.into_iter()
            .filter_map(|(subject, at)| Some((self.all.remove(&subject)?, at)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::standing::tests::incident;
    use super::super::status::tests::verdict;
    use super::*;
    use biseo_line::Label;
    use biseo_model::incident::IncidentKind;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(10_000 + second).unwrap()
    }

    fn old(label: Label) -> Incident {
        Incident {
            evidence: serde_json::to_value(verdict(label, 0, 0)).unwrap(),
            ..incident("line-1", None, IncidentKind::LineDown)
        }
    }

    fn taken_up() -> Resumed {
        let mut resumed = Resumed::default();
        assert!(resumed.take_up(&old(Label::TrunkDead), Some(Duration::from_secs(5)), at(0)));
        resumed
    }

    #[test]
    fn only_what_was_watched_until_lately_goes_on() {
        let mut resumed = Resumed::default();
        for away in [None, Some(Duration::from_secs(601))] {
            assert!(!resumed.take_up(&old(Label::TrunkDead), away, at(0)));
        }
        let unreadable = incident("line-2", None, IncidentKind::LineDown);
        assert!(!resumed.take_up(&unreadable, Some(Duration::ZERO), at(0)));
        assert_eq!(resumed.incidents().count(), 0);
    }

    #[test]
    fn a_fault_whose_subject_says_nothing_goes_on() {
        let mut resumed = taken_up();
        assert_eq!(resumed.over(at(86_399), |_| None), []);
        assert_eq!(resumed.over(at(86_400), |_| None).len(), 1);
    }

    #[test]
    fn it_is_over_some_seconds_after_the_first_answer() {
        let mut resumed = taken_up();
        let first = |s: &Subject| (*s == Subject::Trunk("kt".into())).then(|| at(100));
        assert_eq!(resumed.over(at(129), first), []);
        let over = resumed.over(at(130), first);
        assert_eq!((over[0].1, over[0].0.told), (at(100), true));
        assert_eq!(resumed.over(at(131), first), [], "once");
    }

    #[test]
    fn one_that_the_doctor_finds_again_is_his() {
        let mut resumed = taken_up();
        let kt = Subject::Trunk("kt".into());
        assert!(resumed.found(&kt).is_some_and(|old| old.told));
        assert!(resumed.found(&kt).is_none());
        assert_eq!(resumed.over(at(1_000), |_| Some(at(0))), []);
    }

    #[test]
    fn the_newest_file_tells_how_long_nobody_watched() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(away(folder.path()), None);
        std::fs::write(folder.path().join("quiet-1.jsonl"), "").unwrap();
        assert!(away(folder.path()).is_some_and(|a| a < AWAY));
        assert_eq!(away(&folder.path().join("none")), None);
    }
}
