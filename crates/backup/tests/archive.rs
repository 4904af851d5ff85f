//! What was saved comes back whole; what is broken, cut off or hostile comes back not at all.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use biseo_backup::{BackupError, Part, gather, restore, write};
use proptest::prelude::*;

const MADE: &str = "2026-11-26T21:00:00Z";

fn installation(root: &Path) -> Vec<Part> {
    for (name, text) in [
        ("biseo.toml", "lang = \"ko\""),
        ("shops/haengbok.toml", "행복"),
        ("data/recordings/2026/11/c1.wav", "RIFF…"),
        ("data/visit.key", "0123"),
        ("data/biseo.lock", ""),
    ] {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    std::os::unix::fs::symlink("/etc/passwd", root.join("data/link")).unwrap();
    gather(root, "", |path| path.extension().is_none_or(|e| e != "lock")).unwrap()
}

fn archive(dir: &Path) -> PathBuf {
    let parts = installation(&dir.join("old"));
    let archive = dir.join("backup.tar");
    write(&archive, MADE, &parts, |_| {}).unwrap();
    archive
}

/// Nothing but these is in the folder.
fn only(dir: &Path, names: &[&str]) {
    let read = fs::read_dir(dir).unwrap();
    let mut there: Vec<_> = read
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, names);
}

#[test]
fn everything_comes_back_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive(dir.path());
    assert_eq!(
        fs::metadata(&archive).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let new = dir.path().join("new");
    let manifest = restore(&archive, &new, |_| {}).unwrap();
    assert_eq!((manifest.made.as_str(), manifest.files.len()), (MADE, 4));
    assert_eq!(
        fs::read_to_string(new.join("shops/haengbok.toml")).unwrap(),
        "행복"
    );
    assert_eq!(
        fs::read_to_string(new.join("data/recordings/2026/11/c1.wav")).unwrap(),
        "RIFF…"
    );
    only(&new.join("data"), &["recordings", "visit.key"]);
    only(dir.path(), &["backup.tar", "new", "old"]);
}

#[test]
fn what_is_there_is_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive(dir.path());
    let again = write(&archive, MADE, &[], |_| {});
    assert!(matches!(again, Err(BackupError::There { .. })));
    let old = dir.path().join("old");
    assert!(matches!(
        restore(&archive, &old, |_| {}),
        Err(BackupError::There { .. })
    ));
    assert!(old.join("biseo.toml").exists());
}

#[test]
fn a_file_that_is_gone_or_shorter_meanwhile_does_not_break_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let mut parts = installation(&dir.path().join("old"));
    parts.insert(0, Part::new("data/gone.wav", dir.path().join("none")));
    let archive = dir.path().join("backup.tar");
    let manifest = write(&archive, MADE, &parts, |_| {}).unwrap();
    assert!(!manifest.files.contains_key("data/gone.wav"));
    restore(&archive, &dir.path().join("new"), |_| {}).unwrap();
}

#[test]
fn what_cannot_be_read_leaves_no_archive() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Part::new("data", dir.path().to_path_buf());
    let archive = dir.path().join("backup.tar");
    let failed = write(&archive, MADE, &[folder], |_| {});
    assert!(matches!(failed, Err(BackupError::File { .. })), "{failed:?}");
    only(dir.path(), &[]);
}

/// An archive of one entry, as somebody else might make one, without a manifest.
fn hostile(name: &[u8], kind: tar::EntryType) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(0);
    header.set_mode(0o644);
    if kind == tar::EntryType::Symlink {
        header.set_link_name("/etc/passwd").unwrap();
    }
    header.set_cksum();
    let mut out = header.as_bytes().to_vec();
    out.extend([0; 1024]);
    out
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    use tar::EntryType::{Directory, Fifo, Link, Regular, Symlink};
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("hostile.tar");
    for (name, kind) in [
        (&b"../out"[..], Regular),
        (b"/tmp/biseo-out", Regular),
        (b"a/../../out", Regular),
        (b"link", Symlink),
        (b"link", Link),
        (b"pipe", Fifo),
        (b"folder", Directory),
        (b"\xff\xfe", Regular),
    ] {
        fs::write(&archive, hostile(name, kind)).unwrap();
        let refused = restore(&archive, &dir.path().join("new"), |_| {});
        assert!(
            matches!(refused, Err(BackupError::Name { .. } | BackupError::Kind { .. })),
            "{name:?} {kind:?}: {refused:?}"
        );
        only(dir.path(), &["hostile.tar"]);
    }
}

#[test]
fn a_later_format_is_told_as_such() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("later.tar");
    let mut tar = tar::Builder::new(fs::File::create(&path).unwrap());
    let text = br#"{"format": 2, "version": "9", "made": "", "files": {}}"#;
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_entry_type(tar::EntryType::Regular);
    tar.append_data(&mut header, "manifest.json", &text[..]).unwrap();
    tar.into_inner().unwrap().flush().unwrap();
    let told = restore(&path, &dir.path().join("new"), |_| {});
    assert!(
        matches!(told, Err(BackupError::Newer { found: 2, .. })),
        "{told:?}"
    );
}

proptest! {
    /// Cut off or with an octet changed, it is either told or everything is as it was saved.
    #[test]
    fn what_is_damaged_is_never_taken_for_whole(cut in 0_usize..20_000, at in 0_usize..20_000, octet in 1_u8..) {
        let dir = tempfile::tempdir().unwrap();
        let whole = fs::read(archive(dir.path())).unwrap();
        let path = dir.path().join("damaged.tar");
        let mut damaged = whole.clone();
        damaged.truncate(cut.max(1) % whole.len());
        fs::write(&path, &damaged).unwrap();
        let new = dir.path().join("new");
        // Behind the manifest there is only padding.
        if restore(&path, &new, |_| {}).is_ok() {
            prop_assert!(damaged.len() > whole.len() - 2048);
            fs::remove_dir_all(&new).unwrap();
        }
        let mut changed = whole.clone();
        let at = at % whole.len();
        changed[at] ^= octet;
        fs::write(&path, &changed).unwrap();
        if let Ok(manifest) = restore(&path, &new, |_| {}) {
            let there = gather(&new, "", |_| true).unwrap();
            let names: Vec<_> = there.iter().map(|p| p.name.clone()).collect();
            prop_assert_eq!(names, manifest.files.keys().cloned().collect::<Vec<_>>());
            let sound = fs::read_to_string(new.join("data/recordings/2026/11/c1.wav")).unwrap_or_default();
            prop_assert_eq!(sound, "RIFF…");
        }
    }
}
