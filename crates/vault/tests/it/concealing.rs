//! What is concealed in a sealed recording is what is concealed in one in the clear; a crash in the midst of it leaves one or the other.

use std::path::PathBuf;
use std::slice::from_ref;

use biseo_media::recorder;
use biseo_media::wav::HEADER_LEN;
use biseo_vault::layout::{CHUNK, HEADER, SOUND};
use biseo_vault::{Ending, Keys, Mended, VaultError, conceal, mend};
use proptest::prelude::*;

use crate::{cases, names, put, read, sealed, sound};

/// The sound with a tone in these samples, as it is made of a file in the clear.
fn expected(plain: &[u8], span: std::ops::Range<u64>) -> Vec<u8> {
    let mut wav = vec![0; HEADER_LEN];
    wav.extend_from_slice(plain);
    recorder::conceal(&mut std::io::Cursor::new(&mut wav), span).unwrap();
    wav.split_off(HEADER_LEN)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..cases() })]

    #[test]
    fn it_is_the_same_as_in_the_clear(samples in 0usize..4000, from in 0u64..4200, length in 0u64..3000, open: bool) {
        let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
        let plain = sound(4 * samples);
        let mut file = sealed(&keys, &plain, 640);
        let mut plain = plain.as_slice();
        if open {
            // The call goes on: the last chunk is not there yet.
            file.truncate(HEADER + samples / 1024 * CHUNK);
            plain = &plain[..samples / 1024 * SOUND];
        }
        let path = put(&folder, &file);
        let changed = conceal(&path, Some(&keys), from_ref(&(from..from + length))).unwrap();
        let after = std::fs::read(&path).unwrap();
        let (found, ending) = read(&after, &keys).unwrap();
        prop_assert_eq!(found, expected(plain, from..from + length));
        prop_assert_eq!(ending == Ending::Open, open);
        let end = (from + length).min(plain.len() as u64 / 4);
        prop_assert_eq!(changed, end.saturating_sub(from));
        prop_assert_eq!(names(folder.path()), ["c.wav"]);
    }
}

#[test]
fn only_the_chunks_in_question_are_sealed_anew_and_never_under_the_same_nonce() {
    let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let before = sealed(&keys, &sound(4 * SOUND), 640);
    let path = put(&folder, &before);
    let mut nonces = vec![before[HEADER + CHUNK..][..12].to_vec()];
    for _ in 0..20 {
        conceal(&path, Some(&keys), &[1500..1600, 1550..1700]).unwrap();
        let after = std::fs::read(&path).unwrap();
        let (second, third) = (HEADER + CHUNK, HEADER + 2 * CHUNK);
        assert_eq!(
            (&after[..second], &after[third..]),
            (&before[..second], &before[third..])
        );
        nonces.push(after[second..][..12].to_vec());
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 21);
}

#[test]
fn two_at_once_do_not_undo_each_other() {
    let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let plain = sound(2 * SOUND);
    let path = put(&folder, &sealed(&keys, &plain, 640));
    std::thread::scope(|scope| {
        for n in 0..16u64 {
            let (path, keys) = (&path, &keys);
            scope.spawn(move || conceal(path, Some(keys), from_ref(&(n * 100..n * 100 + 100))).unwrap());
        }
    });
    let found = read(&std::fs::read(&path).unwrap(), &keys).unwrap().0;
    assert_eq!(found, expected(&plain, 0..1600));
}

#[test]
fn without_its_key_nothing_is_concealed() {
    let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let before = sealed(&keys, &sound(5000), 640);
    let path = put(&folder, &before);
    assert!(matches!(
        conceal(&path, None, from_ref(&(0..10))),
        Err(VaultError::NoKey(_))
    ));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// A recording, the same with its second chunk concealed, and what lies beside it while that is done.
fn interrupted(keys: &Keys) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let before = sealed(keys, &sound(4 * SOUND), 640);
    let path = put(&folder, &before);
    conceal(&path, Some(keys), from_ref(&(1024..2048))).unwrap();
    let after = std::fs::read(&path).unwrap();
    let mut noted = 1u64.to_le_bytes().to_vec();
    noted.extend_from_slice(&(CHUNK as u32).to_le_bytes());
    noted.extend_from_slice(&after[HEADER + CHUNK..HEADER + 2 * CHUNK]);
    (before, after, noted)
}

#[test]
fn a_crash_in_the_midst_of_it_is_put_in_order_at_the_next_start() {
    let keys = Keys::generate().unwrap();
    let (before, after, noted) = interrupted(&keys);
    let mut torn = before.clone();
    torn[HEADER + CHUNK..][..2000].copy_from_slice(&after[HEADER + CHUNK..][..2000]);
    let mut foreign = noted.clone();
    foreign[0] = 2;
    for (what, lies, beside, expected) in [
        ("noted, not begun", &before, noted.as_slice(), &after),
        ("half written", &torn, &noted, &after),
        ("written, not put away", &after, &noted, &after),
        ("not noted whole", &before, &noted[..noted.len() - 1], &before),
        ("nothing noted", &before, &[], &before),
        ("another chunk's", &before, &foreign, &before),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = put(&folder, lies);
        let mut part = path.clone().into_os_string();
        part.push(".part");
        std::fs::write(PathBuf::from(part), beside).unwrap();
        assert_eq!(mend(&path, Some(&keys)).unwrap(), Mended::Intact, "{what}");
        assert!(std::fs::read(&path).unwrap() == *expected, "{what}");
        assert_eq!(names(folder.path()), ["c.wav"], "{what}");
    }
}
