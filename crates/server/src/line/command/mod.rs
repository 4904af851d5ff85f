//! `biseo line`: what the running program knows of the line, a journal played again, evidence written, an exercise, the beacon.

mod beacon;
mod exercise;
mod export;
mod place;
mod replay;
mod show;

use std::process::ExitCode;

use biseo_line::Language;

use crate::cli::{LineCommand, LineOptions};
use crate::wording::Lang;

/// Does what is asked for.
pub(crate) async fn run(options: LineOptions) -> ExitCode {
    match options.command {
        LineCommand::Status(options) => show::status(&options),
        LineCommand::Watch(options) => show::watch(&options).await,
        LineCommand::Explain(options) => show::explain(&options),
        LineCommand::Exercise(options) => exercise::run(&options).await,
        LineCommand::Beacon(options) => beacon::run(&options).await,
        LineCommand::Replay(options) => replay::run(&options),
        LineCommand::Export(options) => export::run(&options).await,
    }
}

/// Nothing can be said.
const NOTHING: ExitCode = ExitCode::FAILURE;

fn unusable() -> ExitCode {
    ExitCode::from(2)
}

fn language(lang: Lang) -> Language {
    match lang {
        Lang::Ko => Language::Ko,
        Lang::En => Language::En,
    }
}
