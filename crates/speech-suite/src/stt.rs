//! The contract of [`SpeechToText`] and its sessions, with what a recogniser must manage on telephone sound.

use std::time::{Duration, Instant};

use biseo_speech::{Language, SpeechError, SpeechToText, SttOptions, SttSession, Transcript};

use super::sound;

/// When an engine tells what it understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// While the caller speaks.
    AsItGoes,
    /// When the utterance is over; `partial` is always empty.
    AtTheEnd,
}

/// So long a text in the middle of an utterance is waited for at most; an engine on this machine has it at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the whole contract over an engine that knows Korean. `finish` of a remote engine may take its time; nothing here
/// measures it.
pub fn check(engine: &dyn SpeechToText, tells: Tells) {
    any_pieces_give_the_same(engine);
    a_session_serves_one_utterance_after_another(engine);
    nothing_said_is_nothing_heard(engine);
    extremes_are_survived(engine);
    calls_do_not_hear_each_other(engine);
    speech_is_understood(engine, tells);
    languages_are_kept_apart(engine);
}

fn session(engine: &dyn SpeechToText) -> Box<dyn SttSession> {
    engine.session(&SttOptions::default()).expect("a session begins")
}

fn hear(session: &mut dyn SttSession, samples: &[i16], piece: usize) -> Transcript {
    for part in samples.chunks(piece) {
        session.accept(part).expect("the recogniser runs");
    }
    session.finish().expect("the recogniser runs")
}

fn clip(variant: &str) -> Vec<i16> {
    sound::through_ulaw(&sound::in_silence(&sound::speech(variant), 2_400, 1_600))
}

fn any_pieces_give_the_same(engine: &dyn SpeechToText) {
    let clip = clip("");
    let whole = hear(session(engine).as_mut(), &clip, clip.len());
    for piece in [1, 160, 1_001] {
        let found = hear(session(engine).as_mut(), &clip, piece);
        assert_eq!(found, whole, "in pieces of {piece}");
    }
}

fn a_session_serves_one_utterance_after_another(engine: &dyn SpeechToText) {
    let mut session = session(engine);
    let first = hear(session.as_mut(), &clip("f2"), 160);
    assert_eq!(session.partial().expect("the recogniser runs").text, "");
    session.accept(&clip("m3")).expect("the recogniser runs");
    session.reset();
    assert_eq!(hear(session.as_mut(), &clip("f2"), 160), first);
}

fn nothing_said_is_nothing_heard(engine: &dyn SpeechToText) {
    let quiet = [
        ("nothing at all", vec![]),
        ("one sample", vec![3]),
        ("silence", vec![0; 24_000]),
        ("noise -60", sound::noise(-60.0, 40_000)),
        ("noise -45", sound::noise(-45.0, 40_000)),
        ("noise -35", sound::noise(-35.0, 40_000)),
    ];
    for (name, clip) in quiet {
        for clip in [sound::through_ulaw(&clip), clip] {
            let found = hear(session(engine).as_mut(), &clip, 160);
            assert_eq!(found.text, "", "{name}");
            assert!(found.words.is_empty(), "{name}: {found:?}");
        }
    }
}

fn extremes_are_survived(engine: &dyn SpeechToText) {
    let square: Vec<i16> = (0..20_000)
        .map(|n| if n / 20 % 2 == 0 { i16::MIN } else { i16::MAX })
        .collect();
    let mut session = session(engine);
    hear(session.as_mut(), &square, 160);
    // And it still hears afterwards.
    let found = hear(session.as_mut(), &clip(""), 160);
    assert!(found.text.contains("예약"), "{found:?}");
}

fn calls_do_not_hear_each_other(engine: &dyn SpeechToText) {
    let (one, other) = (clip(""), clip("f2"));
    let alone = [&one, &other].map(|clip| hear(session(engine).as_mut(), clip, 160));
    let mut sessions = [session(engine), session(engine)];
    for (a, b) in one.chunks(160).zip(other.chunks(160)) {
        sessions[0].accept(a).expect("the recogniser runs");
        sessions[1].accept(b).expect("the recogniser runs");
    }
    let common = one.chunks(160).len().min(other.chunks(160).len()) * 160;
    let rests = [one.get(common..), other.get(common..)].map(Option::unwrap_or_default);
    for ((session, rest), alone) in sessions.iter_mut().zip(rests).zip(alone) {
        assert_eq!(hear(session.as_mut(), rest, 160), alone);
    }
}

/// Words come while the caller speaks, if the engine tells them so early; they are told with their places, and are what
/// was said.
fn speech_is_understood(engine: &dyn SpeechToText, tells: Tells) {
    let clip = clip("");
    let (first_half, second_half) = clip.split_at(clip.len() / 2);
    let mut session = session(engine);
    for part in first_half.chunks(160) {
        session.accept(part).expect("the recogniser runs");
    }
    match tells {
        Tells::AsItGoes => assert!(speaks_up(session.as_mut()), "nothing after half of it"),
        Tells::AtTheEnd => assert_eq!(session.partial().expect("the recogniser runs").text, ""),
    }
    for part in second_half.chunks(160) {
        session.accept(part).expect("the recogniser runs");
    }
    let found = session.finish().expect("the recogniser runs");
    assert!(found.text.contains("예약"), "{found:?}");
    let words: Vec<_> = found.words.iter().map(|word| word.text.as_str()).collect();
    if !words.is_empty() {
        assert_eq!(words.join(" "), found.text);
    }
    let starts: Vec<u64> = found.words.iter().filter_map(|word| word.start).collect();
    assert!(
        starts.is_sorted() && starts.iter().all(|&start| start < clip.len() as u64),
        "{found:?}"
    );
    let sure = found
        .words
        .iter()
        .filter_map(|word| word.confidence)
        .chain(found.confidence);
    assert!(
        sure.into_iter().all(|sure| (0.0..=1.0).contains(&sure)),
        "{found:?}"
    );
}

/// Whether a text comes without anything more being said.
fn speaks_up(session: &mut dyn SttSession) -> bool {
    let until = Instant::now() + PATIENCE;
    loop {
        if !session.partial().expect("the recogniser runs").text.is_empty() {
            return true;
        }
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn languages_are_kept_apart(engine: &dyn SpeechToText) {
    assert!(engine.languages().contains(&Language::Korean));
    let options = |language| SttOptions {
        language,
        ..SttOptions::default()
    };
    for language in [Language::Korean, Language::English] {
        match engine.session(&options(language)) {
            Ok(_) => assert!(engine.languages().contains(&language)),
            Err(SpeechError::Language { language: named, .. }) => assert_eq!(named, language),
            Err(other) => panic!("{language}: {other}"),
        }
    }
}
