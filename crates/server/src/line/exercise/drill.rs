//! Exercises in the watching thread: at most one, a step with each window. It waits for nobody.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_line::{Change, Consequence, Doctor, Lookout, Subject, Tempo, Window};
use biseo_store::{FoundBy, Incident};
use biseo_telephony::{PullEnd, PullPhase, Pulled, SipStack};
use tokio::sync::mpsc::UnboundedSender;

use super::files::{self, Files};
use super::{Asked, Course, End, Other, Refusal, SECONDS, Stage, Told, judged};
use crate::house::House;
use crate::line::counted::Came;
use crate::line::status::Target;
use crate::line::watch::News;

/// Answers that must have come from a trunk, so that its silence means something.
const KNOWN: u64 = 10;
/// How long refused callers may still come when the trunk is back.
const SETTLES: Duration = Duration::from_secs(10);

/// What a window shows, and who judges it.
pub(in crate::line) struct Seen<'a> {
    /// The window.
    pub(in crate::line) window: &'a Window,
    /// The doctor, who has taken it.
    pub(in crate::line) doctor: &'a Doctor,
    /// Who is asked.
    pub(in crate::line) targets: &'a [Target],
}

/// Exercises.
pub(in crate::line) struct Drills {
    house: Arc<House>,
    sip: SipStack,
    told: UnboundedSender<News>,
    folder: PathBuf,
    now: Option<Drill>,
}

/// The one that goes on.
struct Drill {
    files: Files,
    course: Course,
    pulled: Pulled,
    /// The doctor's copy, for whom the trunk is dead.
    doctor: Doctor,
    lookout: Lookout,
    begun: Instant,
    /// Since when the trunk is back.
    back: Instant,
    came: BTreeMap<String, Came>,
    placed: BTreeMap<String, u64>,
}

impl Drills {
    /// Takes what is asked for in a folder from now on. What an earlier program has left there is over.
    pub(in crate::line) fn new(
        house: &Arc<House>,
        sip: SipStack,
        told: UnboundedSender<News>,
        folder: &Path,
    ) -> Self {
        files::sweep(folder);
        Self {
            house: house.clone(),
            sip,
            told,
            folder: folder.into(),
            now: None,
        }
    }

    /// How the one that goes on stands.
    pub(in crate::line) fn course(&self) -> Option<&Course> {
        self.now.as_ref().map(|d| &d.course)
    }

    /// Takes a window; gives how often to look for the exercise's sake.
    pub(in crate::line) fn take(&mut self, seen: &Seen<'_>) -> Tempo {
        for (files, asked) in files::asked(&self.folder) {
            self.asked(files, asked.unwrap_or_default(), seen);
        }
        let Some(drill) = &mut self.now else {
            return Tempo::Calm;
        };
        let began = drill.course.stage == Stage::Begins;
        let tempo = drill.step(&self.house, seen);
        if began && drill.course.stage == Stage::Goes {
            tracing::warn!(
                "exercise: trunk {} is treated as dead for {} s",
                drill.course.asked.trunk,
                drill.course.asked.seconds
            );
            self.note(false);
        }
        self.tell();
        tempo
    }

    /// The program ends.
    pub(in crate::line) fn end(&mut self) {
        let Some(drill) = &mut self.now else { return };
        drill.over(End::Ending);
        self.tell();
    }

    fn asked(&mut self, files: Files, asked: Asked, seen: &Seen<'_>) {
        let refusal = if self.now.is_some() {
            Some(Refusal::UnderWay)
        } else {
            refusal(&self.house, &asked, seen)
        };
        let pulled = match refusal {
            Some(why) => Err(why),
            None => self
                .sip
                .pull(&asked.trunk, Duration::from_secs(asked.seconds.into()))
                .map_err(|_| Refusal::Ending),
        };
        let now = self.house.clock.now();
        match pulled {
            Err(why) => told(&files, &Course::new(asked, Stage::Refused(why), now)),
            Ok(pulled) => {
                let course = Course::new(asked, Stage::Begins, now);
                self.now = Some(Drill::new((files, course, pulled), &self.house, seen.doctor));
            }
        }
    }

