//! `biseo`: the program. It joins the rooms; what they do is theirs.

mod backup;
mod bench;
mod call;
mod chat;
mod check;
mod cli;
mod clock;
mod config;
mod data;
mod demo;
mod desk;
mod directory;
mod entities;
mod flows;
mod house;
mod init;
mod invite;
mod label;
mod line;
mod lines;
mod live;
mod metrics;
mod minds;
mod models;
mod openapi;
mod out;
mod records;
mod rehearse;
mod score;
mod seal;
mod serve;
mod shops;
mod simulate;
mod stamp;
mod stream;
mod understand;
mod voice;
mod wording;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // A rehearsal runs services of its own; that their calls come and go is no news.
    log(match &cli.command {
        cli::Command::Line(options) if options.tells() => "info",
        cli::Command::Rehearse(_)
        | cli::Command::Bench(_)
        | cli::Command::Models(_)
        | cli::Command::Line(_) => "warn",
        _ => "info",
    });
    match cli.command {
        cli::Command::Init(options) => init::run(&options),
        cli::Command::Backup(options) => backup::run(&options).await,
        cli::Command::Restore(options) => backup::restore(&options),
        cli::Command::Data(options) => data::run(&options).await,
        cli::Command::Check(options) => check::run(&options).await,
        cli::Command::Serve(options) => serve::run(&options).await,
        cli::Command::Invite(options) => invite::run(&options).await,
        cli::Command::Call(options) => simulate::run(&options).await,
        cli::Command::Load(options) => simulate::load::run(&options).await,
        cli::Command::Demo(options) => demo::run(&options).await,
        cli::Command::Entities(options) => entities::run(&options),
        cli::Command::Understand(options) => understand::run(&options),
        cli::Command::Rehearse(options) => rehearse::run(&options).await,
        cli::Command::Chat(options) => chat::run(&options),
        cli::Command::Models(options) => models::run(options).await,
        cli::Command::Line(options) => line::command::run(options).await,
        cli::Command::Openapi => openapi::run(),
        cli::Command::Bench(options) => bench::run(&options).await,
    }
}

/// Logs go to stderr, from `level` on; RUST_LOG changes that.
fn log(level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
