//! The thread that probes and judges. It has no runtime and touches no database: how late it is is evidence itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use biseo_line::{Change, Doctor, Lookout, Tempo, Window};
use biseo_line_io::{Plan, may_ping, run};
use biseo_store::Incident;
use biseo_telephony::SipStack;
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::exercise::{Drills, Seen};
use super::journal::Journal;
use super::junk::Junk;
use super::plan::{Beyond, Known, look_up, plan};
use super::status::{Shown, Status, remove};
use crate::house::House;

/// How often the routes are looked at anew.
const PLANNED: Duration = Duration::from_secs(60);
/// How long at most until a trunk's name that was not found is asked for again. The doctor learns anew then, so it is not done often.
const ASKED_AGAIN: Duration = Duration::from_secs(3600);
/// How often the status is written while nothing changes.
const WRITTEN: Duration = Duration::from_secs(5);

/// What became of a verdict, with its times on the wall.
#[derive(Debug)]
pub(crate) struct Said {
    /// What.
    pub(super) change: Change,
    /// The verdict as shown.
    pub(super) shown: Shown,
    /// When the window ended in which it was said.
    pub(super) at: Timestamp,
}

/// What the thread tells the keeper.
#[derive(Debug)]
pub(crate) enum News {
    /// The doctor has said something.
    Said(Box<Said>),
    /// An exercise has begun, or is over: as it is to be stored.
    Exercise(Box<Incident>),
}

/// The thread, while it runs.
pub(crate) struct Watch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Begins to watch, if the operator wishes it.
    pub(crate) fn begin(house: &Arc<House>, sip: &SipStack, told: UnboundedSender<News>) -> Option<Self> {
        if !house.config.line.watch {
            return None;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let watcher = Watcher::new(house.clone(), stop.clone(), sip, told);
        let thread = std::thread::Builder::new().name("line".into());
        match thread.spawn(move || watcher.run()) {
            Ok(thread) => Some(Self { stop, thread }),
            Err(e) => {
                tracing::error!("the line is not watched: {e}");
                None
            }
        }
    }

    /// Ends it; within a second.
    pub(crate) async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        let joined = tokio::task::spawn_blocking(move || self.thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the line doctor has failed within the program");
        }
    }
}

struct Watcher {
    house: Arc<House>,
    stop: Arc<AtomicBool>,
    told: UnboundedSender<News>,
    sip: SipStack,
    junk: Junk,
    drills: Drills,
    folder: PathBuf,
    journal: Journal,
    status: Status,
    beyond: Beyond,
    /// After how long names that are missing are asked for again: twice as long each time.
    again: Duration,
}

impl Watcher {
    fn new(house: Arc<House>, stop: Arc<AtomicBool>, sip: &SipStack, told: UnboundedSender<News>) -> Self {
        let folder = super::folder(&house.config.data);
        let status = Status::new(house.clock.now(), may_ping().is_ok());
        Self {
            journal: Journal::new(&folder),
            drills: Drills::new(&house, sip.clone(), told.clone(), &folder),
            house,
            stop,
            told,
            sip: sip.clone(),
            junk: Junk::default(),
            folder,
            status,
            beyond: Beyond::default(),
            again: PLANNED,
        }
    }

    fn run(mut self) {
        while !self.stop.load(Ordering::Relaxed) {
            let trunks = look_up(&self.house.config);
            let missing = trunks.len() < self.house.config.sip.targets().len();
            let again = missing.then_some(self.again);
            self.again = if missing {
                (self.again * 2).min(ASKED_AGAIN)
            } else {
                PLANNED
            };
            let plan = plan(&self.house.config, &trunks, &self.beyond);
            tracing::info!(
                uplinks = plan.uplinks.len(),
                trunks = plan.trunks.len(),
                resolvers = plan.resolvers.len(),
                "the line is watched"
            );
            self.follow(&plan, (&trunks, again));
        }
        self.drills.end();
        self.journal.end();
        self.house.line.figures.show(None);
        remove(&self.folder);
    }

    /// Follows a plan until it is another one, or until names that were not found are to be asked for `again`.
    fn follow(&mut self, plan: &Plan, (trunks, again): (&[Known], Option<Duration>)) {
        self.status.begin_anew();
        self.journal.begin(plan.site(), self.house.clock.now());
        let (mut doctor, mut lookout) = (Doctor::new(plan.site()), Lookout::default());
        let over = Arc::new(AtomicBool::new(false));
        let (begun, mut planned, mut written) = (Instant::now(), Instant::now(), None::<Instant>);
        run(plan, &over, |mut window| {
            window.calls = self.house.line.outcomes.take();
            self.junk.add(&mut window, &self.sip.guard());
            let changes = doctor.handle(&window);
            let tempo = quicker(lookout.next(&window, &doctor), self.exercise(&window, &doctor));
            self.take(plan, &window, &changes, tempo);
            if !changes.is_empty() || self.exercises() || written.is_none_or(|at| at.elapsed() >= WRITTEN) {
                written = Some(Instant::now());
                self.write();
            }
            let mut other = false;
            if planned.elapsed() >= PLANNED && !doctor.uneasy() && self.drills.course().is_none() {
                planned = Instant::now();
                // Names may be known by now; else it is the routes that may have changed.
                other = again.is_some_and(|again| begun.elapsed() >= again) || self.is_other(plan, trunks);
            }
            over.store(other || self.stop.load(Ordering::Relaxed), Ordering::Relaxed);
            tempo
        });
    }

    /// An exercise goes on, or has gone on until now.
    fn exercises(&self) -> bool {
        self.status.exercise.is_some() || self.drills.course().is_some()
    }

    fn exercise(&mut self, window: &Window, doctor: &Doctor) -> Tempo {
        let seen = Seen {
            window,
            doctor,
            targets: &self.status.targets,
        };
        self.drills.take(&seen)
    }

    fn is_other(&self, before: &Plan, trunks: &[Known]) -> bool {
        plan(&self.house.config, trunks, &self.beyond) != *before
    }

    fn take(&mut self, plan: &Plan, window: &Window, changes: &[Change], tempo: Tempo) {
        let now = self.house.clock.now();
        self.beyond.learn(plan, window);
        self.house.line.answered.take(window, now);
        self.journal.write(window, changes, now);
        self.status.take(window, changes, tempo, now);
        for change in changes {
            let shown = Shown::of(change.verdict(), window.at_ms, now);
            let change = change.clone();
            let _ = self.told.send(News::Said(Box::new(Said {
                change,
                shown,
                at: now,
            })));
        }
    }

    fn write(&mut self) {
        self.status.exercise = self.drills.course().cloned();
        self.house.line.figures.show(Some(&self.status));
        if let Err(e) = self.status.write(&self.folder) {
            tracing::error!(
                "how the line is cannot be written to {}: {e}",
                self.folder.display()
            );
        }
    }
}

fn quicker(one: Tempo, other: Tempo) -> Tempo {
    match (one, other) {
        (Tempo::Calm, Tempo::Calm) => Tempo::Calm,
        _ => Tempo::Quick,
    }
}
