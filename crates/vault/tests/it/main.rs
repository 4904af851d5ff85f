//! The sealed form as its users meet it.

mod concealing;
mod files;
mod form;
mod keys;
mod mending;
mod texts;

use std::io::Cursor;
use std::path::{Path, PathBuf};

use biseo_vault::{Ending, Keys, Sealed, Sealer, VaultError};

/// Sound of so many octets: no two chunks alike.
pub fn sound(octets: usize) -> Vec<u8> {
    let step = |n: usize| n.wrapping_mul(2_654_435_761).rotate_left(13) as u8;
    (0..octets).map(step).collect()
}

/// A sealed file, pushed in pieces of so many octets.
pub fn sealed(keys: &Keys, sound: &[u8], piece: usize) -> Vec<u8> {
    let mut sealer = Sealer::new(keys).unwrap();
    let mut file = sealer.header().to_vec();
    for piece in sound.chunks(piece.max(1)) {
        sealer.push(piece, &mut file).unwrap();
    }
    sealer.finish(&mut file).unwrap();
    file
}

/// All that can be read of a file, and how it ends.
pub fn read(file: &[u8], keys: &Keys) -> Result<(Vec<u8>, Ending), VaultError> {
    let mut sealed = Sealed::open(Cursor::new(file), keys)?;
    let mut out = vec![0; sealed.len() as usize];
    let read = sealed.read_at(0, &mut out)?;
    assert_eq!(read, out.len());
    Ok((out, sealed.ending()))
}

/// A file of these octets in a folder that goes away with the test.
pub fn put(folder: &tempfile::TempDir, octets: &[u8]) -> PathBuf {
    let path = folder.path().join("c.wav");
    std::fs::write(&path, octets).unwrap();
    path
}

/// What lies in a folder.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let name = |e: std::io::Result<std::fs::DirEntry>| e.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = entries.map(name).collect();
    names.sort();
    names
}

/// Cases of a property.
pub fn cases() -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}
