//! What `biseo rehearse` prints.

use std::collections::BTreeMap;

use biseo_rehearse::{Line, Rate};
use serde_json::json;

use super::{Played, words};
use crate::score;
use crate::wording::Wording;

/// One call: its line of JSON, or its story if it failed.
pub(super) fn one(played: &Played, as_json: bool, wording: &Wording) {
    if as_json {
        crate::out::line!("{}", json_line(played));
    } else if !played.passed() {
        story(played, wording);
    }
}

/// How far it has come, for whoever waits.
pub(super) fn progress(played: &Played, done: usize, total: usize, wording: &Wording) {
    let mark = if played.passed() { '✓' } else { '✗' };
    let of = format!("{done}/{total}");
    eprintln!(
        "{}",
        wording.say("progress", &of, &format!("{mark} {}", played.scenario.id))
    );
}

fn json_line(played: &Played) -> serde_json::Value {
    let failures: Vec<String> = played.failures.iter().map(ToString::to_string).collect();
    json!({
        "id": played.scenario.id,
        "passed": played.passed(),
        "failures": failures,
        "turns": played.outcome.turns,
    })
}

/// How a failed call went, with the understanding of every turn.
fn story(played: &Played, wording: &Wording) {
    let s = &played.scenario;
    let what = [s.shop.as_str(), s.kind.as_str()].join(" · ");
    crate::out::line!("✗ {}", wording.say("failed_call", &s.id, &what));
    let label = |key: &str| wording.say(key, "", "");
    for line in &played.lines {
        match line {
            Line::Caller(Some((text, understanding))) => {
                let meaning = serde_json::to_string(understanding).unwrap_or_default();
                crate::out::line!("  {} │ {text}", label("caller"));
                crate::out::line!("       │   {}: {meaning}", label("understood"));
            }
            Line::Caller(None) => crate::out::line!("  {} │ {}", label("caller"), label("silence")),
            Line::Biseo(text) => crate::out::line!("  {} │ {text}", label("assistant")),
            Line::Did { action, result } => {
                crate::out::line!("       │   {}: {action} → {result}", label("did"))
            }
        }
    }
    if !played.spoken.is_empty() {
        crate::out::line!("  {}:", label("spoken"));
        played
            .spoken
            .iter()
            .for_each(|text| crate::out::line!("    · {text}"));
    }
    for failure in &played.failures {
        crate::out::line!("  ✗ {}", words::failure(failure, wording));
    }
    crate::out::line!();
}

/// The shares by kind, the mean number of turns and the total.
pub(super) fn totals(played: &[Played], rate: Rate, wording: &Wording) {
    score::table(&wording.say("by_kind", "", ""), &by_kind(played), wording);
    let mean = format!("{:.1}", mean_turns(played));
    crate::out::line!("\n{}", wording.say("mean_turns", &mean, ""));
    crate::out::line!("{}", score::total(rate, wording));
}

/// The share of each kind.
pub(super) fn by_kind(played: &[Played]) -> BTreeMap<&str, Rate> {
    let mut kinds = BTreeMap::<&str, Rate>::new();
    for p in played {
        kinds.entry(&p.scenario.kind).or_default().count(p.passed());
    }
    kinds
}

/// How often callers spoke, on average.
pub(super) fn mean_turns(played: &[Played]) -> f64 {
    let turns: u32 = played.iter().map(|p| p.outcome.turns).sum();
    f64::from(turns) / played.len().max(1) as f64
}
