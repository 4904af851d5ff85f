//! The state machine; the module above tells what it is about.

use std::collections::VecDeque;

use biseo_model::understanding::Awaiting;

use super::config::TurnConfig;
use super::io::{EndReason, Floor, TurnInput, TurnOutput, VadFrame};
use super::turn::{Turn, Verdict};
use super::voice::{Heard, Voice};
use super::wait::Pause;

/// Things that may come of one input; a guard.
const MOST_STEPS: usize = 16;

/// So long after it was spoken sound is judged on an ordinary line; the waits have it in them.
const USUAL_LAG: u64 = 60;

/// What Biseo is saying.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Play {
    protected_until: u64,
    until: u64,
    ducked: bool,
    /// Since when it has been silent and kept its place.
    hushed: Option<u64>,
    /// How long it was so in this turn: it ends so much later than `until`.
    held: u64,
}

/// The state of the floor of one call.
///
/// Give what happens to [`handle`](Self::handle), take what comes of it from [`poll`](Self::poll) until there is nothing, and
/// give [`TurnInput::Tick`] at [`next_timeout`](Self::next_timeout).
///
/// ```
/// use biseo_conversation::turn_taking::{EndReason, Grasp, TurnConfig, TurnInput, TurnOutput, TurnTaker, VadFrame};
/// let mut taker = TurnTaker::new(TurnConfig::default());
/// for n in 1..=10 {
///     let frame = VadFrame { until_ms: 32 * n, length_ms: 32, probability: 0.9, level_dbfs: -20.0 };
///     taker.handle(32 * n, TurnInput::Frame(frame));
/// }
/// taker.handle(330, TurnInput::Partial { text: "내일 예약하려고요", grasp: Grasp::Wish });
/// assert_eq!(taker.poll(), Some(TurnOutput::Began { at_ms: 0 }));
/// taker.handle(416, TurnInput::Tick);
/// assert_eq!(taker.poll(), Some(TurnOutput::Speculate));
/// taker.handle(710, TurnInput::Tick);
/// let ended = TurnOutput::TurnEnded { reason: EndReason::Complete, waited_ms: 390 };
/// assert_eq!(taker.poll(), Some(ended));
/// ```
#[derive(Debug, Clone)]
pub struct TurnTaker {
    config: TurnConfig,
    now: u64,
    voice: Voice,
    play: Option<Play>,
    turn: Option<Turn>,
    awaiting: Option<Awaiting>,
    silence_after: Option<u64>,
    quiet_since: u64,
    out: VecDeque<TurnOutput>,
}

impl TurnTaker {
    /// At the beginning of a call nobody speaks.
    pub fn new(config: TurnConfig) -> Self {
        Self {
            config,
            now: 0,
            voice: Voice::default(),
            play: None,
            turn: None,
            awaiting: None,
            silence_after: None,
            quiet_since: 0,
            out: VecDeque::with_capacity(MOST_STEPS),
        }
    }

    /// Takes what happened at `now_ms` of the call; a time before the last one counts as the last one.
    pub fn handle(&mut self, now_ms: u64, input: TurnInput<'_>) {
        self.now = self.now.max(now_ms);
        self.take(input);
        for _ in 0..MOST_STEPS {
            if !self.step() {
                return;
            }
        }
    }

    /// What is to be done next, if anything.
    pub fn poll(&mut self) -> Option<TurnOutput> {
        self.out.pop_front()
    }

    /// When to give [`TurnInput::Tick`] if nothing happens before; `None` if only an event can change anything.
    pub fn next_timeout(&self) -> Option<u64> {
        let times = [
            self.stalled_at(),
            self.resumed_at(),
            self.unducked_at(),
            self.judged_at(),
            self.asked_at(),
            self.speculated_at(),
            self.ended_at(),
            self.silent_at(),
        ];
        times.into_iter().flatten().min()
    }

    /// Who has the floor.
    pub fn floor(&self) -> Floor {
        match (&self.play, &self.turn) {
            (None, None) => Floor::Quiet,
            (Some(_), None) => Floor::Biseo,
            (Some(play), Some(_)) if self.now < play.protected_until => Floor::Overlap,
            (Some(play), Some(_)) if play.ducked => Floor::Ducked,
            (Some(_), Some(_)) => Floor::Biseo,
            (None, Some(turn)) if self.now.saturating_sub(turn.last) <= self.config.pause => Floor::Caller,
            (None, Some(_)) => Floor::Pause,
        }
    }

