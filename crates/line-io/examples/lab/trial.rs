//! Work for one job: a topology of its own, and trials on it.

use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use biseo_line::Label;
use biseo_line_io::Pace;

use crate::exercise::{self, Exercise};
use crate::fault::{self, ALL, BEACON, Condition};
use crate::net::Fault;
use crate::patient::{Patient, headlined};
use crate::topo::{SHAPES, Shape, Topology};
use crate::{Options, STOP};

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tried {
    Condition(Condition),
    Exercise(Exercise),
}

impl Tried {
    pub fn name(self) -> String {
        match self {
            Self::Condition(condition) => format!("{condition:?}"),
            Self::Exercise(exercise) => exercise.name().to_string(),
        }
    }
}

/// Trials on one topology.
#[derive(Debug, Clone)]
pub struct Unit {
    pub shape: usize,
    pub index: usize,
    pub seed: u64,
    /// With a beacon elsewhere.
    pub beacon: bool,
    pub trials: Vec<Tried>,
}

/// What became of one trial.
pub struct Outcome {
    pub shape: usize,
    pub tried: Tried,
    pub right: bool,
    /// A flood was taken for a routing fault or the other way round.
    pub confused: bool,
    /// Another cause was said before the right one.
    pub detour: bool,
    pub seconds: Option<f64>,
    pub text: String,
}

/// All there is to do, longest topologies first.
pub fn units(options: &Options) -> Vec<Unit> {
    let mut units = vec![];
    for shape in (0..SHAPES.len()).rev().filter(|s| options.on(SHAPES[*s].name)) {
        for trials in parts(options, &SHAPES[shape]) {
            let index = units.len();
            units.push(Unit {
                shape,
                index,
                seed: options.seed.wrapping_add(index as u64),
                beacon: options.beacon,
                trials,
            });
        }
    }
    units
}

/// A topology's trials in handy parts: all conditions some times each, then the exercises. Where carriers have nothing to do with each other the
/// mistake of one leaves the other's resolver to ask, and nothing storms.
fn parts(options: &Options, shape: &Shape) -> Vec<Vec<Tried>> {
    let all: &[Condition] = if options.beacon { &BEACON } else { &ALL };
    let conditions: Vec<Condition> = all.iter().copied().filter(|c| options.tries(*c)).collect();
    let mut left = if options.exercise.is_some() {
        0
    } else {
        options.trials
    };
    let mut parts = vec![];
    while left > 0 && !conditions.is_empty() {
        let now = left.min(5);
        left -= now;
        let all = conditions.iter().cycle().take(conditions.len() * now);
        parts.push(all.map(|c| Tried::Condition(*c)).collect());
    }
    let brings = |e: &Exercise| *e != Exercise::Mistake || !shape.joins.is_empty();
    let exercises = Exercise::ALL
        .into_iter()
        .filter(|e| options.plays(*e) && brings(e));
    let all: Vec<Tried> = exercises
        .flat_map(|e| std::iter::repeat_n(Tried::Exercise(e), options.exercises))
        .collect();
    if !all.is_empty() {
        parts.push(all);
    }
    parts
}

/// Builds the topology, does the trials and takes it down.
pub fn run(unit: &Unit, paced: bool, tell: &Sender<Outcome>) -> Result<(), Fault> {
    let mut random = fastrand::Rng::with_seed(unit.seed);
    let mut topology = Topology::build(unit.shape, unit.index, unit.beacon, &mut random)?;
    let mut plan = topology.plan();
    if paced {
        (plan.pace, plan.calm) = (Pace::quick(), Some(Pace::calm()));
    }
    let exe = std::env::current_exe()?.display().to_string();
    topology.net.start("sink", "edge", &[&exe, "sink", "9000"])?;
    let exercises = unit.trials.iter().any(|t| matches!(t, Tried::Exercise(_)));
    if exercises {
        exercise::settle(&mut topology)?;
    }
    // Routers need some seconds to find each other.
    rest(Duration::from_secs(12));
    let patient = Patient::admit(&mut topology, &plan)?;
    topology.net.confine("doctor")?;
    let mut trials = unit.trials.clone();
    random.shuffle(&mut trials);
    // What is normal is learnt before anything else.
    let _ = patient.calm(if exercises { 40 } else { 20 });
    for tried in trials {
        if STOP.load(Ordering::Relaxed) {
            break;
        }
        let outcome = trial(&mut topology, &patient, unit.shape, tried, &mut random)?;
        // A look that was cut short tells nothing.
        if !STOP.load(Ordering::Relaxed) && tell.send(outcome).is_err() {
            break;
        }
    }
    Ok(())
}

pub fn rest(time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until && !STOP.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn trial(
    topology: &mut Topology,
    patient: &Patient,
    shape: usize,
    tried: Tried,
    random: &mut fastrand::Rng,
) -> Result<Outcome, Fault> {
    if !patient.calm(3) {
        return Err("the line did not become well again".into());
    }
    match tried {
        Tried::Condition(condition) => one(topology, patient, shape, condition, random),
        Tried::Exercise(exercise) => {
            let played = exercise::play(topology, patient, exercise, random)?;
            let right = if played.right { "right" } else { "WRONG" };
            let (name, words) = (exercise.name(), played.look.words());
            Ok(Outcome {
                shape,
                tried,
                right: played.right,
                confused: played.confused,
                detour: false,
                seconds: played.look.seconds.filter(|_| played.right),
                text: format!("{right} {} {name}: {words}; {}", SHAPES[shape].name, played.note),
            })
        }
    }
}

fn one(
    topology: &mut Topology,
    patient: &Patient,
    shape: usize,
    condition: Condition,
    random: &mut fastrand::Rng,
) -> Result<Outcome, Fault> {
    let side = random.usize(..topology.sides.len());
    let note = fault::inject(topology, condition, side, random)?;
    let wanted = condition.right();
    let look = patient.look(Instant::now(), wanted.is_none(), |told| {
        wanted.and_then(|label| headlined(told, label))
    });
    fault::repair(topology, condition, side)?;
    let right = match wanted {
        None => look.said.is_empty(),
        Some(_) => look.verdict.is_some(),
    };
    let confused = match wanted {
        Some(Label::TrafficFlood) => look.heard(Label::routing),
        Some(label) if label.routing() => look.heard(|l| l == Label::TrafficFlood),
        _ => false,
    };
    let mark = if right { "right" } else { "WRONG" };
    let words = look.words();
    Ok(Outcome {
        shape,
        tried: Tried::Condition(condition),
        right,
        confused,
        detour: right && look.said.first().is_some_and(|(label, _)| Some(*label) != wanted),
        seconds: look.seconds.filter(|_| right),
        text: format!(
            "{mark} {} {condition:?} (side {side} {note}): {words}",
            SHAPES[shape].name
        ),
    })
}
