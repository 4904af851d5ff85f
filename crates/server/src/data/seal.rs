//! Sealing the recordings that lie in the clear.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use biseo_backup::Progress;
use biseo_media_io::recordings_in;
use biseo_vault::{Keys, Sealing, seal};

use super::{Failed, begin, failed};
use crate::backup::{Shown, size};
use crate::cli::DataSealOptions;
use crate::config::Config;
use crate::house::lock;
use crate::wording::Wording;

/// What became of them.
#[derive(Default)]
struct Done {
    sealed: usize,
    octets: u64,
    already: usize,
    foreign: usize,
    failed: Vec<(PathBuf, String)>,
}

/// Seals; ends in 1 if one cannot be.
pub(super) async fn run(options: &DataSealOptions) -> ExitCode {
    let (wording, begun) = begin(&options.config, options.lang).await;
    let done = match begun.and_then(|(config, keys)| all(&config, keys, &wording)) {
        Ok(done) => done,
        Err(e) => return failed(&wording, &e),
    };
    for (path, why) in &done.failed {
        eprintln!(
            "✗ {}",
            wording.say("not_sealed", &path.display().to_string(), why)
        );
    }
    let say = |key, name: usize, why: &str| {
        crate::out::line!("{}", wording.say(key, &name.to_string(), why));
    };
    say("sealed", done.sealed, &size(done.octets));
    say("already", done.already, "");
    if done.foreign > 0 {
        say("foreign", done.foreign, "");
    }
    if done.sealed > 0 {
        crate::out::line!("{}", wording.say("traces", "", ""));
    }
    match done.failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn all(config: &Config, keys: Option<Arc<Keys>>, wording: &Wording) -> Result<Done, Failed> {
    let keys = keys.ok_or(("no_key", String::new()))?;
    // A recording that grows, is concealed or is erased meanwhile would come back as it was.
    let _held: File = lock(config).map_err(|why| ("in_use", why))?;
    let mut done = Done::default();
    let folder = config.recordings();
    if !folder.is_dir() {
        return Ok(done);
    }
    let found = recordings_in(&folder).map_err(|e| ("failed", e.to_string()))?;
    let plainly = found.failed.into_iter().map(|(path, e)| (path, e.to_string()));
    done.failed.extend(plainly);
    let mut shown = Shown::new(wording);
    let of_files = found.recordings.len() as u64;
    for (files, path) in (1..).zip(found.recordings) {
        one(path, &keys, &mut done, wording);
        shown.step(Progress {
            files,
            of_files,
            octets: done.octets,
        });
    }
    Ok(done)
}

fn one(path: PathBuf, keys: &Keys, done: &mut Done, wording: &Wording) {
    match seal(&path, keys) {
        Ok(Sealing::Sealed(octets)) => {
            done.sealed += 1;
            done.octets += octets;
        }
        Ok(Sealing::Already) => done.already += 1,
        Ok(Sealing::Foreign) => done.foreign += 1,
        Ok(Sealing::Locked) => done.failed.push((path, wording.say("locked", "", ""))),
        Err(e) => done.failed.push((path, e.to_string())),
    }
}
