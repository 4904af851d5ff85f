//! The line doctor's test bed: real routers (BIRD, OSPF), real probes, faults by configuration, all in network namespaces of its own, which it
//! deletes at its end, also after a panic or a signal.
//!
//! `make line-lab` or `lab [--trials N] [--exercises N] [--jobs N] [--seed N] [--only condition] [--shape name] [--exercise 2021|flood]
//! [--paced] [--beacon]`; needs root, bird, nft, ip, tc. A job is a topology with its own doctor; trials mostly wait, so that some may go on at once.
//! `--beacon` adds a beacon elsewhere and tries what it tells apart. `--paced` asks as seldom as the program does, instead of as often as the rules were made at. It ends with an error if a trial is missing or the
//! outcomes fall short of what is aimed at.

mod clients;
mod exercise;
mod fault;
mod group;
mod judge;
mod net;
mod patient;
mod stubs;
mod table;
mod topo;
mod trial;
mod wire;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use exercise::Exercise;
use fault::Condition;
use group::Group;
use net::Fault;
use topo::SHAPES;
use trial::{Outcome, Tried, Unit};

static STOP: AtomicBool = AtomicBool::new(false);

fn main() -> Result<(), Fault> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |i: usize| words.get(i).map(String::as_str).unwrap_or_default();
    match word(0) {
        "sip" => Ok(stubs::sip()?),
        "dns" => Ok(stubs::dns()?),
        "sink" => Ok(stubs::sink(word(1).parse()?)?),
        "spin" => Ok(stubs::spin()?),
        "flood" => Ok(stubs::flood(
            word(1).parse()?,
            word(2).parse()?,
            word(3).parse()?,
        )?),
        "wire" => wire::wire(word(1), word(2), word(3).parse()?),
        "beacon" => stubs::beacon(word(1).parse()?, word(2)),
        "clients" => {
            let servers = words[1..].iter().map(|w| w.parse()).collect::<Result<_, _>>()?;
            Ok(clients::clients(servers)?)
        }
        "doctor" => patient::doctor(word(1)),
        _ => lab(&Options::read(&words)?),
    }
}

/// What the command line asks for.
struct Options {
    trials: usize,
    exercises: usize,
    jobs: usize,
    seed: u64,
    only: Option<String>,
    shape: Option<String>,
    exercise: Option<Exercise>,
    paced: bool,
    beacon: bool,
}

impl Options {
    fn read(words: &[String]) -> Result<Self, Fault> {
        let value = |name: &str| {
            let at = words.iter().position(|w| w == name)?;
            words.get(at + 1).cloned()
        };
        let number = |name: &str, usual: usize| value(name).map_or(Ok(usual), |n| n.parse());
        let exercise = match value("--exercise") {
            Some(word) => Some(Exercise::of(&word).ok_or("no such exercise: 2021 or flood")?),
            None => None,
        };
        let trials = number("--trials", 10)?;
        Ok(Self {
            trials,
            exercises: number("--exercises", if exercise.is_some() { trials } else { 3 })?,
            jobs: number("--jobs", 1)?.clamp(1, 16),
            seed: value("--seed").map_or(Ok(fastrand::u64(..1_000_000)), |s| s.parse())?,
            only: value("--only"),
            shape: value("--shape"),
            exercise,
            paced: words.iter().any(|w| w == "--paced"),
            beacon: words.iter().any(|w| w == "--beacon"),
        })
    }

    fn on(&self, shape: &str) -> bool {
        self.shape.as_ref().is_none_or(|s| s == shape)
    }

    fn tries(&self, condition: Condition) -> bool {
        self.only.as_ref().is_none_or(|o| *o == format!("{condition:?}"))
    }

    fn plays(&self, exercise: Exercise) -> bool {
        self.only.is_none() && !self.beacon && self.exercise.is_none_or(|e| e == exercise)
    }
}

type Queue = Arc<Mutex<VecDeque<Unit>>>;

fn lab(options: &Options) -> Result<(), Fault> {
    catch_signals()?;
    net::sweep();
    let units = trial::units(options);
    let wanted = judge::wanted(&units);
    let all: usize = wanted.values().sum();
    if wanted
        .keys()
        .any(|(_, t)| *t == Tried::Condition(Condition::Overloaded))
    {
        let tried = Group::make(&format!("{}{}try", net::PREFIX, std::process::id()));
        tried.map_err(|e| {
            format!("no machine can be overloaded here ({e}); --only tries one of the others")
        })?;
    }
    println!("seed {}, {all} trials, {} at once", options.seed, options.jobs);
    let (tell, told) = channel();
    let queue: Queue = Arc::new(Mutex::new(units.into()));
    let workers: Vec<_> = (0..options.jobs)
        .map(|_| {
            let (queue, tell, paced) = (queue.clone(), tell.clone(), options.paced);
            std::thread::spawn(move || work(&queue, paced, &tell))
        })
        .collect();
    drop(tell);
    // On a thread of its own: if it panics (nobody reads what it prints), the jobs still take down what they have built.
    let outcomes = std::thread::spawn(move || gather(&told, all)).join();
    if outcomes.is_err() {
        STOP.store(true, Ordering::Relaxed);
    }
    for worker in workers {
        if worker.join().is_err() {
            println!("a job panicked: its trials are missing");
        }
    }
    let outcomes = outcomes.map_err(|_| "the outcomes could not be printed")?;
    table::print(&outcomes);
    let short = judge::shortfalls(&wanted, &outcomes, &SHAPES.map(|s| s.name));
    if short.is_empty() {
        println!("all as aimed at");
        return Ok(());
    }
    short.iter().for_each(|text| println!("NOT as aimed at: {text}"));
    Err(format!("{} aims were missed", short.len()).into())
}

fn work(queue: &Queue, paced: bool, tell: &Sender<Outcome>) {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    while let Some(unit) = next().filter(|_| !STOP.load(Ordering::Relaxed)) {
        if let Err(error) = trial::run(&unit, paced, tell) {
            println!("a topology failed, its other trials are missing: {error}");
        }
    }
}

/// Prints each outcome as it comes, with what is left to do.
fn gather(told: &Receiver<Outcome>, all: usize) -> Vec<Outcome> {
    let (began, mut outcomes) = (Instant::now(), vec![]);
    for outcome in told {
        let done = outcomes.len() + 1;
        let left = began.elapsed().as_secs_f64() / done as f64 * (all.saturating_sub(done)) as f64;
        println!("[{done}/{all}, {:.0} min left] {}", left / 60.0, outcome.text);
        outcomes.push(outcome);
    }
    println!("{} s", began.elapsed().as_secs());
    outcomes
}

/// Signals are blocked in all threads and waited for in one, so that everything is taken down in its order.
fn catch_signals() -> Result<(), Fault> {
    use nix::sys::signal::{SigSet, Signal};
    let mut set = SigSet::empty();
    [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]
        .into_iter()
        .for_each(|s| set.add(s));
    set.thread_block()?;
    std::thread::spawn(move || {
        let _ = set.wait();
        STOP.store(true, Ordering::Relaxed);
    });
    Ok(())
}