    fn take(&mut self, input: TurnInput<'_>) {
        match input {
            TurnInput::Frame(frame) => self.frame(&frame),
            TurnInput::Partial { text, grasp } => {
                let awaiting = self.awaiting;
                let stale = self.turn.as_mut().is_some_and(|t| t.read(text, grasp, awaiting));
                self.discard(stale);
            }
            TurnInput::Completeness(p) => {
                // Of a pause that is over, it is of no use.
                if let Some(turn) = self.turn.as_mut().filter(|t| t.asked) {
                    turn.completeness = Some(p);
                }
            }
            TurnInput::Playing {
                protected_until_ms,
                until_ms,
            } => {
                self.restore();
                self.play = Some(Play {
                    protected_until: protected_until_ms,
                    until: until_ms,
                    ducked: false,
                    hushed: None,
                    held: 0,
                });
            }
            TurnInput::Protected { until_ms } => self.protect(until_ms),
            TurnInput::Ends { until_ms } => {
                if let Some(play) = &mut self.play {
                    play.until = until_ms;
                }
            }
            TurnInput::Played => self.played(),
            TurnInput::Listen {
                awaiting,
                silence_after_ms,
            } => {
                self.awaiting = awaiting;
                self.silence_after = Some(silence_after_ms);
                self.quiet_since = self.now;
            }
            TurnInput::Tick => {}
        }
    }

    fn protect(&mut self, until: u64) {
        // Lowered before it was known that it must be heard.
        if until > self.now {
            self.restore();
        }
        if let Some(play) = &mut self.play {
            play.protected_until = until;
        }
    }

    fn frame(&mut self, frame: &VadFrame) {
        let until = frame.until_ms.min(self.now);
        let heard = self.voice.push(&self.config, frame, self.now);
        let stale = match (heard, &mut self.turn) {
            (Heard::Nothing, _) => false,
            (Heard::Onset { onset }, None) => {
                if let Some(play) = &mut self.play {
                    play.until = play.until.saturating_add(std::mem::take(&mut play.held));
                }
                self.turn = Some(Turn::begin(onset, until, self.voice.evidence()));
                self.out.push_back(TurnOutput::Began { at_ms: onset });
                false
            }
            (Heard::Onset { .. }, Some(turn)) => turn.go_on(until, self.voice.evidence()),
            (Heard::Speech, Some(turn)) => turn.go_on(until, frame.length_ms.min(100)),
            (Heard::Speech, None) => false,
        };
        self.discard(stale);
    }

    fn discard(&mut self, stale: bool) {
        if stale {
            self.out.push_back(TurnOutput::Discard);
        }
    }

    /// Does one thing that is due; `false` if nothing is.
    fn step(&mut self) -> bool {
        let now = self.now;
        let reached = |at: Option<u64>| at.is_some_and(|at| at <= now);
        if reached(self.stalled_at()) {
            self.played();
        } else if self.duck_is_due() {
            self.duck();
        } else if reached(self.unducked_at()) {
            self.voice.forget();
            self.restore();
        } else if reached(self.judged_at()) {
            self.judge();
        } else if self.hush_is_due() {
            self.hush();
        } else if reached(self.resumed_at()) {
            self.resume();
            self.out.push_back(TurnOutput::Resume);
        } else if reached(self.ended_at()) {
            self.end();
        } else if reached(self.asked_at()) {
            self.turn.iter_mut().for_each(|t| t.asked = true);
            self.out.push_back(TurnOutput::Ask);
        } else if reached(self.speculated_at()) {
            self.turn.iter_mut().for_each(|t| t.speculating = true);
            self.out.push_back(TurnOutput::Speculate);
        } else if reached(self.silent_at()) {
            self.silence_after = None;
            self.out.push_back(TurnOutput::Silence);
        } else {
            return false;
        }
        true
    }

    fn stalled_at(&self) -> Option<u64> {
        // A voice that holds its breath does not end.
        let play = self.play.filter(|p| p.hushed.is_none())?;
        let at = play
            .until
            .saturating_add(play.held)
            .saturating_add(self.config.stalled);
        (at < u64::MAX).then_some(at)
    }

    fn played(&mut self) {
        self.restore();
        self.play = None;
        self.quiet_since = self.now;
    }

    fn restore(&mut self) {
        self.resume();
        if self.play.as_mut().is_some_and(|p| std::mem::take(&mut p.ducked)) {
            self.out.push_back(TurnOutput::Restore);
        }
    }

    /// The voice is lowered for what may be speech: it comes back if it was none.
    fn duck_is_due(&self) -> bool {
        let open = |p: &&Play| !p.ducked && p.protected_until <= self.now;
        let speaks = self.turn.is_none() || self.voice.speaking(&self.config, self.now);
        self.play.as_ref().filter(open).is_some()
            && speaks
            && self.voice.beginnings(&self.config, self.now) >= self.config.duck_after
    }

    /// The caller speaks on over a voice that is low already.
    fn hush_is_due(&self) -> bool {
        let low = self.play.is_some_and(|p| p.ducked && p.hushed.is_none());
        let long = |t: &Turn| t.speech >= self.config.hush_after;
        low && self.turn.as_ref().is_some_and(long) && self.voice.goes_on(&self.config, self.now)
    }

