//! The prompt cache, with a counting engine in place of a real one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use biseo_speech::cache::{Cached, PromptCache};
use biseo_speech::{Language, Result, SpeechStream, TextToSpeech, Utterance, Voice};

/// "Speaks" a second for each character and counts how often it is asked.
#[derive(Default, Clone)]
struct Counting(Arc<AtomicUsize>);

impl TextToSpeech for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean]
    }

    fn speak(&self, utterance: &Utterance) -> Result<SpeechStream> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let value = utterance.text.bytes().map(i16::from).sum();
        Ok(SpeechStream::ready(vec![
            value;
            8_000 * utterance.text.chars().count()
        ]))
    }
}

impl Counting {
    fn asked(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn prompt(text: &str) -> Utterance {
    Utterance::new(text, Voice::default())
}

#[test]
fn a_prepared_prompt_is_spoken_without_the_engine() {
    let engine = Counting::default();
    let cached = Cached::new(engine.clone(), Arc::new(PromptCache::new(60)));
    assert_eq!(
        cached
            .prepare(&[prompt("가"), prompt("나"), prompt("가")])
            .unwrap(),
        2
    );
    let direct = engine.speak(&prompt("가")).unwrap().collect().unwrap();
    let before = engine.asked();
    assert_eq!(cached.speak(&prompt("가")).unwrap().collect().unwrap(), direct);
    assert_eq!(engine.asked(), before);
}

#[test]
fn what_was_not_prepared_is_not_kept() {
    let engine = Counting::default();
    let cache = Arc::new(PromptCache::new(60));
    let cached = Cached::new(engine.clone(), cache.clone());
    for expected in 1..=2 {
        cached.speak(&prompt("김민수 님")).unwrap().collect().unwrap();
        assert_eq!(engine.asked(), expected);
    }
    assert!(cache.is_empty());
}

#[test]
fn voices_and_engines_are_told_apart() {
    let cache = PromptCache::new(60);
    cache.prepare(&Counting::default(), &[prompt("가")]).unwrap();
    let others = [
        Voice::default().with_speed(120),
        Voice::default().with_pitch(90),
        Voice::default().with_variant("f2"),
        Voice::new(Language::English),
    ];
    for voice in others {
        assert!(cache.get("counting", &Utterance::new("가", voice)).is_none());
    }
    assert!(cache.get("another", &prompt("가")).is_none() && cache.get("counting", &prompt("가")).is_some());
}

#[test]
fn the_least_recently_used_leaves_first() {
    let cache = PromptCache::new(3);
    let engine = Counting::default();
    cache
        .prepare(&engine, &[prompt("a"), prompt("b"), prompt("c")])
        .unwrap();
    assert!(cache.get("counting", &prompt("a")).is_some());
    cache.prepare(&engine, &[prompt("d")]).unwrap();
    let here = |text| cache.get("counting", &prompt(text)).is_some();
    assert!(here("a") && !here("b") && here("c") && here("d"));
    cache.prepare(&engine, &[prompt("much too long")]).unwrap();
    assert!(
        cache.is_empty(),
        "larger than the whole cache: nothing stays, nothing breaks"
    );
}

#[test]
fn the_folder_outlives_the_process_and_damage_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let open = || PromptCache::new(60).with_folder(folder.path()).unwrap();
    let engine = Counting::default();
    assert_eq!(open().prepare(&engine, &[prompt("가나")]).unwrap(), 1);
    assert_eq!(
        open().prepare(&engine, &[prompt("가나")]).unwrap(),
        0,
        "read from the folder"
    );
    let file = std::fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let good = std::fs::read(&file).unwrap();
    let mut flipped = good.clone();
    flipped[100] ^= 1;
    for damaged in [&good[..good.len() - 1], &good[..10], &[], &flipped] {
        std::fs::write(&file, damaged).unwrap();
        assert_eq!(
            open().prepare(&engine, &[prompt("가나")]).unwrap(),
            1,
            "made anew"
        );
    }
    assert_eq!(std::fs::read(&file).unwrap(), good);
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let error = PromptCache::new(1)
        .with_folder(file.join("cache"))
        .map(drop)
        .unwrap_err();
    assert!(error.to_string().contains("file/cache"), "{error}");
}
