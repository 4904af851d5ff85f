//! Who has the floor: when the caller has finished, and when the caller takes the word from Biseo.
//!
//! A pure state machine: time is an input, in milliseconds of the call, never going back. It hears *that* somebody speaks
//! (from voice activity detection) and *what* was said so far (partial text), and tells when to stop speaking, when to go
//! on, and when to answer.
//!
//! Speech over a prompt stops it at once ([`TurnOutput::Pause`]) and only then is it judged: a 네 or 음 is a sign of
//! listening and the prompt goes on ([`TurnOutput::Resume`]); anything else takes the floor ([`TurnOutput::Interrupted`]).

mod ending;

use biseo_model::understanding::Awaiting;

pub use ending::Ending;

/// The waits, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnConfig {
    /// Speech over a prompt for so long pauses the prompt.
    pub pause_after: u64,
    /// Speech over a prompt for so long is no mere sign of listening.
    pub takes_floor_after: u64,
    /// After short speech over a prompt, so long is waited for its text.
    pub judge_within: u64,
    /// A yes that begins so shortly before a prompt's end answers it.
    pub answers_before_end: u64,
    /// The wait after speech that holds what was asked.
    pub wait_complete: u64,
    /// The wait after a bare 네: more may follow, a correction say.
    pub wait_yes: u64,
    /// The usual wait.
    pub wait_usual: u64,
    /// The wait when more is likely to come: 그리고, 음, 는데.
    pub wait_more: u64,
    /// The wait within a dictated number.
    pub wait_digits: u64,
    /// A turn is closed after so much speech, whatever comes: a radio beside the telephone does not hold the line for ever.
    pub longest_turn: u64,
}

impl Default for TurnConfig {
    fn default() -> Self {
        Self {
            pause_after: 120,
            takes_floor_after: 700,
            judge_within: 400,
            answers_before_end: 900,
            wait_complete: 320,
            wait_yes: 450,
            wait_usual: 600,
            wait_more: 1300,
            wait_digits: 1500,
            longest_turn: 30_000,
        }
    }
}

