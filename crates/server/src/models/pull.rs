//! `biseo models pull`.

use std::process::ExitCode;

use biseo_speech_sherpa::catalogue::{self, Entry};
use biseo_speech_sherpa::fetch::{self, FetchError, Limits, Source};

use super::bar::Bar;
use crate::cli::ModelsPullOptions;
use crate::wording::Wording;

/// Fetches each model; one that fails keeps no other from being tried.
pub(super) async fn run(options: &ModelsPullOptions) -> ExitCode {
    let wording = Wording::of("models", options.lang);
    let mirror = options.mirror.as_deref();
    let source = mirror.map_or(Source::Address, Source::mirror);
    let mut failed = false;
    for name in &options.names {
        let done = match catalogue::find(name) {
            None => Err(wording.say("unknown", name, "")),
            Some(entry) if options.dry_run => Ok(would(&entry, &source, options, &wording)),
            Some(entry) => pull(&entry, &source, options, &wording).await,
        };
        match done {
            Ok(told) => crate::out::line!("{told}"),
            Err(why) => {
                failed = true;
                eprintln!("✗ {why}");
            }
        }
    }
    ExitCode::from(u8::from(failed))
}

fn would(entry: &Entry, source: &Source, options: &ModelsPullOptions, wording: &Wording) -> String {
    let place = options.folder.join(&entry.name).display().to_string();
    wording.say("would", &source.of(entry), &place)
}

async fn pull(
    entry: &Entry,
    source: &Source,
    options: &ModelsPullOptions,
    wording: &Wording,
) -> Result<String, String> {
    let mut bar = Bar::new(&entry.name, wording);
    let tell = |step| bar.step(step);
    match fetch::pull(entry, &options.folder, source, Limits::default(), tell).await {
        Ok(place) => Ok(wording.say("pulled", &place.display().to_string(), "")),
        // It is where it should be.
        Err(FetchError::There(place)) => Ok(wording.say("there", &place.display().to_string(), "")),
        Err(why) => Err(wording.say(failure(&why), &entry.name, &why.to_string())),
    }
}

/// The key of what to do about it.
fn failure(why: &FetchError) -> &'static str {
    match why {
        FetchError::Busy => "busy",
        FetchError::Connection(_) | FetchError::Status(_) | FetchError::Address(_) => "unreachable",
        FetchError::Checksum { .. } => "checksum",
        FetchError::Disk { .. } => "disk",
        _ => "not_pulled",
    }
}
