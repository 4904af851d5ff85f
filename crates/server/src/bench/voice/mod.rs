//! `biseo bench voice`: how well Biseo takes turns on real calls, measured by the packets that its callers send and receive.

mod hum;
mod line;
mod report;
mod room;
mod selfish;
mod talk;

use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use biseo_conversation::turn_taking::TurnConfig;
use biseo_media_io::MediaEngine;
use biseo_telephony::SipStack;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::script::{Over, Script, Spoken};
use crate::cli::{BenchVoiceOptions, Transport, VoicePart};
use crate::clock::Clock;
use crate::config::{Config, StreamConfig};
use crate::demo;
use crate::house::Engines;
use crate::serve::Service;
use crate::simulate::line::{self as lines, Order};
use crate::wording::Wording;
use hum::Hum;
use line::Line;
pub(super) use report::Kind;
use report::{Outcome, Report, SelfReport};
use room::{Distance, Room};
use selfish::Told;

/// The shop that is called.
const SHOP: &str = "haengbok";
/// As whom.
const NUMBER: &str = "01023456789";
/// When the calls take place: a Tuesday morning.
const CLOCK: &str = "2026-11-24T10:12:00+09:00";
/// Questions in one call.
const ASKED_AT_ONCE: usize = 12;
/// Nods, coughs and interruptions in one call.
const AT_ONCE: usize = 5;
/// From where.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Between the beginnings of two calls.
const STAGGER: Duration = Duration::from_millis(330);
/// How late Biseo's voice comes back to callers with a speakerphone, one after the other, ms.
const DELAYS: [u32; 5] = [0, 60, 120, 180, 220];
/// A part of the measurement that takes longer will not end.
const LONGEST: Duration = Duration::from_secs(1800);

