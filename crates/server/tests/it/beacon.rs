//! A beacon and a serving program, two processes of `biseo` on loopback: they find each other, each outlives the other, and what cannot be used
//! is refused at the start.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::support::line::{line, status};
use crate::support::{PATIENCE, Place, Running, biseo, text, until};

const SECRET: &str = "0123456789abcdef0123456789abcdef\n";

fn secret(folder: &Path, name: &str, mode: u32) -> String {
    let path = folder.join(name);
    std::fs::write(&path, SECRET).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path.to_str().unwrap().to_string()
}

/// `biseo line beacon`, listening.
struct Beacon {
    running: Running,
    out: BufReader<std::process::ChildStdout>,
    at: String,
}

impl Beacon {
    fn start(folder: &Path, listen: &str) -> Self {
        let file = secret(folder, "beacon.secret", 0o600);
        let child = biseo(
            &["line", "beacon", "--listen", listen, "--secret-file", &file],
            folder,
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        let mut running = Running { child };
        let mut out = BufReader::new(running.child.stdout.take().unwrap());
        let mut told = String::new();
        out.read_line(&mut told).unwrap();
        let at = told.split_whitespace().find(|w| w.starts_with("127.0.0.1:"));
        let at = at.unwrap_or_else(|| panic!("{told}")).split('(').next().unwrap();
        let at = at.trim_end_matches(|c: char| !c.is_ascii_digit()).to_string();
        Self { running, out, at }
    }

    /// Ends it as a service manager does; its last words and its log.
    fn end(mut self) -> (String, String) {
        self.running.signal("TERM");
        assert_eq!(self.running.ended("the beacon", PATIENCE), Some(0));
        let (mut said, mut log) = (String::new(), String::new());
        self.out.read_to_string(&mut said).unwrap();
        let mut err = self.running.child.stderr.take().unwrap();
        err.read_to_string(&mut log).unwrap();
        (said, log)
    }
}

/// What the serving program knows of its beacon.
fn seen(place: &Place) -> Option<Value> {
    status(place)?["beacons"].as_array()?.first().cloned()
}

async fn until_seen(place: &Place, what: &str, enough: impl Fn(&Value) -> bool) -> Value {
    let enough = &enough;
    until(what, PATIENCE, || async move { seen(place).filter(enough) }).await
}

fn n(seen: &Value, key: &str) -> u64 {
    seen[key].as_u64().unwrap_or(0)
}

#[tokio::test]
async fn a_beacon_counts_both_ways_and_comes_and_goes() {
    let place = Place::new();
    let folder = tempfile::tempdir().unwrap();
    let beacon = Beacon::start(folder.path(), "127.0.0.1:0");
    let at = beacon.at.clone();
    secret(place.path(), "secrets/beacon", 0o600);
    place.change(
        "watch = false",
        &format!("watch = true\nbeacon = {{ address = \"{at}\", secret_file = \"secrets/beacon\" }}"),
    );
    let output = biseo(&["check"], place.path()).output().unwrap();
    assert!(
        text(&output).contains(&format!("✓ 바깥 비세오({at})")),
        "{}",
        text(&output)
    );
    let _server = place.serve();
    let heard = until_seen(&place, "counts of both ways", |s| {
        n(s, "forward_got") >= 5 && n(s, "return_got") >= 5
    })
    .await;
    assert_eq!(
        (heard["uplink"].as_str(), heard["unbound"].as_bool()),
        (Some("lo"), Some(false))
    );
    let (_, said) = line(&place, &["status"]);
    assert!(said.contains("바깥 비세오(lo): 가는 길 손실"), "{said}");

    let (said, log) = beacon.end();
    assert!(said.contains("끝났습니다"), "{said}");
    assert!(log.contains("heard by its uplink 0"), "{log}");
    assert!(!log.contains("127.0.0.1"), "an address above DEBUG: {log}");
    let unknown = n(&heard, "forward_unknown");
    let gone = until_seen(&place, "that nothing is known", |s| {
        n(s, "forward_unknown") > unknown
    })
    .await;

    let again = Beacon::start(folder.path(), &at);
    until_seen(&place, "counts of the one that began anew", |s| {
        n(s, "forward_got") >= n(&gone, "forward_got") + 3
    })
    .await;
    again.end();
}

#[tokio::test]
async fn a_secret_that_others_can_read_is_refused_at_the_start() {
    let place = Place::new();
    let file = secret(place.path(), "secrets/beacon", 0o644);
    place.change(
        "watch = false",
        "watch = true\nbeacon = { address = \"127.0.0.1:9\", secret_file = \"secrets/beacon\" }",
    );
    let (code, said) = place.refused(&[]);
    assert!(code.is_some_and(|c| c != 0), "{said}");
    assert!(
        said.contains("line.beacon.secret_file") && said.contains("chmod 600"),
        "{said}"
    );
    let (code, said) = line(
        &place,
        &["beacon", "--listen", "127.0.0.1:0", "--secret-file", &file],
    );
    assert!(code == Some(2) && said.contains("chmod 600"), "{said}");
}
