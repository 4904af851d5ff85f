//! A call's session: a thread of its own hears, so that the call's ear never waits for a network.
//!
//! Sound and orders go to the thread by a channel; what it understood so far lies where [`SttSession::partial`] finds it. Each
//! utterance has a number, and what belongs to one that was given up is passed over.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use biseo_speech::{Result, SpeechError, SttSession, Transcript};

/// Samples that may wait to be heard: half a minute. A machine that is further behind does not catch up within a turn.
const MOST_WAITING: usize = 30 * 8_000;
/// Samples that go to the thread at a time.
const PIECE: usize = 160;
/// What is waited for a final text.
pub(crate) const FINISH: Duration = Duration::from_secs(5);

/// What hears one utterance after another, on the session's thread.
pub(crate) trait Hearing: Send {
    /// Takes samples at 8 kHz.
    fn hear(&mut self, samples: &[i16]);
    /// Called when nothing waits to be heard: what was understood so far, if that may have changed.
    fn look(&mut self) -> Option<Transcript>;
    /// The utterance is over. [`Hearing::reset`] follows.
    fn finish(&mut self) -> Transcript;
    /// Forgets the utterance.
    fn reset(&mut self);
}

enum Order {
    Hear(u64, Vec<i16>),
    Finish(u64, SyncSender<Transcript>),
    Reset,
}

/// What the two sides share.
#[derive(Default)]
struct Shared {
    /// The utterance that counts.
    turn: AtomicU64,
    /// Samples that wait to be heard.
    waiting: AtomicUsize,
    /// What was understood of which utterance.
    partial: Mutex<(u64, Transcript)>,
}

impl Shared {
    fn tell(&self, turn: u64, text: Transcript) {
        *self.partial.lock().unwrap_or_else(PoisonError::into_inner) = (turn, text);
    }

    fn told(&self, turn: u64) -> Transcript {
        let partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        if partial.0 == turn {
            partial.1.clone()
        } else {
            Transcript::default()
        }
    }
}

/// The call's half.
pub(crate) struct Session {
    engine: &'static str,
    orders: Sender<Order>,
    shared: Arc<Shared>,
    piece: Vec<i16>,
    turn: u64,
    finish: Duration,
}

impl Session {
    /// Starts the thread.
    pub(crate) fn begin(
        engine: &'static str,
        finish: Duration,
        hearing: impl Hearing + 'static,
    ) -> Result<Self> {
        let (orders, received) = channel();
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let started = std::thread::Builder::new()
            .name("sherpa".into())
            .spawn(move || run(hearing, &received, &theirs));
        started.map_err(|e| SpeechError::Engine {
            engine,
            detail: format!("no thread: {e}"),
        })?;
        Ok(Self {
            engine,
            orders,
            shared,
            piece: Vec::with_capacity(PIECE),
            turn: 0,
            finish,
        })
    }

    fn error(&self, detail: &str) -> SpeechError {
        SpeechError::Engine {
            engine: self.engine,
            detail: detail.into(),
        }
    }

    fn order(&self, order: Order) -> Result<()> {
        self.orders
            .send(order)
            .map_err(|_| self.error("its thread has ended"))
    }

    fn flush(&mut self) -> Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let before = self.shared.waiting.fetch_add(piece.len(), Ordering::AcqRel);
        if before > MOST_WAITING {
            self.shared.waiting.fetch_sub(piece.len(), Ordering::AcqRel);
            return Err(self.error("this machine is too slow for the model: half a minute waits to be heard"));
        }
        self.order(Order::Hear(self.turn, piece))
    }

    fn next_turn(&mut self) {
        self.turn += 1;
        self.shared.turn.store(self.turn, Ordering::Release);
        self.piece.clear();
    }
}

