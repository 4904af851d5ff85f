//! A line under the doctor's eyes: the doctor is a program of its own inside the edge, and tells after each window what stands.

use std::io::{BufRead, BufReader};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use biseo_line::{Change, Doctor, Label, Lookout, Verdict};
use biseo_line_io::Plan;
use serde::{Deserialize, Serialize};

use crate::STOP;
use crate::net::Fault;
use crate::topo::Topology;

/// How long a fault is looked at, if the right verdict does not stand before.
const LOOK: Duration = Duration::from_secs(10);
/// A verdict that stands so long is not replaced by what was seen before it: that takes four windows of half a second.
const STANDS: Duration = Duration::from_millis(2_600);

/// What the doctor tells after a window.
#[derive(Serialize, Deserialize)]
pub struct Told {
    pub headline: Option<Verdict>,
    pub standing: Vec<Verdict>,
    pub changes: Vec<Change>,
}

impl Told {
    fn label(&self) -> Option<Label> {
        self.headline.as_ref().map(|v| v.label)
    }
}

/// The doctor's program: tells until its input ends.
pub fn doctor(file: &str) -> Result<(), Fault> {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        STOP.store(true, Ordering::Relaxed);
    });
    let plan: Plan = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    biseo_line_io::may_ping()?;
    let (mut doctor, mut lookout) = (Doctor::new(plan.site()), Lookout::default());
    biseo_line_io::run(&plan, &STOP, |window| {
        let changes = doctor.handle(&window);
        let told = Told {
            headline: doctor.headline().cloned(),
            standing: doctor.verdicts().cloned().collect(),
            changes,
        };
        if let Ok(text) = serde_json::to_string(&told) {
            println!("{text}");
        }
        lookout.next(&window, &doctor)
    });
    Ok(())
}

/// What was seen in a look.
#[derive(Default)]
pub struct Look {
    /// Causes as they were said, with the seconds since the fault.
    pub said: Vec<(Label, f64)>,
    /// When the right verdict was said that stood at the end.
    pub seconds: Option<f64>,
    /// What was right, at the end.
    pub verdict: Option<Verdict>,
}

impl Look {
    /// Whether anything of that sort was said.
    pub fn heard(&self, sort: impl Fn(Label) -> bool) -> bool {
        self.said.iter().any(|(label, _)| sort(*label))
    }

    /// For the log.
    pub fn words(&self) -> String {
        let all = self
            .said
            .iter()
            .map(|(label, at)| format!("{} {at:.1}", label.code()));
        all.collect::<Vec<_>>().join(", ")
    }
}

pub struct Patient {
    told: Receiver<Told>,
}

impl Patient {
    /// Starts the doctor in the edge.
    pub fn admit(topology: &mut Topology, plan: &Plan) -> Result<Self, Fault> {
        let file = topology.net.folder.join("plan.json");
        std::fs::write(&file, serde_json::to_string(plan)?)?;
        let exe = std::env::current_exe()?.display().to_string();
        topology
            .net
            .start("doctor", "edge", &[&exe, "doctor", &file.display().to_string()])?;
        let doctor = topology.net.children.get_mut("doctor").ok_or("no doctor")?;
        let output = doctor.stdout.take().ok_or("no output")?;
        let (give, told) = channel();
        std::thread::spawn(move || {
            for text in BufReader::new(output).lines().map_while(Result::ok) {
                if let Ok(some) = serde_json::from_str(&text)
                    && give.send(some).is_err()
                {
                    break;
                }
            }
        });
        Ok(Self { told })
    }

    fn next(&self) -> Option<Told> {
        self.told.recv_timeout(Duration::from_millis(200)).ok()
    }

    /// What is said to be wrong now, for the log.
    pub fn standing(&self) -> String {
        let told = self.told.recv_timeout(Duration::from_secs(2)).ok();
        let standing = told.map(|told| told.standing).unwrap_or_default();
        let words = |v: &Verdict| format!("{:?} {} {:?}", v.subject, v.label.code(), v.findings);
        standing.iter().map(words).collect::<Vec<_>>().join("; ")
    }

    /// Waits until all has been well for so many windows; whether it came to that.
    pub fn calm(&self, windows: u32) -> bool {
        self.calm_within(windows, Duration::from_secs(60)).0
    }

    /// The same within a time; what was said meanwhile as well.
    pub fn calm_within(&self, windows: u32, time: Duration) -> (bool, Vec<Label>) {
        let (mut quiet, mut said) = (0, vec![]);
        let until = Instant::now() + time;
        while quiet < windows {
            if Instant::now() > until || STOP.load(Ordering::Relaxed) {
                return (false, said);
            }
            if let Some(told) = self.next() {
                said.extend(causes(&told));
                quiet = if told.headline.is_none() { quiet + 1 } else { 0 };
            }
        }
        (true, said)
    }

    /// Looks until what is right has stood for a while, or the time is over. Where it is right that nothing is said, all the time.
    pub fn look(&self, began: Instant, nothing: bool, right: impl Fn(&Told) -> Option<Verdict>) -> Look {
        let mut look = Look::default();
        while began.elapsed() < LOOK && !STOP.load(Ordering::Relaxed) {
            let Some(told) = self.next() else { continue };
            let at = began.elapsed().as_secs_f64();
            look.said
                .extend(causes(&told).into_iter().map(|label| (label, at)));
            look.verdict = right(&told);
            look.seconds = look.verdict.as_ref().map(|_| look.seconds.unwrap_or(at));
            if !nothing && look.seconds.is_some_and(|s| at - s >= STANDS.as_secs_f64()) {
                break;
            }
        }
        look
    }
}

/// What was newly said to be a cause.
fn causes(told: &Told) -> Vec<Label> {
    let all = told.changes.iter().map(Change::verdict);
    all.filter(|v| v.because_of.is_none() && v.until_ms.is_none())
        .map(|v| v.label)
        .collect()
}

/// The headline, if it has that label.
pub fn headlined(told: &Told, label: Label) -> Option<Verdict> {
    told.headline.clone().filter(|_| told.label() == Some(label))
}