/// Runs the measurement.
pub(super) async fn run(options: &BenchVoiceOptions) -> ExitCode {
    let wording = Wording::of("bench", options.lang);
    let failed = match options.echo {
        None => measure(options).await.map(|report| {
            report.print(options.json, &wording);
            report.failed
        }),
        Some(level_db) => measure_echo(options, level_db).await.map(|report| {
            report.print(options.json, &wording);
            report.failed
        }),
    };
    match failed {
        Ok(failed) => ExitCode::from(u8::from(failed > 0)),
        Err(why) => {
            eprintln!("✗ {}", wording.say("failed", "", &why));
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &BenchVoiceOptions) -> Result<Report, String> {
    let (spoken, config, engines, _folder) = prepare(options)?;
    let humming = engines.clone().with_voice(Arc::new(Hum));
    let mut outcomes = Vec::new();
    for (which, engines) in [(VoicePart::Answers, engines), (VoicePart::Interruptions, humming)] {
        if options.only.is_none_or(|only| only == which) {
            outcomes.extend(part(options, config.clone(), engines, &spoken, which).await?.0);
        }
    }
    Ok(Report::of(options.calls, &outcomes))
}

/// The questions alone, asked from rooms in which Biseo's voice comes back.
async fn measure_echo(options: &BenchVoiceOptions, level_db: i8) -> Result<SelfReport, String> {
    let (spoken, config, engines, _folder) = prepare(options)?;
    let (outcomes, told) = part(options, config, engines, &spoken, VoicePart::Answers).await?;
    Ok(SelfReport::of(options.calls, level_db, &outcomes, &told))
}

type Prepared = (Arc<Spoken>, Config, Engines, tempfile::TempDir);

/// What is said, and the installation that answers, in a folder of its own.
fn prepare(options: &BenchVoiceOptions) -> Result<Prepared, String> {
    let script = Script::read(options.script.as_deref())?;
    let spoken = Arc::new(script.spoken(&options.voice)?);
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut config = demo::installation(folder.path(), &options.model)?;
    config.call.record = false;
    if options.transport == Transport::Stream {
        config.stream = StreamConfig::private(folder.path())?;
    }
    config.call.at_once = config.call.at_once.max(options.calls as usize);
    let engines = Engines::load(&config.speech.model, &config.speech.espeak)?;
    let engines = match options.patience {
        Some(percent) => engines.with_turns(patient(percent)),
        None => engines,
    };
    Ok((spoken, config, engines, folder))
}

/// The waits of all shops, multiplied.
fn patient(percent: u32) -> TurnConfig {
    TurnConfig::default().within(TurnConfig::SHORTEST, TurnConfig::LONGEST, percent)
}

/// Opens a service, places all calls of a part and closes it.
async fn part(
    options: &BenchVoiceOptions,
    config: Config,
    engines: Engines,
    spoken: &Arc<Spoken>,
    part: VoicePart,
) -> Result<(Vec<Outcome>, Told), String> {
    let start = CLOCK.parse().map_err(|e: jiff::Error| e.to_string())?;
    let service = Service::open_with(config, Clock::starting_at(start), engines)
        .await
        .map_err(|closed| closed.why)?;
    let target = match options.transport {
        Transport::Sip => demo::target(&service, SHOP)?,
        Transport::Stream => service.stream_url(SHOP)?,
    };
    let told = tokio::spawn(Told::follow(service.house.live.listen()));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(service.serve(async {
        let _ = stopped.await;
    }));
    let outcomes = tokio::time::timeout(LONGEST, calls(options, &target, spoken, part)).await;
    let _ = stop.send(());
    serving.await.map_err(|e| e.to_string())?;
    let told = told.await.map_err(|e| e.to_string())?;
    let outcomes = outcomes.unwrap_or_else(|_| Err("it does not end".into()));
    Ok((outcomes?, told))
}

/// What all calls share.
struct Callers {
    spoken: Arc<Spoken>,
    sip: SipStack,
    media: MediaEngine,
    target: String,
    rounds: u32,
    /// How loud Biseo's voice comes back, if they have a speakerphone.
    echo: Option<f32>,
    /// How many there are.
    callers: usize,
}

async fn calls(
    options: &BenchVoiceOptions,
    target: &str,
    spoken: &Arc<Spoken>,
    part: VoicePart,
) -> Result<Vec<Outcome>, String> {
    let (sip, _events) = lines::telephone(HERE).await?;
    let callers = Arc::new(Callers {
        spoken: spoken.clone(),
        sip: sip.clone(),
        media: lines::engine()?,
        target: target.to_string(),
        rounds: options.rounds,
        echo: options.echo.map(f32::from),
        callers: options.calls as usize,
    });
    let mut calls = JoinSet::new();
    for number in 0..options.calls {
        let callers = callers.clone();
        calls.spawn(async move {
            tokio::time::sleep(STAGGER * number).await;
            callers.converse(u64::from(number), part).await
        });
    }
    let outcomes = calls.join_all().await;
    sip.shutdown().await;
    Ok(outcomes)
}

impl Callers {
    /// One caller's calls, one after the other.
    async fn converse(&self, number: u64, part: VoicePart) -> Outcome {
        let mut outcome = Outcome::default();
        for _ in 0..self.rounds {
            let done = match part {
                VoicePart::Answers => self.answers(number, &mut outcome).await,
                VoicePart::Interruptions => self.interruptions(number, &mut outcome).await,
            };
            if let Err(why) = done {
                outcome.failure = Some(why);
                break;
            }
        }
        outcome
    }

    /// The whole script, a part of it in each call: one that asks the same again and again is ended.
    async fn answers(&self, number: u64, outcome: &mut Outcome) -> Result<(), String> {
        for few in self.spoken.turns.chunks(ASKED_AT_ONCE) {
            let mut line = self.dial(number).await?;
            let talked = talk::answers(&mut line, few, outcome).await;
            line.hang_up();
            talked?;
        }
        Ok(())
    }

    /// This caller's share of the script, a few in each call: one that goes on in a circle is ended. When Biseo ends one
    /// before, it is taken up in the next.
    async fn interruptions(&self, number: u64, outcome: &mut Outcome) -> Result<(), String> {
        let first = usize::try_from(number).unwrap_or(0);
        let share: Vec<&Over> = self
            .spoken
            .over
            .iter()
            .skip(first)
            .step_by(self.callers)
            .collect();
        let mut asked = 0;
        while let Some(rest) = share.get(asked..).filter(|rest| !rest.is_empty()) {
            let mut line = self.dial(number).await?;
            let (few, before) = (&rest[..rest.len().min(AT_ONCE)], asked);
            let questions = &self.spoken.questions;
            let talked = talk::interruptions(&mut line, questions, few, &mut asked, outcome).await;
            line.hang_up();
            if asked == before {
                return talked.and(Err("nothing is answered".into()));
            }
        }
        Ok(())
    }

    async fn dial(&self, number: u64) -> Result<Line, String> {
        let order = Order {
            target: &self.target,
            number: NUMBER,
            here: HERE,
        };
        let (signalling, session) = lines::dial(&self.sip, &self.media, &order, number + 1).await?;
        Line::new(signalling, session)?.in_room(self.room(number))
    }

    /// Where this caller sits.
    fn room(&self, number: u64) -> Option<Room> {
        let delay_ms = DELAYS[usize::try_from(number).unwrap_or(0) % DELAYS.len()];
        let distance = |level_db| Distance { level_db, delay_ms };
        self.echo.map(distance).map(Room::new)
    }
}