impl SttSession for Session {
    fn accept(&mut self, samples: &[i16]) -> Result<()> {
        for part in samples.chunks(PIECE) {
            self.piece.extend_from_slice(part);
            if self.piece.len() >= PIECE {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn partial(&mut self) -> Result<Transcript> {
        Ok(self.shared.told(self.turn))
    }

    fn finish(&mut self) -> Result<Transcript> {
        self.flush()?;
        let (reply, answer) = sync_channel(1);
        self.order(Order::Finish(self.turn, reply))?;
        let found = answer.recv_timeout(self.finish);
        // What comes later is of an utterance that does not count any more.
        self.next_turn();
        found.map_err(|e| match e {
            RecvTimeoutError::Timeout => SpeechError::Timeout {
                engine: self.engine,
                after: self.finish,
            },
            RecvTimeoutError::Disconnected => self.error("its thread has ended"),
        })
    }

    fn reset(&mut self) {
        self.next_turn();
        // A thread that has ended is told of by whatever comes next.
        let _ = self.orders.send(Order::Reset);
    }
}

/// The thread's half: ends when the call's is gone.
fn run(mut hearing: impl Hearing, orders: &Receiver<Order>, shared: &Shared) {
    while let Some(order) = next(&mut hearing, orders, shared) {
        match order {
            Order::Hear(turn, samples) => {
                if turn == shared.turn.load(Ordering::Acquire) {
                    hearing.hear(&samples);
                }
                shared.waiting.fetch_sub(samples.len(), Ordering::AcqRel);
            }
            Order::Finish(turn, reply) => {
                let counts = turn == shared.turn.load(Ordering::Acquire);
                let text = if counts {
                    hearing.finish()
                } else {
                    Transcript::default()
                };
                hearing.reset();
                // The call may have given up waiting.
                let _ = reply.try_send(text);
            }
            Order::Reset => hearing.reset(),
        }
    }
}

/// The next order; when none waits, what was understood is told first.
fn next(hearing: &mut impl Hearing, orders: &Receiver<Order>, shared: &Shared) -> Option<Order> {
    match orders.try_recv() {
        Ok(order) => return Some(order),
        Err(TryRecvError::Disconnected) => return None,
        Err(TryRecvError::Empty) => {}
    }
    let turn = shared.turn.load(Ordering::Acquire);
    if let Some(text) = hearing.look() {
        shared.tell(turn, text);
    }
    orders.recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    /// Counts what it hears; waits for leave before it hears when there is a gate.
    struct Counter {
        heard: usize,
        gate: Option<Receiver<()>>,
    }

    fn text(text: String) -> Transcript {
        Transcript {
            text,
            ..Transcript::default()
        }
    }

    impl Hearing for Counter {
        fn hear(&mut self, samples: &[i16]) {
            if let Some(gate) = &self.gate {
                let _ = gate.recv();
            }
            self.heard += samples.len();
        }

        fn look(&mut self) -> Option<Transcript> {
            (self.heard > 0).then(|| text(self.heard.to_string()))
        }

        fn finish(&mut self) -> Transcript {
            text(self.heard.to_string())
        }

        fn reset(&mut self) {
            self.heard = 0;
        }
    }

    fn counter() -> Session {
        Session::begin("count", FINISH, Counter { heard: 0, gate: None }).unwrap()
    }

    fn gated(finish: Duration) -> (Session, Sender<()>) {
        let (open, gate) = channel();
        (
            Session::begin(
                "count",
                finish,
                Counter {
                    heard: 0,
                    gate: Some(gate),
                },
            )
            .unwrap(),
            open,
        )
    }

    #[test]
    fn every_sample_is_heard_once_in_any_pieces() {
        let mut session = counter();
        for piece in [1, 7, 160, 161, 5_000] {
            for part in vec![1; 5_000].chunks(piece) {
                session.accept(part).unwrap();
            }
            assert_eq!(session.finish().unwrap().text, "5000", "pieces of {piece}");
            assert_eq!(session.partial().unwrap().text, "");
        }
    }

    #[test]
    fn what_was_given_up_is_not_heard() {
        let (mut session, open) = gated(FINISH);
        session.accept(&[1; 800]).unwrap();
        session.reset();
        session.accept(&[1; 160]).unwrap();
        (0..10).for_each(|_| open.send(()).unwrap());
        assert_eq!(session.finish().unwrap().text, "160");
    }

    #[test]
    fn accept_never_waits_and_says_when_it_is_too_much() {
        let (mut session, open) = gated(FINISH);
        let (mut taken, piece) = (0, [1; PIECE]);
        while session.accept(&piece).is_ok() {
            taken += PIECE;
            assert!(taken <= MOST_WAITING + 2 * PIECE);
        }
        assert!(taken >= MOST_WAITING);
        drop(open);
    }

    #[test]
    fn a_final_text_that_is_late_is_an_error_and_the_next_utterance_is_whole() {
        let (mut session, open) = gated(Duration::from_millis(30));
        session.accept(&[1; 160]).unwrap();
        assert!(matches!(session.finish(), Err(SpeechError::Timeout { .. })));
        session.finish = FINISH;
        drop(open);
        session.accept(&[1; 320]).unwrap();
        assert_eq!(session.finish().unwrap().text, "320");
    }

    #[test]
    fn a_thread_that_died_is_an_error() {
        struct Dies;
        impl Hearing for Dies {
            fn hear(&mut self, _: &[i16]) {
                panic!("this test's own panic");
            }
            fn look(&mut self) -> Option<Transcript> {
                None
            }
            fn finish(&mut self) -> Transcript {
                Transcript::default()
            }
            fn reset(&mut self) {}
        }
        let mut session = Session::begin("dies", FINISH, Dies).unwrap();
        session.accept(&[1; 160]).unwrap();
        assert!(matches!(session.finish(), Err(SpeechError::Engine { .. })));
    }
}
