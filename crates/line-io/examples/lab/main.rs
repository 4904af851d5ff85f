//! The line doctor's test bed: real routers (BIRD, OSPF), real probes, faults by configuration, all in network namespaces of its own, which it
//! deletes at its end, also after a panic or a signal.
//!
//! `make line-lab` or `lab [--trials N] [--seed N] [--only condition]`; needs root, bird, nft, ip, tc.

mod fault;
mod net;
mod stubs;
mod topo;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use biseo_line::journal::{Entry, line};
use biseo_line::{Doctor, Label, Window};
use biseo_line_io::Plan;
use fault::{ALL, Condition};
use net::Fault;
use topo::{SHAPES, Topology};

static STOP: AtomicBool = AtomicBool::new(false);

/// How long a fault is looked at.
const LOOK: Duration = Duration::from_secs(8);

struct Outcome {
    shape: usize,
    condition: Condition,
    right: bool,
    confused: bool,
    seconds: Option<f64>,
}

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
        "probe" => probe(word(1)),
        _ => lab(&words),
    }
}

/// Writes windows until its input ends.
fn probe(file: &str) -> Result<(), Fault> {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        STOP.store(true, Ordering::Relaxed);
    });
    let plan: Plan = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    biseo_line_io::may_ping()?;
    biseo_line_io::run(&plan, &STOP, |window| {
        if let Ok(text) = line(&Entry::Window(window)) {
            println!("{text}");
        }
        biseo_line::Tempo::Quick
    });
    Ok(())
}

fn option(words: &[String], name: &str) -> Option<String> {
    words
        .iter()
        .position(|w| w == name)
        .and_then(|i| words.get(i + 1))
        .cloned()
}

fn lab(words: &[String]) -> Result<(), Fault> {
    catch_signals()?;
    net::sweep();
    let trials: usize = option(words, "--trials").map_or(Ok(10), |t| t.parse())?;
    let seed: u64 = option(words, "--seed").map_or(Ok(fastrand::u64(..1_000_000)), |s| s.parse())?;
    let only = option(words, "--only");
    println!("seed {seed}, {trials} trials of each condition on each topology");
    let workers: Vec<_> = (0..SHAPES.len())
        .map(|shape| {
            let only = only.clone();
            std::thread::spawn(move || run(shape, trials, seed + shape as u64, only.as_deref()))
        })
        .collect();
    let mut outcomes = vec![];
    for worker in workers {
        match worker.join() {
            Ok(Ok(some)) => outcomes.extend(some),
            Ok(Err(error)) => println!("a topology failed: {error}"),
            Err(_) => println!("a topology panicked"),
        }
    }
    table(&outcomes);
    Ok(())
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

fn run(shape: usize, trials: usize, seed: u64, only: Option<&str>) -> Result<Vec<Outcome>, Fault> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut topology = Topology::build(shape, &mut random)?;
    let plan = topology.plan();
    let file = topology.net.folder.join("plan.json");
    std::fs::write(&file, serde_json::to_string(&plan)?)?;
    let exe = std::env::current_exe()?.display().to_string();
    topology.net.start("sink", "edge", &[&exe, "sink", "9000"])?;
    // Routers need some seconds to find each other.
    rest(Duration::from_secs(12));
    topology
        .net
        .start("probe", "edge", &[&exe, "probe", &file.display().to_string()])?;
    let starved = topology.net.confine("probe").is_ok();
    let windows = listen(&mut topology)?;
    let mut patient = Patient {
        doctor: Doctor::new(plan.site()),
        windows,
    };
    let mut order: Vec<Condition> = ALL.iter().copied().cycle().take(ALL.len() * trials).collect();
    order.retain(|c| (starved || *c != Condition::Overloaded) && only.is_none_or(|o| format!("{c:?}") == o));
    random.shuffle(&mut order);
    let mut outcomes = vec![];
    for condition in order {
        if STOP.load(Ordering::Relaxed) {
            break;
        }
        let calm = patient.calm();
        let side = random.usize(..2);
        let note = fault::inject(&mut topology, condition, side, &mut random)?;
        let outcome = patient.observe(
            shape,
            condition,
            Instant::now(),
            &format!("side {side} {note}, calm {calm}"),
        );
        fault::repair(&mut topology, condition, side)?;
        // A look that was cut short tells nothing.
        if !STOP.load(Ordering::Relaxed) {
            outcomes.push(outcome);
        }
    }
    Ok(outcomes)
}

