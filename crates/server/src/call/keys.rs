//! Keys pressed on the telephone, gathered into a number: for callers who would rather type theirs than say it.

use std::time::{Duration, Instant};

/// A number is whole when so long no key follows.
const GAP: Duration = Duration::from_millis(2500);
/// Longest number: E.164 has 15 digits; more are thrown away.
const LONGEST: usize = 20;

/// How a key press came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// With the signalling (INFO).
    Signalling,
    /// With the sound (telephone-events or tones).
    Sound,
}

/// The keys pressed so far.
#[derive(Debug, Default)]
pub(super) struct Keys {
    typed: String,
    due: Option<Instant>,
    /// The way of the call's first key. Some telephones send each press both ways; the other way is not heeded.
    way: Option<Way>,
}

impl Keys {
    /// Whether a press that came this way counts.
    pub(super) fn heeds(&mut self, way: Way) -> bool {
        *self.way.get_or_insert(way) == way
    }

    /// A key; `#` ends the number.
    pub(super) fn press(&mut self, key: char, way: Way, now: Instant) {
        if !self.heeds(way) {
            return;
        }
        if key.is_ascii_digit() && self.typed.len() < LONGEST {
            self.typed.push(key);
        }
        self.due = Some(if key == '#' { now } else { now + GAP });
    }

    /// When the number is whole if no key follows.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due.filter(|_| !self.typed.is_empty())
    }

    /// The number, if there is one.
    pub(super) fn take(&mut self) -> Option<String> {
        self.due = None;
        Some(std::mem::take(&mut self.typed)).filter(|t| !t.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_make_a_number() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        keys.press('#', Way::Sound, now);
        assert_eq!((keys.due(), keys.take()), (None, None));
        "01023*4A5".chars().for_each(|k| keys.press(k, Way::Sound, now));
        assert_eq!(keys.due(), Some(now + GAP));
        keys.press('#', Way::Sound, now);
        assert_eq!(keys.due(), Some(now));
        assert_eq!(keys.take().as_deref(), Some("0102345"));
        assert_eq!(keys.due(), None);
        "1".repeat(40)
            .chars()
            .for_each(|k| keys.press(k, Way::Sound, now));
        assert_eq!(keys.take().map(|t| t.len()), Some(LONGEST));
    }

    #[test]
    fn a_press_that_comes_both_ways_counts_once() {
        for (first, second) in [(Way::Sound, Way::Signalling), (Way::Signalling, Way::Sound)] {
            let (mut keys, now) = (Keys::default(), Instant::now());
            for key in "0107".chars() {
                keys.press(key, first, now);
                keys.press(key, second, now);
            }
            assert_eq!(keys.take().as_deref(), Some("0107"));
        }
    }
}
