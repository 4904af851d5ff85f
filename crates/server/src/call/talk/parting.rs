//! The good-bye: what the caller says meanwhile is heard before the call is ended.

use std::time::{Duration, Instant};

use biseo_model::record::CallEnd;

use super::Talk;

/// Between the last packet of a good-bye and the hang-up: so long it is on its way and in the caller's jitter buffer, which a
/// hang-up empties unheard.
const LAST_WORD: Duration = Duration::from_millis(400);
/// So long after words of the caller's the end of what is being said is waited for: the longest wait of a turn.
const SAYS_MORE: Duration = Duration::from_millis(2000);
/// So long after a good-bye the call is ended, whatever is being said: a radio beside the telephone does not hold the line.
const LATEST: Duration = Duration::from_secs(8);

/// A call that is about to be ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parting {
    /// When.
    pub(super) when: Instant,
    latest: Instant,
    /// Why.
    pub(super) why: CallEnd,
}

impl Parting {
    /// All is said.
    pub(super) fn begin(now: Instant, why: CallEnd) -> Self {
        Self {
            when: now + LAST_WORD,
            latest: now + LATEST,
            why,
        }
    }

    /// The caller is saying something.
    fn wait(&mut self, now: Instant) {
        self.when = self.when.max(now + SAYS_MORE).min(self.latest);
    }
}

impl Talk {
    /// Words of the caller's come in.
    pub(super) fn says_more(&mut self) {
        if let Some(parting) = &mut self.parting {
            parting.wait(Instant::now());
        }
    }

    /// The caller has said something into the good-bye, or after it: it was one as well, or the conversation goes on.
    pub(super) fn said_more(&mut self) {
        if !self.dialogue.is_over() {
            self.parting = None;
        } else if let Some(parting) = self.parting.as_mut().filter(|_| self.thinking.is_none()) {
            parting.when = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_speaks_is_waited_for_and_not_for_ever() {
        let begun = Instant::now();
        let at = |ms| begun + Duration::from_millis(ms);
        let mut parting = Parting::begin(begun, CallEnd::Biseo);
        assert_eq!(parting.when, at(400));
        parting.wait(at(100));
        assert_eq!(parting.when, at(2100));
        parting.wait(at(50)); // told late
        assert_eq!(parting.when, at(2100));
        parting.wait(at(7000));
        assert_eq!(parting.when, at(8000));
    }
}
