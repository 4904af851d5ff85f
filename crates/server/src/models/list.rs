//! `biseo models list`.

use std::process::ExitCode;

use biseo_speech_sherpa::catalogue::{self, Entry};

use crate::cli::ModelsListOptions;
use crate::wording::{Lang, Wording};

/// Shows all of them.
pub(super) fn run(options: &ModelsListOptions) -> ExitCode {
    let wording = Wording::of("models", options.lang);
    for entry in catalogue::all() {
        show(&entry, options.lang, &wording);
    }
    if !biseo_speech_sherpa::BUILT_IN {
        crate::out::line!("{}", wording.say("not_built_in", "", ""));
    }
    ExitCode::SUCCESS
}

fn show(entry: &Entry, lang: Lang, wording: &Wording) {
    let about = match lang {
        Lang::Ko => &entry.about.ko,
        Lang::En => &entry.about.en,
    };
    let size = entry
        .megabytes
        .map_or_else(|| wording.say("size_unknown", "", ""), |mb| format!("{mb} MB"));
    let kind = format!("{} ({})", entry.kind.word(), entry.languages.join(", "));
    crate::out::line!("{}", entry.name);
    crate::out::line!("  {about}");
    crate::out::line!("  {kind} · {size} · {}", entry.licence);
    if let Some(rate) = &entry.rate {
        let figure = format!("{} {} %", rate.measure, rate.percent);
        crate::out::line!("  {}", wording.say("rate", &figure, &rate.set));
        crate::out::line!("  {}", rate.published);
    }
}
