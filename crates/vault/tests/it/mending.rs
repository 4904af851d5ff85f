//! What a crash leaves at any octet is mended.

use biseo_vault::layout::{CHUNK, HEADER, SOUND};
use biseo_vault::{Ending, Keys, Mended, VaultError, mend};
use proptest::prelude::*;

use crate::{cases, put, read, sealed, sound};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..cases() })]

    #[test]
    fn cut_at_any_octet_it_is_a_beginning_of_what_it_was(octets in 0usize..3 * SOUND, at: prop::sample::Index, far: bool) {
        let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
        let plain = sound(octets);
        let whole = sealed(&keys, &plain, 640);
        // Half of the cuts lie near an edge between chunks.
        let len = match far {
            true => 1 + at.index(whole.len() - 1),
            false => (HEADER + at.index(4) * CHUNK + at.index(5)).min(whole.len() - 1),
        };
        let path = put(&folder, &whole[..len]);
        let mended = mend(&path, Some(&keys)).unwrap();
        let kept = len.saturating_sub(HEADER) / CHUNK;
        prop_assert_eq!(mended, Mended::Mended { milliseconds: kept as u64 * 128 }, "cut at {}", len);
        let (found, ending) = read(&std::fs::read(&path).unwrap(), &keys).unwrap();
        prop_assert_eq!(ending, Ending::Whole);
        prop_assert_eq!(found.as_slice(), &plain[..kept * SOUND]);
        prop_assert_eq!(mend(&path, Some(&keys)).unwrap(), Mended::Intact);
    }
}

#[test]
fn what_the_disk_did_not_keep_at_the_end_is_cut_off() {
    let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let plain = sound(10 * SOUND);
    let mut file = sealed(&keys, &plain, 640);
    let lost = HEADER + 7 * CHUNK + 100;
    file[lost..].fill(0);
    let path = put(&folder, &file);
    assert_eq!(
        mend(&path, Some(&keys)).unwrap(),
        Mended::Mended {
            milliseconds: 7 * 128
        }
    );
    let found = read(&std::fs::read(&path).unwrap(), &keys).unwrap();
    assert_eq!(found, (plain[..7 * SOUND].to_vec(), Ending::Whole));
}

#[test]
fn what_no_crash_does_and_what_is_locked_is_left_alone() {
    let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let whole = sealed(&keys, &sound(3 * SOUND), 640);
    let mut other_salt = whole[..whole.len() - 5].to_vec();
    other_salt[30] ^= 1;
    let path = put(&folder, &other_salt);
    assert!(matches!(mend(&path, Some(&keys)), Err(VaultError::Damaged)));
    assert_eq!(std::fs::read(&path).unwrap(), other_salt);
    let cut = &whole[..whole.len() - 5];
    let path = put(&folder, cut);
    let others = Keys::generate().unwrap();
    for keys in [None, Some(&others)] {
        assert_eq!(mend(&path, keys).unwrap(), Mended::Locked);
        assert_eq!(std::fs::read(&path).unwrap(), cut);
    }
    let path = put(&folder, b"RIFF is a word");
    assert_eq!(mend(&path, Some(&keys)).unwrap(), Mended::Foreign);
    assert_eq!(std::fs::read(&path).unwrap(), b"RIFF is a word");
}
