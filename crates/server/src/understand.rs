//! `biseo understand`: utterance cases, judged.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use biseo_model::understanding::Understanding;
use biseo_rehearse::{Case, Faults, Rate, judge_understanding};
use serde_json::json;

use crate::cli::UnderstandOptions;
use crate::score::{self, BROKEN};
use crate::shops::Shops;
use crate::wording::Wording;

/// One case with what came of it.
struct Judged {
    case: Case,
    understood: Understanding,
    faults: Faults,
    /// Why it was understood so.
    trace: String,
    commands: Vec<biseo_nlu::Command>,
}

/// Judges all cases; ends in 1 if one fails, in 2 if there is nothing to judge by.
pub(crate) fn run(options: &UnderstandOptions) -> ExitCode {
    let wording = Wording::of("understand", options.lang);
    let judged = match judge_all(&options.cases, options.shops.as_deref()) {
        Ok(judged) => judged,
        Err(why) => {
            eprintln!("✗ {}", wording.say("unusable", "", &why));
            return ExitCode::from(BROKEN);
        }
    };
    let mut rate = Rate::default();
    judged.iter().for_each(|j| rate.count(j.faults.none()));
    if options.json {
        judged.iter().for_each(print_json);
        crate::out::line!("{}", score::json(rate));
    } else {
        report(&judged, rate, &wording);
    }
    ExitCode::from(u8::from(rate.passed < rate.total))
}

fn judge_all(file: &Path, shops: Option<&Path>) -> Result<Vec<Judged>, String> {
    let shown = |e: String| format!("{}: {e}", file.display());
    let text = std::fs::read_to_string(file).map_err(|e| shown(e.to_string()))?;
    let cases = Case::read_lines(&text).map_err(shown)?;
    if cases.is_empty() {
        return Err(shown("no case is in it".into()));
    }
    let shops = Shops::open(shops)?;
    let judged = cases.into_iter().map(|case| {
        let about = |e: String| shown(format!("{}: {e}", case.id));
        let nlu = &shops.find(&case.shop).map_err(about)?.nlu;
        let context = case.context().map_err(about)?;
        let understood = nlu.understand(&case.text, &context);
        Ok(Judged {
            faults: judge_understanding(&case.expect, &understood),
            trace: nlu.trace(&case.text, &context),
            commands: nlu.commands(&case.text, &context),
            understood,
            case,
        })
    });
    judged.collect()
}

fn print_json(judged: &Judged) {
    let line = json!({
        "id": judged.case.id,
        "passed": judged.faults.none(),
        "faults": judged.faults.all(),
        "understood": judged.understood,
        "commands": judged.commands,
    });
    crate::out::line!("{line}");
}

fn report(judged: &[Judged], rate: Rate, wording: &Wording) {
    judged
        .iter()
        .filter(|j| !j.faults.none())
        .for_each(|j| failure(j, wording));
    let mut kinds = BTreeMap::<&str, Rate>::new();
    let mut tags = BTreeMap::<&str, Rate>::new();
    for j in judged {
        let passed = j.faults.none();
        kinds.entry(&j.case.kind).or_default().count(passed);
        for tag in &j.case.tags {
            tags.entry(tag).or_default().count(passed);
        }
    }
    score::table(&wording.say("by_kind", "", ""), &kinds, wording);
    score::table(&wording.say("by_tag", "", ""), &tags, wording);
    crate::out::line!("\n{}", score::total(rate, wording));
}

fn failure(judged: &Judged, wording: &Wording) {
    let case = &judged.case;
    let asked = case.awaiting.as_deref().unwrap_or("-");
    crate::out::line!("✗ {} [{} · {asked}] {}", case.id, case.shop, case.text);
    let understood = serde_json::to_string(&judged.understood).unwrap_or_default();
    let faults = judged.faults.all().join(", ");
    for (key, text) in [
        ("expected", &case.expect.to_string()),
        ("understood", &understood),
        ("faults", &faults),
        ("why", &judged.trace.replace("\n  ", "\n    ")),
    ] {
        crate::out::line!("  {}: {text}", wording.say(key, "", ""));
    }
    crate::out::line!();
}