    /// When the caller has paused: now, or if no more is heard.
    fn resumed_at(&self) -> Option<u64> {
        let hushed = self.play.is_some_and(|p| p.hushed.is_some());
        let goes_on = self.voice.goes_on(&self.config, self.now);
        hushed.then(|| if goes_on { self.voice.missed_at() } else { self.now })
    }

    fn hush(&mut self) {
        if let Some(play) = &mut self.play {
            play.hushed = Some(self.now);
            self.out.push_back(TurnOutput::Hush);
        }
    }

    /// The voice goes on where it was.
    fn resume(&mut self) {
        if let Some(play) = &mut self.play
            && let Some(since) = play.hushed.take()
        {
            play.held = play.held.saturating_add(self.now.saturating_sub(since));
        }
    }

    /// When it is clear that what lowered the voice was no speech; a turn that was opened is judged instead.
    fn unducked_at(&self) -> Option<u64> {
        let ducked = self.play.is_some_and(|p| p.ducked) && self.turn.is_none();
        let heard = |at: u64| at.saturating_add(self.voice.lag());
        let until = || self.voice.beginning_until(&self.config).map_or(self.now, heard);
        ducked.then(until)
    }

    fn duck(&mut self) {
        if let Some(play) = self.play.as_mut().filter(|p| !p.ducked) {
            play.ducked = true;
            self.out.push_back(TurnOutput::Duck);
        }
    }

    /// When it is clear what speech over Biseo's voice is; now if it is.
    fn judged_at(&self) -> Option<u64> {
        let (play, turn) = (self.play?, self.turn.as_ref()?);
        match turn.verdict(&self.config, self.now, play.until) {
            Verdict::Open(at) => Some(at),
            Verdict::Nothing => Some(self.now),
            Verdict::Interruption | Verdict::Answer => {
                (play.protected_until < u64::MAX).then_some(play.protected_until.max(turn.last))
            }
        }
    }

    fn judge(&mut self) {
        let (Some(play), Some(turn)) = (self.play, self.turn.as_ref()) else {
            return;
        };
        match turn.verdict(&self.config, self.now, play.until) {
            Verdict::Nothing => {
                self.restore();
                self.no_turn();
            }
            _ => {
                self.duck();
                self.out.push_back(TurnOutput::Stop);
                self.play = None;
            }
        }
    }

    fn no_turn(&mut self) {
        self.out.push_back(TurnOutput::NoTurn);
        self.close();
    }

    /// When the open turn ends, and why.
    fn ending(&self) -> Option<(u64, EndReason)> {
        let turn = self.turn.as_ref().filter(|_| self.play.is_none())?;
        let pause = Pause {
            ending: turn.ending,
            falls: self.voice.falls(),
            completeness: turn.completeness,
        };
        let (wait, reason) = pause.wait(&self.config);
        let latest = turn.last.saturating_add(self.config.longest_wait.max(wait));
        // Sound that may be speech going on is waited for.
        let perhaps = self.voice.perhaps_until(&self.config).unwrap_or(0);
        // On a line with a long way the silence must have been heard, not only have passed.
        let lag = self.voice.lag();
        let wait = (wait + lag.saturating_sub(USUAL_LAG)).max(lag + self.config.pause);
        let at = turn.last.saturating_add(wait).max(perhaps).min(latest);
        let longest = turn.begun.saturating_add(self.config.longest_turn);
        Some(if longest < at {
            (longest, EndReason::Longest)
        } else {
            (at, reason)
        })
    }

    fn ended_at(&self) -> Option<u64> {
        self.ending().map(|(at, _)| at)
    }

    fn end(&mut self) {
        let (Some(turn), Some((_, reason))) = (&self.turn, self.ending()) else {
            return;
        };
        if turn.is_noise(&self.config) {
            return self.no_turn();
        }
        let waited_ms = self.now.saturating_sub(turn.last);
        self.out.push_back(TurnOutput::TurnEnded { reason, waited_ms });
        self.silence_after = None;
        self.close();
    }

    fn asked_at(&self) -> Option<u64> {
        let idle = |t: &&Turn| self.config.model && !t.asked && self.play.is_none();
        let turn = self.turn.as_ref().filter(idle)?;
        Some(turn.last.saturating_add(self.config.pause))
    }

    fn speculated_at(&self) -> Option<u64> {
        let worth = |t: &&Turn| !t.speculating && t.worth_deciding() && self.play.is_none();
        let turn = self.turn.as_ref().filter(worth)?;
        Some(turn.last.saturating_add(self.config.speculate_after))
    }

    fn silent_at(&self) -> Option<u64> {
        if self.play.is_some() || self.turn.is_some() {
            return None;
        }
        Some(self.quiet_since.saturating_add(self.silence_after?))
    }

    /// The turn is over. What is said from now on opens the next.
    fn close(&mut self) {
        self.turn = None;
        self.voice.settle();
        self.quiet_since = self.now;
    }
}
