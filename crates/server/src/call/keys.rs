//! Keys pressed on the telephone, gathered into a number: for callers who would rather type theirs than say it.

use std::time::{Duration, Instant};

/// A number is whole when so long no key follows.
const GAP: Duration = Duration::from_millis(2500);
/// Longest number: E.164 has 15 digits; more are thrown away.
const LONGEST: usize = 20;

/// The keys pressed so far.
#[derive(Debug, Default)]
pub(super) struct Keys {
    typed: String,
    last: Option<Instant>,
}

impl Keys {
    /// A key; `#` ends the number.
    pub(super) fn press(&mut self, key: char, now: Instant) -> Option<String> {
        if key == '#' {
            return self.take();
        }
        if key.is_ascii_digit() && self.typed.len() < LONGEST {
            self.typed.push(key);
        }
        self.last = Some(now);
        None
    }

    /// When the number is whole if no key follows.
    pub(super) fn due(&self) -> Option<Instant> {
        self.last.filter(|_| !self.typed.is_empty()).map(|at| at + GAP)
    }

    /// The number, if there is one.
    pub(super) fn take(&mut self) -> Option<String> {
        self.last = None;
        Some(std::mem::take(&mut self.typed)).filter(|t| !t.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_make_a_number() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        assert_eq!((keys.due(), keys.press('#', now)), (None, None));
        for key in "01023*4A5".chars() {
            assert_eq!(keys.press(key, now), None);
        }
        assert_eq!(keys.due(), Some(now + GAP));
        assert_eq!(keys.press('#', now).as_deref(), Some("0102345"));
        assert_eq!(keys.due(), None);
        "1".repeat(40).chars().for_each(|k| drop(keys.press(k, now)));
        assert_eq!(keys.take().map(|t| t.len()), Some(LONGEST));
    }
}
