//! `biseo rehearse`: simulated callers with a goal, in text, judged by what came of their calls.

mod page;
mod print;
pub(crate) mod words;

use std::path::Path;
use std::process::ExitCode;

use biseo_rehearse::{Failure, Line, Outcome, Rate, Scenario, rehearse};

use crate::cli::RehearseOptions;
use crate::score::{self, BROKEN};
use crate::shops::Shops;
use crate::wording::Wording;

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
    /// Whether all was as expected.
    pub(crate) fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Plays all scenarios; ends in 1 if one fails, in 2 if nothing can be played.
pub(crate) async fn run(options: &RehearseOptions) -> ExitCode {
    let wording = Wording::of("rehearse", options.lang);
    let played = match prepared(options) {
        Ok((scenarios, shops)) => play_all(&scenarios, &shops, options, &wording),
        Err(why) => {
            eprintln!("✗ {}", wording.say("unusable", "", &why));
            return ExitCode::from(BROKEN);
        }
    };
    let mut rate = Rate::default();
    played.iter().for_each(|p| rate.count(p.passed()));
    if options.json {
        println!("{}", score::json(rate));
    } else {
        print::totals(&played, rate, &wording);
    }
    let written = options
        .report
        .as_deref()
        .is_none_or(|file| write_report(file, &played, &wording));
    ExitCode::from(u8::from(rate.passed < rate.total || !written))
}

/// The scenarios and their shops, with all that can be known to be wrong before the first call.
fn prepared(options: &RehearseOptions) -> Result<(Vec<Scenario>, Shops), String> {
    let shown = |e: String| format!("{}: {e}", options.scenarios.display());
    let text = std::fs::read_to_string(&options.scenarios).map_err(|e| shown(e.to_string()))?;
    let scenarios = Scenario::read_lines(&text).map_err(shown)?;
    if scenarios.is_empty() {
        return Err(shown("no scenario is in it".into()));
    }
    let shops = Shops::open(options.shops.as_deref())?;
    for scenario in &scenarios {
        scenario.now().map_err(shown)?;
        let known = shops.find(&scenario.shop);
        known.map_err(|e| shown(format!("{}: {e}", scenario.id)))?;
    }
    Ok((scenarios, shops))
}

fn play_all(
    scenarios: &[Scenario],
    shops: &Shops,
    options: &RehearseOptions,
    wording: &Wording,
) -> Vec<Played> {
    let mut played = Vec::new();
    for scenario in scenarios {
        let one = in_text(scenario, shops);
        print::one(&one, options.json, wording);
        played.push(one);
    }
    played
}

fn in_text(scenario: &Scenario, shops: &Shops) -> Played {
    let attempt = shops.find(&scenario.shop).and_then(|shop| {
        let understand = |text: &str, context: &_| shop.nlu.understand(text, context);
        rehearse(scenario, shop.profile.clone(), understand)
    });
    let shop = shops.find(&scenario.shop).map(|s| s.profile.name.ko.clone());
    let base = Played {
        scenario: scenario.clone(),
        shop: shop.unwrap_or_default(),
        failures: Vec::new(),
        lines: Vec::new(),
        spoken: Vec::new(),
        outcome: Outcome::default(),
    };
    match attempt {
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
fn write_report(file: &Path, played: &[Played], wording: &Wording) -> bool {
    let shown = file.display().to_string();
    match std::fs::write(file, page::page(played, wording)) {
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
