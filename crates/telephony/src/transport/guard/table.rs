//! A book about sources that never grows past its bound: sets of eight places, chosen by a keyed hash so that nobody can
//! aim at one. Where a set is full the entry goes that was touched longest ago.

use std::hash::{BuildHasher, Hash, RandomState};
use std::time::{Duration, Instant};

/// Places in a set.
const WAYS: usize = 8;

struct Entry<K, V> {
    key: K,
    touched: Instant,
    value: V,
}

/// How a place for somebody new was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A free one.
    Free,
    /// Another's, untouched for so long.
    Taken(Duration),
}

/// The book. Its memory is used as it fills.
pub(crate) struct Table<K, V> {
    sets: Vec<Vec<Entry<K, V>>>,
    hasher: RandomState,
}

impl<K: Hash + Eq + Copy, V> Table<K, V> {
    /// A book of at most `entries`, at least eight, rounded up to a multiple of that.
    pub(crate) fn new(entries: usize) -> Self {
        let sets = entries.div_ceil(WAYS).max(1);
        Self {
            sets: std::iter::repeat_with(Vec::new).take(sets).collect(),
            hasher: RandomState::new(),
        }
    }

    fn set(&self, key: &K) -> usize {
        // A remainder of a usize fits one.
        #[allow(clippy::cast_possible_truncation)]
        let at = (self.hasher.hash_one(key) % self.sets.len() as u64) as usize;
        at
    }

    /// What is written about a source.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let set = self.sets.get(self.set(key))?;
        set.iter().find(|e| e.key == *key).map(|e| &e.value)
    }

    /// The same, to be changed; a source that is new gets what `fresh` makes, told how its place was found.
    pub(crate) fn entry(&mut self, now: Instant, key: K, fresh: impl FnOnce(Place) -> V) -> &mut V {
        // `set` gives an index of `sets`, and `n` is one of `set` in all three cases.
        let at = self.set(&key);
        let set = &mut self.sets[at];
        if let Some(found) = set.iter().position(|e| e.key == key) {
            set[found].touched = now;
            return &mut set[found].value;
        }
        let oldest = set.iter().enumerate().min_by_key(|(_, e)| e.touched);
        let oldest = oldest.filter(|_| set.len() >= WAYS).map(|(n, e)| (n, e.touched));
        let place = oldest.map_or(Place::Free, |(_, t)| {
            Place::Taken(now.saturating_duration_since(t))
        });
        let entry = Entry {
            key,
            touched: now,
            value: fresh(place),
        };
        let n = match oldest {
            Some((n, _)) => {
                set[n] = entry;
                n
            }
            None => {
                set.push(entry);
                set.len() - 1
            }
        };
        &mut set[n].value
    }

    /// Forgets a source.
    pub(crate) fn remove(&mut self, key: &K) {
        let at = self.set(key);
        if let Some(set) = self.sets.get_mut(at) {
            set.retain(|e| e.key != *key);
        }
    }

    /// How many entries satisfy something; looks at all.
    pub(crate) fn count(&self, is: impl Fn(&V) -> bool) -> usize {
        self.sets.iter().flatten().filter(|e| is(&e.value)).count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_one_that_was_silent_longest_goes() {
        let (mut table, t0) = (Table::new(1), Instant::now());
        let at = |ms| t0 + Duration::from_millis(ms);
        for n in 0..8_u64 {
            table.entry(at(n), n, |place| (place, n));
        }
        table.entry(at(20), 0, |_| unreachable!());
        let new = *table.entry(at(30), 8, |place| (place, 8));
        assert_eq!(new, (Place::Taken(Duration::from_millis(29)), 8));
        assert!(table.get(&1).is_none() && table.get(&0).is_some());
        table.remove(&8);
        assert_eq!(table.entry(at(40), 9, |place| (place, 9)).0, Place::Free);
    }

    proptest! {
        #[test]
        fn it_never_grows_past_its_bound_and_never_loses_the_last(
            entries in 1_usize..100,
            keys in proptest::collection::vec(0_u32..500, 0..600),
        ) {
            let (mut table, t0) = (Table::new(entries), Instant::now());
            for (n, key) in keys.iter().enumerate() {
                let now = t0 + Duration::from_millis(n as u64);
                *table.entry(now, *key, |_| 0_usize) = n;
                prop_assert_eq!(table.get(key), Some(&n));
                prop_assert!(table.count(|_| true) <= entries.div_ceil(8).max(1) * 8);
            }
        }
    }
}
