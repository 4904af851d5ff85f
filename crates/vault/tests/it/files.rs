//! Whole files: read as WAV files, sealed afterwards, written out.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use biseo_media::wav::{Wav, header, write_mono};
use biseo_vault::layout::{CHUNK, HEADER, SOUND};
use biseo_vault::{Keys, Recording, Sealing, VaultError, seal, unseal};

use crate::{names, put, sealed, sound};

/// A recording in the clear.
fn plain(octets: usize) -> Vec<u8> {
    let mut wav = header(8000, 2, octets as u64).to_vec();
    wav.extend_from_slice(&sound(octets));
    wav
}

fn read(path: &Path, keys: Option<&Keys>) -> Result<Vec<u8>, VaultError> {
    let mut recording = Recording::open(File::open(path)?, keys)?;
    let mut out = vec![0; recording.len() as usize];
    assert_eq!(recording.read_at(0, &mut out)?, out.len());
    Ok(out)
}

#[test]
fn a_sealed_recording_is_read_as_the_same_wav_file() {
    let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let wav = plain(3 * SOUND + 400);
    let path = put(&folder, &sealed(&keys, &wav[44..], 640));
    assert_eq!(read(&path, Some(&keys)).unwrap(), wav);
    let mut recording = Recording::open(File::open(&path).unwrap(), Some(&keys)).unwrap();
    for (at, count) in [
        (0, 1),
        (3, 44),
        (43, 2),
        (44, 4),
        (44 + 4090, 20),
        (wav.len() - 3, 10),
        (wav.len(), 5),
        (wav.len() + 99, 5),
    ] {
        let mut out = vec![0; count];
        let read = recording.read_at(at as u64, &mut out).unwrap();
        let expected = &wav[at.min(wav.len())..(at + count).min(wav.len())];
        assert_eq!(&out[..read], expected, "{count} from {at} on");
    }
    assert!(matches!(read(&path, None), Err(VaultError::NoKey(_))));
}

#[test]
fn one_in_the_clear_needs_no_key_and_is_told_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for octets in [plain(1000), b"RIFF".to_vec(), b"BI".to_vec(), Vec::new()] {
        assert_eq!(read(&put(&folder, &octets), None).unwrap(), octets);
    }
}

#[test]
fn what_lies_in_the_clear_is_sealed_and_comes_back() {
    let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let wav = plain(200_000);
    let path = put(&folder, &wav);
    // What an end in the midst of it has left behind.
    std::fs::write(folder.path().join(".c.wav.sealing"), "half").unwrap();
    let changed = std::fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(seal(&path, &keys).unwrap(), Sealing::Sealed(200_000));
    let octets = std::fs::read(&path).unwrap();
    assert!(!octets.windows(16).any(|w| w == &wav[60..76]));
    assert_eq!(read(&path, Some(&keys)).unwrap(), wav);
    let about = std::fs::metadata(&path).unwrap();
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
    assert_eq!(about.modified().unwrap(), changed);
    assert_eq!(seal(&path, &keys).unwrap(), Sealing::Already);
    assert_eq!(std::fs::read(&path).unwrap(), octets);
    assert_eq!(names(folder.path()), ["c.wav"]);
}

#[test]
fn what_an_older_key_has_sealed_is_sealed_anew() {
    let (old, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let wav = plain(9000);
    let path = put(&folder, &sealed(&old, &wav[44..], 640));
    let keys = old.clone().with_new(Keys::generate().unwrap().current().clone());
    assert_eq!(seal(&path, &keys).unwrap(), Sealing::Sealed(9000));
    let only_new = Keys::new(keys.current().clone());
    assert_eq!(read(&path, Some(&only_new)).unwrap(), wav);
    assert_eq!(seal(&path, &old).unwrap(), Sealing::Locked);
}

#[test]
fn a_recording_that_was_cut_off_is_mended_first_and_others_files_are_left() {
    let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let mut wav = plain(9000);
    wav[4..8].fill(0);
    wav[40..44].fill(0);
    let path = put(&folder, &wav);
    assert_eq!(seal(&path, &keys).unwrap(), Sealing::Sealed(9000));
    assert_eq!(read(&path, Some(&keys)).unwrap(), plain(9000));
    let mut mono = Vec::new();
    write_mono(&mut mono, 16_000, &[1, 2, 3]).unwrap();
    let path = put(&folder, &mono);
    assert_eq!(seal(&path, &keys).unwrap(), Sealing::Foreign);
    assert_eq!(std::fs::read(&path).unwrap(), mono);
}

#[test]
fn a_damaged_one_is_not_replaced() {
    let (old, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let mut file = sealed(&old, &sound(4 * SOUND), 640);
    file[HEADER + CHUNK + 50] ^= 1;
    let path = put(&folder, &file);
    let keys = old.with_new(Keys::generate().unwrap().current().clone());
    assert!(matches!(seal(&path, &keys), Err(VaultError::Damaged)));
    assert_eq!(std::fs::read(&path).unwrap(), file);
    assert_eq!(names(folder.path()), ["c.wav"]);
    let out = folder.path().join("out.wav");
    assert!(matches!(
        unseal(&path, Some(&keys), &out),
        Err(VaultError::Damaged)
    ));
    assert!(!out.exists());
}

#[test]
fn a_wav_file_is_written_out_once() {
    let (keys, folder) = (Keys::generate().unwrap(), tempfile::tempdir().unwrap());
    let file = sealed(&keys, &sound(2 * SOUND + 4), 640);
    let path = put(&folder, &file);
    let out = folder.path().join("out.wav");
    assert!(unseal(&path, Some(&keys), &out).unwrap());
    assert_eq!(std::fs::read(&out).unwrap(), plain(2 * SOUND + 4));
    assert_eq!(
        std::fs::metadata(&out).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(unseal(&path, Some(&keys), &out).is_err(), "it is there already");
    assert_eq!(std::fs::read(&out).unwrap(), plain(2 * SOUND + 4));
    // One that was cut off is written as far as it goes, and told so.
    std::fs::write(&path, &file[..file.len() - 1]).unwrap();
    std::fs::remove_file(&out).unwrap();
    assert!(!unseal(&path, Some(&keys), &out).unwrap());
    let wav = Wav::parse(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(wav.samples.len(), SOUND);
}
