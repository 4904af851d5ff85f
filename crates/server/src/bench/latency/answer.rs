//! The answering side, a process of its own so that its time and memory are its own.

use std::io::{Read, Write};
use std::process::ExitCode;

use biseo_conversation::turn_taking::TurnConfig;

use super::engines;
use crate::cli::BenchAnswerOptions;
use crate::clock::Clock;
use crate::demo;
use crate::serve::Service;

/// The shop that is called.
const SHOP: &str = "haengbok";
/// When the calls take place: a Tuesday morning.
const CLOCK: &str = "2026-11-24T10:12:00+09:00";

/// Answers until its standard input ends; tells first where it is reached.
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
    let mut config = demo::installation(folder.path(), std::path::Path::new(""))?;
    config.call.record = false;
    config.call.at_once = 1000;
    let engines = engines::engines(options.vad)?.with_turns(fixed(options.stop.into()));
    let start = CLOCK.parse().map_err(|e: jiff::Error| e.to_string())?;
    let service = Service::open_with(config, Clock::starting_at(start), engines)
        .await
        .map_err(|closed| closed.why)?;
    let target = demo::target(&service, SHOP)?;
    crate::out::line!("{target}");
    std::io::stdout().flush().map_err(|e| e.to_string())?;
    service.serve(end_of_input()).await;
    Ok(())
}

/// Waits until whoever started this is gone.
async fn end_of_input() {
    let reading = tokio::task::spawn_blocking(|| {
        let mut rest = Vec::new();
        let _ = std::io::stdin().lock().read_to_end(&mut rest);
    });
    let _ = reading.await;
}

/// One wait for everything.
fn fixed(stop: u64) -> TurnConfig {
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
