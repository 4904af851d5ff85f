//! Any octets where something sealed is expected, and a sealed recording that was changed anyhow: it is refused, or what is read is a beginning of
//! what was sealed.
#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;

use biseo_vault::layout::{HEADER, SOUND};
use biseo_vault::{Ending, Key, Keys, Sealed, Sealer};
use libfuzzer_sys::fuzz_target;

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::new(Key::of(&[170; 32])));

/// A recording of two chunks and a bit, and its sound.
static WHOLE: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let sound: Vec<u8> = (0..2 * SOUND + 100).map(|n| (n * 7 % 251) as u8).collect();
    let mut sealer = Sealer::new(&KEYS).expect("the system gives random octets");
    let mut file = sealer.header().to_vec();
    sealer.push(&sound, &mut file).expect("random octets");
    sealer.finish(&mut file).expect("random octets");
    (file, sound)
});

/// Reads all of a file, in pieces of so many octets.
fn read(file: &[u8], piece: usize) -> Option<(Vec<u8>, Ending)> {
    let mut sealed = Sealed::open(Cursor::new(file), &KEYS).ok()?;
    let (mut all, mut piece) = (Vec::new(), vec![0; piece]);
    while (all.len() as u64) < sealed.len() {
        let read = sealed.read_at(all.len() as u64, &mut piece).ok()?;
        assert!(read > 0, "no end of it");
        all.extend_from_slice(&piece[..read]);
    }
    Some((all, sealed.ending()))
}

/// Changes a file: each three octets say where, and what with; some cut it.
fn change(file: &mut Vec<u8>, edits: &[u8]) {
    for edit in edits.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % file.len();
        match edit[2] {
            0 => file.truncate(at.max(1)),
            1 => file.extend_from_within(at..),
            by => file[at] ^= by,
        }
        file.truncate(4 * SOUND);
    }
}

fuzz_target!(|data: &[u8]| {
    let [kind, piece, rest @ ..] = data else { return };
    let piece = 1 + usize::from(*piece) * 50;
    match kind % 4 {
        0 => {
            let _ = Keys::parse(rest);
            let _ = read(rest, piece);
        }
        1 => {
            let text = format!("sealed:1:{}", String::from_utf8_lossy(rest));
            assert!(KEYS.open_text("place", &text).is_err());
        }
        2 => {
            let file = [&WHOLE.0[..HEADER], rest].concat();
            let found = read(&file, piece);
            assert!(found.is_none_or(|(sound, ending)| sound.is_empty() && ending != Ending::Whole));
        }
        _ => {
            let (mut file, sound) = WHOLE.clone();
            change(&mut file, rest);
            if let Some((found, ending)) = read(&file, piece) {
                assert!(sound.starts_with(&found), "sound that was not sealed");
                assert!(ending != Ending::Whole || found == sound, "an end that was not sealed");
            }
        }
    }
});
