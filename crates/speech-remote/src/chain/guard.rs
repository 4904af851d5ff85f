//! A session on a thread of its own, so that whoever uses it waits no longer than a limit, whatever the engine does.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use biseo_speech::{Result, SAMPLE_RATE, SpeechError, SpeechToText, SttOptions, SttSession, Transcript};

/// Samples that may wait to be heard: two minutes. Then the engine does not return, or is of no use.
const MOST_WAITING: usize = 120 * SAMPLE_RATE as usize;

/// The user's side. A session that failed or was late is of no more use: drop it.
pub(super) struct Guarded {
    engine: &'static str,
    desk: Arc<Desk>,
    limit: Duration,
}

/// What both sides share.
struct Desk {
    state: Mutex<State>,
    to_do: Condvar,
    done: Condvar,
}

#[derive(Default)]
struct State {
    /// The utterance's number: results of an earlier one are nobody's.
    round: u64,
    waiting: Vec<i16>,
    ended: bool,
    closed: bool,
    /// Somebody looked at `partial`, which is to be brought up to date.
    asked: bool,
    partial: Transcript,
    outcome: Option<Result<Transcript>>,
}

impl State {
    fn renew(&mut self) {
        *self = State {
            round: self.round + 1,
            closed: self.closed,
            ..State::default()
        };
    }
}

/// What the worker is to do.
enum Task {
    Hear(u64, Vec<i16>),
    Look(u64),
    Finish(u64),
    Forget(u64),
    Leave,
}

impl Guarded {
    /// Begins a session on a new thread.
    pub(super) fn begin(engine: Arc<dyn SpeechToText>, options: SttOptions, limit: Duration) -> Result<Self> {
        let desk = Arc::new(Desk {
            state: Mutex::default(),
            to_do: Condvar::new(),
            done: Condvar::new(),
        });
        let (name, theirs) = (engine.name(), desk.clone());
        std::thread::Builder::new()
            .name("speech-chain".into())
            .spawn(move || theirs.work(engine.as_ref(), &options))
            .map_err(|source| SpeechError::Program {
                program: "thread".into(),
                source,
            })?;
        Ok(Self {
            engine: name,
            desk,
            limit,
        })
    }

    pub(super) fn accept(&self, samples: &[i16]) -> Result<()> {
        let mut state = self.desk.lock();
        failure(&mut state)?;
        if state.waiting.len() + samples.len() > MOST_WAITING {
            return Err(SpeechError::Engine {
                engine: self.engine,
                detail: "it takes sound too slowly".into(),
            });
        }
        state.waiting.extend_from_slice(samples);
        drop(state);
        self.desk.to_do.notify_one();
        Ok(())
    }

    /// The last text that is known here; a newer one is fetched meanwhile.
    pub(super) fn partial(&self) -> Result<Transcript> {
        let mut state = self.desk.lock();
        failure(&mut state)?;
        state.asked = true;
        self.desk.to_do.notify_one();
        Ok(state.partial.clone())
    }

    pub(super) fn finish(&self) -> Result<Transcript> {
        let mut state = self.desk.lock();
        state.ended = true;
        self.desk.to_do.notify_one();
        let until = Instant::now() + self.limit;
        loop {
            if let Some(outcome) = state.outcome.take() {
                state.renew();
                return outcome;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(SpeechError::Timeout {
                    engine: self.engine,
                    after: self.limit,
                });
            }
            state = self
                .desk
                .done
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    pub(super) fn reset(&self) {
        self.desk.lock().renew();
        self.desk.to_do.notify_one();
    }
}

fn failure(state: &mut State) -> Result<()> {
    state
        .outcome
        .take_if(|o| o.is_err())
        .map_or(Ok(()), |o| o.map(drop))
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.desk.lock().closed = true;
        self.desk.to_do.notify_one();
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The thread's life.
    fn work(&self, engine: &dyn SpeechToText, options: &SttOptions) {
        let mut session = match engine.session(options) {
            Ok(session) => session,
            Err(error) => return self.settle(0, Err(error)),
        };
        let mut round = 0;
        loop {
            let done = match self.next(round) {
                Task::Hear(of, samples) => self.hear(session.as_mut(), of, &samples),
                Task::Look(of) => self.hear(session.as_mut(), of, &[]),
                Task::Finish(of) => {
                    let outcome = session.finish();
                    let good = outcome.is_ok();
                    self.settle(of, outcome);
                    good
                }
                Task::Forget(to) => {
                    round = to;
                    session.reset();
                    true
                }
                Task::Leave => return,
            };
            // After a failure the user drops his side.
            if !done {
                return;
            }
        }
    }

    fn hear(&self, session: &mut dyn SttSession, round: u64, samples: &[i16]) -> bool {
        match session.accept(samples).and_then(|()| session.partial()) {
            Ok(partial) => {
                let mut state = self.lock();
                if state.round == round {
                    state.partial = partial;
                }
                true
            }
            Err(error) => {
                self.settle(round, Err(error));
                false
            }
        }
    }

    /// Waits for something to do. `seen` is the utterance that the session is in.
    fn next(&self, seen: u64) -> Task {
        let mut state = self.lock();
        loop {
            if state.closed {
                return Task::Leave;
            }
            if state.round != seen {
                return Task::Forget(state.round);
            }
            if !state.waiting.is_empty() {
                return Task::Hear(seen, std::mem::take(&mut state.waiting));
            }
            if state.ended && state.outcome.is_none() {
                return Task::Finish(seen);
            }
            if std::mem::take(&mut state.asked) {
                return Task::Look(seen);
            }
            state = self.to_do.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn settle(&self, round: u64, outcome: Result<Transcript>) {
        let mut state = self.lock();
        // A failure is told to whoever is there: the session is of no more use.
        if state.round == round || outcome.is_err() {
            state.outcome = Some(outcome);
            drop(state);
            self.done.notify_all();
        }
    }
}
