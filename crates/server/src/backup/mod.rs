//! `biseo backup` and `biseo restore`: a whole installation in one file.

mod database;
mod progress;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use biseo_backup::{Manifest, Part, gather};
use jiff::Timestamp;

use crate::cli::{BackupOptions, RestoreOptions};
use crate::config::Config;
use crate::wording::{Lang, Wording};
use progress::{Shown, size};

/// Names within an archive.
const CONFIG: &str = "biseo.toml";
const DATA: &str = "data/";
const SHOPS: &str = "shops/";
const FLOWS: &str = "flows/";

/// Why there is no backup: a key of the wording file, and what fills it.
pub(crate) struct Failed {
    key: &'static str,
    why: String,
}

impl Failed {
    fn because(key: &'static str) -> impl FnOnce(String) -> Self {
        move |why| Self { key, why }
    }
}

/// Saves an installation.
pub(crate) async fn run(options: &BackupOptions) -> ExitCode {
    let config = Config::read(&options.config);
    let lang = options.lang.or(config.as_ref().ok().map(|c| c.lang));
    let wording = Wording::of("backup", lang.unwrap_or(Lang::Ko));
    let saved = match config {
        Ok(config) => save(options, &config, &wording).await,
        Err(e) => Err(Failed::because("config_bad")(e.to_string())),
    };
    match saved {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("{}", wording.say(failed.key, "", &failed.why));
            ExitCode::FAILURE
        }
    }
}

async fn save(options: &BackupOptions, config: &Config, wording: &Wording) -> Result<(), Failed> {
    let now = Timestamp::now();
    let file = options.file.clone().unwrap_or_else(|| usual(now));
    let failed = || Failed::because("failed");
    // Beside the archive, where there is to be room for it anyway.
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
    let copies =
        tempfile::tempdir_in(folder.unwrap_or(Path::new("."))).map_err(|e| failed()(e.to_string()))?;
    eprintln!("{}", wording.say("database", "", ""));
    let mut parts = vec![database::copy(config, copies.path()).await?];
    parts.extend(files(options, config).map_err(|e| failed()(e.to_string()))?);
    let mut shown = Shown::new(wording);
    let made = biseo_backup::write(&file, &now.to_string(), &parts, |p| shown.step(p));
    let made = made.map_err(|e| failed()(e.to_string()))?;
    crate::out::line!(
        "{}",
        wording.say("saved", &file.display().to_string(), &sum(&made))
    );
    crate::out::line!("{}", wording.say("secrets", "", ""));
    crate::out::line!("{}", wording.say("left_out", CONFIG, ""));
    Ok(())
}

fn usual(now: Timestamp) -> PathBuf {
    format!("biseo-{}.tar", now.strftime("%Y%m%d-%H%M%SZ")).into()
}

/// Everything but the records: those are copied by their database.
fn files(options: &BackupOptions, config: &Config) -> Result<Vec<Part>, biseo_backup::BackupError> {
    let mut parts = vec![Part::new(CONFIG, options.config.clone())];
    parts.extend(gather(&config.data, DATA, is_kept)?);
    parts.extend(gather(&config.shops, SHOPS, |_| true)?);
    if let Some(flows) = &config.flows_dir {
        parts.extend(gather(flows, FLOWS, |_| true)?);
    }
    Ok(parts)
}

/// Whether a file of the data folder belongs into a backup: not the database, which is copied by itself, nor what is there only while
/// a program runs.
fn is_kept(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_draft = name.starts_with('.') || name.ends_with(".new") || name.ends_with(".part");
    // What the line doctor saw is large, and of this machine only.
    !path.starts_with("line") && !name.starts_with("biseo.db") && name != "biseo.lock" && !is_draft
}

fn sum(manifest: &Manifest) -> String {
    let octets = manifest.files.values().map(|f| f.octets).sum();
    format!("{}, {}", manifest.files.len(), size(octets))
}

/// Puts a backup into a new folder.
pub(crate) fn restore(options: &RestoreOptions) -> ExitCode {
    let wording = Wording::of("backup", options.lang);
    let mut shown = Shown::new(&wording);
    match biseo_backup::restore(&options.file, &options.folder, |p| shown.step(p)) {
        Ok(manifest) => {
            tell(options, &manifest, &wording);
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("{}", wording.say("restore_failed", "", &e.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// What is to be done now.
fn tell(options: &RestoreOptions, manifest: &Manifest, wording: &Wording) {
    let folder = &options.folder;
    let say = |key, name: &Path, why: &str| {
        crate::out::line!("{}", wording.say(key, &name.display().to_string(), why));
    };
    say("restored", folder, &sum(manifest));
    say("made", Path::new(&manifest.made), "");
    let config = folder.join(CONFIG);
    if let Ok(read) = Config::read(&config) {
        let flows = read.flows_dir.as_deref().map(|at| (FLOWS, at));
        let named = [(DATA, &*read.data), (SHOPS, &*read.shops)]
            .into_iter()
            .chain(flows);
        for (part, at) in named {
            let here = folder.join(part.trim_end_matches('/'));
            if here != *at {
                say("move", &here, &at.display().to_string());
            }
        }
    }
    let dump = folder.join(database::DUMP);
    if dump.exists() {
        say("pg_restore", &dump, "");
    }
    say("next", &config, "");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_into_a_backup() {
        for (name, kept) in [
            ("recordings/2026/11/c1.wav", true),
            ("visit.key", true),
            ("push.key", true),
            ("biseo.db", false),
            ("biseo.db-wal", false),
            ("biseo.lock", false),
            (".visit.key.12", false),
            ("push.new", false),
            ("line/told-1.jsonl", false),
        ] {
            assert_eq!(is_kept(Path::new(name)), kept, "{name}");
        }
    }
}
