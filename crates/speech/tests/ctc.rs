//! The recogniser's pieces from outside: features against a reference, files that are none, the engine's mechanics with a
//! network of random weights.

use std::path::{Path, PathBuf};

use biseo_speech::ctc::{CtcModel, FEATURES, LogMel};
use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::{Language, SpeechError, SpeechToText, SttOptions};
use biseo_speech_suite::sound;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// A copy of the tiny recogniser, to be spoiled.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["model.onnx", "tokens.txt"] {
        std::fs::copy(data("tiny-ctc").join(file), folder.path().join(file)).unwrap();
    }
    folder
}

fn row<T: std::str::FromStr>(line: &str) -> Vec<T> {
    line.split_whitespace().flat_map(str::parse).collect()
}

#[test]
fn features_are_those_of_the_training() {
    let text = std::fs::read_to_string(data("log_mel.txt")).unwrap();
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let samples: Vec<i16> = row(lines.next().unwrap());
    let expected: Vec<Vec<f32>> = lines.map(row).collect();
    assert!(samples.len() == 1_000 && expected.len() == 3);
    for piece in [1, 79, 200, 1_000] {
        let mut front_end = LogMel::new();
        let mut found: Vec<[f32; FEATURES]> = Vec::new();
        for part in samples.chunks(piece) {
            let each = |features: &[f32; FEATURES]| {
                found.push(*features);
                Ok::<_, ()>(())
            };
            front_end.push(part, each).unwrap();
        }
        assert_eq!(found.len(), expected.len(), "in pieces of {piece}");
        let pairs = found.iter().flatten().zip(expected.iter().flatten());
        for (n, (found, expected)) in pairs.enumerate() {
            assert!(
                (found - expected).abs() < 1e-3,
                "number {n}: {found}, expected {expected}"
            );
        }
    }
}

#[test]
fn a_network_of_another_kind_is_refused() {
    let tiny = data("tiny-ctc/model.onnx");
    assert_eq!(CtcModel::load(&tiny, 69).unwrap().tokens(), 69);
    let silero = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/silero/silero_vad_8k.onnx");
    for (path, tokens) in [
        (tiny, 68),
        (silero, 69),
        (data("missing.onnx"), 69),
        (data("README.md"), 69),
    ] {
        let Err(SpeechError::Model { path: named, .. }) = CtcModel::load(&path, tokens) else {
            panic!("{path:?} with {tokens} tokens was taken")
        };
        assert_eq!(named, path);
    }
}

/// Whatever part of a file is missing or changed: an error that names it, or a sound recogniser.
#[test]
fn spoiled_files_are_refused_with_their_name() {
    let spoil: [(&str, &[u8]); 5] = [
        ("tokens.txt", b"\xff\xfe"),
        ("tokens.txt", b"<blk> 0\nA 1\n"),
        ("tokens.txt", b"<blk> 0\n 1\n"),
        ("lm.bin", b"BISEOLM1"),
        ("model.onnx", b"\x08\x08"),
    ];
    for (file, bytes) in spoil {
        let folder = copy();
        std::fs::write(folder.path().join(file), bytes).unwrap();
        let Err(SpeechError::Model { path, .. }) = DemoCtc::load(folder.path()) else {
            panic!("{file} with {bytes:?} was taken")
        };
        // Too few tokens show only when the network is tried.
        assert!(path.ends_with(file) || path.ends_with("model.onnx"), "{path:?}");
    }
    let folder = copy();
    std::fs::remove_file(folder.path().join("tokens.txt")).unwrap();
    assert!(matches!(
        DemoCtc::load(folder.path()),
        Err(SpeechError::Model { .. })
    ));
}

#[test]
fn a_shortened_network_does_no_harm() {
    let whole = std::fs::read(data("tiny-ctc/model.onnx")).unwrap();
    let folder = copy();
    for length in (0..whole.len()).step_by(whole.len() / 40) {
        std::fs::write(folder.path().join("model.onnx"), &whole[..length]).unwrap();
        assert!(
            DemoCtc::load(folder.path()).is_err(),
            "{length} octets of {}",
            whole.len()
        );
    }
}

