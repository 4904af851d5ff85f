//! The table of outcomes, in Markdown.

use std::collections::BTreeMap;

use crate::topo::SHAPES;
use crate::trial::{Outcome, Tried};

/// The smallest of which at least that part (0 to 1) is not greater.
pub fn quantile(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len().max(1)) - 1;
    times.get(at).copied().unwrap_or(f64::NAN)
}

fn share<'a>(all: impl Iterator<Item = &'a &'a Outcome>) -> String {
    let (mut right, mut n) = (0, 0);
    all.for_each(|o| {
        right += usize::from(o.right);
        n += 1;
    });
    if n == 0 {
        "–".into()
    } else {
        format!("{right}/{n}")
    }
}

fn row(name: &str, all: &[&Outcome]) {
    let shapes: Vec<String> = (0..SHAPES.len())
        .map(|shape| share(all.iter().filter(|o| o.shape == shape)))
        .collect();
    let mut times: Vec<f64> = all.iter().filter_map(|o| o.seconds).collect();
    let spread = match times.len() {
        0 => String::new(),
        _ => [0.5, 0.95, 1.0]
            .map(|q| format!("{:.1}", quantile(&mut times, q)))
            .join(" / "),
    };
    println!(
        "| {name} | {} | {} | {spread} |",
        share(all.iter()),
        shapes.join(" | ")
    );
}

/// Prints it: right of tried, and seconds from the fault to the right verdict that stood.
pub fn print(outcomes: &[Outcome]) {
    let names: Vec<String> = SHAPES
        .iter()
        .map(|s| format!("{}{}", s.name, if s.tuned { "" } else { " (never tuned on)" }))
        .collect();
    println!(
        "\n| condition | all | {} | median / p95 / longest s |",
        names.join(" | ")
    );
    println!("| --- | --- |{} --- |", " --- |".repeat(SHAPES.len()));
    let mut rows: BTreeMap<Tried, Vec<&Outcome>> = BTreeMap::new();
    outcomes
        .iter()
        .for_each(|o| rows.entry(o.tried).or_default().push(o));
    rows.iter().for_each(|(tried, all)| row(&tried.name(), all));
    let (conditions, exercises): (Vec<&Outcome>, Vec<&Outcome>) = outcomes
        .iter()
        .partition(|o| matches!(o.tried, Tried::Condition(_)));
    for (name, all) in [
        ("**all conditions**", conditions),
        ("**all exercises**", exercises),
    ] {
        if !all.is_empty() {
            row(name, &all);
        }
    }
    let count = |sort: fn(&&Outcome) -> bool| outcomes.iter().filter(sort).count();
    println!(
        "\nflood taken for routing or the other way round: {}; right, but another cause was said first: {}",
        count(|o| o.confused),
        count(|o| o.detour)
    );
}
