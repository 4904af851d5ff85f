//! `biseo models`: speech models on this machine — which there are, fetching them, trying them.

mod bar;
mod check;
mod list;
mod pull;

use std::process::ExitCode;

use crate::cli::{ModelsCommand, ModelsOptions};

pub(crate) use check::tried;

/// Does what is asked for.
pub(crate) async fn run(options: ModelsOptions) -> ExitCode {
    match options.command {
        ModelsCommand::List(options) => list::run(&options),
        ModelsCommand::Pull(options) => pull::run(&options).await,
        ModelsCommand::Check(options) => check::run(&options),
        ModelsCommand::Probe(options) => check::probe(&options.folder),
    }
}
