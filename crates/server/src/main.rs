//! `biseo`: the program. It joins the rooms; what they do is theirs.

mod call;
mod check;
mod cli;
mod clock;
mod config;
mod demo;
mod directory;
mod flows;
mod house;
mod init;
mod live;
mod serve;
mod simulate;
mod voice;
mod wording;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    log();
    match cli.command {
        cli::Command::Init(options) => init::run(&options),
        cli::Command::Check(options) => check::run(&options).await,
        cli::Command::Serve(options) => serve::run(&options).await,
        cli::Command::Call(options) => simulate::run(&options).await,
        cli::Command::Load(options) => simulate::load::run(&options).await,
        cli::Command::Demo(options) => demo::run(&options).await,
    }
}

/// Logs go to stderr, from INFO on; RUST_LOG changes that.
fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
