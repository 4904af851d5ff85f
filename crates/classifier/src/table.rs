//! The trained weights: a hash table of runs, each with a small weight for every label.

use std::borrow::Cow;
use std::fmt;

use crate::grams::Row;

/// Room for labels; a table uses as many as it was trained for.
pub const LABELS: usize = 48;

const MAGIC: &[u8; 8] = b"BISEOLC2";
/// Magic, number of labels, bits of the slots.
const HEAD: usize = 8 + 4 + 4;

/// A trained classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(crate) labels: usize,
    /// The hash of the run in each slot, 0 if there is none. Their number is a power of two.
    pub(crate) keys: Vec<u32>,
    /// [`LABELS`] weights for each slot, each an octet of two's complement: a program's own table lies in its file.
    pub(crate) weights: Cow<'static, [u8]>,
    /// What a weight of 1 stands for, by label.
    pub(crate) scales: [f32; LABELS],
    pub(crate) bias: [f32; LABELS],
    /// Platt's calibration: probability = 1 / (1 + exp(−(a × score + b))).
    pub(crate) slope: [f32; LABELS],
    pub(crate) offset: [f32; LABELS],
}

impl Default for Table {
    /// One that knows nothing: every score is 0.
    fn default() -> Self {
        Self {
            labels: 0,
            keys: Vec::new(),
            weights: Cow::Borrowed(&[]),
            scales: [0.0; LABELS],
            bias: [0.0; LABELS],
            slope: [1.0; LABELS],
            offset: [0.0; LABELS],
        }
    }
}

/// Why octets are no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableError;

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a classifier's table, or a damaged one")
    }
}

impl std::error::Error for TableError {}

impl Table {
    /// How many labels there are.
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// The probability of each label, 0 to 1; labels beyond [`Table::labels`] are 0.
    pub fn score(&self, row: &Row) -> [f32; LABELS] {
        let raw = self.raw(row);
        let mut all = [0.0; LABELS];
        for (k, p) in all.iter_mut().enumerate().take(self.labels) {
            *p = 1.0 / (1.0 + (-(self.slope[k] * raw[k] + self.offset[k])).exp());
        }
        all
    }

    /// The weights of a slot.
    pub(crate) fn row(&self, slot: usize) -> impl Iterator<Item = i8> {
        let row = &self.weights[slot * LABELS..(slot + 1) * LABELS];
        row.iter().map(|octet| octet.cast_signed())
    }

    /// The scores before calibration.
    pub(crate) fn raw(&self, row: &Row) -> [f32; LABELS] {
        let mut sums = [0_i32; LABELS];
        let mut found = 0_u16;
        for slot in row.hashes.iter().filter_map(|hash| find(&self.keys, *hash)) {
            found += 1;
            for (sum, weight) in sums.iter_mut().zip(self.row(slot)) {
                *sum += i32::from(weight);
            }
        }
        let unit = 1.0 / f32::from(found.max(1)).sqrt();
        let mut all = self.bias;
        for ((raw, sum), scale) in all.iter_mut().zip(sums).zip(self.scales) {
            // A sum of at most 2,800 octets is exact in single precision.
            *raw += sum as f32 * scale * unit;
        }
        all
    }

    /// As octets, little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let words = [self.labels as u32, self.keys.len().trailing_zeros()];
        out.extend(words.iter().chain(&self.keys).flat_map(|w| w.to_le_bytes()));
        let floats = [&self.scales, &self.bias, &self.slope, &self.offset];
        out.extend(floats.into_iter().flatten().flat_map(|f| f.to_le_bytes()));
        out.extend_from_slice(&self.weights);
        out
    }

    /// From octets. Their greater part, the weights, stays where it is.
    ///
    /// # Errors
    /// If they are not what [`Table::to_bytes`] wrote.
    pub fn from_bytes(bytes: &'static [u8]) -> Result<Self, TableError> {
        if bytes.len() < HEAD || &bytes[..8] != MAGIC {
            return Err(TableError);
        }
        let word = |at: usize| {
            let octets = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
            octets.map(u32::from_le_bytes).ok_or(TableError)
        };
        let (labels, bits) = (word(8)? as usize, word(12)?);
        if labels > LABELS || bits > 20 {
            return Err(TableError);
        }
        let slots = 1_usize << bits;
        let floats = HEAD + slots * 4;
        let weights = floats + 4 * LABELS * 4;
        if bytes.len() != weights + slots * LABELS {
            return Err(TableError);
        }
        let keys = (0..slots).map(|i| word(HEAD + i * 4)).collect::<Result<_, _>>()?;
        let row = |n: usize| -> Result<[f32; LABELS], TableError> {
            let mut all = [0.0; LABELS];
            for (k, value) in all.iter_mut().enumerate() {
                *value = f32::from_bits(word(floats + (n * LABELS + k) * 4)?);
            }
            Ok(all)
        };
        Ok(Self {
            labels,
            keys,
            scales: row(0)?,
            bias: row(1)?,
            slope: row(2)?,
            offset: row(3)?,
            weights: Cow::Borrowed(&bytes[weights..]),
        })
    }
}

/// Where a run is looked for first: by the hash's highest bits, so that runs in the order of their hashes are looked up
/// in the order of the table.
pub(crate) fn home(slots: usize, hash: u32) -> usize {
    match slots.trailing_zeros() {
        0 => 0,
        bits => (hash >> (32 - bits.min(32))) as usize,
    }
}

/// The slot of a run, if it is known: linear probing.
pub(crate) fn find(keys: &[u32], hash: u32) -> Option<usize> {
    let mask = keys.len().checked_sub(1)?;
    let mut at = home(keys.len(), hash);
    for _ in 0..=mask {
        match keys[at & mask] {
            0 => return None,
            key if key == hash => return Some(at & mask),
            _ => at += 1,
        }
    }
    None
}
