//! Judges the demo recogniser by recorded sentences, and helps to find its weights.
//!
//! ```text
//! cargo run --release -p biseo-speech --example ctc_eval -- models/demo-ko INDEX.tsv [--limit N] [--boost FILE]
//!     [--show] [--calls N] [--width A,B] [--lm A,B] [--letter A,B] [--word A,B] [--bonus A,B] [--floor A,B] [--moved A,B]
//! ```
//! INDEX.tsv holds `file<TAB>text<TAB>set` in each line; the files (8 kHz, 16 bit, mono) lie beside it. The file of `--boost`
//! holds a phrase in each line. Without lists of weights: a table of each set with greedy decoding, beam, beam and language
//! model, and with the phrases; cost and delay. With them: the errors of each combination, for all sets. With `--calls`: what
//! loading and each call take.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_speech::ctc::{
    BeamConfig, BeamSearch, Boost, CtcModel, Greedy, LogMel, NgramLm, Recipe, STEP_SAMPLES, Tokens,
};
use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::normalise::speakable;
use biseo_speech::{Language, SAMPLE_RATE, SpeechToText, SttOptions};

type Failure = Box<dyn std::error::Error>;

/// Silence after each recording, as the engine adds it.
const TAIL: usize = 8 * STEP_SAMPLES;
/// A 10 ms frame is loud when its effective value is more than this part of the loudest frame's (16 dB below it).
const LOUD: f32 = 0.16;

/// One recording, its truth, and what the network says of it.
struct Case {
    set: String,
    truth: Vec<char>,
    text: String,
    steps: Vec<Vec<f32>>,
    /// Where speech begins and ends.
    loud: (usize, usize),
    samples: usize,
    network: Duration,
}

struct Parts {
    tokens: Arc<Tokens>,
    lm: Option<Arc<NgramLm>>,
    boost: Arc<Boost>,
    none: Arc<Boost>,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, index, flags @ ..] = arguments.as_slice() else {
        return Err("usage: ctc_eval MODEL_FOLDER INDEX.tsv [flags]; see the head of the file".into());
    };
    let flags = Flags::read(flags)?;
    let folder = Path::new(folder);
    let tokens = Arc::new(Tokens::load(&folder.join("tokens.txt"))?);
    if let Some(calls) = flags.number("calls") {
        return cost(folder, calls);
    }
    let lm = folder.join("lm.bin");
    let boost = flags
        .text("boost")
        .map_or(Ok(String::new()), std::fs::read_to_string)?;
    let phrases: Vec<String> = boost
        .lines()
        .map(|line| speakable(line, Language::Korean))
        .collect();
    let parts = Parts {
        lm: lm.exists().then(|| NgramLm::load(&lm)).transpose()?.map(Arc::new),
        boost: Arc::new(Boost::new(phrases.iter().map(String::as_str), &tokens)),
        none: Arc::new(Boost::new([], &tokens)),
        tokens,
    };
    let model = CtcModel::load(&folder.join("model.onnx"), parts.tokens.len())?;
    let cases = cases(
        Path::new(index),
        &model,
        flags.number("limit").unwrap_or(usize::MAX),
    )?;
    if flags.has_grid() {
        grid(&parts, &cases, &flags);
    } else {
        report(&parts, &cases, flags.text("show").is_some());
    }
    Ok(())
}

/// What loading takes, and what each call adds in memory after two seconds of noise.
fn cost(folder: &Path, calls: usize) -> Result<(), Failure> {
    let began = Instant::now();
    let engine = DemoCtc::load(folder)?;
    println!("loading: {:?}, {} kB", began.elapsed(), resident()?);
    let sound: Vec<i16> = (0..16_000i32)
        .map(|n| ((n * n * 31 + n * 7) % 4_001 - 2_000) as i16)
        .collect();
    let boost = (0..50).map(|n| format!("메뉴 {n}번 김치찌개")).collect();
    let options = SttOptions {
        boost,
        ..SttOptions::default()
    };
    let before = resident()?;
    let mut sessions = Vec::new();
    for _ in 0..calls {
        let mut session = engine.session(&options)?;
        sound.chunks(160).try_for_each(|part| session.accept(part))?;
        sessions.push(session);
    }
    println!(
        "each of {calls} calls: {} kB",
        (resident()? - before) / calls.max(1)
    );
    Ok(())
}

/// Memory that the process has, in kB (Linux).
fn resident() -> Result<usize, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmRSS")?.parse()?)
}

/// `--name value` pairs; a name alone has an empty value.
struct Flags(BTreeMap<String, String>);

