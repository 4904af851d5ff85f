//! The ear: listens to one call on a thread of its own. Voice activity, recognition and turn-taking in one place, since
//! each 20 ms that pass between them are waited by the caller.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::{Duration, Instant};

use biseo_conversation::turn_taking::{TurnConfig, TurnInput, TurnOutput, TurnTaker};
use biseo_media_io::{AudioFrame, AudioIn, Received};
use biseo_model::understanding::Awaiting;
use biseo_speech::vad::{SegmentEvent, Segmenter, SegmenterConfig};
use biseo_speech::{SpeechToText, SttOptions, SttSession, Transcript, Vad};
use tokio::sync::mpsc::UnboundedSender;

use super::trail::Trail;

/// Frames between two looks at the partial text.
const PARTIAL_EVERY: u32 = 3;
/// How long the ear waits for a frame before it looks at the clock.
const FRAME_TIME: Duration = Duration::from_millis(20);
/// Silence after which speech is told as ended; turn-taking waits on its own beyond it.
const HANGOVER_MS: u32 = 160;

/// What the ear is told.
#[derive(Debug)]
pub(crate) enum EarOrder {
    /// Sound is being played.
    Playing {
        /// The reply, as it is named in what the ear tells of it.
        reply: u32,
        /// Whether the caller may break in.
        interruptible: bool,
        /// When it ends if nothing happens.
        until: Instant,
    },
    /// The end of what is being played is known better now.
    Ends {
        /// When it ends if nothing happens.
        until: Instant,
    },
    /// All was played.
    Played,
    /// The call is held, or goes on. While it is held nothing is heard and no time passes: what comes is music or nothing.
    Held(bool),
    /// What is waited for.
    Listen {
        /// What was asked.
        awaiting: Option<Awaiting>,
        /// How long nobody need speak.
        silence_after: Duration,
        /// Words to expect.
        boost: Vec<String>,
    },
}

/// What the ear tells.
#[derive(Debug)]
pub(crate) enum EarEvent {
    /// Stop the sound of a reply, and remember where.
    Pause(u32),
    /// Go on with it.
    Resume(u32),
    /// Forget the rest of it: the other side has taken the floor.
    Interrupted(u32),
    /// The other side has finished.
    Turn(HeardTurn),
    /// Nobody spoke.
    Silence,
    /// An engine failed; the ear goes on with the next turn.
    Failed(String),
}

/// What was heard in one turn, and when.
#[derive(Debug, Clone)]
pub(crate) struct HeardTurn {
    /// The text; empty if there were no words in the sound.
    pub(crate) text: String,
    /// The recogniser's confidence in it, 0 to 1; `None` if it does not tell.
    pub(crate) confidence: Option<f32>,
    /// When the packet with the last speech had come in.
    pub(crate) spoke_until: Instant,
    /// When the turn was taken to be over.
    pub(crate) decided: Instant,
    /// How long the recogniser took from then.
    pub(crate) stt: Duration,
}

/// Tells whether a partial text already holds what was asked.
pub(crate) type Filled = Arc<dyn Fn(&str, Option<Awaiting>) -> bool + Send + Sync>;

/// What an ear is made of.
pub(crate) struct EarParts {
    /// The sound.
    pub(crate) audio: AudioIn,
    /// The detector, for this call alone.
    pub(crate) vad: Box<dyn Vad>,
    /// The recogniser.
    pub(crate) stt: Arc<dyn SpeechToText>,
    /// What the recogniser is told at first.
    pub(crate) options: SttOptions,
    /// The waits.
    pub(crate) turns: TurnConfig,
    /// Whether a partial text is complete.
    pub(crate) filled: Filled,
    /// Where to tell.
    pub(crate) told: UnboundedSender<EarEvent>,
}

/// A handle on the ear. The thread ends when this is dropped, or when the sound ends.
pub(crate) struct Ear {
    orders: Sender<EarOrder>,
}

