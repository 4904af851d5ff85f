//! When paths are looked at: seldom while they are as before, so that routers have errors left to send when they have something to say.

use std::time::{Duration, Instant};

use biseo_line::evidence::Path;

/// For how long after something odd it is looked at more often.
const ODD: Duration = Duration::from_secs(3);

/// Looks at all paths.
#[derive(Debug)]
pub(crate) struct Looks {
    last: Option<Instant>,
    odd: Option<Instant>,
    /// What was seen last, by the trunk's place in the plan.
    seen: Vec<Option<Path>>,
}

impl Looks {
    /// None yet, for so many trunks.
    pub(crate) fn new(trunks: usize) -> Self {
        Self {
            last: None,
            odd: None,
            seen: vec![None; trunks],
        }
    }

    /// Whether it is time: `every_ms` after the last look if something was odd, after twice that else.
    pub(crate) fn due(&mut self, now: Instant, every_ms: u32) -> bool {
        let odd = self.is_odd(now);
        let every = Duration::from_millis(u64::from(every_ms.max(10)));
        let rest = if odd { every } else { every * 2 };
        let due = self.last.is_none_or(|last| now.duration_since(last) >= rest);
        if due {
            self.last = Some(now);
        }
        due
    }

    /// Whether something was odd a short time ago.
    pub(crate) fn is_odd(&self, now: Instant) -> bool {
        self.odd.is_some_and(|at| now.duration_since(at) < ODD)
    }

    /// The next one is due at once.
    pub(crate) fn at_once(&mut self) {
        self.last = None;
    }

    /// Something about a path is odd.
    pub(crate) fn odd(&mut self, now: Instant) {
        self.odd = Some(now);
    }

    /// A path was followed. One that is broken or another one than before is odd.
    pub(crate) fn seen(&mut self, trunk: usize, path: &Path, now: Instant) {
        let Some(before) = self.seen.get_mut(trunk) else {
            return;
        };
        let other = before.as_ref().is_some_and(|b| is_other(b, path));
        if other || !path.reached {
            self.odd = Some(now);
        }
        *before = Some(path.clone());
    }
}

/// Whether a hop that answered both times is another one.
fn is_other(before: &Path, path: &Path) -> bool {
    let mut pairs = before.hops.iter().zip(&path.hops);
    pairs.any(|(was, is)| was.is_some() && is.is_some() && was != is)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(hops: [&str; 3], reached: bool) -> Path {
        Path {
            trunk: "kt".into(),
            hops: hops
                .iter()
                .map(|h| (!h.is_empty()).then(|| h.to_string()))
                .collect(),
            reached,
        }
    }

    /// Milliseconds of looks in five seconds, a look each second being the quicker pace.
    fn looks(mut each: impl FnMut(&mut Looks, u64, Instant)) -> Vec<u64> {
        let begin = Instant::now();
        let mut looks = Looks::new(1);
        let mut out = vec![];
        for ms in (0..5_000).step_by(100) {
            let now = begin + Duration::from_millis(ms);
            each(&mut looks, ms, now);
            if looks.due(now, 1_000) {
                out.push(ms);
            }
        }
        out
    }

    #[test]
    fn a_path_that_is_as_before_is_looked_at_half_as_often() {
        assert_eq!(looks(|_, _, _| {}), [0, 2_000, 4_000]);
        // A hop that once says nothing is no other one.
        let same = looks(|looks, ms, now| {
            let hops = if ms % 200 == 0 {
                ["a", "b", "c"]
            } else {
                ["a", "", "c"]
            };
            looks.seen(0, &path(hops, true), now);
        });
        assert_eq!(same, [0, 2_000, 4_000]);
    }

    #[test]
    fn what_is_odd_is_looked_at_at_once_and_more_often() {
        let lost = looks(|looks, ms, now| {
            if ms == 1_300 {
                looks.odd(now);
            }
        });
        assert_eq!(lost, [0, 1_300, 2_300, 3_300]);
        let other = looks(|looks, ms, now| {
            let hops = if ms < 1_100 {
                ["a", "b", "c"]
            } else {
                ["a", "d", "c"]
            };
            looks.seen(0, &path(hops, true), now);
        });
        assert_eq!(other, [0, 1_100, 2_100, 3_100]);
        let broken = looks(|looks, _, now| looks.seen(0, &path(["a", "", ""], false), now));
        assert_eq!(broken, [0, 1_000, 2_000, 3_000, 4_000]);
    }
}
