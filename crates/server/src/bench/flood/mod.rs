//! `biseo bench flood`: whether a trunk's calls are answered, and how soon, while junk pours in.

pub(super) mod answer;
mod figures;
mod report;

use std::net::Ipv4Addr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use biseo_telephony::flood::{Genuine, Storm};

use super::latency::process::Answering;
use crate::cli::{BenchFloodOptions, BenchStormOptions};
use crate::wording::Wording;
use report::{Outcome, Phase};

/// Where the trunk calls from.
const CALLER: Ipv4Addr = Ipv4Addr::new(127, 77, 0, 1);
/// How long a call lasts after its answer.
const TALK: Duration = Duration::from_millis(300);
/// Calls before anything is counted: the program warms up.
const WARM: Duration = Duration::from_secs(3);

/// Runs the measurement.
pub(super) async fn run(options: &BenchFloodOptions) -> ExitCode {
    let wording = Wording::of("bench", options.lang);
    match measure(options).await {
        Ok(outcome) => {
            outcome.print(options, &wording);
            ExitCode::from(u8::from(!outcome.stood()))
        }
        Err(why) => {
            eprintln!("✗ {}", wording.say("failed", "", &why));
            ExitCode::FAILURE
        }
    }
}

/// Sends the junk; tells how much of it the system took.
pub(super) async fn storm(options: &BenchStormOptions) -> ExitCode {
    let storm = Storm {
        target: options.target,
        rate: options.rate,
        time: Duration::from_secs(options.seconds.into()),
        seed: 80,
    };
    match tokio::task::spawn_blocking(move || storm.blow()).await {
        Ok(Ok(sent)) => {
            crate::out::line!("{sent}");
            ExitCode::SUCCESS
        }
        Ok(Err(why)) => {
            eprintln!("✗ {why}");
            ExitCode::FAILURE
        }
        Err(_) => ExitCode::FAILURE,
    }
}

async fn measure(options: &BenchFloodOptions) -> Result<Outcome, String> {
    let mut answering = Answering::as_told(&["flood-answer"])?;
    let figures_at = answering.next_line()?;
    let target = answering.target().to_string();
    let caller = Genuine::start(CALLER.into()).await.map_err(|e| e.to_string())?;
    caller.place(&target, options.calls, WARM, TALK).await;
    let before = answering.used()?;
    let quiet = phase(&answering, &caller, &target, options.calls, options.quiet).await?;
    let pouring = Pouring::begin(&target, options)?;
    let flooded = phase(&answering, &caller, &target, options.calls, options.seconds).await?;
    let sent = pouring.end()?;
    let counts = figures::of(&figures_at).await?;
    let most = answering.used()?.memory;
    caller.stop().await;
    Ok(Outcome {
        quiet,
        flooded,
        memory_before_mib: before.now,
        memory_most_mib: most,
        sent,
        counts,
    })
}

/// Calls for a time, and what they cost.
async fn phase(
    answering: &Answering,
    caller: &Genuine,
    target: &str,
    a_second: u32,
    seconds: u32,
) -> Result<Phase, String> {
    let (before, begun) = (answering.used()?, Instant::now());
    let time = Duration::from_secs(seconds.into());
    let calls = caller.place(target, a_second, time, TALK).await;
    let after = answering.used()?;
    let core = (after.cpu - before.cpu) / begun.elapsed().as_secs_f64();
    Ok(Phase::of(&calls, core, after.now))
}

/// The process that sends junk. It ends when this is dropped.
struct Pouring(Child);

impl Pouring {
    fn begin(target: &str, options: &BenchFloodOptions) -> Result<Self, String> {
        let (_, address) = target.split_once('@').ok_or("no address")?;
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let child = Command::new(program)
            .args(["bench", "flood-storm", "--target", address])
            .args(["--rate", &options.rate.to_string()])
            .args(["--seconds", &options.seconds.to_string()])
            .stdout(Stdio::piped())
            .spawn();
        child.map(Self).map_err(|e| e.to_string())
    }

    /// Waits for its end; gives how much it sent.
    fn end(mut self) -> Result<u64, String> {
        let output = self.0.stdout.take().ok_or("it has no output")?;
        let told = std::io::read_to_string(output).map_err(|e| e.to_string())?;
        told.trim().parse().map_err(|e| format!("{told}: {e}"))
    }
}

impl Drop for Pouring {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
