//! `biseo rehearse`: simulated callers with a goal, in text or by voice, judged by what came of their calls.

mod page;
mod print;
mod studio;
mod voice;
pub(crate) mod words;

use std::path::Path;
use std::process::ExitCode;

use biseo_rehearse::{Failure, Line, Outcome, Rate, Scenario, rehearse};

use crate::cli::RehearseOptions;
use crate::house::Engines;
use crate::score::{self, BROKEN};
use crate::shops::{Shop, Shops};
use crate::wording::{Lang, Wording};
use studio::in_order;
use voice::Studio;

/// A call that was played, or could not be.
pub(crate) struct Played {
    /// Who called and why.
    pub(crate) scenario: Scenario,
    /// The shop's name.
    pub(crate) shop: String,
    /// What was not as expected; empty if it passed.
    pub(crate) failures: Vec<Failure>,
    /// How it went.
    pub(crate) lines: Vec<Line>,
    /// What the caller said, where Biseo may have heard something else.
    pub(crate) spoken: Vec<String>,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

impl Played {
    /// A call that is still to be played.
    fn begun(scenario: &Scenario, shop: &Shop, lang: Lang) -> Self {
        Self {
            scenario: scenario.clone(),
            shop: shop.name(lang).to_string(),
            failures: Vec::new(),
            lines: Vec::new(),
            spoken: Vec::new(),
            outcome: Outcome::default(),
        }
    }

    /// Whether all was as expected.
    pub(crate) fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Plays all scenarios; ends in 1 if one fails, in 2 if nothing can be played.
pub(crate) async fn run(options: &RehearseOptions) -> ExitCode {
    let wording = Wording::of("rehearse", options.lang);
    let played = match attempt(options, &wording).await {
        Ok(played) => played,
        Err(why) => {
            eprintln!("✗ {}", wording.say("unusable", "", &why));
            return ExitCode::from(BROKEN);
        }
    };
    let mut rate = Rate::default();
    played.iter().for_each(|p| rate.count(p.passed()));
    if options.json {
        crate::out::line!("{}", score::json(rate));
    } else {
        print::totals(&played, rate, &wording);
    }
    let written = options
        .report
        .as_deref()
        .is_none_or(|file| write_report(file, &played, options.voice, &wording));
    ExitCode::from(u8::from(rate.passed < rate.total || !written))
}

/// Plays all that is asked for; what fails within a call is that call's failure.
async fn attempt(options: &RehearseOptions, wording: &Wording) -> Result<Vec<Played>, String> {
    let scenarios = prepared(options)?;
    if !options.voice {
        let played = scenarios.into_iter().map(|(scenario, shop)| {
            let played = in_text(&scenario, &shop, options.lang);
            print::one(&played, options.json, wording);
            played
        });
        return Ok(played.collect());
    }
    let studio = Studio {
        engines: Engines::load(&options.model, "espeak-ng".as_ref())?,
        model: options.model.clone(),
        shops: options.shops.clone(),
        speaker: options.speaker.clone(),
        lang: options.lang,
    };
    let total = scenarios.len();
    let calls = scenarios.into_iter().map(|(scenario, shop)| {
        let studio = studio.clone();
        async move { voice::play(&studio, &scenario, &shop).await }
    });
    let mut done = 0;
    let tell = |played: &Played| {
        done += 1;
        print::progress(played, done, total, wording);
    };
    let show = |played: &Played| print::one(played, options.json, wording);
    Ok(in_order(calls, usize::from(options.jobs), tell, show).await)
}

/// The scenarios with their shops; all that can be known to be wrong is told before the first call.
fn prepared(options: &RehearseOptions) -> Result<Vec<(Scenario, Shop)>, String> {
    let shown = |e: String| format!("{}: {e}", options.scenarios.display());
    let text = std::fs::read_to_string(&options.scenarios).map_err(|e| shown(e.to_string()))?;
    let scenarios = Scenario::read_lines(&text).map_err(shown)?;
    if scenarios.is_empty() {
        return Err(shown("no scenario is in it".into()));
    }
    let shops = Shops::open(options.shops.as_deref())?;
    let placed = scenarios.into_iter().map(|scenario| {
        scenario.now().map_err(shown)?;
        let shop = shops.find(&scenario.shop).cloned();
        let shop = shop.map_err(|e| shown(format!("{}: {e}", scenario.id)))?;
        Ok((scenario, shop))
    });
    placed.collect()
}

fn in_text(scenario: &Scenario, shop: &Shop, lang: Lang) -> Played {
    let understand = |text: &str, context: &_| shop.nlu.understand(text, context);
    let base = Played::begun(scenario, shop, lang);
    match rehearse(scenario, shop.profile.clone(), understand) {
        Ok(rehearsal) => Played {
            failures: rehearsal.failures,
            lines: rehearsal.transcript,
            outcome: rehearsal.outcome,
            ..base
        },
        Err(why) => Played {
            failures: vec![Failure::Broken(why)],
            ..base
        },
    }
}

/// Whether the report could be written.
fn write_report(file: &Path, played: &[Played], by_voice: bool, wording: &Wording) -> bool {
    let shown = file.display().to_string();
    match std::fs::write(file, page::page(played, by_voice, wording)) {
        Ok(()) => {
            eprintln!("{}", wording.say("report_written", &shown, ""));
            true
        }
        Err(e) => {
            eprintln!("✗ {}", wording.say("report_failed", &shown, &e.to_string()));
            false
        }
    }
}
