//! How a rehearsal's result is told: shares with their bounds, by stratum and in all.

use std::collections::BTreeMap;

use biseo_rehearse::Rate;
use serde_json::json;

use crate::wording::Wording;

/// Exit status when there is nothing to judge: a file that cannot be used, an engine that is missing.
pub(crate) const BROKEN: u8 = 2;

/// The last line of `--json`.
pub(crate) fn json(rate: Rate) -> serde_json::Value {
    json!({"passed": rate.passed, "total": rate.total})
}

/// A table of strata; nothing where there are none.
pub(crate) fn table(heading: &str, strata: &BTreeMap<&str, Rate>, wording: &Wording) {
    if strata.keys().all(|name| name.is_empty()) {
        return;
    }
    crate::out::line!("\n■ {heading}");
    let widest = strata.keys().map(|n| n.chars().count()).max().unwrap_or(0);
    for (name, rate) in strata {
        crate::out::line!("  {name:widest$}  {}", share(*rate, 7, wording));
    }
}

/// The total in words.
pub(crate) fn total(rate: Rate, wording: &Wording) -> String {
    wording.say("total", &share(rate, 0, wording), "")
}

/// `45/50 90.0 % (95 %: 78.6–95.7)`, the first part as wide as asked for.
fn share(rate: Rate, width: usize, wording: &Wording) -> String {
    let (low, high) = rate.interval();
    let percent = 100.0 * rate.passed as f64 / rate.total.max(1) as f64;
    let bounds = format!("{:.1}–{:.1}", 100.0 * low, 100.0 * high);
    let of = format!("{}/{}", rate.passed, rate.total);
    wording.say("share", &format!("{of:>width$} {percent:5.1} %"), &bounds)
}
