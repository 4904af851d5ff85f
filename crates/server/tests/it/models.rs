//! `biseo models`, run as people run it.

use std::path::Path;
use std::process::{Command, Output};

fn models(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_biseo"));
    program.arg("models").args(arguments).args(["--lang", "en"]);
    program.output().unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

fn demo() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/demo-ko-sherpa");
    root.display().to_string()
}

#[test]
fn the_list_tells_what_each_is_and_whose_figure_its_error_rate_is() {
    let list = models(&["list"]);
    assert!(list.status.success(), "{}", said(&list));
    let text = said(&list);
    let korean = text.split("zipformer-ko\n").nth(1).expect("it is listed");
    assert!(korean.contains("135 MB · Apache-2.0") && korean.contains("published error rate CER"));
}

#[test]
fn what_would_be_fetched_is_told_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("models");
    let arguments = [
        "pull",
        "zipformer-ko",
        "--dry-run",
        "--mirror",
        "/media/usb",
        "--folder",
    ];
    let told = models(&[&arguments[..], &[place.to_str().unwrap()]].concat());
    assert!(told.status.success());
    assert!(said(&told).contains("/media/usb/sherpa-onnx-streaming-zipformer-korean-2024-06-16.tar.bz2"));
    assert!(!place.exists());
}

#[test]
fn one_that_cannot_be_had_is_told_and_keeps_no_other_from_being_tried() {
    let (folder, mirror) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let archive = "sherpa-onnx-streaming-zipformer-korean-2024-06-16.tar.bz2";
    std::fs::write(mirror.path().join(archive), b"no archive at all").unwrap();
    let (folder, mirror) = (folder.path().to_str().unwrap(), mirror.path().to_str().unwrap());
    let told = models(&[
        "pull",
        "no-such-model",
        "zipformer-ko",
        "--folder",
        folder,
        "--mirror",
        mirror,
    ]);
    let text = said(&told);
    assert_eq!(told.status.code(), Some(1), "{text}");
    assert!(text.contains("no-such-model: no model that is known"), "{text}");
    assert!(text.contains("zipformer-ko: it was not fetched"), "{text}");
    assert!(
        !Path::new(folder).join("zipformer-ko").exists(),
        "nothing half done is left"
    );
}

#[test]
fn a_folder_that_is_no_model_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = models(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(told.status.code(), Some(1));
    assert!(said(&told).contains("no model's folder"), "{}", said(&told));
}

#[cfg(not(feature = "sherpa"))]
#[test]
fn a_program_without_the_engines_says_so() {
    let told = models(&["check", &demo()]);
    assert_eq!(told.status.code(), Some(1));
    assert!(said(&told).contains("built without sherpa"), "{}", said(&told));
}

#[cfg(feature = "sherpa")]
#[test]
fn a_good_model_is_fit_and_a_damaged_one_takes_nothing_along() {
    let told = models(&["check", &demo()]);
    assert!(told.status.success(), "{}", said(&told));
    assert!(said(&told).contains("it can be used (t-one"), "{}", said(&told));
    let folder = tempfile::tempdir().unwrap();
    for file in ["model.toml", "tokens.txt", "model.onnx"] {
        let bytes = std::fs::read(Path::new(&demo()).join(file)).unwrap();
        let keep = if file == "model.onnx" {
            bytes.len() / 2
        } else {
            bytes.len()
        };
        std::fs::write(folder.path().join(file), &bytes[..keep]).unwrap();
    }
    let told = models(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(told.status.code(), Some(1), "{}", said(&told));
}
