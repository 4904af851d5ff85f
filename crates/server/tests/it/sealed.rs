//! Recordings kept sealed, from `biseo init` to what is heard on the page; keys that are missing, open to others, or new.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use biseo_media::wav::{Wav, header};

use crate::support::http::Browser;
use crate::support::{CONVERSATION, Place, Running, biseo, call, octets, root, speaks, text};

fn run(place: &Path, arguments: &[&str]) -> Output {
    biseo(arguments, place).output().unwrap()
}

#[tokio::test]
async fn a_call_is_kept_sealed_and_heard_on_the_page() {
    let place = Place::new();
    let server = place.serve();
    let browser = Browser::welcomed(&server.said("행복식당 사장님의 첫 로그인"));
    let scenario = root().join("scenarios/calls.jsonl");
    let child = call(&place, &server.address("haengbok"), &scenario, "question")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut caller = Running { child };
    assert_eq!(caller.ended("biseo call", CONVERSATION), Some(0));
    let store = place.store().await;
    let ended = |call: &biseo_model::record::CallRecord, _: &[_]| call.ended.is_some();
    let (call, _) = place.turns(&store, "the end of the call", ended).await;
    store.close().await;
    let wav = octets(place.sealed(&call));
    let sound = Wav::parse(&wav).unwrap();
    assert!(speaks(&sound.channel(0), 8000) && speaks(&sound.channel(1), 8000));
    // Nothing of it lies in the clear: no second of it is in the file.
    let file = std::fs::read(place.data().join(call.recording.as_ref().unwrap())).unwrap();
    let said = wav
        .windows(64)
        .step_by(64)
        .find(|w| w.iter().filter(|o| **o > 9).count() > 40);
    assert!(!file.windows(64).any(|w| Some(w) == said));
    // The page hears all of it, and any part.
    let path = format!("/api/v1/shops/haengbok/calls/{}/recording", call.id.as_str());
    let whole = browser.get(&path, "");
    assert_eq!(whole.status, 200, "{whole:?}");
    assert!(whole.body == wav);
    let part = browser.get(&path, "range: bytes=5000-14999\r\n");
    assert_eq!(part.status, 206);
    assert!(part.body == wav[5000..15_000]);
    server.stop();

    // By another key it is not heard, and the page says why.
    std::fs::remove_file(place.path().join("secrets/seal.key")).unwrap();
    assert!(run(place.path(), &["data", "key"]).status.success());
    let server = place.serve();
    server.said("sealed with a key that is not known");
    let locked = browser.at(&server.said("사장님 화면: ")).get(&path, "");
    assert_eq!(locked.status, 503);
    assert!(String::from_utf8_lossy(&locked.body).contains("\"key_missing\""));
    server.stop();
}

#[test]
fn a_key_that_is_missing_open_to_others_or_no_key_stops_the_start() {
    let place = Place::new();
    let key = place.path().join("secrets/seal.key");
    let mode = |file: &Path| std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&key), mode(key.parent().unwrap())), (0o600, 0o700));
    let refused = |why: &str| {
        for (language, words) in [("ko", "열쇠를 쓸 수 없습니다"), ("en", "cannot be used")] {
            let (code, text) = place.refused(&["--lang", language]);
            assert_eq!(code, Some(1), "{text}");
            assert!(text.contains(words) && text.contains(why), "{why}: {text}");
        }
        let checked = run(place.path(), &["check"]);
        assert!(
            !checked.status.success() && text(&checked).contains(why),
            "{}",
            text(&checked)
        );
    };
    set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    refused("chmod 600");
    set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&key, "password1234").unwrap();
    refused("no key");
    std::fs::remove_file(&key).unwrap();
    refused("seal.key");
    // Another beginning makes no other key in its place.
    assert!(run(place.path(), &["init", "."]).status.success());
    assert!(!key.exists());
    place.change(
        "key_file = \"secrets/seal.key\"",
        "key_command = [\"sh\", \"-c\", \"echo denied >&2; exit 9\"]",
    );
    refused("denied");
    // One that never ends its talk is cut short.
    place.edit("biseo.toml", |old| {
        let kept = old.lines().filter(|line| !line.starts_with("key_command"));
        let text: Vec<&str> = kept.collect();
        text.join("\n")
            .replace("[seal]", "[seal]\nkey_command = [\"yes\"]")
    });
    refused("more than 4096 octets");
}

/// A recording in the clear.
fn plain(place: &Place, name: &str) -> Vec<u8> {
    let sound: Vec<u8> = (0..50_000u32).map(|n| (n * 31 % 253) as u8).collect();
    let wav = [&header(8000, 2, sound.len() as u64)[..], &sound].concat();
    let path = place.data().join("recordings/haengbok").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, &wav).unwrap();
    wav
}

