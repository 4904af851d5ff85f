//! What is particular to Silero: the published network as reference, batches, the silence gate, wrong files.

mod reference;

use std::path::{Path, PathBuf};

use biseo_speech::engines::silero::{Level, SileroModel, SileroState, SileroVad, WINDOW, levels};
use biseo_speech::{SpeechError, Vad};
use biseo_speech_suite::sound;

use reference::{INPUT, Reference, STATE};

fn windows(samples: &[i16]) -> Vec<[i16; WINDOW]> {
    samples.as_chunks::<WINDOW>().0.to_vec()
}

fn alone(model: &SileroModel, clip: &[i16]) -> Vec<f32> {
    let mut state = SileroState::default();
    let one = |window: &[i16; WINDOW]| {
        model.infer(&mut [(&mut state, window)]);
        state.probability()
    };
    windows(clip).iter().map(one).collect()
}

/// The published network run by rten, with the gate as it is documented: windows within 16 of zero are silence, and 31 of
/// them in a row are a new beginning.
fn published(network: &Reference, clip: &[i16]) -> Vec<f32> {
    let (mut input, mut state, mut silent) = ([0.0; INPUT], vec![0.0; 2 * STATE], 0);
    let one = |window: &[i16; WINDOW]| {
        input.copy_within(WINDOW.., 0);
        let scaled = window.map(|sample| f32::from(sample) / 32_768.0);
        input[INPUT - WINDOW..].copy_from_slice(&scaled);
        if window.iter().all(|sample| sample.unsigned_abs() <= 16) {
            silent += 1;
            if silent == 31 {
                state.fill(0.0);
            }
            return 0.0;
        }
        silent = 0;
        let (probability, next) = network.run(&input, &state, 1);
        state = next;
        probability[0]
    };
    windows(clip).iter().map(one).collect()
}

fn tone(hertz: f32, amplitude: f32, samples: usize) -> Vec<i16> {
    let sample = |n| amplitude * (n as f32 * hertz * std::f32::consts::TAU / 8_000.0).sin();
    (0..samples).map(|n| sample(n) as i16).collect()
}

fn square(period: usize, samples: usize) -> Vec<i16> {
    let sample = |n| {
        if n % period < period / 2 {
            i16::MAX
        } else {
            i16::MIN
        }
    };
    (0..samples).map(sample).collect()
}

/// A minute and more of each kind of sound that a call may bring, in one piece, so that what is remembered passes from one to the next.
fn a_long_call() -> Vec<i16> {
    let minute = 60 * 8_000;
    let voices = ["", "m3", "f2", "f4"].map(sound::speech);
    let said = voices.join([0; 4_000].as_slice());
    let quiet: Vec<i16> = said.iter().map(|sample| sample / 30).collect();
    [
        said.clone(),
        sound::noise(-30.0, minute),
        sound::with_noise(&said, 5.0),
        vec![0; 16_000],
        sound::through_ulaw(&said),
        tone(425.0, 8_000.0, minute / 2),
        quiet,
        tone(3_980.0, 32_000.0, minute / 4),
        square(20, minute / 4),
        square(256, minute / 4),
        sound::noise(-3.0, minute / 4),
        said.clone(),
        sound::noise(-55.0, minute),
        sound::through_ulaw(&sound::noise(-60.0, minute)),
        said,
    ]
    .concat()
}

fn farthest(found: &[f32], expected: &[f32]) -> (usize, f32) {
    assert_eq!(found.len(), expected.len());
    let off = found
        .iter()
        .zip(expected)
        .map(|(found, expected)| (found - expected).abs());
    off.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
}

#[test]
fn minutes_of_sound_are_judged_as_by_the_published_network() {
    let clip = a_long_call();
    let expected = published(&Reference::load(), &clip);
    assert!(expected.len() > 10_000, "{} windows", expected.len());
    let spoken = expected.iter().filter(|&&p| p > 0.5).count();
    assert!(spoken > 500, "{spoken} windows of speech");
    for level in levels() {
        let model = SileroModel::embedded().unwrap().at(level);
        let (window, off) = farthest(&alone(&model, &clip), &expected);
        assert!(off < 2e-5, "{level:?}: window {window} is {off} off");
    }
}

