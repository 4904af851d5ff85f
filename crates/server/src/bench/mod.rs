//! `biseo bench`: measurements on this machine.

mod voice;

use std::process::ExitCode;

use crate::cli::{BenchCommand, BenchOptions};

/// Measures what is asked for.
pub(crate) async fn run(options: &BenchOptions) -> ExitCode {
    match &options.command {
        BenchCommand::Voice(options) => voice::run(options).await,
    }
}
