//! Digits heard as tones in the sound, by Goertzel filters; the limits are those of ITU-T Q.24 (40 ms are heard, 1.5 %
//! beside the frequency is, 3.5 % is not, up to 8 dB of twist), with guards against speech being taken for a digit.

use std::f32::consts::TAU;

use super::Digit;
use crate::{
    Frame,
    tones::{COLUMNS, ROWS, digit_at},
};

/// Samples that are looked at together: 12.75 ms, 78 Hz of resolution.
const BLOCK: usize = 102;
/// Samples between two looks.
const HOP: usize = 51;
/// Looks in a row that must find the same digit: 32 ms.
const HITS: u8 = 4;
/// Looks in a row without it after which the key is up: 25 ms, so that a gap of 10 ms in the tone ends nothing.
const MISSES: u8 = 4;
/// Least energy of a block: −42 dBov for the pair.
const LEAST_ENERGY: f32 = BLOCK as f32 * 240.0 * 240.0;
/// Share of the block's energy that the two frequencies must hold.
const SHARE: f32 = 0.76;
/// Column above row, as a ratio of energies: 4 dB, and leakage.
const TWIST: f32 = 4.0;
/// Row above column: 8 dB, and what a strong row takes from a weak column by leaking.
const REVERSE_TWIST: f32 = 12.0;
/// The frequency found above each other of its group: 4.8 dB (the other group leaks in, up to the twist).
const DISTINCT: f32 = 3.0;
/// Change of energy between two looks within a tone, either way: 3 dB.
const STEADY: f32 = 2.0;

/// Hears digits in sound.
#[derive(Clone)]
pub struct DtmfDetector {
    rows: [f32; 4],
    columns: [f32; 4],
    block: [f32; BLOCK],
    filled: usize,
    candidate: Option<Digit>,
    energy: f32,
    hits: u8,
    /// The key that is down.
    down: Option<Digit>,
    misses: u8,
}

impl Default for DtmfDetector {
    fn default() -> Self {
        Self::new()
    }
}

impl DtmfDetector {
    /// A detector that has heard nothing.
    pub fn new() -> Self {
        let coefficient = |hz: f64| 2.0 * (TAU * hz as f32 / 8000.0).cos();
        Self {
            rows: ROWS.map(coefficient),
            columns: COLUMNS.map(coefficient),
            block: [0.0; BLOCK],
            filled: 0,
            candidate: None,
            energy: 0.0,
            hits: 0,
            down: None,
            misses: 0,
        }
    }

    /// Hears a frame; a digit where a key has been down for 32 to 45 ms, once for each press.
    pub fn push(&mut self, frame: &Frame) -> Option<Digit> {
        let mut pressed = None;
        for &sample in frame {
            self.block[self.filled] = f32::from(sample);
            self.filled += 1;
            if self.filled == BLOCK {
                pressed = self.look().or(pressed);
                self.block.copy_within(HOP.., 0);
                self.filled = BLOCK - HOP;
            }
        }
        pressed
    }

    fn look(&mut self) -> Option<Digit> {
        let energy: f32 = self.block.iter().map(|sample| sample * sample).sum();
        let found = self.find(energy);
        let steady = energy < self.energy * STEADY && energy * STEADY > self.energy;
        let same = found.is_some() && found == self.candidate && steady;
        self.hits = if same {
            self.hits.saturating_add(1)
        } else {
            u8::from(found.is_some())
        };
        self.candidate = found;
        self.energy = energy;
        if found.is_some() && found == self.down {
            self.misses = 0;
            return None;
        }
        self.misses = self.misses.saturating_add(1);
        if self.misses >= MISSES {
            self.down = None;
        }
        if self.hits < HITS || self.down.is_some() {
            return None;
        }
        self.down = found;
        self.misses = 0;
        found
    }

    /// The digit whose two frequencies make up this block.
    fn find(&self, energy: f32) -> Option<Digit> {
        if energy < LEAST_ENERGY {
            return None;
        }
        let (row, low) = self.strongest(&self.rows)?;
        let (column, high) = self.strongest(&self.columns)?;
        let balanced = high < low * TWIST && low < high * REVERSE_TWIST;
        let pure = low + high > SHARE * energy;
        (balanced && pure).then(|| digit_at(row, column))
    }

    /// The strongest frequency of a group and its energy, where it stands out from the others.
    fn strongest(&self, group: &[f32; 4]) -> Option<(usize, f32)> {
        let energies = group.map(|coefficient| goertzel(&self.block, coefficient));
        let best = (0..4).max_by(|&a, &b| energies[a].total_cmp(&energies[b]))?;
        let distinct = (0..4).all(|other| other == best || energies[other] * DISTINCT < energies[best]);
        distinct.then_some((best, energies[best]))
    }
}

/// Energy of one frequency in a block, in the units of a sum of squares.
fn goertzel(block: &[f32; BLOCK], coefficient: f32) -> f32 {
    let (mut one, mut two) = (0.0f32, 0.0f32);
    for &sample in block {
        (one, two) = (sample + coefficient * one - two, one);
    }
    (one * one + two * two - coefficient * one * two) * 2.0 / BLOCK as f32
}
