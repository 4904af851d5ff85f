//! The answering side, a process of its own so that its time and memory are its own.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use biseo_conversation::turn_taking::TurnConfig;
use biseo_model::ids::ShopId;
use biseo_store::Store;

use super::engines;
use super::process::Kept;
use crate::cli::{BenchAnswerOptions, Transport};
use crate::clock::Clock;
use crate::config::StreamConfig;
use crate::demo;
use crate::serve::Service;

/// The shop that is called.
pub(in crate::bench) const SHOP: &str = "haengbok";
/// When the calls take place: a Tuesday morning.
pub(in crate::bench) const CLOCK: &str = "2026-11-24T11:02:00+09:00";
/// Of so many calls the end is looked at.
const MOST_CALLS: u32 = 1_000_000;

/// Answers until its standard input ends. Tells first where it is reached, and at last what it kept.
pub(crate) async fn run(options: &BenchAnswerOptions) -> ExitCode {
    match serve(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("✗ {why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: &BenchAnswerOptions) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut config = demo::installation(folder.path(), Path::new(""))?;
    config.call.record = false;
    config.call.at_once = 1000;
    if options.transport == Transport::Stream {
        config.stream = StreamConfig::private(folder.path())?;
    }
    let database = config
        .database()
        .map_err(|(field, why)| format!("{field}: {why}"))?;
    let engines = engines::engines(options.vad)?.with_turns(fixed(options.stop.into()));
    let start = CLOCK.parse().map_err(|e: jiff::Error| e.to_string())?;
    let service = Service::open_with(config, Clock::starting_at(start), engines)
        .await
        .map_err(|closed| closed.why)?;
    tell(&match options.transport {
        Transport::Sip => demo::target(&service, SHOP)?,
        Transport::Stream => service.stream_url(SHOP)?,
    })?;
    service.serve(end_of_input()).await;
    let store = database.open().await.map_err(|e| e.to_string())?;
    let kept = kept(&store).await?;
    tell(&serde_json::to_string(&kept).map_err(|e| e.to_string())?)
}

pub(in crate::bench) fn tell(line: &str) -> Result<(), String> {
    crate::out::line!("{line}");
    std::io::stdout().flush().map_err(|e| e.to_string())
}

/// What the records tell of the calls.
async fn kept(store: &Store) -> Result<Kept, String> {
    let shop = ShopId::new(SHOP).map_err(|e| e.to_string())?;
    let calls = store.calls(&shop, MOST_CALLS).await.map_err(|e| e.to_string())?;
    let mut kept = Kept::default();
    for call in calls {
        let end = call.end.map_or("Open".to_string(), |end| format!("{end:?}"));
        *kept.ends.entry(end).or_default() += 1;
    }
    let messages = store.messages(&shop, MOST_CALLS).await;
    kept.messages = messages.map_err(|e| e.to_string())?.len();
    Ok(kept)
}

/// Waits until whoever started this is gone.
pub(in crate::bench) async fn end_of_input() {
    let reading = tokio::task::spawn_blocking(|| {
        let mut rest = Vec::new();
        let _ = std::io::stdin().lock().read_to_end(&mut rest);
    });
    let _ = reading.await;
}

/// One wait for everything.
pub(in crate::bench) fn fixed(stop: u64) -> TurnConfig {
    TurnConfig {
        wait_answer: stop,
        wait_falling: stop,
        wait_complete: stop,
        wait_nod: stop,
        wait_usual: stop,
        wait_more: stop,
        wait_digits: stop,
        ..TurnConfig::default()
    }
    .within(stop, stop, 100)
}