    /// Writes how it goes; forgets what is over.
    fn tell(&mut self) {
        let Some(drill) = &self.now else { return };
        told(&drill.files, &drill.course);
        if !drill.course.is_over() {
            return;
        }
        if let Stage::Over(end) = drill.course.stage {
            tracing::warn!(
                "exercise: over ({end:?}), {}",
                if drill.course.is_kept() {
                    "kept"
                } else {
                    "not kept"
                }
            );
            self.note(true);
        }
        self.now = None;
    }

    /// Puts it on record, as an incident that tells nobody.
    fn note(&self, over: bool) {
        let Some(drill) = &self.now else { return };
        let ended = over.then(|| self.house.clock.now());
        let incident = incident(&drill.files, &drill.course);
        let _ = self
            .told
            .send(News::Exercise(Box::new(Incident { ended, ..incident })));
    }
}

fn told(files: &Files, course: &Course) {
    if let Err(e) = files.tell(course) {
        tracing::error!("how an exercise goes cannot be written: {e}");
    }
}

fn incident(files: &Files, course: &Course) -> Incident {
    Incident {
        id: format!("exercise-{}", files.id()),
        shop: None,
        source: FoundBy::Exercise,
        begun_by: None,
        cause: "exercise".into(),
        subject: "trunk".into(),
        name: course.asked.trunk.clone(),
        region: String::new(),
        consequences: Vec::new(),
        confidence: 0,
        announced: None,
        account: None,
        began: course.began,
        ends: None,
        ended: None,
        evidence: serde_json::to_value(course).unwrap_or_default(),
    }
}

/// Why what is asked for does not begin, as far as it is known here: the telephone looks too.
fn refusal(house: &House, asked: &Asked, seen: &Seen<'_>) -> Option<Refusal> {
    let trunks = || house.config.sip.trunks();
    let answered = |t: &&Target| t.place == biseo_line::evidence::Place::Trunk && t.name == asked.trunk;
    let answers = seen
        .targets
        .iter()
        .filter(answered)
        .map(|t| t.answered)
        .max()
        .unwrap_or(0);
    if asked.trunk.is_empty() || !SECONDS.contains(&asked.seconds) {
        Some(Refusal::Unreadable)
    } else if !trunks().any(|t| t == asked.trunk) {
        Some(Refusal::Unknown)
    } else if trunks().count() < 2 {
        Some(Refusal::Alone)
    } else if fails(seen.doctor, &asked.trunk) {
        Some(Refusal::Faulty)
    } else if answers < KNOWN {
        Some(Refusal::Unseen)
    } else {
        (!others_are_well(house, &asked.trunk, seen.doctor)).then_some(Refusal::NoOther)
    }
}

/// Whether the doctor says that calls by a trunk fail.
fn fails(doctor: &Doctor, trunk: &str) -> bool {
    let subject = Subject::Trunk(trunk.into());
    doctor
        .verdicts()
        .any(|v| v.subject == subject && v.consequences.contains(&Consequence::CallsFail))
}

fn others_are_well(house: &House, trunk: &str, doctor: &Doctor) -> bool {
    let mut others = house.config.sip.trunks().filter(|t| *t != trunk);
    others.any(|t| !fails(doctor, t))
}

/// Calls of ours by each trunk that were answered.
fn placed(house: &House) -> BTreeMap<String, u64> {
    let all = house.line.trunks.all().into_iter();
    all.map(|t| (t.id, t.tries.answered)).collect()
}

impl Drill {
    fn new((files, course, pulled): (Files, Course, Pulled), house: &House, doctor: &Doctor) -> Self {
        let now = Instant::now();
        Self {
            files,
            course,
            pulled,
            doctor: doctor.clone(),
            lookout: Lookout::default(),
            begun: now,
            back: now,
            came: house.line.counted.all(),
            placed: placed(house),
        }
    }

    fn step(&mut self, house: &House, seen: &Seen<'_>) -> Tempo {
        let state = self.pulled.state();
        (self.course.refused, self.course.returned, self.course.let_in) =
            (state.refused, state.returned, state.let_in);
        self.course.others = self.others(house);
        match self.course.stage {
            Stage::Begins => self.begins(house, state.phase),
            Stage::Goes => return self.goes(house, seen, state.phase),
            Stage::Settles(end) => {
                let came = self.course.returned >= self.course.refused;
                if came || self.back.elapsed() >= SETTLES {
                    self.over(end);
                }
            }
            Stage::Refused(_) | Stage::Over(_) => {}
        }
        Tempo::Calm
    }

