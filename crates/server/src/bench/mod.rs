//! `biseo bench`: measurements on this machine.

pub(crate) mod latency;
mod voice;

use std::process::ExitCode;

use crate::cli::{BenchCommand, BenchOptions};

/// Measures what is asked for.
pub(crate) async fn run(options: &BenchOptions) -> ExitCode {
    match &options.command {
        BenchCommand::Voice(options) => voice::run(options).await,
        BenchCommand::Latency(options) => latency::run(options).await,
        BenchCommand::Answer(options) => latency::answer::run(options).await,
    }
}
