//! Sound on its way from a synthesiser to a call: a bounded channel that can be cut off.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::{Result, SpeechError};

/// Pieces of sound that wait in the channel at most. An engine that is further ahead than this waits for the call.
const PIECES: usize = 64;

type Hook = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Cut {
    done: AtomicBool,
    hook: Mutex<Option<Hook>>,
}

/// Stops an utterance from any thread. Cheap to clone; never waits for the engine.
#[derive(Clone)]
pub struct Canceller(Arc<Cut>);

impl Canceller {
    /// Stops the engine; the stream ends. Calling it again, or after the end, does nothing.
    pub fn cancel(&self) {
        if !self.0.done.swap(true, Ordering::AcqRel)
            && let Some(hook) = self.take_hook()
        {
            hook();
        }
    }

    /// Whether [`Canceller::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.done.load(Ordering::Acquire)
    }

    /// What an engine wants done when the utterance is cut off (kill a process, close a socket). Runs at once if that
    /// has already happened.
    pub fn on_cancel(&self, hook: impl FnOnce() + Send + 'static) {
        *self.0.hook.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(hook));
        if self.is_cancelled()
            && let Some(hook) = self.take_hook()
        {
            hook();
        }
    }

    fn take_hook(&self) -> Option<Hook> {
        self.0.hook.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The end of an utterance that the call holds. Dropping it stops the engine.
pub struct SpeechStream {
    pieces: Receiver<Result<Vec<i16>>>,
    cut: Canceller,
}

impl SpeechStream {
    /// Waits for the next piece of sound; `None` at the end, and after a cancellation. Pieces are of any length but not empty.
    ///
    /// # Errors
    /// When the engine failed; the stream is then over.
    #[expect(
        clippy::should_implement_trait,
        reason = "an Iterator that waits would be used where waiting is forbidden"
    )]
    pub fn next(&mut self) -> Option<Result<Vec<i16>>> {
        if self.cut.is_cancelled() {
            None
        } else {
            self.pieces.recv().ok()
        }
    }

    /// As [`SpeechStream::next`], but waits for `limit` at most: `Err(())` when nothing came in that time.
    #[expect(
        clippy::result_unit_err,
        reason = "there is one way to fail and the name says it"
    )]
    pub fn next_within(&mut self, limit: Duration) -> std::result::Result<Option<Result<Vec<i16>>>, ()> {
        if self.cut.is_cancelled() {
            return Ok(None);
        }
        match self.pieces.recv_timeout(limit) {
            Ok(piece) => Ok(Some(piece)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(()),
        }
    }

    /// Waits for the whole utterance.
    ///
    /// # Errors
    /// When the engine failed; what it gave before is lost.
    pub fn collect(mut self) -> Result<Vec<i16>> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next() {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole)
    }

    /// A handle that stops this utterance.
    pub fn canceller(&self) -> Canceller {
        self.cut.clone()
    }

    /// A stream of sound that is there already, such as a cached prompt.
    pub fn ready(samples: Vec<i16>) -> Self {
        let (sink, stream) = speech_channel();
        sink.send(samples);
        stream
    }
}

impl Drop for SpeechStream {
    fn drop(&mut self) {
        self.cut.cancel();
    }
}

/// The end of an utterance that the engine holds.
pub struct SpeechSink {
    pieces: SyncSender<Result<Vec<i16>>>,
    cut: Canceller,
}

impl SpeechSink {
    /// Passes sound on, waiting while the channel is full. `false` when nobody listens any more: stop.
    pub fn send(&self, samples: Vec<i16>) -> bool {
        if self.cut.is_cancelled() {
            return false;
        }
        samples.is_empty() || self.pieces.send(Ok(samples)).is_ok()
    }

    /// Tells the listener that the engine failed.
    pub fn fail(&self, error: SpeechError) {
        // A listener that has gone needs no error.
        let _ = self.pieces.send(Err(error));
    }

    /// The handle by which the listener stops this utterance.
    pub fn canceller(&self) -> &Canceller {
        &self.cut
    }
}

/// The two ends of an utterance's way to a call, for engines.
pub fn speech_channel() -> (SpeechSink, SpeechStream) {
    let (sender, receiver) = sync_channel(PIECES);
    let cut = Canceller(Arc::default());
    (
        SpeechSink {
            pieces: sender,
            cut: cut.clone(),
        },
        SpeechStream {
            pieces: receiver,
            cut,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn a_hook_runs_once_whenever_it_is_set() {
        let runs = Arc::new(AtomicUsize::new(0));
        let count = || {
            let runs = runs.clone();
            move || {
                runs.fetch_add(1, Ordering::SeqCst);
            }
        };
        let (sink, stream) = speech_channel();
        sink.canceller().on_cancel(count());
        stream.canceller().cancel();
        stream.canceller().cancel();
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        sink.canceller().on_cancel(count());
        assert_eq!(
            runs.load(Ordering::SeqCst),
            2,
            "set after the cancellation: runs at once"
        );
    }

    #[test]
    fn dropping_the_stream_stops_the_engine() {
        let (sink, stream) = speech_channel();
        assert!(sink.send(vec![1, 2]));
        drop(stream);
        assert!(sink.canceller().is_cancelled());
        assert!(!sink.send(vec![3]));
    }

    #[test]
    fn a_ready_stream_holds_its_samples_and_ends() {
        assert_eq!(SpeechStream::ready(vec![5, 6, 7]).collect().unwrap(), [5, 6, 7]);
        assert!(SpeechStream::ready(Vec::new()).collect().unwrap().is_empty());
    }

    #[test]
    fn an_engine_that_is_ahead_waits_and_is_freed_by_cancellation() {
        let (sink, stream) = speech_channel();
        let engine = std::thread::spawn(move || (0..).take_while(|_| sink.send(vec![0; 160])).count());
        drop(stream);
        assert!(engine.join().unwrap() <= PIECES + 1);
    }
}
