//! What a call's session and its task share: samples one way, texts the other.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use biseo_speech::{SAMPLE_RATE, Transcript};
use tokio::sync::{Notify, watch};

use crate::failure::Failure;

/// Samples that may wait to be sent: two minutes. Then the service is too slow to be of use.
const MOST_WAITING: usize = 120 * SAMPLE_RATE as usize;

/// Both ends of it.
pub(super) struct Line {
    state: Mutex<State>,
    /// An outcome is there.
    settled: Condvar,
    /// There is something to do for the task.
    wake: Notify,
    /// The number of the utterance; whoever works for an earlier one works for nobody.
    round: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    round: u64,
    waiting: Vec<i16>,
    /// Whether the utterance has any sound.
    begun: bool,
    ended: bool,
    closed: bool,
    partial: Transcript,
    outcome: Option<Result<Transcript, Failure>>,
}

impl State {
    fn renew(&mut self) {
        *self = State {
            round: self.round + 1,
            closed: self.closed,
            ..State::default()
        };
    }

    fn failure(&self) -> Result<(), Failure> {
        match &self.outcome {
            Some(Err(failure)) => Err(failure.clone()),
            _ => Ok(()),
        }
    }
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::default(),
            settled: Condvar::new(),
            wake: Notify::new(),
            round: watch::Sender::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // The call's end.

    pub(super) fn push(&self, samples: &[i16]) -> Result<(), Failure> {
        let mut state = self.lock();
        state.failure()?;
        if samples.is_empty() {
            return Ok(());
        }
        if state.waiting.len() + samples.len() > MOST_WAITING {
            state.outcome = Some(Err(Failure::Overrun));
            return Err(Failure::Overrun);
        }
        state.begun = true;
        state.waiting.extend_from_slice(samples);
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    pub(super) fn partial(&self) -> Result<Transcript, Failure> {
        let state = self.lock();
        state.failure()?;
        Ok(state.partial.clone())
    }

    /// Ends the utterance and waits for its text; afterwards the next one may begin.
    pub(super) fn finish(&self, within: Duration) -> Result<Transcript, Failure> {
        let mut state = self.lock();
        let outcome = if state.begun || state.outcome.is_some() {
            state.ended = true;
            self.wake.notify_one();
            let until = Instant::now() + within;
            loop {
                if let Some(outcome) = state.outcome.take() {
                    break outcome;
                }
                let left = until.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    break Err(Failure::Late(within));
                }
                state = self
                    .settled
                    .wait_timeout(state, left)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
        } else {
            Ok(Transcript::default())
        };
        self.renew(state);
        outcome
    }

    pub(super) fn reset(&self) {
        let state = self.lock();
        if state.begun || state.outcome.is_some() {
            self.renew(state);
        }
    }

    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        self.renew(state);
    }

    fn renew(&self, mut state: MutexGuard<'_, State>) {
        state.renew();
        self.round.send_replace(state.round);
        drop(state);
        self.wake.notify_one();
    }

    // The task's end.

    /// Waits until there may be something to do.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Waits until the utterance of this number is nobody's any more.
    pub(super) async fn over(&self, round: u64) {
        let mut rounds = self.round.subscribe();
        // The sender lives as long as this line: it does not fail.
        let _ = rounds.wait_for(|&now| now != round).await;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// The utterance that has begun and has no outcome yet.
    pub(super) fn begun(&self) -> Option<u64> {
        let state = self.lock();
        (state.begun && state.outcome.is_none()).then_some(state.round)
    }

    /// Samples to be sent, if there are at least so many or it is over; and whether it is over.
    pub(super) fn take(&self, round: u64, least: usize) -> (Vec<i16>, bool) {
        let mut state = self.lock();
        if state.round != round || (state.waiting.len() < least && !state.ended) {
            return (Vec::new(), false);
        }
        (std::mem::take(&mut state.waiting), state.ended)
    }

    /// Samples that were taken and reached nobody.
    pub(super) fn give_back(&self, round: u64, samples: &[i16]) {
        let mut state = self.lock();
        if state.round == round {
            state.waiting.splice(0..0, samples.iter().copied());
        }
    }

    pub(super) fn tell(&self, round: u64, partial: Transcript) {
        let mut state = self.lock();
        if state.round == round {
            state.partial = partial;
        }
    }

    pub(super) fn settle(&self, round: u64, outcome: Result<Transcript, Failure>) {
        let mut state = self.lock();
        if state.round == round && state.outcome.is_none() {
            state.outcome = Some(outcome);
            drop(state);
            self.settled.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_an_earlier_utterance_is_nobodys() {
        let line = Line::new();
        line.push(&[1; 160]).unwrap();
        let round = line.begun().unwrap();
        line.reset();
        line.tell(round, crate::live::plain("옛말"));
        line.settle(round, Ok(crate::live::plain("옛말")));
        assert_eq!(line.partial().unwrap().text, "");
        assert_eq!(line.begun(), None);
        assert_eq!(line.take(round, 1), (Vec::new(), false));
    }

    #[test]
    fn what_cannot_be_sent_is_not_piled_up() {
        let line = Line::new();
        let second = [0; SAMPLE_RATE as usize];
        for _ in 0..120 {
            line.push(&second).unwrap();
        }
        assert_eq!(line.push(&[0]), Err(Failure::Overrun));
        assert_eq!(line.partial().map(drop), Err(Failure::Overrun));
        assert_eq!(line.finish(Duration::ZERO), Err(Failure::Overrun));
        line.push(&[0]).unwrap();
    }

    #[test]
    fn finishing_nothing_waits_for_nothing() {
        let line = Line::new();
        assert_eq!(line.finish(Duration::MAX), Ok(Transcript::default()));
        line.push(&[]).unwrap();
        assert_eq!(line.finish(Duration::MAX), Ok(Transcript::default()));
    }

    #[test]
    fn a_text_that_does_not_come_is_given_up() {
        let line = Line::new();
        line.push(&[1]).unwrap();
        let limit = Duration::from_millis(1);
        assert_eq!(line.finish(limit), Err(Failure::Late(limit)));
        assert_eq!(line.partial(), Ok(Transcript::default()), "a new utterance");
    }
}
