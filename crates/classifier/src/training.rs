//! Training: one logistic regression for each label, by AdaGrad over the corpus in a fixed order, then weights of one
//! octet, then calibration on a fifth of the corpus that was held out (Platt, 1999).

use std::collections::HashMap;

use crate::grams::Row;
use crate::table::{LABELS, Table, find, home};

/// Runs that occur in fewer examples than this are left out.
const RAREST: u32 = 2;
/// The most runs that a table holds: three quarters of its slots.
const SLOTS: usize = 1 << 16;
const MOST_RUNS: usize = SLOTS / 4 * 3 - 4;
const ROUNDS: usize = 14;
const RATE: f32 = 0.6;
const DECAY: f32 = 2e-5;
/// Every so many examples one is held out to calibrate by.
const FOLDS: usize = 5;

/// An utterance with the labels that hold for it.
#[derive(Debug, Clone)]
pub struct Example {
    /// The utterance.
    pub row: Row,
    /// Its labels, below the number given to [`train`]; none is fine.
    pub labels: Vec<usize>,
}

/// Trains a table for labels 0 to `labels` − 1 (at most [`LABELS`]). The same examples give the same table.
///
/// # Panics
/// If there are more than [`LABELS`] labels.
pub fn train(examples: &[Example], labels: usize) -> Table {
    assert!(labels <= LABELS, "at most {LABELS} labels");
    let keys = keys(examples);
    let known: Vec<Known> = examples.iter().map(|e| Known::new(e, &keys)).collect();
    let part = |held: bool| -> Vec<&Known> {
        let all = known.iter().enumerate();
        all.filter(|(i, _)| (i % FOLDS == FOLDS - 1) == held)
            .map(|(_, k)| k)
            .collect()
    };
    let without = quantised(&fit(&part(false), keys.len(), labels), &keys, labels);
    let (slope, offset) = calibrate(&without, &part(true), labels);
    let all: Vec<&Known> = known.iter().collect();
    let mut table = quantised(&fit(&all, keys.len(), labels), &keys, labels);
    (table.slope, table.offset) = (slope, offset);
    table
}

/// The hash table of the runs that are kept: the most frequent ones.
fn keys(examples: &[Example]) -> Vec<u32> {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for hash in examples.iter().flat_map(|e| &e.row.hashes) {
        *counts.entry(*hash).or_default() += 1;
    }
    let mut runs: Vec<(u32, u32)> = counts.into_iter().filter(|(_, n)| *n >= RAREST).collect();
    // Of equally frequent ones any will do, but not all from one part of the table: its places go by the highest bits.
    runs.sort_unstable_by_key(|(hash, n)| (std::cmp::Reverse(*n), hash.reverse_bits()));
    runs.truncate(MOST_RUNS);
    let slots = (runs.len().max(1) * 4 / 3 + 1).next_power_of_two();
    let mut keys = vec![0; slots];
    for (hash, _) in runs {
        let mut at = home(slots, hash);
        while keys[at] != 0 {
            at = (at + 1) & (slots - 1);
        }
        keys[at] = hash;
    }
    keys
}

/// An example by the slots of its known runs.
struct Known {
    slots: Vec<usize>,
    /// 1 / √(number of slots): every example weighs the same.
    unit: f32,
    labels: [bool; LABELS],
}

impl Known {
    fn new(example: &Example, keys: &[u32]) -> Self {
        let slots: Vec<usize> = example
            .row
            .hashes
            .iter()
            .filter_map(|hash| find(keys, *hash))
            .collect();
        let mut labels = [false; LABELS];
        for label in &example.labels {
            labels[*label] = true;
        }
        let count = u16::try_from(slots.len().max(1)).unwrap_or(u16::MAX);
        Self {
            unit: 1.0 / f32::from(count).sqrt(),
            slots,
            labels,
        }
    }
}

/// Weights in full precision.
struct Fitted {
    weights: Vec<f32>,
    bias: [f32; LABELS],
}

