//! What a call is to say: handed over by any thread, taken by the pacer without a lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use biseo_media::dtmf::Digit;
use biseo_media::tones::ToneKind;
use crossbeam_queue::ArrayQueue;

/// Pieces of sound that may wait.
const COMMANDS: usize = 128;
/// Digits that may wait.
const DIGITS: usize = 64;

/// Bits of a mark and of its samples in the word that tells how far speaking has come.
const MARK_BITS: u64 = (1 << 24) - 1;
const SAMPLE_BITS: u32 = 40;

/// Why sound was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeakError {
    /// More sound waits than the session may hold ([`SessionConfig::speech_limit`](crate::SessionConfig)).
    #[error("too much sound is waiting to be spoken")]
    Full,
    /// The utterance was interrupted, or has ended: stop making sound for it.
    #[error("this utterance is over")]
    Over,
    /// The session is gone.
    #[error("the call is over")]
    Closed,
}

/// A piece of an utterance.
pub(crate) struct Command {
    pub mark: u64,
    pub samples: Option<Arc<[i16]>>,
    pub last: bool,
}

/// What lies between speaker and pacer.
pub(crate) struct Desk {
    pub commands: ArrayQueue<Command>,
    pub digits: ArrayQueue<Digit>,
    /// The newest wish for a background tone.
    pub tone: ArrayQueue<Option<ToneKind>>,
    /// Samples in `commands`.
    pub waiting: AtomicUsize,
    limit: usize,
    /// Highest mark seen, plus one.
    issued: AtomicU64,
    /// Marks below this are to be cut off.
    flushed: AtomicU64,
    /// Whether the voice is lowered.
    ducked: AtomicBool,
    /// Whether it is silent and keeps its place.
    hushed: AtomicBool,
    /// The utterance spoken last, and how many of its samples are in frames: mark modulo 2^24, then 40 bits of samples.
    progress: AtomicU64,
    closed: AtomicBool,
}

impl Desk {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            commands: ArrayQueue::new(COMMANDS),
            digits: ArrayQueue::new(DIGITS),
            tone: ArrayQueue::new(1),
            waiting: AtomicUsize::new(0),
            limit,
            issued: AtomicU64::new(0),
            flushed: AtomicU64::new(0),
            ducked: AtomicBool::new(false),
            hushed: AtomicBool::new(false),
            progress: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Whether an utterance is to be cut off.
    pub(crate) fn is_flushed(&self, mark: u64) -> bool {
        mark < self.flushed.load(Ordering::Acquire)
    }

    /// Whether the voice is to be low.
    pub(crate) fn is_ducked(&self) -> bool {
        self.ducked.load(Ordering::Relaxed)
    }

    /// Whether the voice is to be silent and keep its place.
    pub(crate) fn is_hushed(&self) -> bool {
        self.hushed.load(Ordering::Relaxed)
    }

    /// So much of an utterance is in frames.
    pub(crate) fn progressed(&self, mark: u64, samples: u64) {
        let progress = (mark & MARK_BITS) << SAMPLE_BITS | samples.min((1 << SAMPLE_BITS) - 1);
        self.progress.store(progress, Ordering::Release);
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    fn give(&self, command: Command) -> Result<(), SpeakError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(SpeakError::Closed);
        }
        // First announced, then looked at: a flush that comes between finds the mark, and the pacer drops the piece.
        self.issued
            .fetch_max(command.mark.saturating_add(1), Ordering::AcqRel);
        if self.is_flushed(command.mark) {
            return Err(SpeakError::Over);
        }
        let len = command.samples.as_ref().map_or(0, |s| s.len());
        if self.waiting.fetch_add(len, Ordering::AcqRel) + len > self.limit {
            self.waiting.fetch_sub(len, Ordering::AcqRel);
            return Err(SpeakError::Full);
        }
        self.commands.push(command).map_err(|_| {
            self.waiting.fetch_sub(len, Ordering::AcqRel);
            SpeakError::Full
        })
    }
}

/// Makes a call speak. Cloned freely; one thread at a time should feed one utterance.
///
/// Every utterance has a **mark**, a number that rises from utterance to utterance. Each mark ends in exactly one event,
/// [`Played`](crate::Event::Played) or [`Flushed`](crate::Event::Flushed). A new mark ends the one before it.
#[derive(Clone)]
pub struct Speaker {
    desk: Arc<Desk>,
}

