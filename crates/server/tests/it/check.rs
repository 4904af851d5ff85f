//! `biseo init` and `biseo check` as an operator runs them.

use std::path::Path;
use std::process::{Command, Output};

fn biseo(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_biseo"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("BISEO_LANG")
        .env_remove("BISEO_CONFIG");
    command
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A new installation whose telephone ports are chosen by the system.
fn installation() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let output = biseo(&["init", "."], dir.path()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    change(dir.path(), "0.0.0.0:5060", "127.0.0.1:0");
    dir
}

fn change(folder: &Path, from: &str, to: &str) {
    let file = folder.join("biseo.toml");
    let old = std::fs::read_to_string(&file).unwrap();
    assert!(old.contains(from));
    std::fs::write(&file, old.replace(from, to)).unwrap();
}

fn checked(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let all = [&["check"], arguments].concat();
    let output = biseo(&all, folder).output().unwrap();
    (output.status.code(), text(&output))
}

#[test]
fn a_new_installation_is_fit() {
    let dir = installation();
    let (code, text) = checked(dir.path(), &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("행복식당") && text.contains("모두 정상입니다"));
}

#[test]
fn a_second_init_keeps_what_the_owner_wrote() {
    let dir = installation();
    let shop = dir.path().join("shops/haengbok.toml");
    std::fs::write(&shop, "# mine").unwrap();
    std::fs::remove_file(dir.path().join("shops/gugu.toml")).unwrap();
    let output = biseo(&["init", "."], dir.path()).output().unwrap();
    assert!(output.status.success());
    assert_eq!(std::fs::read_to_string(&shop).unwrap(), "# mine");
    assert!(dir.path().join("shops/gugu.toml").exists());
}

#[test]
fn init_where_nothing_can_be_written_says_so() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), "").unwrap();
    let output = biseo(&["init", "file/here", "--lang", "en"], dir.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("cannot be written"), "{}", text(&output));
}