    fn begins(&mut self, house: &House, phase: PullPhase) {
        self.course.stage = match phase {
            PullPhase::Asked => return,
            PullPhase::Over(PullEnd::NoOther) => Stage::Refused(Refusal::NoOther),
            PullPhase::Over(PullEnd::Down) => Stage::Refused(Refusal::Faulty),
            PullPhase::Over(PullEnd::Another) => Stage::Refused(Refusal::UnderWay),
            PullPhase::Over(PullEnd::Stopped) => Stage::Refused(Refusal::Ending),
            // It may be over in the moment in which it began: the next window sees that.
            PullPhase::Pulled | PullPhase::Over(PullEnd::Time | PullEnd::PutBack | PullEnd::CalledAgain) => {
                (self.begun, self.course.began) = (Instant::now(), house.clock.now());
                Stage::Goes
            }
        };
    }

    fn goes(&mut self, house: &House, seen: &Seen<'_>, phase: PullPhase) -> Tempo {
        self.course.lasted_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let trunk = &self.course.asked.trunk;
        let end = match phase {
            PullPhase::Over(PullEnd::Time) => Some(End::Time),
            PullPhase::Over(PullEnd::NoOther) => Some(End::NoOther),
            PullPhase::Over(PullEnd::CalledAgain) => Some(End::CalledAgain),
            PullPhase::Over(_) => Some(End::Ending),
            _ if self.files.is_stopped() => Some(End::Stopped),
            _ if fails(seen.doctor, trunk) => Some(End::Earnest),
            _ if !others_are_well(house, trunk, seen.doctor) => Some(End::NoOther),
            _ => None,
        };
        if let Some(end) = end {
            self.pulled.put_back();
            self.back = Instant::now();
            self.course.stage = Stage::Settles(end);
            return Tempo::Calm;
        }
        self.judge(seen.window)
    }

    /// The doctor's copy sees what he would see if the trunk were dead.
    fn judge(&mut self, window: &Window) -> Tempo {
        let window = window.without_trunk(&self.course.asked.trunk);
        for change in self.doctor.handle(&window) {
            let (Change::Began(verdict) | Change::Grew(verdict) | Change::Replaced(verdict)) = change else {
                continue;
            };
            let here = verdict.subject == Subject::Trunk(self.course.asked.trunk.clone());
            if here && verdict.consequences.contains(&Consequence::CallsFail) && self.course.said.is_none() {
                self.course.said = Some(Told {
                    after_ms: self.course.lasted_ms,
                    verdict,
                });
            }
        }
        self.lookout.next(&window, &self.doctor)
    }

    fn others(&self, house: &House) -> Vec<Other> {
        let (came, placed) = (house.line.counted.all(), placed(house));
        let states = house.line.trunks.all().into_iter();
        let states: BTreeMap<String, &str> = states.map(|t| (t.id, t.state.word())).collect();
        let trunks = house
            .config
            .sip
            .trunks()
            .filter(|t| *t != self.course.asked.trunk);
        let other = |trunk: &str| {
            let of = |all: &BTreeMap<String, Came>| all.get(trunk).copied().unwrap_or_default();
            let (now, before) = (of(&came), of(&self.came));
            let ours = |all: &BTreeMap<String, u64>| all.get(trunk).copied().unwrap_or(0);
            Other {
                trunk: trunk.into(),
                state: states.get(trunk).copied().unwrap_or_default().into(),
                came: now.all.saturating_sub(before.all),
                answered: now.answered.saturating_sub(before.answered),
                lost: now.lost.saturating_sub(before.lost),
                placed: ours(&placed).saturating_sub(ours(&self.placed)),
            }
        };
        trunks.map(other).collect()
    }

    fn over(&mut self, end: End) {
        self.course.faults = judged(&self.course, end);
        self.course.stage = Stage::Over(end);
    }
}
