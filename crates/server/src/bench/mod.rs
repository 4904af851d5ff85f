//! `biseo bench`: measurements on this machine.

mod flood;
pub(crate) mod latency;
mod script;
mod turns;
mod voice;

use std::process::ExitCode;

use crate::cli::{BenchCommand, BenchOptions};

/// Measures what is asked for.
pub(crate) async fn run(options: &BenchOptions) -> ExitCode {
    match &options.command {
        BenchCommand::Voice(options) => voice::run(options).await,
        BenchCommand::Turns(options) => turns::run(options),
        BenchCommand::Latency(options) => latency::run(options).await,
        BenchCommand::Soak(options) => latency::soak::run(options).await,
        BenchCommand::Answer(options) => latency::answer::run(options).await,
        BenchCommand::Flood(options) => flood::run(options).await,
        BenchCommand::FloodAnswer => flood::answer::run().await,
        BenchCommand::FloodStorm(options) => flood::storm(options).await,
    }
}
