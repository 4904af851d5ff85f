//! Decoding in several ways, and tables of how well they do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_speech::SAMPLE_RATE;
use biseo_speech::ctc::{BeamConfig, BeamSearch, Boost, Greedy, NgramLm, Recipe, STEP_SAMPLES, Tokens};

use crate::Flags;
use crate::case::{Case, letters};
use crate::score::Score;

/// What a search is made of.
pub struct Parts {
    pub tokens: Arc<Tokens>,
    pub lm: Option<Arc<NgramLm>>,
    pub boost: Arc<Boost>,
    pub none: Arc<Boost>,
}

pub fn greedy(parts: &Parts, case: &Case) -> String {
    let mut greedy = Greedy::new(&parts.tokens);
    case.steps
        .iter()
        .for_each(|step| greedy.push(step, &parts.tokens));
    greedy.decoded(&parts.tokens).text()
}

pub fn search(parts: &Parts, config: &BeamConfig, lm: bool, boost: bool) -> BeamSearch {
    let recipe = Recipe::new(
        parts.tokens.clone(),
        parts.lm.clone().filter(|_| lm),
        config.clone(),
    );
    let boost = if boost { &parts.boost } else { &parts.none };
    BeamSearch::new(Arc::new(recipe), boost.clone())
}

pub fn beam(search: &mut BeamSearch, case: &Case) -> String {
    search.reset();
    case.steps.iter().for_each(|step| search.push(step));
    search.finish().text()
}

/// Without a language model there is nothing to balance.
pub fn plain() -> BeamConfig {
    BeamConfig {
        letter_bonus: 0.0,
        word_bonus: 0.0,
        moved_cost: f32::INFINITY,
        ..BeamConfig::default()
    }
}

pub fn report(parts: &Parts, cases: &[Case], show: bool) {
    let sets: BTreeSet<&str> = cases.iter().map(|case| case.set.as_str()).collect();
    println!(
        "| set | sentences | greedy | beam | + language model | + shop's words | cost, network + search | first text | last text |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for set in sets {
        let cases: Vec<&Case> = cases.iter().filter(|case| case.set == set).collect();
        line(parts, set, &cases, show);
    }
}

/// One set's line.
pub fn line(parts: &Parts, set: &str, cases: &[&Case], show: bool) {
    let mut scores = vec![Score::default(); 4];
    let config = BeamConfig::default();
    let mut searches = [
        search(parts, &plain(), false, false),
        search(parts, &config, true, false),
        search(parts, &config, true, true),
    ];
    let (mut searched, mut first, mut last) = (Duration::ZERO, Vec::new(), Vec::new());
    for case in cases {
        let plain = greedy(parts, case);
        scores[0].add(case, &plain);
        let mut heard = String::new();
        for (score, search) in scores[1..].iter_mut().zip(&mut searches) {
            let began = Instant::now();
            heard = beam(search, case);
            searched += began.elapsed();
            score.add(case, &heard);
        }
        if show && letters(&heard) != case.truth {
            eprintln!(
                "{set}\n  said   {}\n  greedy {plain}\n  beam   {heard}",
                case.text
            );
        }
        let (begin, end) = delays(&mut searches[2], case);
        first.push(begin);
        last.push(end);
    }
    let seconds = cases.iter().map(|case| case.samples).sum::<usize>() as f64 / f64::from(SAMPLE_RATE);
    let network: f64 = cases.iter().map(|case| case.network.as_secs_f64()).sum();
    let figures: Vec<_> = scores
        .iter()
        .map(|score| format!("{:.1} % / {:.0} %", score.error(), score.exact()))
        .collect();
    println!(
        "| {set} | {} | {} | {:.4} + {:.4} | {} | {} |",
        cases.len(),
        figures.join(" | "),
        network / seconds,
        searched.as_secs_f64() / 3.0 / seconds,
        spread(first),
        spread(last),
    );
}

/// Milliseconds from the beginning of speech to the first text, and from its end to the last change of the text.
pub fn delays(search: &mut BeamSearch, case: &Case) -> (i64, i64) {
    search.reset();
    let (mut first, mut last, mut before) = (None, 0, String::new());
    for (n, step) in case.steps.iter().enumerate() {
        search.push(step);
        // Steps are taken two by two, when the last sample of the second has come.
        let now = ((n | 1) * STEP_SAMPLES + 360) as i64;
        let text = search.best().text();
        if text != before {
            first.get_or_insert(now);
            last = now;
            before = text;
        }
    }
    let ms = |samples: i64| samples * 1_000 / i64::from(SAMPLE_RATE);
    let first = first.unwrap_or(0);
    (ms(first - case.loud.0 as i64), ms(last - case.loud.1 as i64))
}

pub fn spread(mut delays: Vec<i64>) -> String {
    delays.sort_unstable();
    let at = |percent: usize| {
        delays
            .get(delays.len().saturating_sub(1) * percent / 100)
            .copied()
    };
    format!("{} ms, p90 {} ms", at(50).unwrap_or(0), at(90).unwrap_or(0))
}

/// The errors of all combinations of the given weights.
pub fn grid(parts: &Parts, cases: &[Case], flags: &Flags) {
    let usual = BeamConfig::default();
    let mut configs = vec![usual.clone()];
    let mut vary = |name: &str, usual: f32, set: fn(&mut BeamConfig, f32)| {
        let values = flags.list(name, usual);
        let of = |config: &BeamConfig| {
            let made = values.iter().map(|&value| {
                let mut config = config.clone();
                set(&mut config, value);
                config
            });
            made.collect::<Vec<_>>()
        };
        configs = configs.iter().flat_map(of).collect();
    };
    vary("width", usual.width as f32, |c, v| c.width = v as usize);
    vary("lm", usual.lm_weight, |c, v| c.lm_weight = v);
    vary("letter", usual.letter_bonus, |c, v| c.letter_bonus = v);
    vary("word", usual.word_bonus, |c, v| c.word_bonus = v);
    vary("bonus", usual.boost_bonus, |c, v| c.boost_bonus = v);
    vary("floor", usual.floor, |c, v| c.floor = v);
    vary("moved", usual.moved_cost, |c, v| c.moved_cost = v);
    for config in configs {
        let mut search = search(parts, &config, true, true);
        let mut sets: BTreeMap<&str, Score> = BTreeMap::new();
        for case in cases {
            let heard = beam(&mut search, case);
            sets.entry(&case.set).or_default().add(case, &heard);
        }
        let figures: Vec<_> = sets
            .iter()
            .map(|(set, score)| format!("{set} {:.2}/{:.0}", score.error(), score.exact()))
            .collect();
        println!("{config:?}: {}", figures.join("  "));
    }
}
