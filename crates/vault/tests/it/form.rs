//! The form: what was sealed is read, what was changed is not.

use std::io::Cursor;

use biseo_vault::layout::{CHUNK, HEADER, SOUND};
use biseo_vault::{Ending, Keys, Sealed, VaultError};
use proptest::prelude::*;

use crate::{cases, read, sealed, sound};

#[test]
fn what_was_sealed_is_read_at_every_length_around_a_chunk() {
    let keys = Keys::generate().unwrap();
    for octets in [0, 1, 4, SOUND - 1, SOUND, SOUND + 1, 3 * SOUND - 4, 3 * SOUND] {
        let plain = sound(octets);
        let file = sealed(&keys, &plain, 640);
        assert_eq!(read(&file, &keys).unwrap(), (plain, Ending::Whole), "{octets}");
        let chunks = octets / SOUND + 1;
        assert_eq!(file.len(), HEADER + octets + 28 * chunks);
    }
}

#[test]
fn the_sound_is_not_in_the_file_and_no_two_files_are_alike() {
    let keys = Keys::generate().unwrap();
    let plain = [7; 3 * SOUND];
    let (one, other) = (sealed(&keys, &plain, 640), sealed(&keys, &plain, 640));
    assert!(!one.windows(8).any(|w| w == [7; 8]));
    let same = one[HEADER..].iter().zip(&other[HEADER..]).filter(|(a, b)| a == b);
    assert!(same.count() < one.len() / 100, "about one of 256 by chance");
    // The same sound in the first and the second chunk does not show either.
    let chunk = |n: usize| &one[HEADER + n * CHUNK + 12..HEADER + (n + 1) * CHUNK];
    assert_ne!(chunk(0), chunk(1));
}

#[test]
fn chunks_that_were_moved_left_out_or_taken_from_elsewhere_do_not_open() {
    let keys = Keys::generate().unwrap();
    let plain = sound(3 * SOUND + 100);
    let file = sealed(&keys, &plain, 640);
    let other = sealed(&keys, &plain, 640);
    let part = |file: &[u8], n: usize| file[HEADER + n * CHUNK..HEADER + (n + 1) * CHUNK].to_vec();
    let put = |changes: &[(usize, Vec<u8>)]| {
        let mut changed = file.clone();
        for (n, chunk) in changes {
            changed[HEADER + n * CHUNK..HEADER + (n + 1) * CHUNK].copy_from_slice(chunk);
        }
        changed
    };
    let mut short = file.clone();
    short.drain(HEADER..HEADER + CHUNK);
    let mut long = file.clone();
    long.splice(HEADER..HEADER, part(&file, 0));
    for (what, changed) in [
        ("moved", put(&[(0, part(&file, 1)), (1, part(&file, 0))])),
        ("twice", put(&[(1, part(&file, 0))])),
        ("another file's", put(&[(1, part(&other, 1))])),
        ("left out", short),
        ("put in", long),
        (
            "another file's header",
            [&other[..HEADER], &file[HEADER..]].concat(),
        ),
    ] {
        assert!(
            matches!(read(&changed, &keys), Err(VaultError::Damaged)),
            "{what}"
        );
    }
    // What follows the last chunk makes it none.
    let longer = [file.as_slice(), &[0]].concat();
    let (found, ending) = read(&longer, &keys).unwrap();
    assert_eq!((found.as_slice(), ending), (&plain[..3 * SOUND], Ending::Torn));
}

#[test]
fn a_key_that_is_not_known_is_named_and_a_later_form_as_well() {
    let (keys, others) = (Keys::generate().unwrap(), Keys::generate().unwrap());
    let mut file = sealed(&keys, &sound(5000), 640);
    match read(&file, &others) {
        Err(VaultError::NoKey(id)) => assert_eq!(id, keys.current().id()),
        other => panic!("{other:?}"),
    }
    // An older key reads what it has sealed.
    let both = keys.clone().with_new(others.current().clone());
    assert_eq!(read(&file, &both).unwrap().0, sound(5000));
    file[8] = 2;
    assert!(matches!(read(&file, &keys), Err(VaultError::Version(2))));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_range_is_that_of_the_plain_sound(
        octets in 0usize..5 * SOUND, piece in 1usize..9000, at in 0u64..6 * SOUND as u64, count in 0usize..3 * SOUND,
    ) {
        let keys = Keys::generate().unwrap();
        let plain = sound(octets);
        let file = sealed(&keys, &plain, piece);
        let mut sealed = Sealed::open(Cursor::new(file), &keys).unwrap();
        let mut out = vec![0; count];
        let read = sealed.read_at(at, &mut out).unwrap();
        let expected = plain.get(at as usize..).unwrap_or(&[]);
        prop_assert_eq!(&out[..read], &expected[..expected.len().min(count)]);
    }

    #[test]
    fn any_octet_that_is_changed_is_noticed(octets in 0usize..3 * SOUND, at: prop::sample::Index, by in 1u8..=255) {
        let keys = Keys::generate().unwrap();
        let mut file = sealed(&keys, &sound(octets), 640);
        let at = at.index(file.len());
        file[at] ^= by;
        // In the last chunk it takes away the end, anywhere else the sound cannot be read.
        let noticed = match read(&file, &keys) {
            Err(_) => true,
            Ok((found, ending)) => ending == Ending::Torn && found == sound(octets)[..octets / SOUND * SOUND],
        };
        prop_assert!(noticed, "octet {at}");
    }

    #[test]
    fn any_octets_are_read_or_refused(
        octets in prop::collection::vec(any::<u8>(), 0..200), whole: bool, cut: prop::sample::Index,
    ) {
        let keys = Keys::generate().unwrap();
        let mut file = octets;
        if whole {
            let begin = sealed(&keys, &[], 1)[..HEADER].to_vec();
            file.splice(0..0, begin);
        }
        file.truncate(cut.index(file.len() + 1));
        if let Ok((found, ending)) = read(&file, &keys) {
            prop_assert!(found.is_empty() && ending != Ending::Whole, "sound out of nothing");
        }
    }
}