fn rest(time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until && !STOP.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn listen(topology: &mut Topology) -> Result<Receiver<Window>, Fault> {
    let probe = topology.net.children.get_mut("probe").ok_or("no probe")?;
    let output = probe.stdout.take().ok_or("no output")?;
    let (give, take) = channel();
    std::thread::spawn(move || {
        for text in BufReader::new(output).lines().map_while(Result::ok) {
            if let Ok(Entry::Window(window)) = serde_json::from_str(&text)
                && give.send(window).is_err()
            {
                break;
            }
        }
    });
    Ok(take)
}

struct Patient {
    doctor: Doctor,
    windows: Receiver<Window>,
}

impl Patient {
    /// The next window's causes, if there was a window.
    fn next(&mut self) -> Option<Vec<Label>> {
        match self.windows.recv_timeout(Duration::from_millis(200)) {
            Ok(window) => {
                let changes = self.doctor.handle(&window);
                let causes = changes
                    .iter()
                    .map(|c| c.verdict())
                    .filter(|v| v.because_of.is_none() && v.until_ms.is_none());
                Some(causes.map(|v| v.label).collect())
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Waits until all is well and has been for some windows; whether it came to that.
    fn calm(&mut self) -> bool {
        let (mut quiet, until) = (0, Instant::now() + Duration::from_secs(40));
        while quiet < 8 && Instant::now() < until && !STOP.load(Ordering::Relaxed) {
            if self.next().is_some() {
                quiet = if self.doctor.headline().is_none() {
                    quiet + 1
                } else {
                    0
                };
            }
        }
        quiet >= 8
    }

    fn observe(&mut self, shape: usize, condition: Condition, began: Instant, note: &str) -> Outcome {
        let (right, mut said, mut seconds) = (condition.right(), vec![], None);
        while began.elapsed() < LOOK && !STOP.load(Ordering::Relaxed) {
            let Some(causes) = self.next() else { continue };
            let at = began.elapsed().as_secs_f64();
            said.extend(
                causes
                    .iter()
                    .map(|label| (label.code(), (at * 10.0).round() / 10.0, label.routing())),
            );
            if seconds.is_none() && right.is_some() && self.doctor.headline().map(|v| v.label) == right {
                seconds = Some(at);
            }
        }
        let last = self.doctor.headline().map(|v| v.label);
        let ok = last == right && (right.is_some() || said.is_empty());
        let confused = said.iter().any(|(code, _, routing)| match right {
            Some(Label::TrafficFlood) => *routing,
            Some(label) if label.routing() => *code == Label::TrafficFlood.code(),
            _ => false,
        });
        let mark = if ok { "right" } else { "WRONG" };
        println!("{mark} {} {condition:?} ({note}): {said:?}", SHAPES[shape].0);
        Outcome {
            shape,
            condition,
            right: ok,
            confused,
            seconds: seconds.filter(|_| ok),
        }
    }
}

fn quantile(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len().max(1)) - 1;
    times.get(at).copied().unwrap_or(f64::NAN)
}

fn table(outcomes: &[Outcome]) {
    let mut rows: BTreeMap<Condition, Vec<&Outcome>> = BTreeMap::new();
    outcomes
        .iter()
        .for_each(|o| rows.entry(o.condition).or_default().push(o));
    println!(
        "\n| condition | {} | median / p95 / longest s |",
        SHAPES.map(|s| s.0).join(" | ")
    );
    println!("| --- | --- | --- | --- | --- |");
    for (condition, all) in &rows {
        let share = |shape| {
            let of: Vec<_> = all.iter().filter(|o| o.shape == shape).collect();
            format!("{}/{}", of.iter().filter(|o| o.right).count(), of.len())
        };
        let mut times: Vec<f64> = all.iter().filter_map(|o| o.seconds).collect();
        let spread = [0.5, 0.95, 1.0]
            .map(|q| format!("{:.1}", quantile(&mut times, q)))
            .join(" / ");
        println!(
            "| {condition:?} | {} | {} | {} | {spread} |",
            share(0),
            share(1),
            share(2)
        );
    }
    let mut times: Vec<f64> = outcomes.iter().filter_map(|o| o.seconds).collect();
    let right = outcomes.iter().filter(|o| o.right).count();
    let confused = outcomes.iter().filter(|o| o.confused).count();
    println!(
        "all: {right}/{} right, flood taken for routing or the other way round: {confused}, median {:.1} s, p95 {:.1} s",
        outcomes.len(),
        quantile(&mut times, 0.5),
        quantile(&mut times, 0.95)
    );
}