impl Flags {
    fn read(arguments: &[String]) -> Result<Self, Failure> {
        let mut found = BTreeMap::new();
        let mut rest = arguments.iter().peekable();
        while let Some(name) = rest.next() {
            let name = name.strip_prefix("--").ok_or(format!("unknown: {name}"))?;
            let value = rest.next_if(|next| !next.starts_with("--")).cloned();
            found.insert(name.to_owned(), value.unwrap_or_default());
        }
        Ok(Self(found))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    fn list(&self, name: &str, usual: f32) -> Vec<f32> {
        let given = self
            .text(name)
            .map(|list| list.split(',').flat_map(str::parse).collect());
        given.unwrap_or_else(|| vec![usual])
    }

    fn has_grid(&self) -> bool {
        let weights = [
            "width", "lm", "letter", "word", "bonus", "floor", "alike", "moved", "space",
        ];
        weights.iter().any(|name| self.0.contains_key(*name))
    }
}

fn cases(index: &Path, model: &CtcModel, limit: usize) -> Result<Vec<Case>, Failure> {
    let folder = index.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let text = std::fs::read_to_string(index)?;
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let mut cases = Vec::new();
    for line in text.lines() {
        let mut columns = line.split('\t');
        let (Some(file), Some(truth), Some(set)) = (columns.next(), columns.next(), columns.next()) else {
            return Err(format!("`{line}`: expected file, text, set").into());
        };
        let count = found.entry(set).or_default();
        *count += 1;
        if *count <= limit {
            cases.push(case(&read_wav(&folder.join(file))?, truth, set, model)?);
        }
    }
    Ok(cases)
}

fn case(sound: &[i16], truth: &str, set: &str, model: &CtcModel) -> Result<Case, Failure> {
    let began = Instant::now();
    let mut stream = model.stream();
    let mut steps = Vec::new();
    let mut features = LogMel::new();
    let whole = [sound, &[0; TAIL]].concat();
    features.push(&whole, |step| stream.push(step, |p| steps.push(p.to_vec())))?;
    stream.flush(|p| steps.push(p.to_vec()))?;
    Ok(Case {
        set: set.to_owned(),
        truth: letters(truth),
        text: truth.to_owned(),
        steps,
        loud: loud(sound),
        samples: sound.len(),
        network: began.elapsed(),
    })
}

/// First and last sample of speech, to 10 ms.
fn loud(sound: &[i16]) -> (usize, usize) {
    let square = |frame: &[i16]| frame.iter().map(|&s| f32::from(s).powi(2)).sum::<f32>();
    let frames: Vec<f32> = sound.chunks(80).map(square).collect();
    let limit = LOUD * LOUD * frames.iter().copied().fold(0.0, f32::max);
    let first = frames.iter().position(|&frame| frame > limit).unwrap_or(0);
    let last = frames.iter().rposition(|&frame| frame > limit).unwrap_or(0);
    (80 * first, 80 * (last + 1))
}

/// The samples of a WAV file.
fn read_wav(path: &Path) -> Result<Vec<i16>, Failure> {
    let bytes = std::fs::read(path)?;
    let data = bytes.windows(4).position(|w| w == b"data");
    let data = data
        .and_then(|at| bytes.get(at + 8..))
        .ok_or(format!("{path:?}: no WAV file"))?;
    Ok(data
        .as_chunks::<2>()
        .0
        .iter()
        .copied()
        .map(i16::from_le_bytes)
        .collect())
}

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Letters to be changed, left out or put in to make one of the other (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

/// Errors in a set of texts.
#[derive(Default, Clone)]
struct Score {
    wrong: usize,
    letters: usize,
    exact: usize,
    texts: usize,
}

impl Score {
    fn add(&mut self, case: &Case, heard: &str) {
        let wrong = distance(&case.truth, &letters(heard));
        self.wrong += wrong;
        self.letters += case.truth.len();
        self.exact += usize::from(wrong == 0);
        self.texts += 1;
    }

    fn error(&self) -> f64 {
        100.0 * self.wrong as f64 / self.letters.max(1) as f64
    }

    fn exact(&self) -> f64 {
        100.0 * self.exact as f64 / self.texts.max(1) as f64
    }
}

fn greedy(parts: &Parts, case: &Case) -> String {
    let mut greedy = Greedy::new(&parts.tokens);
    case.steps
        .iter()
        .for_each(|step| greedy.push(step, &parts.tokens));
    greedy.decoded(&parts.tokens).text()
}

fn search(parts: &Parts, config: &BeamConfig, lm: bool, boost: bool) -> BeamSearch {
    let recipe = Recipe::new(
        parts.tokens.clone(),
        parts.lm.clone().filter(|_| lm),
        config.clone(),
    );
    let boost = if boost { &parts.boost } else { &parts.none };
    BeamSearch::new(Arc::new(recipe), boost.clone())
}

fn beam(search: &mut BeamSearch, case: &Case) -> String {
    search.reset();
    case.steps.iter().for_each(|step| search.push(step));
    search.finish().text()
}

/// Without a language model there is nothing to balance.
fn plain() -> BeamConfig {
    BeamConfig {
        letter_bonus: 0.0,
        word_bonus: 0.0,
        moved_cost: f32::INFINITY,
        ..BeamConfig::default()
    }
}

fn report(parts: &Parts, cases: &[Case], show: bool) {
    let sets: std::collections::BTreeSet<&str> = cases.iter().map(|case| case.set.as_str()).collect();
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
fn line(parts: &Parts, set: &str, cases: &[&Case], show: bool) {
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
fn delays(search: &mut BeamSearch, case: &Case) -> (i64, i64) {
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

fn spread(mut delays: Vec<i64>) -> String {
    delays.sort_unstable();
    let at = |percent: usize| {
        delays
            .get(delays.len().saturating_sub(1) * percent / 100)
            .copied()
    };
    format!("{} ms, p90 {} ms", at(50).unwrap_or(0), at(90).unwrap_or(0))
}

/// The errors of all combinations of the given weights.
fn grid(parts: &Parts, cases: &[Case], flags: &Flags) {
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
