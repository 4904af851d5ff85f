//! `biseo check` as an operator runs it.

use std::path::Path;
use std::process::{Command, Output};

const SHOPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops");

fn check(shops: &Path, data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_biseo"));
    command
        .arg("check")
        .arg("--shops")
        .arg(shops)
        .arg("--data")
        .arg(data)
        .env_remove("BISEO_LANG");
    command
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_example_shops_are_fit() {
    let dir = tempfile::tempdir().unwrap();
    let output = check(SHOPS.as_ref(), dir.path()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("행복식당") && text(&output).contains("모두 정상입니다"));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let good = std::fs::read_to_string(Path::new(SHOPS).join("gugu.toml")).unwrap();
    std::fs::write(
        dir.path().join("gugu.toml"),
        good.replace("hours.week", "hours.weak"),
    )
    .unwrap();
    std::fs::write(dir.path().join("chicken.toml"), &good).unwrap();
    std::fs::write(dir.path().join("data"), "a file, not a folder").unwrap();
    let output = check(dir.path(), &dir.path().join("data"))
        .args(["--lang", "en"])
        .env("PATH", "")
        .output()
        .unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1));
    for part in [
        "gugu.toml",
        "weak",
        "name the file gugu.toml",
        "biseo.db",
        "apt-get install espeak-ng",
        "mended: 4",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_missing_or_empty_shop_folder_is_named() {
    let dir = tempfile::tempdir().unwrap();
    for shops in [dir.path().to_path_buf(), dir.path().join("nowhere")] {
        let output = check(&shops, &dir.path().join("data")).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output).contains("--shops"), "{}", text(&output));
    }
}
