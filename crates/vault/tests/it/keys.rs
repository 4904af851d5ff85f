//! Keys and their files.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;

use biseo_vault::key_file::{self, FileFault};
use biseo_vault::{Key, KeyFault, Keys};

use crate::{names, read, sealed, sound};

#[test]
fn octets_as_they_are_and_lines_of_base64_are_keys() {
    let raw: [u8; 32] = std::array::from_fn(|n| 7 * n as u8);
    let key = Key::of(&raw);
    let line = key.to_text();
    assert_eq!(Keys::parse(&raw).unwrap().current().id(), key.id());
    let other = Key::generate().unwrap();
    let text = format!("# new\n{}\r\n\n  {}  \n", *other.to_text(), *line);
    let keys = Keys::parse(text.as_bytes()).unwrap();
    assert_eq!((keys.current().id(), keys.old()), (other.id(), 1));
    assert_eq!(keys.find(key.id()).unwrap().id(), key.id());
    assert_eq!(
        Keys::parse(keys.to_text().as_bytes()).unwrap().current().id(),
        other.id()
    );
}

#[test]
fn what_is_no_key_is_refused() {
    let line = Key::generate().unwrap().to_text();
    let many: String = (0..33)
        .map(|_| Key::generate().unwrap().to_text().to_string() + "\n")
        .collect();
    for (octets, fault) in [
        (b"".as_slice(), KeyFault::Empty),
        (b"\n# nothing\n", KeyFault::Empty),
        (b"0123456789abcdef0123456789abcdef", KeyFault::Word),
        (b"c2hvcnQ=", KeyFault::Line(1)),
        (b"\nhunter2", KeyFault::Line(2)),
        (format!("{}\n{}", *line, *line).as_bytes(), KeyFault::Twice(2)),
        (&[200; 33], KeyFault::Line(1)),
        (many.as_bytes(), KeyFault::TooMany),
    ] {
        assert_eq!(Keys::parse(octets).unwrap_err(), fault);
    }
}

#[test]
fn a_key_is_not_shown() {
    let keys = Keys::generate().unwrap();
    let shown = format!("{keys:?} {:?}", keys.current());
    assert!(
        !shown.contains(keys.current().to_text().trim_end_matches('=')),
        "{shown}"
    );
    assert!(shown.len() < 100, "{shown}");
}

#[test]
fn a_file_is_made_once_and_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets/seal.key");
    let first = key_file::make(&path).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&folder.path().join("secrets")), 0o700);
    let file = sealed(&first, &sound(5000), 640);
    assert!(matches!(key_file::make(&path), Err(FileFault::There { .. })));
    let second = key_file::add(&path).unwrap();
    assert_ne!(second.current().id(), first.current().id());
    let known = key_file::read(&path).unwrap();
    assert_eq!((known.current().id(), known.old()), (second.current().id(), 1));
    assert_eq!(
        read(&file, &known).unwrap().0,
        sound(5000),
        "what the older one has sealed"
    );
    assert_eq!(mode(&path), 0o600);
    assert_eq!(names(path.parent().unwrap()), ["seal.key"]);
}

#[test]
fn a_file_that_others_can_read_or_that_is_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seal.key");
    key_file::make(&path).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o777] {
        set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let fault = key_file::read(&path).unwrap_err();
        assert!(matches!(fault, FileFault::Open { .. }), "{mode:o}: {fault}");
        assert!(fault.to_string().contains("chmod 600"), "{fault}");
        assert!(key_file::add(&path).is_err());
    }
    set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert!(key_file::read(&path).is_ok());
    let other = folder.path().join("other");
    let fault = key_file::read(&other).unwrap_err();
    assert!(matches!(fault, FileFault::File { .. }) && fault.to_string().contains("other"));
    std::fs::write(&other, [b'A'; 5000]).unwrap();
    assert!(matches!(key_file::read(&other), Err(FileFault::Foreign { .. })));
    assert!(matches!(
        key_file::read(folder.path()),
        Err(FileFault::Foreign { .. })
    ));
}