/// What happens on the line.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnInput<'a> {
    /// The caller began to speak at `at_ms` of the call (a little before it was noticed).
    SpeechStarted {
        /// The onset.
        at_ms: u64,
    },
    /// The caller's speech ended at `at_ms`.
    SpeechEnded {
        /// The last moment of speech.
        at_ms: u64,
    },
    /// The text of the turn so far.
    Partial {
        /// All of it.
        text: &'a str,
        /// Whether it already holds what was asked (the understanding tells).
        filled: bool,
    },
    /// Biseo speaks.
    Playing {
        /// Whether the caller may break in.
        interruptible: bool,
        /// When it will end if nothing happens, in milliseconds of the call.
        until_ms: u64,
    },
    /// The end of what is being spoken is known better now; whether it is paused stays as it was.
    Ends {
        /// When it will end if nothing happens, in milliseconds of the call.
        until_ms: u64,
    },
    /// All was spoken.
    Played,
    /// What is waited for from now on; from [`Output::Listen`](crate::Output::Listen).
    Listen {
        /// What was asked.
        awaiting: Option<Awaiting>,
        /// How long silence may last.
        silence_after_ms: u64,
    },
    /// Only time has passed.
    Tick,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnOutput {
    /// Stop speaking at once, and remember where.
    Pause,
    /// It was a sign of listening: speak on from where it was paused. What was heard of it is no turn.
    Resume,
    /// The caller has taken the floor: drop the rest of what was being said.
    Interrupted,
    /// The caller has finished: take the text.
    EndOfTurn,
    /// Nobody spoke.
    Silence,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Play {
    interruptible: bool,
    until: u64,
    paused: bool,
}

/// The state of the floor of one call.
#[derive(Debug, Clone)]
pub struct TurnTaker {
    config: TurnConfig,
    play: Option<Play>,
    /// The first onset of the turn that is open.
    turn: Option<u64>,
    /// The onset of the speech that goes on.
    speech: Option<u64>,
    /// The end of the last speech.
    ended: u64,
    ending: Ending,
    awaiting: Option<Awaiting>,
    silence_after: Option<u64>,
    quiet_since: u64,
}

impl TurnTaker {
    /// At the beginning of a call nobody speaks.
    pub fn new(config: TurnConfig) -> Self {
        Self {
            config,
            play: None,
            turn: None,
            speech: None,
            ended: 0,
            ending: Ending::default(),
            awaiting: None,
            silence_after: None,
            quiet_since: 0,
        }
    }

    /// Takes what happened and tells what to do, if anything. When more than one thing is due, [`next_timeout`] is not
    /// later than `now_ms`: give [`TurnInput::Tick`].
    ///
    /// [`next_timeout`]: Self::next_timeout
    pub fn handle(&mut self, now_ms: u64, input: TurnInput<'_>) -> Option<TurnOutput> {
        self.take(now_ms, input);
        self.due(now_ms)
    }

    /// When to give [`TurnInput::Tick`] if nothing happens before; `None` if only an event can change anything.
    pub fn next_timeout(&self) -> Option<u64> {
        let times = [self.pause_at(), self.judge_at(), self.end_at(), self.silence_at()];
        times.into_iter().flatten().min()
    }

    fn take(&mut self, now: u64, input: TurnInput<'_>) {
        match input {
            TurnInput::SpeechStarted { at_ms } => {
                self.speech = Some(at_ms);
                self.turn.get_or_insert(at_ms);
            }
            TurnInput::SpeechEnded { at_ms } => {
                if self.speech.take().is_some() {
                    self.ended = at_ms;
                }
            }
            TurnInput::Partial { text, filled } => {
                self.ending = Ending::of(text, filled, self.awaiting);
            }
            TurnInput::Playing {
                interruptible,
                until_ms,
            } => {
                self.play = Some(Play {
                    interruptible,
                    until: until_ms,
                    paused: false,
                });
            }
            TurnInput::Ends { until_ms } => {
                if let Some(play) = &mut self.play {
                    play.until = until_ms;
                }
            }
            TurnInput::Played => {
                self.play = None;
                self.quiet_since = now;
            }
            TurnInput::Listen {
                awaiting,
                silence_after_ms,
            } => {
                self.awaiting = awaiting;
                self.silence_after = Some(silence_after_ms);
                self.quiet_since = now;
            }
            TurnInput::Tick => {}
        }
    }

    fn due(&mut self, now: u64) -> Option<TurnOutput> {
        let reached = |at: Option<u64>| at.is_some_and(|at| at <= now);
        if reached(self.pause_at()) {
            self.play.as_mut()?.paused = true;
            return Some(TurnOutput::Pause);
        }
        if reached(self.judge_at()) {
            return Some(self.judge());
        }
        if reached(self.end_at()) {
            self.close(now);
            self.silence_after = None;
            return Some(TurnOutput::EndOfTurn);
        }
        if reached(self.silence_at()) {
            self.silence_after = None;
            return Some(TurnOutput::Silence);
        }
        None
    }

    /// When speech over a prompt pauses it.
    fn pause_at(&self) -> Option<u64> {
        let play = self.play.filter(|p| p.interruptible && !p.paused)?;
        let start = self.speech?;
        (start < play.until).then_some(start + self.config.pause_after)
    }

    /// When it is clear what speech over a prompt was.
    fn judge_at(&self) -> Option<u64> {
        self.play.filter(|p| p.paused)?;
        match self.speech {
            _ if self.ending == Ending::Nothing && self.speech.is_none() => {
                Some(self.ended + self.config.judge_within)
            }
            Some(start) if matches!(self.ending, Ending::Nothing | Ending::Backchannel) => {
                Some(start + self.config.takes_floor_after)
            }
            None if self.ending == Ending::Backchannel => Some(self.ended + self.config.judge_within),
            _ => Some(0),
        }
    }

    fn judge(&mut self) -> TurnOutput {
        let begun = self.turn.unwrap_or(self.ended);
        let short = self.speech.is_none() && matches!(self.ending, Ending::Nothing | Ending::Backchannel);
        let early = self
            .play
            .is_some_and(|p| begun + self.config.answers_before_end < p.until);
        if short && early {
            self.close(self.ended);
            if let Some(play) = &mut self.play {
                play.paused = false;
            }
            return TurnOutput::Resume;
        }
        self.play = None;
        TurnOutput::Interrupted
    }

    /// When the open turn ends.
    fn end_at(&self) -> Option<u64> {
        if self.play.is_some() {
            return None;
        }
        let begun = self.turn?;
        let longest = begun + self.config.longest_turn;
        match self.speech {
            Some(_) => Some(longest),
            None => Some((self.ended + self.wait()).min(longest)),
        }
    }

    fn wait(&self) -> u64 {
        match self.ending {
            Ending::Complete => self.config.wait_complete,
            Ending::Backchannel => self.config.wait_yes,
            Ending::Nothing | Ending::Usual => self.config.wait_usual,
            Ending::More => self.config.wait_more,
            Ending::Digits => self.config.wait_digits,
        }
    }

    fn silence_at(&self) -> Option<u64> {
        if self.play.is_some() || self.turn.is_some() {
            return None;
        }
        Some(self.quiet_since + self.silence_after?)
    }

    /// The turn is over. Speech that goes on beyond its longest time opens the next.
    fn close(&mut self, now: u64) {
        self.turn = self.speech.map(|_| now);
        self.ending = Ending::Nothing;
        self.quiet_since = now;
    }
}
