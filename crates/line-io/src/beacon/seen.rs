//! Which sequence numbers came, each once: the highest and the 64 up to it, as in RFC 4303 §3.4.3.

use super::wire::Count;

/// Numbers that are remembered, the highest included.
const WINDOW: u32 = 64;

/// What came so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    got: u32,
    highest: u32,
    mask: u64,
}

impl Seen {
    /// Takes a number; whether it is new. What is older than the window counts as a repetition.
    pub(crate) fn take(&mut self, sequence: u32) -> bool {
        if sequence == 0 || self.has(sequence) || sequence.saturating_add(WINDOW) <= self.highest {
            return false;
        }
        if let Some(ahead) = sequence.checked_sub(self.highest).filter(|n| *n > 0) {
            self.mask = self.mask.checked_shl(ahead).unwrap_or(0);
            self.highest = sequence;
        }
        self.mask |= 1 << (self.highest - sequence);
        self.got = self.got.saturating_add(1);
        true
    }

    fn has(&self, sequence: u32) -> bool {
        came(self.highest, self.mask, sequence)
    }

    /// As it is told, with how many heartbeats were sent.
    pub(crate) fn count(&self, sent: u32) -> Count {
        Count {
            got: self.got,
            highest: self.highest,
            mask: self.mask,
            sent,
        }
    }
}

/// Whether a count shows that this number came.
pub(crate) fn came(highest: u32, mask: u64, sequence: u32) -> bool {
    let back = highest.checked_sub(sequence);
    back.is_some_and(|back| back < WINDOW && mask >> back & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn each_number_counts_once_and_none_from_before_the_window(numbers in prop::collection::vec(0..300_u32, 0..200)) {
            let (mut seen, mut known, mut highest) = (Seen::default(), BTreeSet::new(), 0_u32);
            for n in numbers {
                let fits = n > 0 && n + WINDOW > highest && !known.contains(&n);
                prop_assert_eq!(seen.take(n), fits, "{} after {:?}", n, known);
                if fits {
                    known.insert(n);
                    highest = highest.max(n);
                }
                prop_assert!(known.iter().filter(|k| **k + WINDOW > highest).all(|k| seen.has(*k)));
            }
            prop_assert_eq!(seen.count(0).got as usize, known.len());
        }

        #[test]
        fn wild_numbers_do_no_harm(numbers in prop::collection::vec(any::<u32>(), 0..50)) {
            let mut seen = Seen::default();
            for n in numbers {
                seen.take(n);
                prop_assert!(!seen.take(n));
            }
        }
    }
}
