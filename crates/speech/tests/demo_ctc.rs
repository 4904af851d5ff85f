//! The demo recogniser itself, with the network and the language model of `models/demo-ko`: sentences that neither was
//! trained on, spoken by espeak-ng, as a telephone passes them on.

use std::path::{Path, PathBuf};

use biseo_speech::ctc::{CtcModel, NgramLm, Tokens};
use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::{Language, SpeechToText, SttOptions, Utterance, Voice};
use biseo_speech_suite::sound;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/demo-ko")
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

fn hear(engine: &DemoCtc, boost: &[&str], samples: &[i16]) -> String {
    let options = SttOptions {
        boost: boost.iter().map(|&phrase| phrase.to_owned()).collect(),
        ..SttOptions::default()
    };
    let mut session = engine.session(&options).unwrap();
    samples.chunks(160).for_each(|part| session.accept(part).unwrap());
    session.finish().unwrap().text
}

fn telephone(text: &str, variant: &str) -> Vec<i16> {
    let voice = Voice::new(Language::Korean).with_variant(variant);
    let clip = sound::say(&Utterance::new(text, voice));
    sound::through_ulaw(&sound::in_silence(&clip, 2_400, 2_400))
}

/// Wrong letters in a hundred over the first lines of the training's `dev.txt`, in one voice.
fn errors(engine: &DemoCtc, variant: &str) -> f64 {
    let dev = folder().join("../../training/demo-ko/dev.txt");
    let text = std::fs::read_to_string(dev).unwrap();
    let (mut wrong, mut all) = (0, 0);
    for line in text.lines().take(12) {
        let (said, heard) = (
            letters(line),
            letters(&hear(engine, &[], &telephone(line, variant))),
        );
        wrong += distance(&said, &heard);
        all += said.len();
    }
    100.0 * wrong as f64 / all as f64
}

#[test]
fn unknown_sentences_are_understood() {
    let engine = DemoCtc::load(&folder()).unwrap();
    for (variant, limit) in [("", 15.0), ("f2", 15.0), ("m3", 15.0)] {
        let found = errors(&engine, variant);
        assert!(
            found < limit,
            "ko+{variant}: {found:.1} % of the letters are wrong"
        );
    }
}

/// Another language is no Korean, whatever is made of it: the engine is not sure of it.
#[test]
fn how_sure_it_is_tells_sense_from_nonsense() {
    let engine = DemoCtc::load(&folder()).unwrap();
    let sure = |clip: &[i16]| {
        let mut session = engine.session(&SttOptions::default()).unwrap();
        session.accept(&sound::through_ulaw(clip)).unwrap();
        session.finish().unwrap().confidence.unwrap_or_default()
    };
    let english = Utterance::new(
        "Hello, I would like to book a table for four.",
        Voice::new(Language::English),
    );
    let (korean, english) = (sure(&sound::speech("f2")), sure(&sound::say(&english)));
    assert!(korean > 0.8 && english < 0.6, "{korean} and {english}");
}

/// The files are those that the model card and the licence speak of: small, and of one alphabet.
#[test]
fn the_files_fit_together() {
    let size = |file: &str| std::fs::metadata(folder().join(file)).unwrap().len();
    assert!(size("model.onnx") + size("lm.bin") < 8_000_000);
    assert_eq!(
        CtcModel::load(&folder().join("model.onnx"), 69).unwrap().tokens(),
        69
    );
}

/// After what callers say, and after what nobody says, the language model's letters add up to one.
#[test]
fn the_language_model_gives_probabilities() {
    let lm = NgramLm::load(&folder().join("lm.bin")).unwrap();
    let tokens = Tokens::load(&folder().join("tokens.txt")).unwrap();
    for text in ["", "네", "예약하고 싶은데요", "크킇킇", "다음 "] {
        let letters = tokens.spell(text).into_iter().map(|token| tokens.letter(token));
        let state = letters.fold(lm.start(), |state, letter| {
            lm.next(state, lm.letter(letter).unwrap()).0
        });
        let all = 0..lm.letters().len() as u8;
        let sum: f32 = all.map(|letter| lm.next(state, letter).1.exp()).sum();
        assert!((sum - 1.0).abs() < 0.05, "{text:?}: {sum}");
    }
}

/// A dish whose name the language model does not know.
#[test]
fn the_shops_words_are_preferred() {
    let engine = DemoCtc::load(&folder()).unwrap();
    let dishes = ["궁중떡찜", "뚝배기알밥", "삼색나물전", "곤드레솥밥"];
    let found = |boost: &[&str]| {
        let known = |dish: &&&str| {
            let clip = telephone(&format!("{dish} 두 개 주세요"), "f2");
            letters(&hear(&engine, boost, &clip)).starts_with(&letters(dish))
        };
        dishes.iter().filter(known).count()
    };
    let (without, with) = (found(&[]), found(&dishes));
    assert!(with > without && with >= 3, "{without} without, {with} with");
}
