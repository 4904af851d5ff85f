//! Measures what voice activity detection costs for each 32 ms window: at each level of the processor, alone and in batches,
//! with caches as other work leaves them, gated by silence, and by rten for comparison. All are measured in turn, again and
//! again, so that what else the machine does meets them alike. Run with `--release` for figures worth writing down.

use std::hint::black_box;
use std::time::{Duration, Instant};

use biseo_speech::engines::silero::{Level, SileroModel, SileroState, WINDOW, levels};

#[path = "../tests/reference/mod.rs"]
mod reference;

use reference::{INPUT, Reference, STATE};

const ROUNDS: usize = 2_000;
/// What the work between two windows of a call is taken to read: more than the second cache holds.
const OTHER_WORK: usize = 4 << 20;

/// One thing that is measured: what it is, how many windows it judges in a run, and its times so far.
struct Case<'a> {
    name: String,
    calls: usize,
    cold: bool,
    run: Box<dyn FnMut() + 'a>,
    times: Vec<Duration>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let began = Instant::now();
    let model = SileroModel::embedded()?;
    println!("loading the network: {:?}", began.elapsed());
    let network = Reference::load();
    let loud: [i16; WINDOW] = std::array::from_fn(|n| (8_000.0 * (n as f32 * 0.4).sin()) as i16);
    let mut cases = vec![
        rten(&network, 1, &loud),
        rten(&network, 4, &loud),
        rten(&network, 32, &loud),
    ];
    cases.extend(
        levels()
            .into_iter()
            .map(|level| ours(&model, level, 1, loud, false)),
    );
    cases.extend([2, 3, 4, 32].map(|calls| ours(&model, Level::new(), calls, loud, false)));
    cases.push(ours(&model, Level::new(), 1, loud, true));
    cases.push(ours(&model, Level::new(), 1, [0; WINDOW], false));
    measure(&mut cases);
    cases.iter_mut().for_each(Case::report);
    Ok(())
}

fn rten<'a>(network: &'a Reference, calls: usize, window: &[i16; WINDOW]) -> Case<'a> {
    let end = &window[2 * WINDOW - INPUT..];
    let one = end
        .iter()
        .chain(window)
        .map(|&sample| f32::from(sample) / 32_768.0);
    let input: Vec<f32> = one.cycle().take(calls * INPUT).collect();
    let mut state = vec![0.0; 2 * STATE * calls];
    let run = move || state = network.run(black_box(&input), &state, calls).1;
    case(format!("rten, {calls} at once"), calls, false, run)
}

fn ours(model: &SileroModel, level: Level, calls: usize, window: [i16; WINDOW], cold: bool) -> Case<'_> {
    let model = model.clone().at(level);
    let mut states = vec![SileroState::default(); calls];
    let run = move || {
        let mut batch: Vec<_> = states.iter_mut().map(|state| (state, &window)).collect();
        model.infer(black_box(&mut batch));
    };
    let caches = if cold { ", after other work" } else { "" };
    let sound = if window == [0; WINDOW] {
        ", digital silence"
    } else {
        ""
    };
    let level = format!("{level:?}");
    let level = level.split('(').next().unwrap_or_default();
    case(
        format!("{level}, {calls} at once{caches}{sound}"),
        calls,
        cold,
        run,
    )
}

fn case<'a>(name: String, calls: usize, cold: bool, run: impl FnMut() + 'a) -> Case<'a> {
    Case {
        name,
        calls,
        cold,
        run: Box::new(run),
        times: Vec::with_capacity(ROUNDS),
    }
}

/// Eight times each case in turn, the first of which only warms its caches, unless they are to be cold.
fn measure(cases: &mut [Case]) {
    let mut other = vec![0u8; OTHER_WORK];
    for _ in 0..ROUNDS / 8 {
        for case in cases.iter_mut() {
            for n in 0..9 {
                if case.cold {
                    other
                        .iter_mut()
                        .step_by(64)
                        .for_each(|octet| *octet = octet.wrapping_add(1));
                    black_box(&other);
                }
                let began = Instant::now();
                (case.run)();
                let time = began.elapsed() / case.calls as u32;
                case.times.extend((n > 0).then_some(time));
            }
        }
    }
}

impl Case<'_> {
    fn report(&mut self) {
        self.times.sort_unstable();
        let at =
            |percent: usize| self.times[(self.times.len() - 1) * percent / 100].as_nanos() as f64 / 1_000.0;
        println!(
            "{}: least {:.1} µs, median {:.1} µs, p99 {:.1} µs a window and call",
            self.name,
            at(0),
            at(50),
            at(99)
        );
    }
}
