//! `biseo`: the program. It joins the rooms; what they do is theirs.

mod check;
mod cli;
mod wording;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match cli::Cli::parse().command {
        cli::Command::Check(options) => check::run(&options).await,
    }
}