#[test]
fn an_installation_in_the_clear_is_told_sealed_and_gets_a_new_key() {
    let place = Place::new();
    let folder = place.path();
    place.change("[seal]\nkey_file", "[seal]\n# key_file");
    std::fs::remove_dir_all(folder.join("secrets")).unwrap();
    let server = place.serve();
    server.said("kept in the clear");
    server.stop();
    let wavs = ["a.wav", "b.wav"].map(|name| plain(&place, name));
    let checked = run(folder, &["check"]);
    assert!(
        checked.status.success() && text(&checked).contains("biseo data key"),
        "{}",
        text(&checked)
    );
    let sealed = run(folder, &["data", "seal", "--lang", "en"]);
    assert!(
        !sealed.status.success() && text(&sealed).contains("names no key"),
        "{}",
        text(&sealed)
    );

    let made = run(folder, &["data", "key", "secrets/seal.key"]);
    assert!(text(&made).contains("[seal]\nkey_file = "), "{}", text(&made));
    let again = run(folder, &["data", "key", "secrets/seal.key", "--lang", "en"]);
    assert!(
        !again.status.success() && text(&again).contains("already"),
        "{}",
        text(&again)
    );
    place.change("# key_file", "key_file");
    let left = run(folder, &["check"]);
    assert!(text(&left).contains("녹음이 2개"), "{}", text(&left));
    // While Biseo runs nothing is replaced.
    let server = place.serve();
    let busy = run(folder, &["data", "seal", "--lang", "en"]);
    assert!(
        !busy.status.success() && text(&busy).contains("stop it first"),
        "{}",
        text(&busy)
    );
    server.stop();
    for sealed in [2, 0] {
        let done = run(folder, &["data", "seal", "--lang", "en"]);
        let words = format!("recordings sealed: {sealed}");
        assert!(
            done.status.success() && text(&done).contains(&words),
            "{}",
            text(&done)
        );
    }
    let a = place.data().join("recordings/haengbok/a.wav");
    assert!(!std::fs::read(&a).unwrap().starts_with(b"RIFF"));

    // A copy anywhere is opened by hand; nothing is written over.
    std::fs::copy(&a, folder.join("copy.wav")).unwrap();
    let opened = run(folder, &["data", "open", "copy.wav"]);
    assert!(opened.status.success(), "{}", text(&opened));
    assert!(std::fs::read(folder.join("copy.open.wav")).unwrap() == wavs[0]);
    assert!(!run(folder, &["data", "open", "copy.wav"]).status.success());
    let half = std::fs::read(&a).unwrap();
    std::fs::write(folder.join("half.wav"), &half[..half.len() / 2]).unwrap();
    let opened = run(folder, &["data", "open", "half.wav", "--lang", "en"]);
    assert_eq!(opened.status.code(), Some(2), "{}", text(&opened));

    // A new key before the old one; once all is sealed with it, the old one may go.
    assert!(run(folder, &["data", "key", "--add"]).status.success());
    let key = folder.join("secrets/seal.key");
    assert_eq!(std::fs::read_to_string(&key).unwrap().lines().count(), 2);
    assert!(text(&run(folder, &["check"])).contains("녹음이 2개"));
    assert!(run(folder, &["data", "seal"]).status.success());
    let first = std::fs::read_to_string(&key)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_string();
    std::fs::write(&key, first).unwrap();
    let opened = run(
        folder,
        &["data", "open", a.to_str().unwrap(), "--out", "a-again.wav"],
    );
    assert!(opened.status.success(), "{}", text(&opened));
    assert!(std::fs::read(folder.join("a-again.wav")).unwrap() == wavs[0]);
    assert!(run(folder, &["check"]).status.success());
}

#[test]
fn a_backup_holds_no_key_wherever_it_lies() {
    let place = Place::new();
    let folder = place.path();
    std::fs::create_dir_all(place.data()).unwrap();
    std::fs::rename(folder.join("secrets/seal.key"), place.data().join("seal.key")).unwrap();
    place.change("secrets/seal.key", "data/seal.key");
    let checked = run(folder, &["check"]);
    assert!(
        checked.status.success() && text(&checked).contains("데이터 폴더 안에"),
        "{}",
        text(&checked)
    );
    let saved = run(folder, &["backup", "saved.tar"]);
    assert!(
        saved.status.success() && text(&saved).contains("열쇠는 백업에 없습니다"),
        "{}",
        text(&saved)
    );
    let listed = Command::new("tar")
        .args(["-tf", "saved.tar"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        text(&listed).contains("biseo.toml") && !text(&listed).contains("seal.key"),
        "{}",
        text(&listed)
    );
}
