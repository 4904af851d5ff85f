//! Counting errors.

use crate::case::{Case, letters};

/// Letters to be changed, left out or put in to make one of the other (Levenshtein).
pub fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

/// Errors in a set of texts.
#[derive(Default, Clone)]
pub struct Score {
    pub wrong: usize,
    pub letters: usize,
    pub exact: usize,
    pub texts: usize,
}

impl Score {
    pub fn add(&mut self, case: &Case, heard: &str) {
        let wrong = distance(&case.truth, &letters(heard));
        self.wrong += wrong;
        self.letters += case.truth.len();
        self.exact += usize::from(wrong == 0);
        self.texts += 1;
    }

    pub fn error(&self) -> f64 {
        100.0 * self.wrong as f64 / self.letters.max(1) as f64
    }

    pub fn exact(&self) -> f64 {
        100.0 * self.exact as f64 / self.texts.max(1) as f64
    }
}
