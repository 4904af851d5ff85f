//! Reads the file that `models/silero/flatten.py` writes; its docstring has the format.

use sha2::{Digest, Sha256};

const MAGIC: &[u8; 8] = b"BISEOVAD";
const VERSION: u32 = 1;
/// Blocks, rows and columns of each table, in the file's order.
const SHAPES: [[u32; 3]; TABLES] = [
    [1, 1, 128],
    [2, 195, 64],
    [2, 1, 64],
    [1, 384, 64],
    [1, 1, 64],
    [1, 128, 64],
    [1, 1, 64],
    [2, 64, 64],
    [2, 1, 64],
    [8, 256, 64],
    [8, 1, 64],
    [1, 1, 128],
    [1, 1, 1],
];
/// Tables in the file.
pub(super) const TABLES: usize = 13;

/// The numbers of each table, in the file's order: window; weights and bias of four convolutions, of the LSTM and of the output.
pub(super) fn read(file: &[u8]) -> Result<[Vec<f32>; TABLES], &'static str> {
    let file = file
        .strip_prefix(MAGIC)
        .ok_or("no weights of the voice detector")?;
    let file = head(file, &[VERSION], "another version of the format")?;
    let file = head(file, &[TABLES as u32], "another network")?;
    let file = head(file, SHAPES.as_flattened(), "another network")?;
    let (sum, numbers) = file.split_first_chunk::<32>().ok_or("cut short")?;
    if Sha256::digest(numbers)[..] != sum[..] {
        return Err("damaged or cut short (checksum)");
    }
    tables(numbers)
}

/// What follows `expected` in the file.
fn head<'a>(file: &'a [u8], expected: &[u32], otherwise: &'static str) -> Result<&'a [u8], &'static str> {
    let (found, rest) = file.split_at_checked(4 * expected.len()).ok_or("cut short")?;
    let same = found
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&o| u32::from_le_bytes(o))
        .eq(expected.iter().copied());
    if same { Ok(rest) } else { Err(otherwise) }
}

fn tables(numbers: &[u8]) -> Result<[Vec<f32>; TABLES], &'static str> {
    let (octets, rest) = numbers.as_chunks::<4>();
    let mut numbers = octets.iter().map(|&octets| f32::from_le_bytes(octets));
    let tables = SHAPES.map(|shape| {
        let length = shape.iter().product::<u32>() as usize;
        numbers.by_ref().take(length).collect::<Vec<_>>()
    });
    let full = tables
        .iter()
        .zip(SHAPES)
        .all(|(table, shape)| table.len() == shape.iter().product::<u32>() as usize);
    if !full || numbers.next().is_some() || !rest.is_empty() {
        return Err("another network (number of weights)");
    }
    if !tables.iter().flatten().all(|number| number.is_finite()) {
        return Err("a weight is not a number");
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = super::super::EMBEDDED;
    /// Octets before the checksum, and before the numbers.
    const HEAD: usize = 8 + 4 * (2 + 3 * TABLES);
    const NUMBERS: usize = HEAD + 32;

    fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Result<[Vec<f32>; TABLES], &'static str> {
        let mut file = FILE.to_vec();
        change(&mut file);
        read(&file)
    }

    /// With a checksum that is right whatever was done to the numbers.
    fn signed(change: impl FnOnce(&mut Vec<u8>)) -> Result<[Vec<f32>; TABLES], &'static str> {
        changed(|file| {
            change(file);
            let sum = Sha256::digest(&file[NUMBERS..]);
            file[HEAD..NUMBERS].copy_from_slice(&sum);
        })
    }

    #[test]
    fn the_file_is_whole() {
        let tables = signed(|_| ()).unwrap();
        let count: usize = tables.iter().map(Vec::len).sum();
        assert_eq!(NUMBERS + 4 * count, FILE.len());
    }

    #[test]
    fn any_change_is_refused() {
        let everywhere = (0..NUMBERS).chain((NUMBERS..FILE.len()).step_by(99_991));
        for at in everywhere {
            assert!(changed(|file| file[at] ^= 1).is_err(), "octet {at}");
        }
        for length in (0..=NUMBERS).chain([NUMBERS + 1, FILE.len() - 4, FILE.len() - 1]) {
            assert!(changed(|file| file.truncate(length)).is_err(), "{length} octets");
        }
    }

    #[test]
    fn numbers_that_the_checksum_allows_are_counted_and_looked_at() {
        assert!(signed(|file| file.truncate(FILE.len() - 4)).is_err());
        assert!(signed(|file| file.truncate(FILE.len() - 1)).is_err());
        assert!(signed(|file| file.push(0)).is_err());
        assert!(signed(|file| file.extend([0; 4])).is_err());
        for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let spoil = |file: &mut Vec<u8>| file[NUMBERS + 400..][..4].copy_from_slice(&wrong.to_le_bytes());
            assert_eq!(signed(spoil), Err("a weight is not a number"));
        }
    }
}
