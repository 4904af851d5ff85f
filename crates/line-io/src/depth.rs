//! How many hops of a path are asked: as many as it has, and a few more. All of them only where its length is not known, or not any more.

use biseo_line::evidence::Path;

/// Hops that a path is followed for at most.
pub(crate) const MOST_HOPS: usize = 30;
/// Hops beyond the known end: whoever answers there too makes the path a shorter or a longer one.
const BEYOND: usize = 2;
/// Asked for while something is odd, if the path is shorter: what goes round shows by routers that stand twice.
const ODD_HOPS: usize = 14;

/// What is known of a path's length.
#[derive(Debug, Clone, Default)]
pub(crate) struct Depth {
    /// Hops of the last whole path.
    length: Option<usize>,
    /// The deepest hop that answered in the last look that was not whole.
    deepest: usize,
    /// Looks in a row that were not whole.
    missed: u32,
}

impl Depth {
    /// So many hops are asked in the next look.
    pub(crate) fn hops(&self, odd: bool) -> usize {
        let known = match self.length {
            Some(length) => length + BEYOND,
            None if self.missed == 0 => MOST_HOPS,
            None => (self.deepest + BEYOND).max(ODD_HOPS),
        };
        // It may have become longer; to ask all hops each time would use up what routers may answer.
        let all = self.missed >= 2 && self.missed.is_power_of_two();
        let least = match (all, odd || self.missed > 0) {
            (true, _) => MOST_HOPS,
            (_, true) => ODD_HOPS,
            _ => 0,
        };
        known.max(least).min(MOST_HOPS)
    }

    /// Takes a path that was followed.
    pub(crate) fn seen(&mut self, path: &Path) {
        if path.reached {
            (self.length, self.missed) = (Some(path.hops.len()), 0);
        } else {
            self.deepest = path.hops.len();
            self.missed = self.missed.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(hops: usize, reached: bool) -> Path {
        Path {
            trunk: "kt".into(),
            hops: vec![Some("192.0.2.1".into()); hops],
            reached,
        }
    }

    #[test]
    fn what_is_known_is_asked_and_little_more() {
        let mut depth = Depth::default();
        assert_eq!(depth.hops(false), 30, "nothing is known yet");
        depth.seen(&path(5, true));
        assert_eq!((depth.hops(false), depth.hops(true)), (7, 14));
        depth.seen(&path(20, true));
        assert_eq!((depth.hops(false), depth.hops(true)), (22, 22));
        depth.seen(&path(29, true));
        assert_eq!(depth.hops(true), 30);
    }

    #[test]
    fn one_that_is_broken_is_asked_whole_now_and_then() {
        let mut depth = Depth::default();
        depth.seen(&path(5, true));
        let mut asked = |n: usize| -> Vec<usize> {
            let each = (0..n).map(|_| {
                depth.seen(&path(3, false));
                depth.hops(true)
            });
            each.collect()
        };
        assert_eq!(asked(9), [14, 30, 14, 30, 14, 14, 14, 30, 14]);
        // On average hardly more than what was asked when all paths had fourteen hops.
        let more = asked(991);
        let all: usize = more.iter().sum();
        assert!(all < 14 * 991 + 16 * 10, "{all}");
        depth.seen(&path(9, true));
        assert_eq!(depth.hops(false), 11, "found again");
    }

    #[test]
    fn one_that_never_answers_at_its_end_is_asked_a_little_beyond_the_last_that_does() {
        let mut depth = Depth::default();
        depth.seen(&path(17, false));
        assert_eq!(depth.hops(false), 19);
        depth.seen(&path(17, false));
        assert_eq!(depth.hops(false), 30);
        depth.seen(&path(0, false));
        assert_eq!(depth.hops(false), 14);
    }
}
