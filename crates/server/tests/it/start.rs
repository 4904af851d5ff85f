//! What stands in the way of `biseo serve` is told in words, in both languages, and it ends in 1.

use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;

use crate::support::{Place, Running, call, root};

/// Each must be refused in Korean with `ko` and in English with `en`, and both times with `parts`.
fn refused(place: &Place, ko: &str, en: &str, parts: &[&str]) {
    for (language, words) in [("ko", ko), ("en", en)] {
        let (code, text) = place.refused(&["--lang", language]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(words), "{words}: {text}");
        for part in parts {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("panicked"), "{text}");
    }
}

#[test]
fn a_misspelt_field_is_told_with_its_line() {
    let place = Place::new();
    place.change("record = true", "recrod = true");
    let mut line = 0;
    place.edit("biseo.toml", |text| {
        line = 1 + text.lines().position(|l| l.starts_with("recrod")).unwrap();
        text.to_string()
    });
    let at = format!("line {line}");
    refused(
        &place,
        "설정을 쓸 수 없습니다",
        "the configuration cannot be used",
        &["biseo.toml", "recrod", &at],
    );
}

#[test]
fn a_busy_telephone_port_is_told() {
    let place = Place::new();
    let busy = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().to_string();
    place.change("udp:127.0.0.1:0", &format!("udp:{port}"));
    refused(
        &place,
        "전화를 받을 수 없습니다",
        "calls cannot be taken",
        &[&port],
    );
}

#[test]
fn calls_by_websocket_need_their_address_and_their_token() {
    let place = Place::new().with_streams();
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().to_string();
    let stream = |address: &str| format!("[stream]\nlisten = \"{address}\"");
    place.change(&stream("127.0.0.1:0"), &stream(&port));
    let (ko, en) = (
        "웹소켓 통화 주소를 열 수 없습니다",
        "calls by WebSocket cannot be taken",
    );
    refused(&place, ko, en, &[&port]);
    place.edit("token", |_| "short".into());
    let (ko, en) = ("설정을 쓸 수 없습니다", "the configuration cannot be used");
    refused(&place, ko, en, &["token", "16"]);
}

#[test]
fn the_console_needs_its_address() {
    let place = Place::new();
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().to_string();
    let console = |address: &str| format!("[console]\nlisten = \"{address}\"");
    place.change(&console("127.0.0.1:0"), &console(&port));
    let (ko, en) = (
        "사장님 화면의 주소를 열 수 없습니다",
        "the console's address cannot be opened",
    );
    refused(&place, ko, en, &[&port, "console.listen"]);
    // Passwords would cross the network in the clear.
    place.change(&console(&port), &console("0.0.0.0:0"));
    let (ko, en) = ("설정을 쓸 수 없습니다", "the configuration cannot be used");
    refused(&place, ko, en, &["console.listen", "origin"]);
}

#[test]
fn a_missing_voice_is_told() {
    let place = Place::new();
    place.change("[speech]", "[speech]\nespeak = \"no-such-voice\"");
    refused(
        &place,
        "음성 엔진을 쓸 수 없습니다",
        "the speech engines cannot be used",
        &["no-such-voice"],
    );
}

#[test]
fn a_missing_model_is_told() {
    let place = Place::new();
    place.change(root().join("models/demo-ko").to_str().unwrap(), "no-such-model");
    refused(
        &place,
        "음성 엔진을 쓸 수 없습니다",
        "the speech engines cannot be used",
        &["no-such-model"],
    );
}

#[test]
fn a_wrong_shop_file_is_told() {
    let place = Place::new();
    place.edit("shops/gugu.toml", |old| old.replace("hours.week", "hours.weak"));
    refused(
        &place,
        "가게 프로필을 쓸 수 없습니다",
        "the shop profiles cannot be used",
        &["gugu.toml", "weak"],
    );
}

#[test]
fn a_data_folder_that_is_a_file_is_told() {
    let place = Place::new();
    std::fs::write(place.data(), "a file, not a folder").unwrap();
    refused(
        &place,
        "데이터 폴더를 쓸 수 없습니다",
        "the data folder cannot be used",
        &["data"],
    );
}

/// Rights stop everybody but the superuser, who is tested by a folder that nobody can write to.
#[test]
fn a_data_folder_that_may_not_be_written_to_is_told() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    std::fs::set_permissions(place.data(), std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(place.data().join("probe"), "").is_ok() {
        place.change("data = \"data\"", "data = \"/proc/biseo\"");
    }
    refused(
        &place,
        "데이터 폴더를 쓸 수 없습니다",
        "the data folder cannot be used",
        &["biseo"],
    );
}

#[test]
fn a_damaged_database_is_told() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    std::fs::write(place.data().join("biseo.db"), "no database at all ".repeat(400)).unwrap();
    refused(
        &place,
        "데이터베이스를 열 수 없습니다",
        "the database cannot be opened",
        &["biseo.db"],
    );
}

/// While one serves, a second one on its data folder is refused; so is a number that is no shop's.
#[test]
fn one_that_serves_refuses_a_second_and_unknown_numbers() {
    let place = Place::new();
    let server = place.serve();
    refused(
        &place,
        "다른 비서가 같은 폴더로",
        "is another Biseo running on it",
        &["biseo.lock"],
    );
    let scenario = root().join("scenarios/demo.jsonl");
    let output = call(&place, &server.address("0299999999"), &scenario, "demo")
        .output()
        .unwrap();
    let text = crate::support::text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains(": 404 Not Found\n") && text.contains("되지 않았습니다"),
        "{text}"
    );
    server.told("(404)");
    server.stop();
    // What it held is free again.
    place.serve().stop();
}

/// With accept_anyone = false, as installed, a call from outside is not taken.
#[test]
fn strangers_are_refused_as_installed() {
    let place = Place::new();
    place.change("accept_anyone = true", "accept_anyone = false");
    let server = place.serve();
    let scenario = root().join("scenarios/demo.jsonl");
    let child = call(&place, &server.address("haengbok"), &scenario, "demo")
        .spawn()
        .unwrap();
    let mut caller = Running { child };
    assert_eq!(caller.ended("biseo call", crate::support::PATIENCE), Some(1));
    server.stop();
}

/// Two installations whose records are in one database would close each other's calls.
#[test]
fn a_database_on_a_server_serves_one_installation() {
    let cluster = biseo_testkit::cluster::Cluster::shared();
    let (name, url) = cluster.new_schema();
    cluster.run(&format!("CREATE SCHEMA {name}"));
    let places = [Place::new(), Place::new()];
    for place in &places {
        place.change(
            "# [store]\n# database_env = \"BISEO_DATABASE\"\n# database_file",
            "[store]\ndatabase_file",
        );
        std::fs::write(place.path().join("secrets/database"), &url).unwrap();
    }
    let server = places[0].serve();
    refused(
        &places[1],
        "데이터베이스를 열 수 없습니다",
        "another Biseo works on the database",
        &["postgres://postgres@"],
    );
    server.stop();
    assert!(!places[0].data().join("biseo.db").exists());
    places[1].serve().stop();
}

/// With a console the first shop is made there; without one nobody could.
#[test]
fn no_shop_at_all_is_no_fault_where_one_can_be_made() {
    let place = Place::new();
    std::fs::remove_dir_all(place.path().join("shops")).unwrap();
    place.serve().stop();
    assert!(place.path().join("shops").is_dir());
    place.change("listen = \"127.0.0.1:0\"", "");
    refused(
        &place,
        "가게 프로필을 쓸 수 없습니다",
        "the shop profiles cannot be used",
        &["shops"],
    );
}