impl Speaker {
    pub(crate) fn new(desk: Arc<Desk>) -> Self {
        Self { desk }
    }

    /// Says a whole utterance (8 kHz, mono) after all that waits. Sound that is already shared is not copied.
    ///
    /// # Errors
    /// See [`SpeakError`]; nothing was taken then.
    pub fn play(&self, samples: impl Into<Arc<[i16]>>, mark: u64) -> Result<(), SpeakError> {
        self.desk.give(Command {
            mark,
            samples: Some(samples.into()),
            last: true,
        })
    }

    /// Adds the next piece (8 kHz, mono) of an utterance that is still being made. If the pieces come too slowly the
    /// caller hears a pause.
    ///
    /// # Errors
    /// See [`SpeakError`]; [`SpeakError::Over`] says that the caller interrupted it.
    pub fn push(&self, mark: u64, samples: &[i16]) -> Result<(), SpeakError> {
        self.desk.give(Command {
            mark,
            samples: Some(Arc::from(samples)),
            last: false,
        })
    }

    /// Says that no more pieces come.
    ///
    /// # Errors
    /// See [`SpeakError`].
    pub fn end(&self, mark: u64) -> Result<(), SpeakError> {
        self.desk.give(Command {
            mark,
            samples: None,
            last: true,
        })
    }

    /// Stops at once (within one frame, 20 ms, fading over 5 ms) and forgets all that waits. Each utterance cut off is
    /// told by [`Event::Flushed`](crate::Event::Flushed) with what of it was sent.
    pub fn flush(&self) {
        let issued = self.desk.issued.load(Ordering::Acquire);
        self.desk.flushed.fetch_max(issued, Ordering::AcqRel);
    }

    /// Cuts off an utterance and all before it, also one of which no piece has come yet, as [`Self::flush`] does; later ones
    /// are spoken.
    pub fn cut(&self, mark: u64) {
        let next = mark.saturating_add(1);
        self.desk.issued.fetch_max(next, Ordering::AcqRel);
        self.desk.flushed.fetch_max(next, Ordering::AcqRel);
    }

    /// Lowers the voice by 12 dB within one frame (20 ms; the gain moves over 10 ms, without a click), or raises it again.
    /// What is being said goes on meanwhile. Keys and tones keep their loudness.
    pub fn duck(&self, ducked: bool) {
        self.desk.ducked.store(ducked, Ordering::Relaxed);
    }

    /// Falls silent within one frame (20 ms, fading over 5 ms) and keeps its place, or goes on from there, in the loudness that
    /// [`Self::duck`] said. Utterances wait meanwhile, and can be cut off.
    pub fn hush(&self, hushed: bool) {
        self.desk.hushed.store(hushed, Ordering::Relaxed);
    }

    /// How many samples of an utterance are in frames so far, the frame that is just being sent included; `None` if none are
    /// or another one was spoken since.
    #[must_use]
    pub fn spoken(&self, mark: u64) -> Option<u64> {
        let progress = self.desk.progress.load(Ordering::Acquire);
        let samples = progress & ((1 << SAMPLE_BITS) - 1);
        (progress >> SAMPLE_BITS == mark & MARK_BITS && samples > 0).then_some(samples)
    }

    /// Presses a key after those that wait (RFC 4733; as a tone in the sound if the peer has no telephone-events).
    /// Speech pauses meanwhile.
    ///
    /// # Errors
    /// [`SpeakError::Full`] if 64 digits wait already, [`SpeakError::Closed`].
    pub fn dtmf(&self, digit: Digit) -> Result<(), SpeakError> {
        if self.desk.closed.load(Ordering::Acquire) {
            return Err(SpeakError::Closed);
        }
        self.desk.digits.push(digit).map_err(|_| SpeakError::Full)
    }

    /// Sounds whenever nothing is said, until another tone or `None` (or until it ends by itself). A flush does not
    /// stop it.
    pub fn tone(&self, tone: Option<ToneKind>) {
        self.desk.tone.force_push(tone);
    }

    /// Samples that wait to be spoken, 8000 a second; the piece being spoken counts as not waiting.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.desk.waiting.load(Ordering::Acquire)
    }
}

impl std::fmt::Debug for Speaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Speaker")
            .field("waiting", &self.waiting())
            .finish()
    }
}
