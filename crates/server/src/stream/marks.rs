//! Which utterances are on their way to the caller's ear: sent whole, their end not yet confirmed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// An end that is not confirmed for so long is taken to have come: some platforms know no marks, and a call must not wait
/// for ever for one that was lost. Sound is sent in time, so that no platform has more than a moment of it.
const LATEST: Duration = Duration::from_secs(2);
/// Marks are names to a platform; others' names are not ours.
const PREFIX: &str = "biseo-";

/// See the module's documentation.
#[derive(Debug, Default)]
pub(super) struct Marks(VecDeque<(u64, Instant)>);

impl Marks {
    /// The name under which a mark is sent; its end is waited for from now on.
    pub(super) fn sent(&mut self, mark: u64, now: Instant) -> String {
        self.0.push_back((mark, now + LATEST));
        format!("{PREFIX}{mark}")
    }

    /// A name came back: what has been played by that, oldest first. A platform that leaves out one tells it by the next.
    pub(super) fn confirmed(&mut self, name: &str) -> Vec<u64> {
        let mark = name.strip_prefix(PREFIX).and_then(|n| n.parse().ok());
        let place = mark.and_then(|m: u64| self.0.iter().position(|(sent, _)| *sent == m));
        place.map_or_else(Vec::new, |n| self.0.drain(..=n).map(|(mark, _)| mark).collect())
    }

    /// When the oldest is taken for played.
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.front().map(|(_, due)| *due)
    }

    /// The oldest, which nobody confirmed.
    pub(super) fn overdue(&mut self) -> Option<u64> {
        self.0.pop_front().map(|(mark, _)| mark)
    }

    /// All of them: what the platform had was thrown away.
    pub(super) fn cleared(&mut self) -> Vec<u64> {
        self.0.drain(..).map(|(mark, _)| mark).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_comes_back_once() {
        let now = Instant::now();
        let mut marks = Marks::default();
        let names: Vec<String> = (1..=4).map(|n| marks.sent(n, now)).collect();
        assert_eq!(marks.confirmed(&names[1]), [1, 2]);
        for name in [names[0].as_str(), "biseo-9", "biseo-", "other", "3", "biseo--3"] {
            assert!(marks.confirmed(name).is_empty(), "{name}");
        }
        assert_eq!(marks.due(), Some(now + LATEST));
        assert_eq!(marks.overdue(), Some(3));
        assert_eq!(marks.cleared(), [4]);
        assert_eq!((marks.due(), marks.overdue()), (None, None));
    }
}
