//! What an ear does with each frame. Sound and time come from outside, so that it hears a live call and a measurement alike.

use std::sync::mpsc::{Receiver, TryRecvError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use biseo_conversation::turn_taking::{
    SOUND_SECONDS, TurnConfig, TurnInput, TurnOutput, TurnTaker, VadFrame,
};
use biseo_media::Frame;
use biseo_media_io::{AudioFrame, AudioIn, Received};
use biseo_model::understanding::Awaiting;
use biseo_speech::{SttSession, Transcript};

use super::super::trail::Trail;
use super::front::{Clean, Front, untouched};
use super::sound::LastSeconds;
use super::{EarEvent, EarOrder, EarParts, HeardTurn, Protection};

/// Frames between two looks at the partial text.
const PARTIAL_EVERY: u32 = 3;
/// The same while somebody speaks over Biseo, who then falls silent the sooner.
const PARTIAL_OVER_BISEO: u32 = 1;
/// How long the ear waits for a frame before it looks at the clock.
const FRAME_TIME: Duration = Duration::from_millis(20);
/// Sound before the first speech that belongs to a turn, in samples: the soft first consonant lies there.
const PRE_ROLL: u64 = 256 * 8;
/// Sound after the last speech that still belongs to it.
const POST_ROLL: u64 = 96 * 8;

pub(super) struct Worker {
    parts: EarParts,
    session: Box<dyn SttSession>,
    inbox: Receiver<EarOrder>,
    /// `None` where nobody's echo is to be feared.
    front: Option<Box<Front>>,
    turns: TurnTaker,
    trail: Trail,
    sound: LastSeconds,
    begun: Instant,
    /// The time, as whoever brings the sound tells it.
    now: Instant,
    awaiting: Option<Awaiting>,
    held: bool,
    /// What was played last, and whether it still is.
    reply: u32,
    mark: u64,
    playing: bool,
    /// Whether a turn is open: its sound goes to the recogniser.
    open: bool,
    /// Where it began, in samples.
    opened: u64,
    /// Whether sound of it was lost, as the recogniser failed.
    lost: bool,
    /// Nothing before this belongs to a new turn.
    free_from: u64,
    since_partial: u32,
    partial: String,
    /// Whether it is still to be understood: nobody takes a turn by words while more of them are being spoken.
    unread: bool,
    /// Samples that the detector has judged.
    judged: u64,
    probabilities: Vec<f32>,
    /// The last of them.
    speech: f32,
}

impl Worker {
    /// An ear that begins to hear at `begun`.
    pub(super) fn new(
        parts: EarParts,
        session: Box<dyn SttSession>,
        inbox: Receiver<EarOrder>,
        begun: Instant,
    ) -> Self {
        let turns = TurnConfig {
            model: parts.model.is_some(),
            ..parts.turns
        };
        Self {
            front: parts.front.then(|| Box::new(Front::new())),
            turns: TurnTaker::new(turns),
            trail: Trail::new(),
            sound: LastSeconds::new(parts.model.is_some()),
            begun,
            now: begun,
            awaiting: None,
            held: false,
            reply: 0,
            mark: 0,
            playing: false,
            open: false,
            opened: 0,
            lost: false,
            free_from: 0,
            since_partial: 0,
            partial: String::new(),
            unread: false,
            judged: 0,
            probabilities: Vec::with_capacity(8),
            speech: 0.0,
            parts,
            session,
            inbox,
        }
    }

    /// Listens on this thread until nobody holds the handle any more or the sound ends.
    pub(super) fn run(mut self, mut audio: AudioIn) {
        loop {
            let frame = match audio.recv_timeout(FRAME_TIME) {
                Received::Item(frame) => Some(frame),
                Received::Nothing => None,
                Received::Closed => return,
            };
            if !self.hear(frame.as_ref(), Instant::now()) {
                return;
            }
        }
    }

    /// Does what there is to do now; `false` when nobody holds the handle any more or the sound has ended. `waker` is woken
    /// when there is more.
    pub(super) fn serve(&mut self, audio: &mut AudioIn, waker: &Waker) -> bool {
        let mut context = Context::from_waker(waker);
        loop {
            let (goes_on, more) = match audio.poll_next(&mut context) {
                Poll::Ready(Some(frame)) => (self.hear(Some(&frame), Instant::now()), true),
                Poll::Ready(None) => (false, false),
                Poll::Pending => (self.hear(None, Instant::now()), false),
            };
            if !goes_on || !more {
                return goes_on;
            }
        }
    }

    /// Takes a frame, if there is one, at this time, and looks at what was told and at the clock; `false` when nobody holds
    /// the handle any more.
    pub(super) fn hear(&mut self, frame: Option<&AudioFrame>, now: Instant) -> bool {
        self.now = now;
        if let Some(frame) = frame {
            self.frame(frame);
        }
        let goes_on = self.orders();
        if goes_on && !self.held {
            self.tick();
        }
        goes_on
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
                mark,
                protection,
                until,
            } => {
                (self.reply, self.mark, self.playing) = (reply, mark, true);
                self.turn(TurnInput::Playing {
                    protected_until_ms: self.protected(protection),
                    until_ms: self.ms(until),
                });
            }
            EarOrder::Protected(protection) => {
                let until_ms = self.protected(protection);
                self.turn(TurnInput::Protected { until_ms });
            }
            EarOrder::Ends { until } => {
                let until_ms = self.ms(until);
                self.turn(TurnInput::Ends { until_ms });
            }
            EarOrder::Held(held) => self.held = held,
            EarOrder::Played => {
                self.playing = false;
                self.turn(TurnInput::Played);
            }
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

    fn protected(&self, protection: Protection) -> u64 {
        match protection {
            Protection::Open => 0,
            Protection::Until(until) => self.ms(until),
            Protection::Whole => u64::MAX,
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
        if self.held {
            return;
        }
        let mut clean = match &mut self.front {
            Some(front) => front.clean(frame),
            None => untouched(frame),
        };
        self.detect(&clean);
        let level_dbfs = clean.level_dbfs;
        if let Some(front) = &mut self.front {
            front.level(&mut clean.samples, self.speech);
        }
        self.keep(&clean.samples, frame.arrived.unwrap_or(frame.at));
        let window = self.parts.vad.window() as u64;
        for n in 0..self.probabilities.len() {
            self.judged += window;
            let heard = VadFrame {
                until_ms: self.trail.moment(self.judged, self.begun),
                length_ms: window / 8,
                probability: self.probabilities[n],
                level_dbfs,
            };
            if self.unread && !self.speaks(&heard) {
                self.read();
            }
            self.turn(TurnInput::Frame(heard));
        }
        self.look();
        if self.unread && (self.playing || self.speech < self.parts.turns.speech_stops) {
            self.read();
        }
    }

    /// Has the detector judge a frame.
    fn detect(&mut self, clean: &Clean) {
        self.probabilities.clear();
        if let Err(e) = self.parts.vad.accept(&clean.samples, &mut self.probabilities) {
            self.fail(&e);
        }
        for probability in &mut self.probabilities {
            *probability = probability.min(clean.ceiling);
            self.speech = *probability;
        }
    }

    /// Keeps a frame for those who ask for it later, and gives it to the recogniser of an open turn.
    fn keep(&mut self, samples: &Frame, arrived: Instant) {
        self.trail.push(*samples, arrived);
        if self.parts.model.is_some() {
            self.sound.push(samples);
        }
        if self.open {
            self.feed(samples);
        }
    }

    /// A turn begins at `at_ms`.
    fn begin(&mut self, at_ms: u64) {
        let from = self.trail.position(at_ms, self.begun).saturating_sub(PRE_ROLL);
        self.opened = from.max(self.free_from);
        self.open = true;
        self.lost = false;
        self.partial.clear();
        self.unread = false;
        self.since_partial = 0;
        self.session.reset();
        let heard: Vec<Vec<i16>> = self.trail.since(self.opened).map(<[i16]>::to_vec).collect();
        heard.iter().for_each(|frame| self.feed(frame));
    }

    fn feed(&mut self, samples: &[i16]) {
        if let Err(e) = self.session.accept(samples) {
            self.lost = true;
            self.fail(&e);
            self.session.reset();
        }
    }

    /// Looks at the text so far, now and then.
    fn look(&mut self) {
        let every = if self.playing {
            PARTIAL_OVER_BISEO
        } else {
            PARTIAL_EVERY
        };
        self.since_partial += 1;
        if !self.open || self.since_partial < every {
            return;
        }
        self.since_partial = 0;
        match self.session.partial() {
            Ok(transcript) if transcript.text != self.partial => {
                self.partial = transcript.text;
                self.unread = true;
                self.tell(EarEvent::Partial(self.partial.clone(), self.now));
            }
            Ok(_) => {}
            Err(e) => self.fail(&e),
        }
    }

    /// Whether this window is the caller's speech going on.
    fn speaks(&self, heard: &VadFrame) -> bool {
        let turns = &self.parts.turns;
        let audible = heard.level_dbfs.is_nan() || heard.level_dbfs >= turns.quietest_dbfs;
        audible && heard.probability >= turns.speech_stops
    }

    /// Understands the text so far, and tells who takes the turns.
    fn read(&mut self) {
        self.unread = false;
        let text = self.partial.clone();
        let grasp = (self.parts.grasps)(&text, self.awaiting);
        // What was said is no business of a log.
        tracing::trace!(characters = text.chars().count(), ?grasp, "heard so far");
        self.turn(TurnInput::Partial { text: &text, grasp });
    }

    fn tick(&mut self) {
        let now = self.ms(self.now);
        if self.turns.next_timeout().is_some_and(|at| at <= now) {
            if self.unread {
                self.read();
            }
            self.turn(TurnInput::Tick);
        }
    }

    fn turn(&mut self, input: TurnInput<'_>) {
        let now = self.ms(self.now);
        self.turns.handle(now, input);
        while let Some(output) = self.turns.poll() {
            self.act(output);
        }
    }

    fn act(&mut self, output: TurnOutput) {
        tracing::trace!(?output, "the floor");
        match output {
            TurnOutput::Began { at_ms } => self.begin(at_ms),
            TurnOutput::Duck => self.duck(true),
            TurnOutput::Hush => self.hush(true),
            TurnOutput::Resume => self.hush(false),
            TurnOutput::Restore => {
                self.hush(false);
                self.duck(false);
            }
            TurnOutput::Stop => self.stop(),
            TurnOutput::NoTurn => self.close(self.trail.end()),
            TurnOutput::Ask => self.ask(),
            TurnOutput::Speculate => self.tell(EarEvent::Speculate(self.partial.clone())),
            TurnOutput::Discard => self.tell(EarEvent::Discard),
            TurnOutput::TurnEnded { waited_ms, .. } => self.end_of_turn(waited_ms),
            TurnOutput::Silence => self.tell(EarEvent::Silence),
        }
    }

    fn duck(&self, ducked: bool) {
        if let Some(speaker) = &self.parts.speaker {
            speaker.duck(ducked);
        }
    }

    fn hush(&self, hushed: bool) {
        if let Some(speaker) = &self.parts.speaker {
            speaker.hush(hushed);
        }
    }

    fn stop(&mut self) {
        self.playing = false;
        if let Some(speaker) = &self.parts.speaker {
            speaker.cut(self.mark);
            speaker.hush(false);
            speaker.duck(false);
        }
        self.tell(EarEvent::Stopped(self.reply));
    }

    /// Asks the model whether the turn is complete.
    fn ask(&mut self) {
        let turn = self.trail.end().saturating_sub(self.opened);
        let samples = usize::try_from(turn)
            .unwrap_or(usize::MAX)
            .min(SOUND_SECONDS * 8000);
        let sound = self.sound.last(samples);
        let Some(model) = &mut self.parts.model else {
            return;
        };
        match model.completeness(&sound) {
            Ok(completeness) => self.turn(TurnInput::Completeness(completeness)),
            Err(why) => self.fail(&why),
        }
    }

    /// The turn is over: what was said until `until` belongs to no other.
    fn close(&mut self, until: u64) {
        self.open = false;
        self.free_from = self.free_from.max(until.min(self.trail.end()));
        self.partial.clear();
        self.unread = false;
    }

    fn end_of_turn(&mut self, waited_ms: u64) {
        let decided = self.now;
        let last = self
            .trail
            .position(self.ms(decided).saturating_sub(waited_ms), self.begun);
        let spoke_until = self.trail.arrival(last).unwrap_or(decided);
        let began = Instant::now();
        let transcript = self.session.finish();
        let stt = began.elapsed();
        self.close(last + POST_ROLL);
        let failed = transcript.is_err();
        let Transcript { text, confidence, .. } = transcript.unwrap_or_else(|e| {
            // A turn all the same, without words: nobody would answer the caller, and no silence would be noticed.
            self.fail(&e);
            Transcript::default()
        });
        let failed = failed || (self.lost && text.is_empty());
        self.tell(EarEvent::Turn(HeardTurn {
            text,
            confidence,
            spoke_until,
            decided,
            stt,
            failed,
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

impl Drop for Worker {
    /// Whoever speaks after this ear has gone is heard.
    fn drop(&mut self) {
        self.hush(false);
        self.duck(false);
    }
}