fn heard(engine: &DemoCtc, samples: &[i16], pieces: &[usize]) -> (Vec<String>, biseo_speech::Transcript) {
    let mut session = engine.session(&SttOptions::default()).unwrap();
    let mut partials = Vec::new();
    let mut rest = samples;
    for &piece in pieces.iter().cycle() {
        let (head, tail) = rest.split_at(piece.min(rest.len()));
        session.accept(head).unwrap();
        partials.push(session.partial().unwrap().text);
        rest = tail;
        if rest.is_empty() {
            break;
        }
    }
    (partials, session.finish().unwrap())
}

/// The same sound gives the same text to the last bit of its confidence, in whatever pieces it comes.
#[test]
fn pieces_do_not_matter() {
    let engine = DemoCtc::load(&data("tiny-ctc")).unwrap();
    let clip = [sound::speech("f2"), sound::noise(-30.0, 4_001)].concat();
    let (_, whole) = heard(&engine, &clip, &[clip.len()]);
    assert!(
        whole.text.chars().count() > 10,
        "the random network should babble: {whole:?}"
    );
    for pieces in [&[160][..], &[1, 7, 0, 333], &[239, 241], &[4_000]] {
        assert_eq!(heard(&engine, &clip, pieces).1, whole, "in pieces of {pieces:?}");
    }
}

#[test]
fn a_session_serves_one_utterance_after_another() {
    let engine = DemoCtc::load(&data("tiny-ctc")).unwrap();
    let clip = sound::speech("m3");
    let (_, expected) = heard(&engine, &clip, &[160]);
    let mut session = engine.session(&SttOptions::default()).unwrap();
    assert_eq!(session.finish().unwrap(), Default::default(), "nothing was said");
    for _ in 0..2 {
        session.accept(&sound::noise(-20.0, 5_000)).unwrap();
        session.reset();
        session.accept(&clip).unwrap();
        assert_eq!(session.finish().unwrap(), expected);
    }
}

#[test]
fn words_carry_their_place_and_confidence() {
    let engine = DemoCtc::load(&data("tiny-ctc")).unwrap();
    let clip = sound::speech("");
    let (_, whole) = heard(&engine, &clip, &[160]);
    let words: Vec<_> = whole.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words.join(" "), whole.text);
    let starts: Vec<u64> = whole.words.iter().filter_map(|word| word.start).collect();
    assert!(starts.is_sorted() && starts.iter().all(|&start| start < clip.len() as u64 + 4_000));
    assert!(
        whole
            .words
            .iter()
            .all(|word| (0.0..=1.0).contains(&word.confidence.unwrap()))
    );
    assert!((0.0..=1.0).contains(&whole.confidence.unwrap()));
}

#[test]
fn only_korean_is_understood() {
    let engine = DemoCtc::load(&data("tiny-ctc")).unwrap();
    assert_eq!(
        (engine.name(), engine.languages()),
        ("demo-ctc", &[Language::Korean][..])
    );
    let english = SttOptions {
        language: Language::English,
        ..SttOptions::default()
    };
    assert!(matches!(
        engine.session(&english),
        Err(SpeechError::Language { .. })
    ));
}

/// Whatever is to be preferred, and however much of it.
#[test]
fn any_boost_is_survived() {
    let engine = DemoCtc::load(&data("tiny-ctc")).unwrap();
    let long = "가나다라".repeat(10_000);
    let many = (0..20_000).map(|n| format!("메뉴 {n}"));
    let boost = ["", " ", "A1", "\u{0}", "ᄀᄀᄀᄀ", "ㄱㄱ", &long].map(str::to_owned);
    let options = SttOptions {
        boost: boost.into_iter().chain(many).collect(),
        ..SttOptions::default()
    };
    let mut session = engine.session(&options).unwrap();
    session.accept(&sound::speech("")).unwrap();
    session.finish().unwrap();
}
