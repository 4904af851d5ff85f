//! What is particular to the espeak-ng engine: a program that is missing, hangs, fails or talks nonsense.

use std::path::PathBuf;
use std::time::Duration;

use biseo_speech::engines::espeak::Espeak;
use biseo_speech::{SpeechError, TextToSpeech, Utterance, Voice};

fn fake(name: &str) -> Espeak {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "fake", name]
        .iter()
        .collect();
    Espeak::new()
        .with_program(path)
        .with_timeout(Duration::from_millis(300))
}

fn hello() -> Utterance {
    Utterance::new("여보세요", Voice::default())
}

fn failure(engine: &Espeak) -> String {
    engine
        .speak(&hello())
        .and_then(|stream| stream.collect())
        .expect_err("it cannot speak")
        .to_string()
}

#[test]
fn a_missing_program_says_what_to_install() {
    let engine = Espeak::new().with_program("/nowhere/espeak-ng");
    for error in [
        engine.speak(&hello()).map(drop).unwrap_err(),
        engine.version().map(drop).unwrap_err(),
    ] {
        assert!(matches!(error, SpeechError::MissingProgram { .. }));
        assert!(error.to_string().contains("apt-get install espeak-ng"), "{error}");
    }
}

#[test]
fn the_version_is_told() {
    assert!(Espeak::new().version().unwrap().starts_with("eSpeak NG"));
}

#[test]
fn a_program_that_gives_nothing_is_stopped() {
    let error = fake("hangs.sh").speak(&hello()).unwrap().collect().unwrap_err();
    assert!(matches!(error, SpeechError::Timeout { .. }), "{error}");
}

#[test]
fn a_program_that_fails_is_quoted() {
    let error = failure(&fake("fails.sh"));
    assert!(
        error.contains("no such voice") && error.contains("exit status: 3"),
        "{error}"
    );
}

#[test]
fn nonsense_and_emptiness_are_no_sound() {
    assert!(failure(&fake("nonsense.sh")).contains("no WAV"));
    assert!(failure(&fake("empty.sh")).contains("espeak-ng failed"));
}

#[test]
fn an_unknown_voice_variant_is_no_option() {
    let voice = Voice::default().with_variant("--path=/tmp");
    assert!(matches!(
        Espeak::new().speak(&Utterance::new("네", voice)),
        Err(SpeechError::Refused(_))
    ));
}

/// Text that looks like markup, phonemes or a command line is read or dropped, never obeyed.
#[test]
fn hostile_text_is_only_text() {
    for text in [
        "--help",
        "-w /tmp/x 네",
        "$(reboot) `reboot` ; reboot 네",
        "[[h@l'oU]] 네",
        "<audio src=\"/etc/passwd\"/> 네",
    ] {
        let sound = Espeak::new()
            .speak(&Utterance::new(text, Voice::default()))
            .unwrap()
            .collect()
            .unwrap();
        assert!(!sound.is_empty(), "{text}");
    }
}

/// A cancelled utterance frees its place: many more than may run at once, one after another.
#[test]
fn a_hung_program_is_killed_with_its_listener() {
    let engine = fake("hangs.sh").with_timeout(Duration::from_secs(60));
    let streams: Vec<_> = (0..64).map(|_| engine.speak(&hello()).unwrap()).collect();
    assert!(
        matches!(engine.speak(&hello()), Err(SpeechError::Refused(_))),
        "one too many"
    );
    drop(streams);
    // The threads notice within moments; nothing else is to be waited for.
    let freed = (0..3_000_000).any(|_| {
        std::thread::yield_now();
        engine.speak(&hello()).is_ok()
    });
    assert!(freed, "no place was freed");
}
