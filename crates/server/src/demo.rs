//! `biseo demo`: a whole call on this machine, shown as it happens: a synthetic caller phones an example shop over real SIP
//! and RTP, books and asks; then what was stored.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use biseo_rehearse::Scenario;
use biseo_telephony::config::Proto;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::oneshot;

use crate::cli::DemoOptions;
use crate::clock::Clock;
use crate::config::{Config, ConsoleConfig, LineConfig, SealConfig};
use crate::init;
use crate::rehearse::words;
use crate::serve::Service;
use crate::simulate::{self, Before, Call, seed};
use crate::wording::Wording;

/// The caller of the demonstration.
const SCENARIOS: &str = include_str!("../../../scenarios/demo.jsonl");

mod screen;

/// How long the end of the call is waited for after the caller has hung up.
const CLOSING: Duration = Duration::from_secs(10);

/// Runs the demonstration; ends in 0 if the booking that was asked for is stored and the question was answered.
pub(crate) async fn run(options: &DemoOptions) -> ExitCode {
    let wording = Wording::of("demo", options.lang);
    match show(options, &wording).await {
        Ok(true) => {
            println!("\n✓ {}", wording.say("passed", "", ""));
            ExitCode::SUCCESS
        }
        Ok(false) => {
            eprintln!("\n✗ {}", wording.say("failed", "", ""));
            ExitCode::FAILURE
        }
        Err(why) => {
            eprintln!("\n✗ {}", wording.say("broken", "", &why));
            ExitCode::FAILURE
        }
    }
}

async fn show(options: &DemoOptions, wording: &Wording) -> Result<bool, String> {
    let scenario = scenario(options)?;
    let config = installation(&options.folder, &options.model)?;
    let start = scenario
        .now
        .parse()
        .map_err(|e: jiff::Error| format!("now: {e}"))?;
    let service = Service::open(config, Clock::starting_at(start))
        .await
        .map_err(|closed| closed.why)?;
    let target = target(&service, &scenario.shop)?;
    let today = scenario.now()?.date();
    let before = before(&service, &scenario, start, today).await?;
    println!(
        "{}\n☎ {}",
        wording.say("what", "", ""),
        wording.say("dials", &target, "")
    );
    let house = service.house.clone();
    let words_on_screen = wording.clone();
    let show = move |event: &_| screen::show_event(event, &words_on_screen);
    let screen = tokio::spawn(simulate::follow(house.live.listen(), show));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(service.serve(async {
        let _ = stopped.await;
    }));
    let call = Call {
        target: &target,
        recording: None,
        voice: &options.voice,
        credentials: None,
    };
    let outcome = simulate::place(&house.engines, &scenario, &call).await?;
    let seen = tokio::time::timeout(CLOSING, screen).await;
    let seen = seen
        .ok()
        .and_then(Result::ok)
        .flatten()
        .ok_or("the call's end was not told")?;
    let stored = simulate::stored(&house.store, &seen, &before, today)
        .await
        .map_err(|e| e.to_string())?;
    let told = Wording::of("rehearse", options.lang);
    let failures: Vec<String> = biseo_rehearse::judge(&scenario, &stored)
        .iter()
        .map(|failure| words::failure(failure, &told))
        .collect();
    screen::report(&seen, &outcome, &failures, &house.config.data, wording);
    let _ = stop.send(());
    serving.await.map_err(|e| e.to_string())?;
    Ok(failures.is_empty())
}

/// Enters what exists before the call.
async fn before(
    service: &Service,
    scenario: &Scenario,
    start: Timestamp,
    today: Date,
) -> Result<Before, String> {
    let house = &service.house;
    let shop = house
        .directory
        .reached_by(&scenario.shop)
        .ok_or("there is no such shop")?;
    seed(&house.store, &shop, &scenario.given, start, today).await
}

/// The scenario asked for.
fn scenario(options: &DemoOptions) -> Result<Scenario, String> {
    let Some(file) = &options.scenario else {
        return simulate::find(SCENARIOS, &options.id);
    };
    let shown = |e: &dyn std::fmt::Display| format!("{}: {e}", file.display());
    let text = std::fs::read_to_string(file).map_err(|e| shown(&e))?;
    simulate::find(&text, &options.id).map_err(|e| shown(&e))
}

/// A fresh installation of the five example shops, reachable on loopback only.
///
/// # Errors
/// Which file cannot be written.
pub(crate) fn installation(folder: &Path, model: &Path) -> Result<Config, String> {
    init::examples(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut config = Config::read(&folder.join("biseo.toml")).map_err(|e| e.to_string())?;
    config.sip.listen = vec!["udp:127.0.0.1:0".into()];
    config.sip.accept_anyone = true;
    config.console = ConsoleConfig::default();
    // Its line is this machine alone: nothing beyond it is asked.
    config.line = LineConfig::default();
    // Its recording is there to be played.
    config.seal = SealConfig::default();
    config.speech.model = model.to_path_buf();
    Ok(config)
}

/// The address of a shop at a service.
///
/// # Errors
/// If it listens on no UDP port.
pub(crate) fn target(service: &Service, shop: &str) -> Result<String, String> {
    let udp = service.sip.bound().iter().find(|(proto, _)| *proto == Proto::Udp);
    let (_, addr) = udp.ok_or("no telephone port is open")?;
    Ok(format!("sip:{shop}@{addr}"))
}