impl Ear {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the recogniser cannot start or there is no thread to be had.
    pub(crate) fn open(parts: EarParts) -> Result<Self, String> {
        let session = parts.stt.session(&parts.options).map_err(|e| e.to_string())?;
        let (orders, inbox) = std::sync::mpsc::channel();
        let worker = Worker::new(parts, session, inbox);
        let thread = std::thread::Builder::new()
            .name("ear".into())
            .spawn(move || worker.run());
        thread.map_err(|e| e.to_string())?;
        Ok(Self { orders })
    }

    /// Tells the ear something; one whose sound has ended does not mind.
    pub(crate) fn tell(&self, order: EarOrder) {
        let _ = self.orders.send(order);
    }
}

struct Worker {
    parts: EarParts,
    session: Box<dyn SttSession>,
    inbox: Receiver<EarOrder>,
    segmenter: Segmenter,
    pre_roll: u64,
    turns: TurnTaker,
    trail: Trail,
    begun: Instant,
    awaiting: Option<Awaiting>,
    held: bool,
    /// What was played last.
    reply: u32,
    /// Whether a turn is open: its sound goes to the recogniser.
    open: bool,
    since_partial: u32,
    partial: String,
    spoke_until: Option<Instant>,
    probabilities: Vec<f32>,
}

impl Worker {
    fn new(parts: EarParts, session: Box<dyn SttSession>, inbox: Receiver<EarOrder>) -> Self {
        let config = SegmenterConfig {
            hangover_ms: HANGOVER_MS,
            ..SegmenterConfig::default()
        };
        Self {
            pre_roll: u64::from(config.pre_roll_ms) * 8,
            segmenter: Segmenter::new(config, parts.vad.window()),
            turns: TurnTaker::new(parts.turns),
            trail: Trail::new(),
            begun: Instant::now(),
            awaiting: None,
            held: false,
            reply: 0,
            open: false,
            since_partial: 0,
            partial: String::new(),
            spoke_until: None,
            probabilities: Vec::with_capacity(8),
            parts,
            session,
            inbox,
        }
    }

    fn run(mut self) {
        loop {
            match self.parts.audio.recv_timeout(FRAME_TIME) {
                Received::Item(frame) if !self.held => self.frame(&frame),
                Received::Item(_) | Received::Nothing => {}
                Received::Closed => return,
            }
            if !self.orders() {
                return;
            }
            if !self.held {
                self.tick();
            }
        }
    }

