//! `biseo models check`, and the same before a model is used in calls.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use biseo_speech_sherpa::probe::{self, Fault, Limits, Report};

use crate::cli::ModelsCheckOptions;
use crate::wording::Wording;

/// Tries a folder and tells what was found.
pub(super) fn run(options: &ModelsCheckOptions) -> ExitCode {
    let wording = Wording::of("models", options.lang);
    let name = options.folder.display().to_string();
    let limits = Limits {
        time: Duration::from_secs(options.seconds),
        memory: options.memory << 20,
    };
    let found = this_program().and_then(|program| probe::check(program, &options.folder, limits));
    match found {
        Ok(report) if options.json => {
            crate::out::line!("{}", serde_json::to_string(&report).unwrap_or_default());
            ExitCode::SUCCESS
        }
        Ok(report) => {
            crate::out::line!("✓ {}", wording.say("fit", &name, &figures(&report)));
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("✗ {}", wording.say(key(&fault), &name, &fault.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// The child's half: prints its line. The library may end the process before.
pub(super) fn probe(folder: &Path) -> ExitCode {
    let (line, fit) = probe::answer(folder);
    crate::out::line!("{line}");
    ExitCode::from(u8::from(!fit))
}

/// Tries a model that is to be used.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn tried(folder: &Path) -> Result<(), String> {
    let found = this_program().and_then(|program| probe::check(program, folder, Limits::default()));
    found
        .map(drop)
        .map_err(|fault| format!("{}: {fault}", folder.display()))
}

/// This program, as the one in which a model is tried.
fn this_program() -> Result<Command, Fault> {
    let mut program = Command::new(std::env::current_exe().map_err(Fault::Start)?);
    program.args(["models", "probe"]);
    Ok(program)
}

fn figures(report: &Report) -> String {
    let (load, run, memory) = (report.load_ms, report.run_ms, report.memory_mb);
    format!("{}, {load} + {run} ms, {memory} MiB", report.kind)
}

/// The key of what to do about it.
fn key(fault: &Fault) -> &'static str {
    match fault {
        Fault::Manifest(_) => "no_model",
        Fault::NotBuiltIn => "not_built_in",
        Fault::Version { .. } => "version",
        Fault::Late(_) | Fault::Memory(_) => "too_much",
        Fault::Crashed { .. } | Fault::Ended { .. } => "ended",
        Fault::Start(_) | Fault::Unfit(_) | Fault::Silent { .. } => "unfit",
    }
}
