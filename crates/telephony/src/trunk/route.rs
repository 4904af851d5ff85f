//! In which order a call tries its trunks: health first, then priority, then weight in the manner of RFC 2782. Pure: lots are an input.

/// How a trunk stands for the next call, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing speaks against it, or this call is to try it out.
    Good,
    /// Something failed lately, or it is not believed yet.
    Doubtful,
    /// It asked for this call to go elsewhere, or to be left alone: for urgent calls only.
    Closed,
    /// It is down: tried last, but tried.
    Down,
}

/// A trunk that a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The operator's order: a lower one is tried first.
    pub priority: u16,
    /// Its share among those of the same priority; 0 is hardly ever first.
    pub weight: u16,
    /// How it stands.
    pub standing: Standing,
}

/// The order in which they are tried, by their places in the list. `draw` gives a number from 0 up to and including its argument.
///
/// ```
/// use biseo_telephony::trunk::{Candidate, Standing, order};
///
/// let trunk = |priority, standing| Candidate { priority, weight: 10, standing };
/// let trunks = [trunk(1, Standing::Down), trunk(2, Standing::Good), trunk(1, Standing::Good)];
/// assert_eq!(order(&trunks, &mut |_| 0), [2, 1, 0]);
/// ```
pub fn order(candidates: &[Candidate], draw: &mut dyn FnMut(u64) -> u64) -> Vec<usize> {
    let mut left: Vec<(usize, &Candidate)> = candidates.iter().enumerate().collect();
    left.sort_by_key(|(_, c)| (c.standing, c.priority));
    let mut order = Vec::with_capacity(left.len());
    for group in left.chunk_by(|a, b| (a.1.standing, a.1.priority) == (b.1.standing, b.1.priority)) {
        let weights = group.iter().map(|(i, c)| (*i, c.weight)).collect();
        order.extend(by_weight(weights, draw));
    }
    order
}

/// RFC 2782: those of weight 0 stand first in the list, a number up to the sum of all weights is drawn, and the first whose running sum
/// reaches it is taken; so on with the rest.
pub(crate) fn by_weight<T>(mut left: Vec<(T, u16)>, draw: &mut dyn FnMut(u64) -> u64) -> Vec<T> {
    left.sort_by_key(|(_, w)| *w != 0);
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let sum: u64 = left.iter().map(|(_, w)| u64::from(*w)).sum();
        let lot = draw(sum).min(sum);
        let mut running = 0;
        let place = left.iter().position(|(_, w)| {
            running += u64::from(*w);
            running >= lot
        });
        order.push(left.remove(place.unwrap_or(0)).0);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate() -> impl Strategy<Value = Candidate> {
        let standing = prop_oneof![
            Just(Standing::Good),
            Just(Standing::Doubtful),
            Just(Standing::Closed),
            Just(Standing::Down)
        ];
        (0_u16..4, 0_u16..50, standing).prop_map(|(priority, weight, standing)| Candidate {
            priority,
            weight,
            standing,
        })
    }

    proptest! {
        #[test]
        fn all_are_tried_once_and_in_order(all in prop::collection::vec(candidate(), 0..20), seed in any::<u64>()) {
            let mut state = seed | 1;
            let mut draw = |most: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state % (most + 1)
            };
            let order = order(&all, &mut draw);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..all.len()).collect::<Vec<_>>());
            for pair in order.windows(2) {
                let (a, b) = (all[pair[0]], all[pair[1]]);
                prop_assert!((a.standing, a.priority) <= (b.standing, b.priority));
            }
        }
    }

    /// Every lot is drawn once: the shares are exact.
    #[test]
    fn weights_are_shares() {
        let one = |weight| Candidate {
            priority: 1,
            weight,
            standing: Standing::Good,
        };
        let all = [one(60), one(30), one(10), one(0)];
        let mut first = [0; 4];
        for lot in 0..=100 {
            let mut lots = vec![lot].into_iter();
            let order = order(&all, &mut |most| lots.next().unwrap_or(most));
            first[order[0]] += 1;
        }
        assert_eq!(first, [60, 30, 10, 1]);
    }
}
