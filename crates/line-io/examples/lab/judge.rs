//! Whether what came out is what is aimed at: shares, confusions, times, and that nothing is missing. Pure.

use std::collections::BTreeMap;

use crate::table::quantile;
use crate::trial::{Outcome, Tried, Unit};

/// Right of all conditions together, percent.
const ALL: usize = 95;
/// Right of each condition and exercise, percent.
const EACH: usize = 90;
/// Seconds from a fault to the right verdict: the median, and the 95th of a hundred, of all conditions.
const MEDIAN: f64 = 3.0;
const P95: f64 = 6.0;

/// How many trials there are to be, by topology and by what is tried.
pub type Wanted = BTreeMap<(usize, Tried), usize>;

/// All that these units are to do.
pub fn wanted(units: &[Unit]) -> Wanted {
    let mut all = Wanted::new();
    for unit in units {
        for tried in &unit.trials {
            *all.entry((unit.shape, *tried)).or_default() += 1;
        }
    }
    all
}

/// In what the outcomes fall short, in words; nothing if all is as aimed at.
pub fn shortfalls(wanted: &Wanted, outcomes: &[Outcome], shapes: &[&str]) -> Vec<String> {
    let mut out = missing(wanted, outcomes, shapes);
    if outcomes.is_empty() {
        out.push("nothing was tried".into());
        return out;
    }
    let mut rows: BTreeMap<Tried, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        rows.entry(outcome.tried).or_default().push(outcome);
    }
    out.extend(
        rows.iter()
            .filter_map(|(tried, all)| too_few(&tried.name(), all, EACH)),
    );
    let conditions: Vec<&Outcome> = outcomes
        .iter()
        .filter(|o| matches!(o.tried, Tried::Condition(_)))
        .collect();
    out.extend(too_few("all conditions", &conditions, ALL));
    let confused = outcomes.iter().filter(|o| o.confused).count();
    if confused > 0 {
        out.push(format!(
            "{confused} floods were taken for routing or the other way round"
        ));
    }
    out.extend(too_slow(&conditions));
    out
}

fn missing(wanted: &Wanted, outcomes: &[Outcome], shapes: &[&str]) -> Vec<String> {
    let done = |key: &(usize, Tried)| outcomes.iter().filter(|o| (o.shape, o.tried) == *key).count();
    let all = wanted.iter().map(|(key, n)| (key, *n, done(key)));
    all.filter(|(_, n, done)| done < n)
        .map(|((shape, tried), n, done)| {
            let shape = shapes.get(*shape).copied().unwrap_or("?");
            format!("{} on {shape}: {done} of {n} trials were done", tried.name())
        })
        .collect()
}

fn too_few(name: &str, all: &[&Outcome], percent: usize) -> Option<String> {
    let right = all.iter().filter(|o| o.right).count();
    (right * 100 < all.len() * percent)
        .then(|| format!("{name}: {right} of {} right, {percent} % are aimed at", all.len()))
}

fn too_slow(conditions: &[&Outcome]) -> Vec<String> {
    let mut times: Vec<f64> = conditions.iter().filter_map(|o| o.seconds).collect();
    if times.is_empty() {
        return vec![];
    }
    let aims = [(0.5, MEDIAN, "median"), (0.95, P95, "p95")];
    aims.into_iter()
        .filter_map(|(part, most, name)| {
            let is = quantile(&mut times, part);
            (is > most).then(|| format!("{name} {is:.1} s to the right verdict, {most:.0} s are aimed at"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::Exercise;
    use crate::fault::Condition;

    const SHAPES: [&str; 2] = ["short", "ring"];

    fn outcome(condition: Condition, right: bool, seconds: f64) -> Outcome {
        Outcome {
            shape: 1,
            tried: Tried::Condition(condition),
            right,
            confused: false,
            detour: false,
            seconds: right.then_some(seconds),
            text: String::new(),
        }
    }

    /// Twenty trials of each of two conditions.
    fn good() -> (Wanted, Vec<Outcome>) {
        let both = [Condition::Flood, Condition::Loop];
        let unit = Unit {
            beacon: false,
            shape: 1,
            index: 0,
            seed: 0,
            trials: both.into_iter().flat_map(|c| [Tried::Condition(c); 20]).collect(),
        };
        let outcomes = both
            .into_iter()
            .flat_map(|c| (0..20).map(move |_| outcome(c, true, 2.0)));
        (wanted(&[unit]), outcomes.collect())
    }

    #[test]
    fn what_is_as_aimed_at_passes() {
        let (wanted, mut outcomes) = good();
        assert_eq!(shortfalls(&wanted, &outcomes, &SHAPES), Vec::<String>::new());
        // One of twenty may be wrong, and some may take long.
        outcomes[0] = outcome(Condition::Flood, false, 0.0);
        outcomes[1] = outcome(Condition::Flood, true, 9.0);
        assert_eq!(shortfalls(&wanted, &outcomes, &SHAPES), Vec::<String>::new());
    }

    #[test]
    fn each_aim_that_is_missed_is_told() {
        let told = |change: &dyn Fn(&mut Vec<Outcome>)| {
            let (wanted, mut outcomes) = good();
            change(&mut outcomes);
            shortfalls(&wanted, &outcomes, &SHAPES)
        };
        let gone = told(&|all| drop(all.pop()));
        assert_eq!(gone, ["Loop on ring: 19 of 20 trials were done"]);
        let wrong = told(&|all| {
            (0..3).for_each(|n| all[n] = outcome(Condition::Flood, false, 0.0));
        });
        assert_eq!(
            wrong,
            [
                "Flood: 17 of 20 right, 90 % are aimed at",
                "all conditions: 37 of 40 right, 95 % are aimed at"
            ]
        );
        let confused = told(&|all| all[0].confused = true);
        assert_eq!(
            confused,
            ["1 floods were taken for routing or the other way round"]
        );
        let slow = told(&|all| all.iter_mut().for_each(|o| o.seconds = Some(3.5)));
        assert_eq!(slow, ["median 3.5 s to the right verdict, 3 s are aimed at"]);
        let late = told(&|all| all.iter_mut().take(3).for_each(|o| o.seconds = Some(6.5)));
        assert_eq!(late, ["p95 6.5 s to the right verdict, 6 s are aimed at"]);
        let exercise = told(&|all| {
            all.push(Outcome {
                tried: Tried::Exercise(Exercise::Mistake),
                ..outcome(Condition::Loop, false, 0.0)
            });
        });
        assert_eq!(exercise, ["exercise 2021: 0 of 1 right, 90 % are aimed at"]);
        assert_eq!(shortfalls(&Wanted::new(), &[], &SHAPES), ["nothing was tried"]);
    }
}
