//! A journal played to the doctor again.

use std::process::ExitCode;

use biseo_line::journal::{self, Replay};
use biseo_line::{Change, Wording as Words};

use super::{NOTHING, language, unusable};
use crate::cli::LineReplayOptions;
use crate::out::line;
use crate::wording::Wording;

/// Larger files are no journals of ours.
const LARGEST: u64 = 256 * 1024 * 1024;

/// `biseo line replay`.
pub(super) fn run(options: &LineReplayOptions) -> ExitCode {
    let wording = Wording::of("line", options.lang);
    let replayed = match read(options) {
        Ok(replayed) => replayed,
        Err(why) => {
            let file = options.file.display().to_string();
            eprintln!("✗ {}", wording.say("unreadable", &file, &why));
            return unusable();
        }
    };
    for change in &replayed.now {
        match options.json {
            true => line!("{}", serde_json::to_string(change).unwrap_or_default()),
            false => print(change, &wording, &Words::of(language(options.lang))),
        }
    }
    let same = is_same(&replayed);
    if !options.json {
        let key = if same { "same" } else { "other" };
        line!(
            "{}",
            wording.say(
                key,
                &replayed.windows.to_string(),
                &replayed.now.len().to_string()
            )
        );
    }
    if same { ExitCode::SUCCESS } else { NOTHING }
}

fn read(options: &LineReplayOptions) -> Result<Replay, String> {
    let octets = std::fs::metadata(&options.file).map_err(|e| e.to_string())?.len();
    if octets > LARGEST {
        return Err(format!("{octets} > {LARGEST}"));
    }
    let text = std::fs::read_to_string(&options.file).map_err(|e| e.to_string())?;
    journal::replay(&text).map_err(|e| e.to_string())
}

/// What was said in the minutes with which a file begins stands in the file before it: the end of what was said now is compared.
fn is_same(replayed: &Replay) -> bool {
    let said = |change: &Change| {
        let v = change.verdict();
        (
            std::mem::discriminant(change),
            v.subject.clone(),
            v.label,
            v.said_ms,
        )
    };
    let now: Vec<_> = replayed.now.iter().map(said).collect();
    let then: Vec<_> = replayed.then.iter().map(said).collect();
    now.ends_with(&then)
}

fn print(change: &Change, wording: &Wording, words: &Words) {
    let verdict = change.verdict();
    let at = match change {
        Change::Ended(v) => v.until_ms.unwrap_or(v.said_ms),
        Change::Began(v) | Change::Grew(v) | Change::Replaced(v) => v.said_ms,
    };
    let key = match change {
        Change::Ended(_) => "played_over",
        _ => "played",
    };
    let seconds = format!("{:.1}", at as f64 / 1e3);
    line!("{}", wording.say(key, &words.sentence(verdict), &seconds));
    if !matches!(change, Change::Ended(_)) {
        words.findings(verdict).iter().for_each(|f| line!("  · {f}"));
    }
}
