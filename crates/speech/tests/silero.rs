//! What is particular to Silero: batches, the silence gate, wrong files.

use biseo_speech::engines::silero::{SileroModel, SileroState, WINDOW};
use biseo_speech::{SpeechError, Vad};
use biseo_speech_suite::sound;

fn windows(samples: &[i16]) -> Vec<[i16; WINDOW]> {
    samples.as_chunks::<WINDOW>().0.to_vec()
}

fn alone(model: &SileroModel, clip: &[i16]) -> Vec<f32> {
    let mut state = SileroState::default();
    let one = |window: &[i16; WINDOW]| {
        model.infer(&mut [(&mut state, window)]).unwrap();
        state.probability()
    };
    windows(clip).iter().map(one).collect()
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
    let clips = [
        cut(sound::speech("")),
        vec![0; length],
        cut(late),
        sound::noise(-30.0, length),
    ];
    let expected: Vec<Vec<f32>> = clips.iter().map(|clip| alone(&model, clip)).collect();
    let mut states = vec![SileroState::default(); clips.len()];
    let frames: Vec<_> = clips.iter().map(|clip| windows(clip)).collect();
    for n in 0..60 {
        let mut calls: Vec<_> = states
            .iter_mut()
            .zip(&frames)
            .map(|(state, frames)| (state, &frames[n]))
            .collect();
        model.infer(&mut calls).unwrap();
        for (call, state) in states.iter().enumerate() {
            let difference = (state.probability() - expected[call][n]).abs();
            assert!(difference < 1e-4, "call {call}, window {n}: off by {difference}");
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

#[test]
fn wrong_files_are_refused_with_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.onnx");
    std::fs::write(&wrong, b"not a network").unwrap();
    for path in [wrong, folder.path().join("missing.onnx")] {
        let Err(SpeechError::Model { path: named, .. }) = SileroModel::load(&path) else {
            panic!("{path:?} was taken")
        };
        assert_eq!(named, path);
    }
}

/// The file in the repository is the one that README.md names.
#[test]
fn the_network_is_the_documented_one() {
    use sha2::{Digest, Sha256};
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/silero/");
    let digest = Sha256::digest(std::fs::read(format!("{folder}silero_vad_8k.onnx")).unwrap());
    let hex: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
    assert!(
        std::fs::read_to_string(format!("{folder}README.md"))
            .unwrap()
            .contains(&hex),
        "{hex}"
    );
    let model = SileroModel::load(format!("{folder}silero_vad_8k.onnx").as_ref()).unwrap();
    assert_eq!(
        biseo_speech::engines::silero::SileroVad::new(model).window(),
        WINDOW
    );
}