fn fit(examples: &[&Known], slots: usize, labels: usize) -> Fitted {
    let mut weights = vec![0.0_f32; slots * LABELS];
    let mut squares = vec![1e-6_f32; slots * LABELS];
    let mut bias = [-2.0_f32; LABELS];
    let mut bias_squares = [1.0_f32; LABELS];
    for round in 0..ROUNDS {
        for index in order(examples.len(), round) {
            let example = examples[index];
            let mut sums = bias;
            for slot in &example.slots {
                let row = &weights[slot * LABELS..(slot + 1) * LABELS];
                for (sum, w) in sums.iter_mut().zip(row) {
                    *sum += w * example.unit;
                }
            }
            let mut slopes = [0.0_f32; LABELS];
            for k in 0..labels {
                let p = 1.0 / (1.0 + (-sums[k]).exp());
                slopes[k] = p - f32::from(u8::from(example.labels[k]));
                bias_squares[k] += slopes[k] * slopes[k];
                bias[k] -= RATE * 0.2 * slopes[k] / bias_squares[k].sqrt();
            }
            for slot in &example.slots {
                let span = slot * LABELS..(slot + 1) * LABELS;
                let row = weights[span.clone()].iter_mut().zip(&mut squares[span]);
                for ((w, square), slope) in row.zip(&slopes) {
                    let g = slope * example.unit + DECAY * *w;
                    *square += g * g;
                    *w -= RATE * 0.2 * g / square.sqrt();
                }
            }
        }
    }
    Fitted { weights, bias }
}

/// The examples in another order each round, but always the same ones.
fn order(n: usize, round: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    let mut state = 0x2545_F491_4F6C_DD1D_u64 ^ (round as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for i in (1..n).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        all.swap(i, (state % (i as u64 + 1)) as usize);
    }
    all
}

/// Weights of one octet each, scaled by label.
fn quantised(fitted: &Fitted, keys: &[u32], labels: usize) -> Table {
    let mut scales = [1e-9_f32; LABELS];
    for row in fitted.weights.chunks_exact(LABELS) {
        for (scale, w) in scales.iter_mut().zip(row) {
            *scale = scale.max(w.abs() / 127.0);
        }
    }
    let rows = fitted.weights.chunks_exact(LABELS);
    let weights = rows
        .flat_map(|row| row.iter().zip(scales).map(|(w, scale)| (w / scale).round() as i8))
        .map(i8::cast_unsigned)
        .collect();
    Table {
        labels,
        keys: keys.to_vec(),
        weights,
        scales,
        bias: fitted.bias,
        slope: [1.0; LABELS],
        offset: [0.0; LABELS],
    }
}

/// Platt's two numbers for each label, by gradient descent on the held-out examples; the targets are smoothed as he says.
fn calibrate(table: &Table, held: &[&Known], labels: usize) -> ([f32; LABELS], [f32; LABELS]) {
    let raw: Vec<[f32; LABELS]> = held.iter().map(|k| scores(table, k)).collect();
    let (mut slope, mut offset) = ([1.0_f32; LABELS], [0.0_f32; LABELS]);
    for k in 0..labels {
        let positive = held.iter().filter(|e| e.labels[k]).count() as f32;
        if positive < 3.0 {
            continue;
        }
        let negative = held.len() as f32 - positive;
        let target = |yes: bool| {
            if yes {
                (positive + 1.0) / (positive + 2.0)
            } else {
                1.0 / (negative + 2.0)
            }
        };
        for _ in 0..400 {
            let (mut da, mut db) = (0.0, 0.0);
            for (scores, example) in raw.iter().zip(held) {
                let p = 1.0 / (1.0 + (-(slope[k] * scores[k] + offset[k])).exp());
                let error = p - target(example.labels[k]);
                da += error * scores[k];
                db += error;
            }
            slope[k] = (slope[k] - 0.5 * da / positive / 10.0).clamp(0.3, 3.0);
            offset[k] = (offset[k] - 0.5 * db / positive).clamp(-3.0, 3.0);
        }
    }
    (slope, offset)
}

fn scores(table: &Table, example: &Known) -> [f32; LABELS] {
    let mut all = table.bias;
    for slot in &example.slots {
        for ((sum, w), scale) in all.iter_mut().zip(table.row(*slot)).zip(table.scales) {
            *sum += f32::from(w) * scale * example.unit;
        }
    }
    all
}
