//! The contract of [`TextToSpeech`].

use biseo_speech::level::{SPEECH_DBFS, active_dbfs};
use biseo_speech::{Language, SpeechError, TextToSpeech, Utterance, Voice};

const SENTENCES: [(Language, &str); 2] = [
    (
        Language::Korean,
        "네, 행복식당입니다. 내일 저녁 일곱 시에 네 분 예약해 드릴까요?",
    ),
    (
        Language::English,
        "Hello, this is Haengbok restaurant. Shall I book a table for four?",
    ),
];

/// Runs the whole contract over an engine.
pub fn check(engine: &dyn TextToSpeech) {
    for (language, text) in SENTENCES {
        assert!(engine.languages().contains(&language));
        sounds_like_a_telephone(engine, language, text);
        begins_and_ends_at_once(engine, language, text);
        is_the_same_every_time(engine, language, text);
        obeys_tempo(engine, language, text);
    }
    silent_texts_make_no_sound(engine);
    too_much_text_is_refused(engine);
    cancellation_ends_the_stream(engine);
    many_speak_at_once(engine);
}

fn say(engine: &dyn TextToSpeech, text: &str, voice: Voice) -> Vec<i16> {
    let stream = engine
        .speak(&Utterance::new(text, voice))
        .expect("the engine starts (apt-get install espeak-ng?)");
    stream.collect().expect("the engine speaks")
}

fn sounds_like_a_telephone(engine: &dyn TextToSpeech, language: Language, text: &str) {
    let sound = say(engine, text, Voice::new(language));
    let level = active_dbfs(&sound).expect("there is sound");
    assert!((level - SPEECH_DBFS).abs() < 2.0, "{language}: {level} dBFS");
    let seconds = sound.len() as f32 / 8_000.0;
    let pace = text.chars().count() as f32 / seconds;
    assert!(
        (4.0..25.0).contains(&pace),
        "{language}: {pace} characters a second: wrong sampling rate?"
    );
}

fn begins_and_ends_at_once(engine: &dyn TextToSpeech, language: Language, text: &str) {
    let sound = say(engine, text, Voice::new(language));
    let loud = |s: &i16| s.abs() > 200;
    let lead = sound.iter().position(loud).expect("there is sound");
    let tail = sound.iter().rev().position(loud).expect("there is sound");
    assert!(
        lead < 240 && tail < 400,
        "{language}: {lead} and {tail} samples of silence"
    );
}

fn is_the_same_every_time(engine: &dyn TextToSpeech, language: Language, text: &str) {
    let voice = Voice::new(language);
    assert!(say(engine, text, voice.clone()) == say(engine, text, voice));
}

fn obeys_tempo(engine: &dyn TextToSpeech, language: Language, text: &str) {
    let length = |speed| say(engine, text, Voice::new(language).with_speed(speed)).len();
    let (slow, usual, fast) = (length(75), length(100), length(140));
    assert!(
        slow > usual * 11 / 10 && usual > fast * 11 / 10,
        "{language}: {slow}, {usual}, {fast}"
    );
}

fn silent_texts_make_no_sound(engine: &dyn TextToSpeech) {
    for text in ["", "  ", "…", "?!", "\u{0}\n", "[[]]<>"] {
        assert!(say(engine, text, Voice::default()).is_empty(), "{text:?}");
    }
}

fn too_much_text_is_refused(engine: &dyn TextToSpeech) {
    let endless = Utterance::new("가".repeat(100_000), Voice::default());
    assert!(matches!(engine.speak(&endless), Err(SpeechError::Refused(_))));
}

fn cancellation_ends_the_stream(engine: &dyn TextToSpeech) {
    let text = "아주 긴 문장을 말하고 있습니다. ".repeat(40);
    let mut stream = engine
        .speak(&Utterance::new(text, Voice::default()))
        .expect("the engine starts");
    let first = stream.next().expect("there is sound").expect("the engine speaks");
    assert!(!first.is_empty());
    stream.canceller().cancel();
    assert!(stream.next().is_none());
}

fn many_speak_at_once(engine: &dyn TextToSpeech) {
    let expected = say(engine, SENTENCES[0].1, Voice::default()).len();
    std::thread::scope(|scope| {
        let speakers: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| say(engine, SENTENCES[0].1, Voice::default()).len()))
            .collect();
        for speaker in speakers {
            assert_eq!(speaker.join().expect("no panic"), expected);
        }
    });
}