#[test]
fn calls_by_websocket_are_looked_at() {
    let dir = installation();
    let stream = |listen: &str| {
        let text = format!("[stream]\nlisten = \"{listen}\"\ntoken_file = \"token\"\n\n[media]");
        change(dir.path(), "[media]", &text);
    };
    stream("127.0.0.1:0");
    let (code, text) = checked(dir.path(), &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("웹소켓 통화: stream: ") && text.contains("token"),
        "{text}"
    );
    std::fs::write(dir.path().join("token"), "0123456789abcdef").unwrap();
    let (code, text) = checked(dir.path(), &["--lang", "en"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("calls by WebSocket 127.0.0.1:0: free"), "{text}");
    change(dir.path(), "listen = \"127.0.0.1:0\"", "listen = \"0.0.0.0:0\"");
    let (code, text) = checked(dir.path(), &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("TLS 없이"), "{text}");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let dir = installation();
    let shops = dir.path().join("shops");
    let gugu = std::fs::read_to_string(shops.join("gugu.toml")).unwrap();
    std::fs::write(shops.join("gugu.toml"), gugu.replace("hours.week", "hours.weak")).unwrap();
    std::fs::write(shops.join("chicken.toml"), &gugu).unwrap();
    std::fs::write(dir.path().join("data"), "a file, not a folder").unwrap();
    change(dir.path(), "[speech]", "[speech]\nespeak = \"no-such-voice\"");
    let busy = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    change(
        dir.path(),
        "udp:127.0.0.1:0",
        &format!("udp:{}", busy.local_addr().unwrap()),
    );
    let (code, text) = checked(dir.path(), &["--lang", "en"]);
    assert_eq!(code, Some(1));
    for part in [
        "gugu.toml",
        "weak",
        "name the file gugu.toml",
        "biseo.db",
        "no-such-voice",
        "apt-get install espeak-ng",
        "UDP 127.0.0.1",
        "sip.listen",
        "mended: 5",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_wrong_configuration_is_told_with_its_line() {
    let dir = installation();
    change(dir.path(), "record = true", "recrod = true");
    let (code, text) = checked(dir.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(
        text.contains("biseo.toml") && text.contains("recrod") && text.contains("line"),
        "{text}"
    );
    let (code, text) = checked(dir.path(), &["--config", "nowhere.toml"]);
    assert_eq!(code, Some(1));
    assert!(
        text.contains("nowhere.toml") && text.contains("biseo init"),
        "{text}"
    );
}

#[test]
fn a_shop_without_facts_or_number_is_remarked_upon() {
    let dir = installation();
    let file = dir.path().join("shops/maeum.toml");
    let old = std::fs::read_to_string(&file).unwrap();
    let bare: Vec<&str> = old
        .lines()
        .filter(|l| !l.starts_with("numbers") && !l.starts_with("programs"))
        .collect();
    std::fs::write(&file, bare.join("\n")).unwrap();
    let (code, text) = checked(dir.path(), &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("! 가게 마음복지관: [facts]") && text.contains("numbers가 없어"),
        "{text}"
    );
}

/// The records on a server: reached, then not let in; the password is never shown.
#[test]
fn a_database_on_a_server_is_tried() {
    let cluster = biseo_testkit::cluster::Cluster::shared();
    cluster.run("CREATE ROLE guarded LOGIN PASSWORD 'opensesame'");
    cluster.run("CREATE DATABASE calls OWNER guarded");
    let dir = installation();
    change(
        dir.path(),
        "# [store]\n# database_env = \"BISEO_DATABASE\"\n# database_file",
        "[store]\ndatabase_file",
    );
    let (code, told) = checked(dir.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(told.contains("secrets/database"), "{told}");
    for (password, expected) in [("opensesame", 0), ("hunter2", 1)] {
        let url = cluster.url_for(&format!("guarded:{password}")) + "&dbname=calls";
        std::fs::write(dir.path().join("secrets/database"), url + "\n").unwrap();
        let (code, told) = checked(dir.path(), &[]);
        assert_eq!(code, Some(expected), "{told}");
        assert!(
            told.contains("postgres://guarded@") && told.contains("/calls"),
            "{told}"
        );
        assert!(!told.contains(password), "{told}");
    }
    std::fs::write(dir.path().join("secrets/database"), "mysql://a:hunter2@b/c").unwrap();
    let (code, told) = checked(dir.path(), &["--lang", "en"]);
    assert_eq!(code, Some(1));
    assert!(
        told.contains("postgres://") && !told.contains("hunter2"),
        "{told}"
    );
    assert!(!dir.path().join("data/biseo.db").exists());
}

#[test]
fn a_language_model_that_does_not_answer_is_told() {
    let dir = installation();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let model = format!("mode = \"rules+llm\"\nendpoint = {endpoint:?}\nmodel = \"m\"");
    change(dir.path(), "mode = \"rules\"\n", &format!("{model}\n"));
    let (code, text) = checked(dir.path(), &["--lang", "en"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains(&endpoint) && text.contains("no connection"),
        "{text}"
    );
    change(dir.path(), "mode = \"rules+llm\"", "mode = \"rules\"");
    assert_eq!(checked(dir.path(), &[]).0, Some(0));
}

#[test]
fn a_speech_service_without_its_key_is_told() {
    let dir = installation();
    change(dir.path(), "stt = [\"demo\"]", "stt = [\"rtzr\", \"demo\"]");
    let (code, told) = checked(dir.path(), &["--lang", "en"]);
    assert_ne!(code, Some(0), "{told}");
    assert!(told.contains("speech.rtzr"), "{told}");
    let file = dir.path().join("biseo.toml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    text += "\n[speech.rtzr]\nclient_id = \"shop\"\nclient_secret_file = \"secrets/rtzr\"\n";
    std::fs::write(&file, text).unwrap();
    let (code, told) = checked(dir.path(), &["--lang", "en"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("secrets/rtzr"), "{told}");
    std::fs::create_dir_all(dir.path().join("secrets")).unwrap();
    std::fs::write(dir.path().join("secrets/rtzr"), "hunter2\n").unwrap();
    let (_, told) = checked(dir.path(), &["--lang", "en"]);
    assert!(
        !told.contains("hunter2") && !told.contains("secrets/rtzr"),
        "{told}"
    );
}
