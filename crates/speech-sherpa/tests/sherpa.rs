//! The native engine through the shared suite, with the demo network in the form that sherpa-onnx loads.
#![cfg(feature = "sherpa")]

use std::path::{Path, PathBuf};

use biseo_speech::{Language, SpeechToText, SttOptions, Utterance, Voice};
use biseo_speech_sherpa::{LIBRARY, probe, recogniser, voice};
use biseo_speech_suite as suite;
use biseo_speech_suite::sound;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/demo-ko-sherpa")
}

#[test]
fn the_streaming_engine_is_a_recogniser() {
    let engine = recogniser(&folder()).unwrap();
    assert_eq!(engine.name(), "sherpa-t-one");
    suite::stt::check(engine.as_ref(), suite::stt::Tells::AsItGoes);
}

#[test]
fn a_recogniser_is_no_voice() {
    assert!(voice(&folder()).is_err());
}

#[test]
fn the_childs_half_of_a_check_says_what_it_found() {
    let (line, fit) = probe::answer(&folder());
    assert!(fit && line.contains(LIBRARY) && line.contains("t-one"), "{line}");
}

/// The child's half, in this test program started anew by [`checked`]; as a test of its own it does nothing.
#[test]
fn child() {
    if std::env::var_os("BISEO_TEST_CHILD").is_some() {
        let folder = PathBuf::from(std::env::args().next_back().unwrap());
        println!("\n{}", probe::answer(&folder).0);
    }
}

fn checked(folder: &Path) -> Result<probe::Report, probe::Fault> {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "child", "--nocapture"])
        .env("BISEO_TEST_CHILD", "1");
    probe::check(command, folder, probe::Limits::default())
}

/// A copy of the demo model's folder.
fn copy() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in ["model.toml", "model.onnx", "tokens.txt"] {
        std::fs::copy(folder().join(file), dir.path().join(file)).unwrap();
    }
    dir
}

#[test]
fn a_good_model_passes_its_check() {
    let report = checked(&folder()).unwrap();
    assert_eq!(
        (report.kind.as_str(), report.version.as_str()),
        ("t-one", LIBRARY)
    );
    assert!(report.memory_mb > 10);
}

/// The library refuses the first and ends the process that loads one of the others; this one goes on.
#[test]
fn a_bad_model_ends_the_child_only() {
    let cut = copy();
    let octets = std::fs::read(folder().join("model.onnx")).unwrap();
    std::fs::write(cut.path().join("model.onnx"), &octets[..octets.len() / 2]).unwrap();
    let other = copy();
    let text = std::fs::read_to_string(folder().join("model.toml")).unwrap();
    std::fs::write(
        other.path().join("model.toml"),
        text.replace("\"t-one\"", "\"nemo-ctc\""),
    )
    .unwrap();
    let blank = copy();
    std::fs::write(blank.path().join("tokens.txt"), "a 0\nb 1\n").unwrap();
    let found = checked(cut.path());
    assert!(matches!(found, Err(probe::Fault::Unfit(_))), "{found:?}");
    for (dir, told) in [(other, "window_size"), (blank, "tokens.txt")] {
        let found = checked(dir.path());
        let ended = matches!(&found, Err(probe::Fault::Ended { words, .. }) if words.contains(told));
        assert!(ended, "{told}: {found:?}");
    }
}

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Letters to be changed, left out or put in (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

fn hear(engine: &dyn SpeechToText, samples: &[i16]) -> String {
    let mut session = engine.session(&SttOptions::default()).unwrap();
    samples.chunks(160).for_each(|part| session.accept(part).unwrap());
    session.finish().unwrap().text
}

/// Wrong letters in a hundred over the first lines of the training's `dev.txt`, as `speech/tests/demo_ctc.rs` counts them for the
/// program's own engine, which has a search and a language model besides: there the limit is 15.
#[test]
fn unknown_sentences_are_understood() {
    let engine = recogniser(&folder()).unwrap();
    let text = std::fs::read_to_string(folder().join("../../training/demo-ko/dev.txt")).unwrap();
    for variant in ["", "f2", "m3"] {
        let (mut wrong, mut all) = (0, 0);
        for line in text.lines().take(12) {
            let voice = Voice::new(Language::Korean).with_variant(variant);
            let clip = sound::say(&Utterance::new(line, voice));
            let clip = sound::through_ulaw(&sound::in_silence(&clip, 2_400, 2_400));
            let (said, heard) = (letters(line), letters(&hear(engine.as_ref(), &clip)));
            wrong += distance(&said, &heard);
            all += said.len();
        }
        let found = 100.0 * wrong as f64 / all as f64;
        println!("ko+{variant}: {found:.1} % of the letters are wrong");
        assert!(
            found < 25.0,
            "ko+{variant}: {found:.1} % of the letters are wrong"
        );
    }
}
