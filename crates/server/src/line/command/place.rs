//! Where a program watches the line.

use std::path::Path;
use std::process::ExitCode;

use biseo_line::Wording as Words;
use jiff::Timestamp;

use super::super::folder;
use super::super::status::{STALE, Status};
use super::{language, unusable};
use crate::config::Config;
use crate::wording::{Lang, Wording};

/// Where a program watches, and in which words it is told.
pub(super) struct Place {
    /// Its configuration.
    pub(super) config: Config,
    /// What the command says.
    pub(super) wording: Wording,
    /// What the doctor says.
    pub(super) words: Words,
}

impl Place {
    /// By a configuration's file; or it was told that it cannot be used.
    pub(super) fn of(file: &Path, lang: Option<Lang>) -> Result<Self, ExitCode> {
        let config = Config::read(file);
        let lang = lang.or(config.as_ref().ok().map(|c| c.lang)).unwrap_or(Lang::Ko);
        let (wording, words) = (Wording::of("line", lang), Words::of(language(lang)));
        match config {
            Ok(config) => Ok(Self {
                config,
                wording,
                words,
            }),
            Err(e) => {
                eprintln!("✗ {}", wording.say("config_bad", "", &e.to_string()));
                Err(unusable())
            }
        }
    }

    /// What a program that runs has written; `None` (and told why) if none does.
    pub(super) fn status(&self) -> Option<Status> {
        let status = Status::read(&folder(&self.config.data)).ok();
        // The program's clock may be shifted for a rehearsal; then its file's age cannot be told by it.
        let fresh = |s: &Status| Timestamp::now().duration_since(s.at).abs() < STALE || self.is_new();
        status.filter(fresh)
    }

    /// Whether the file itself is new, by the system's clock.
    fn is_new(&self) -> bool {
        let file = folder(&self.config.data).join("status.json");
        let changed = std::fs::metadata(file).and_then(|m| m.modified());
        changed.is_ok_and(|at| {
            at.elapsed()
                .is_ok_and(|age| age.as_secs() < STALE.as_secs().unsigned_abs())
        })
    }

    /// Tells that nobody watches.
    pub(super) fn nobody(&self) -> ExitCode {
        eprintln!("✗ {}", self.wording.say("nobody", "", ""));
        unusable()
    }
}