/// On x86-64 the plainest level is the one that every such processor has.
#[test]
fn levels_go_from_the_plainest_to_the_best() {
    let name = |level: &Level| format!("{level:?}");
    let found: Vec<String> = levels().iter().map(name).collect();
    assert_eq!(found.last(), Some(&name(&Level::new())));
    if cfg!(target_arch = "x86_64") {
        assert!(found[0].starts_with("Sse2"), "{found:?}");
    }
}

/// Calls that share a run of the network hear what they would hear alone, also when some of them are silent.
#[test]
fn a_batch_judges_each_call_as_if_alone() {
    let model = SileroModel::embedded().unwrap();
    let length = WINDOW * 60;
    let cut = |mut clip: Vec<i16>| {
        clip.resize(length, 0);
        clip
    };
    let late = [vec![0; WINDOW * 40], sound::speech("m3")].concat();
    let mut clips = vec![
        cut(sound::speech("")),
        vec![0; length],
        cut(late),
        sound::noise(-30.0, length),
    ];
    clips.extend((1..8).map(|n| tone(100.0 * n as f32, 9_000.0, length)));
    let expected: Vec<Vec<f32>> = clips.iter().map(|clip| alone(&model, clip)).collect();
    let frames: Vec<_> = clips.iter().map(|clip| windows(clip)).collect();
    for together in 0..=clips.len() {
        let mut states = vec![SileroState::default(); together];
        for n in 0..60 {
            let mut calls: Vec<_> = states
                .iter_mut()
                .zip(&frames)
                .map(|(state, frames)| (state, &frames[n]))
                .collect();
            model.infer(&mut calls);
            for (call, state) in states.iter().enumerate() {
                assert_eq!(
                    state.probability(),
                    expected[call][n],
                    "call {call} of {together}, window {n}"
                );
            }
        }
    }
}

/// The gate saves the network's work but must not change what it hears afterwards.
#[test]
fn near_silence_counts_as_silence_and_speech_after_it_is_heard() {
    let model = SileroModel::embedded().unwrap();
    let clip = [vec![8; WINDOW * 100], sound::speech("")].concat();
    let found = alone(&model, &clip);
    assert!(found[..100].iter().all(|&p| p == 0.0));
    assert!(found[100..115].iter().any(|&p| p > 0.5), "{:?}", &found[100..115]);
}

/// Threads share one model and find the same.
#[test]
fn a_model_serves_many_threads() {
    let model = SileroModel::embedded().unwrap();
    let clip = sound::speech("");
    let expected = alone(&model, &clip);
    std::thread::scope(|scope| {
        let heard = || alone(&model, &clip);
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(heard)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), expected);
        }
    });
}

fn of_the_repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../models/silero")
        .join(name)
}

#[test]
fn wrong_files_are_refused_with_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let (wrong, long) = (
        folder.path().join("wrong.weights"),
        folder.path().join("long.weights"),
    );
    std::fs::write(&wrong, b"not a network").unwrap();
    let whole = std::fs::read(of_the_repository("silero_vad_8k.weights")).unwrap();
    std::fs::write(&long, [whole, vec![0; 1 << 20]].concat()).unwrap();
    let missing = folder.path().join("missing.weights");
    for path in [wrong, long, missing, of_the_repository("silero_vad_8k.onnx")] {
        let Err(SpeechError::Model { path: named, .. }) = SileroModel::load(&path) else {
            panic!("{path:?} was taken")
        };
        assert_eq!(named, path);
    }
}

/// The files in the repository are those that README.md names.
#[test]
fn the_network_is_the_documented_one() {
    use sha2::{Digest, Sha256};
    let documented = std::fs::read_to_string(of_the_repository("README.md")).unwrap();
    for name in ["silero_vad_8k.onnx", "silero_vad_8k.weights"] {
        let digest = Sha256::digest(std::fs::read(of_the_repository(name)).unwrap());
        let hex: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        assert!(documented.contains(&hex), "{name}: {hex}");
    }
    let model = SileroModel::load(&of_the_repository("silero_vad_8k.weights")).unwrap();
    assert_eq!(SileroVad::new(model).window(), WINDOW);
}
