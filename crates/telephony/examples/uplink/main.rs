//! Takes an uplink away under live calls, and tells which survive and how long they were silent.
//!
//! `cargo run -p biseo-telephony --example uplink -- [CALLS]` (200 by custom; needs root, makes namespaces and deletes them). Two processes:
//! a house with two uplinks, each with an address of its own, and a carrier behind both. The first uplink is set down; the house has to
//! notice, and to tell the carrier its new address in every call. It ends with an error if more than one call in a hundred ended or was silent for
//! more than a second.

mod judge;
mod net;
mod side;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use biseo_media_io::{MediaConfig, MediaEngine};
use net::{CARRIER, Fault, Net};
use side::Side;

/// How long calls run before, and after the cut.
const BEFORE: Duration = Duration::from_secs(4);
const AFTER: Duration = Duration::from_secs(8);

fn main() -> Result<(), Fault> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("house") => play(true, args.get(1).map_or(Ok(1), |n| n.parse())?),
        Some("carrier") => play(false, 0),
        calls => bench(calls.map_or(Ok(200), str::parse)?),
    }
}

/// One of the two sides: says `up`, and for each line that it reads the silences since the one before.
fn play(in_house: bool, calls: u64) -> Result<(), Fault> {
    let runtime = tokio::runtime::Runtime::new()?;
    let media = Arc::new(MediaEngine::start(MediaConfig::default())?);
    let at = CARRIER.parse()?;
    let side: Side = runtime.block_on(async {
        if in_house {
            side::house(at, calls, media.clone()).await
        } else {
            side::carrier(at, media.clone()).await
        }
    })?;
    println!("up");
    for _ in std::io::stdin().lock().lines() {
        let silences = side.silences.take();
        let texts: Vec<String> = silences.iter().map(u64::to_string).collect();
        println!("{} {}", side.ended.load(Ordering::Relaxed), texts.join(" "));
    }
    Ok(())
}

struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Process {
    fn start(net: &Net, in_house: bool, args: &[&str]) -> Result<Self, Fault> {
        let mut command = net.run(in_house, args)?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("piped")?).lines();
        let mut this = Self { child, lines };
        match this.line()?.as_str() {
            "up" => Ok(this),
            other => Err(other.into()),
        }
    }

    fn line(&mut self) -> Result<String, Fault> {
        Ok(self.lines.next().ok_or("a side has ended")??)
    }

    /// Calls that have ended, and the silences of all.
    fn ask(&mut self) -> Result<(u64, Vec<u64>), Fault> {
        writeln!(self.child.stdin.as_mut().ok_or("piped")?)?;
        let line = self.line()?;
        let mut numbers = line.split_whitespace().map(str::parse);
        let ended = numbers.next().ok_or("no number")??;
        Ok((ended, numbers.collect::<Result<_, _>>()?))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn bench(calls: u64) -> Result<(), Fault> {
    let net = Net::new()?;
    let mut carrier = Process::start(&net, false, &["carrier"])?;
    let mut house = Process::start(&net, true, &["house", &calls.to_string()])?;
    std::thread::sleep(BEFORE);
    // What the beginning of the calls was like does not count, nor how they run on this machine without any cut.
    for side in [&mut house, &mut carrier] {
        side.ask()?;
    }
    std::thread::sleep(BEFORE);
    let calm = [house.ask()?.1, carrier.ask()?.1];
    net.cut()?;
    std::thread::sleep(AFTER);
    let (ended, heard) = house.ask()?;
    let (_, sent) = carrier.ask()?;
    std::thread::sleep(BEFORE);
    let after = [house.ask()?.1, carrier.ask()?.1];
    println!(
        "| side | calls | ended | silent at most 1 s | silence p50 | p95 | max | 4 s before, max | 4 s after, max |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut short = Vec::new();
    for (n, (side, ms)) in [("house", &heard), ("carrier", &sent)].into_iter().enumerate() {
        short.extend(judge::shortfall(calls, ended, ms).map(|text| format!("{side} hears: {text}")));
        let longest = |of: &[Vec<u64>; 2]| of.get(n).and_then(|s| s.iter().max().copied()).unwrap_or(0);
        println!(
            "{} {} ms | {} ms |",
            row(side, ended, ms),
            longest(&calm),
            longest(&after)
        );
    }
    short.iter().for_each(|text| println!("NOT as aimed at: {text}"));
    if short.is_empty() {
        return Ok(());
    }
    Err(format!("{} aims were missed", short.len()).into())
}

fn row(side: &str, ended: u64, silences: &[u64]) -> String {
    let mut sorted = silences.to_vec();
    sorted.sort_unstable();
    let at = |part: f64| {
        let place = (sorted.len() as f64 * part).ceil() as usize;
        sorted.get(place.saturating_sub(1)).copied().unwrap_or(0)
    };
    let well = sorted.iter().filter(|ms| **ms <= judge::SILENT_MS).count();
    format!(
        "| {side} | {} | {ended} | {well} | {} ms | {} ms | {} ms |",
        sorted.len(),
        at(0.5),
        at(0.95),
        at(1.0)
    )
}
