//! `biseo bench voice`: how well Biseo takes turns on real calls, measured by the packets that its callers send and receive.

mod hum;
mod line;
mod report;
mod script;
mod talk;

use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::cli::BenchVoiceOptions;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo;
use crate::house::Engines;
use crate::serve::Service;
use crate::simulate::line::{self as lines, Order};
use crate::wording::Wording;
use hum::Hum;
use line::Line;
use report::{Outcome, Report};
use script::{Script, Spoken};

/// The shop that is called.
const SHOP: &str = "haengbok";
/// As whom.
const NUMBER: &str = "01023456789";
/// When the calls take place: a Tuesday morning.
const CLOCK: &str = "2026-11-24T10:12:00+09:00";
/// Between the beginnings of two calls.
const STAGGER: Duration = Duration::from_millis(330);
/// A part of the measurement that takes longer will not end.
const LONGEST: Duration = Duration::from_secs(1800);

/// Runs the measurement.
pub(super) async fn run(options: &BenchVoiceOptions) -> ExitCode {
    let wording = Wording::of("bench", options.lang);
    match measure(options).await {
        Ok(report) => {
            report.print(options.json, &wording);
            ExitCode::from(u8::from(report.failed > 0))
        }
        Err(why) => {
            eprintln!("✗ {}", wording.say("failed", "", &why));
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &BenchVoiceOptions) -> Result<Report, String> {
    let script = Script::read(options.script.as_deref())?;
    let spoken = Arc::new(script.spoken(&options.voice)?);
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut config = demo::installation(folder.path(), &options.model)?;
    config.call.record = false;
    config.call.at_once = config.call.at_once.max(options.calls as usize);
    let engines = Engines::load(&config.speech.model, &config.speech.espeak)?;
    let humming = engines.clone().with_voice(Arc::new(Hum));
    let mut outcomes = part(options, config.clone(), engines, &spoken, Part::Answers).await?;
    outcomes.extend(part(options, config, humming, &spoken, Part::Interruptions).await?);
    Ok(Report::of(options.calls, &outcomes))
}

/// The parts of the measurement.
#[derive(Clone, Copy)]
enum Part {
    Answers,
    Interruptions,
}

/// Opens a service, places all calls of a part and closes it.
async fn part(
    options: &BenchVoiceOptions,
    config: Config,
    engines: Engines,
    spoken: &Arc<Spoken>,
    part: Part,
) -> Result<Vec<Outcome>, String> {
    let start = CLOCK.parse().map_err(|e: jiff::Error| e.to_string())?;
    let service = Service::open_with(config, Clock::starting_at(start), engines)
        .await
        .map_err(|closed| closed.why)?;
    let target = demo::target(&service, SHOP)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(service.serve(async {
        let _ = stopped.await;
    }));
    let outcomes = tokio::time::timeout(LONGEST, calls(options, &target, spoken, part)).await;
    let _ = stop.send(());
    serving.await.map_err(|e| e.to_string())?;
    outcomes.unwrap_or_else(|_| Err("it does not end".into()))
}

async fn calls(
    options: &BenchVoiceOptions,
    target: &str,
    spoken: &Arc<Spoken>,
    part: Part,
) -> Result<Vec<Outcome>, String> {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (sip, _events) = lines::telephone(here).await?;
    let media = Arc::new(lines::engine()?);
    let mut calls = JoinSet::new();
    for number in 0..options.calls {
        let (spoken, sip, media, target) = (spoken.clone(), sip.clone(), media.clone(), target.to_string());
        let rounds = options.rounds;
        calls.spawn(async move {
            tokio::time::sleep(STAGGER * number).await;
            let order = Order {
                target: &target,
                number: NUMBER,
                here,
            };
            let mut outcome = Outcome::default();
            let placed = async {
                let (leg, session) = lines::dial(&sip, &media, &order, u64::from(number) + 1).await?;
                let mut line = Line::new(leg, session)?;
                let talked = match part {
                    Part::Answers => talk::answers(&mut line, &spoken, rounds, &mut outcome).await,
                    Part::Interruptions => {
                        talk::interruptions(&mut line, &spoken, rounds, &mut outcome).await
                    }
                };
                line.hang_up();
                talked
            };
            outcome.failure = placed.await.err();
            outcome
        });
    }
    let outcomes = calls.join_all().await;
    sip.shutdown().await;
    Ok(outcomes)
}