    fn ms(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.begun).as_millis()).unwrap_or(u64::MAX)
    }

    /// Takes what was told; `false` when nobody holds the handle any more.
    fn orders(&mut self) -> bool {
        loop {
            match self.inbox.try_recv() {
                Ok(order) => self.order(order),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn order(&mut self, order: EarOrder) {
        match order {
            EarOrder::Playing {
                reply,
                interruptible,
                until,
            } => {
                self.reply = reply;
                let until_ms = self.ms(until);
                self.turn(TurnInput::Playing {
                    interruptible,
                    until_ms,
                });
            }
            EarOrder::Ends { until } => {
                let until_ms = self.ms(until);
                self.turn(TurnInput::Ends { until_ms });
            }
            EarOrder::Held(held) => self.held = held,
            EarOrder::Played => self.turn(TurnInput::Played),
            EarOrder::Listen {
                awaiting,
                silence_after,
                boost,
            } => {
                self.awaiting = awaiting;
                self.expect(boost);
                let silence_after_ms = u64::try_from(silence_after.as_millis()).unwrap_or(u64::MAX);
                self.turn(TurnInput::Listen {
                    awaiting,
                    silence_after_ms,
                });
            }
        }
    }

    /// Tells the recogniser other words to expect, between two turns.
    fn expect(&mut self, boost: Vec<String>) {
        if self.open || boost == self.parts.options.boost {
            return;
        }
        self.parts.options.boost = boost;
        match self.parts.stt.session(&self.parts.options) {
            Ok(session) => self.session = session,
            Err(e) => self.fail(&e),
        }
    }

    fn frame(&mut self, frame: &AudioFrame) {
        self.trail.push(frame.samples, frame.arrived.unwrap_or(frame.at));
        if self.open {
            self.feed(&frame.samples);
        }
        self.probabilities.clear();
        let judged = self.parts.vad.accept(&frame.samples, &mut self.probabilities);
        if let Err(e) = judged {
            self.fail(&e);
        }
        for n in 0..self.probabilities.len() {
            if let Some(event) = self.segmenter.push(self.probabilities[n]) {
                self.segment(event);
            }
        }
        self.look();
    }

    fn segment(&mut self, event: SegmentEvent) {
        match event {
            SegmentEvent::SpeechStart { at } => {
                if !self.open {
                    self.begin(at);
                }
                let onset = (at + self.pre_roll).min(self.trail.end());
                let at_ms = self.trail.moment(onset, self.begun);
                self.turn(TurnInput::SpeechStarted { at_ms });
            }
            SegmentEvent::SpeechEnd { spoke_until, .. } => {
                self.spoke_until = self.trail.arrival(spoke_until);
                let at_ms = self.trail.moment(spoke_until, self.begun);
                self.turn(TurnInput::SpeechEnded { at_ms });
            }
        }
    }

    /// A turn begins with the sound from `at` on.
    fn begin(&mut self, at: u64) {
        self.open = true;
        self.partial.clear();
        self.since_partial = 0;
        self.session.reset();
        let heard: Vec<Vec<i16>> = self.trail.since(at).map(<[i16]>::to_vec).collect();
        heard.iter().for_each(|frame| self.feed(frame));
    }

    fn feed(&mut self, samples: &[i16]) {
        if let Err(e) = self.session.accept(samples) {
            self.fail(&e);
            self.session.reset();
        }
    }

    /// Looks at the text so far, now and then.
    fn look(&mut self) {
        self.since_partial += 1;
        if !self.open || self.since_partial < PARTIAL_EVERY {
            return;
        }
        self.since_partial = 0;
        match self.session.partial() {
            Ok(transcript) if transcript.text != self.partial => {
                self.partial = transcript.text;
                let filled = (self.parts.filled)(&self.partial, self.awaiting);
                let text = std::mem::take(&mut self.partial);
                self.turn(TurnInput::Partial { text: &text, filled });
                self.partial = text;
            }
            Ok(_) => {}
            Err(e) => self.fail(&e),
        }
    }

    fn tick(&mut self) {
        let now = self.ms(Instant::now());
        // More than one thing may be due; the bound keeps a fault in turn-taking from holding the thread.
        for _ in 0..4 {
            if self.turns.next_timeout().is_none_or(|at| at > now) {
                return;
            }
            self.turn(TurnInput::Tick);
        }
    }

    fn turn(&mut self, input: TurnInput<'_>) {
        let now = self.ms(Instant::now());
        match self.turns.handle(now, input) {
            Some(TurnOutput::Pause) => self.tell(EarEvent::Pause(self.reply)),
            Some(TurnOutput::Resume) => {
                self.open = false;
                self.tell(EarEvent::Resume(self.reply));
            }
            Some(TurnOutput::Interrupted) => self.tell(EarEvent::Interrupted(self.reply)),
            Some(TurnOutput::Silence) => self.tell(EarEvent::Silence),
            Some(TurnOutput::EndOfTurn) => self.end_of_turn(),
            None => {}
        }
    }

    fn end_of_turn(&mut self) {
        let decided = Instant::now();
        let transcript = self.session.finish();
        // Speech that goes on beyond the longest turn belongs to the next.
        self.open = self.segmenter.in_speech();
        let spoke_until = self.spoke_until.take().unwrap_or(decided);
        let Transcript { text, confidence, .. } = transcript.unwrap_or_else(|e| {
            // A turn all the same, without words: nobody would answer the caller, and no silence would be noticed.
            self.fail(&e);
            Transcript::default()
        });
        self.tell(EarEvent::Turn(HeardTurn {
            text,
            confidence,
            spoke_until,
            decided,
            stt: decided.elapsed(),
        }));
    }

    fn fail(&self, why: &dyn std::fmt::Display) {
        self.tell(EarEvent::Failed(why.to_string()));
    }

    fn tell(&self, event: EarEvent) {
        // Whoever converses may be gone already; then the next look at the orders ends this thread.
        let _ = self.parts.told.send(event);
    }
}
