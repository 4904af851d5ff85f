//! What turn-taking is told, and what it tells.

use biseo_model::understanding::Awaiting;

use super::ending::Grasp;

/// One window of the caller's sound, as a voice activity detector judged it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VadFrame {
    /// The window's end, in milliseconds of the call.
    pub until_ms: u64,
    /// Its length in milliseconds; at most 100 count.
    pub length_ms: u64,
    /// The probability that it holds speech, 0 to 1; what is no number counts as silence.
    pub probability: f32,
    /// Its loudness (RMS) in dB below full scale; what is no number counts as unknown.
    pub level_dbfs: f32,
}

/// What happens on the line.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnInput<'a> {
    /// The caller's sound was judged.
    Frame(VadFrame),
    /// The text of the turn so far.
    Partial {
        /// All of it.
        text: &'a str,
        /// What the understanding makes of it.
        grasp: Grasp,
    },
    /// The answer to [`TurnOutput::Ask`]: how likely it is that the turn is complete, 0 to 1.
    Completeness(f32),
    /// Biseo speaks, in place of what it said before.
    Playing {
        /// Until then, in milliseconds of the call, the caller cannot break in: a disclosure or a legal notice is heard to
        /// its end. 0: at any time. [`u64::MAX`]: not at all.
        protected_until_ms: u64,
        /// When it will end if nothing happens, in milliseconds of the call.
        until_ms: u64,
    },
    /// The end of the protected stretch is known better now.
    Protected {
        /// In milliseconds of the call.
        until_ms: u64,
    },
    /// The end of what is being spoken is known better now.
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

/// Why a turn ended after just this wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// A yes or no to a question that asked for one.
    Answer,
    /// A finished clause, or all that was asked.
    Complete,
    /// A bare sign of listening.
    Nod,
    /// Nothing special.
    Usual,
    /// More seemed to come, and did not.
    Hesitation,
    /// A dictated number that was not finished.
    Digits,
    /// The longest time of a turn.
    Longest,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnOutput {
    /// The caller has begun a turn: listen, with the sound before `at_ms` that belongs to its first consonant.
    Began {
        /// The first speech, in milliseconds of the call; in the past. `TurnEnded` or `NoTurn` follows.
        at_ms: u64,
    },
    /// Speak lower at once: somebody speaks over Biseo. `Restore` or `Stop` follows.
    Duck,
    /// Be silent and keep the place: the caller speaks on, and it is not clear yet what for. Comes after `Duck`; `Resume`, `Restore`
    /// or `Stop` follows.
    Hush,
    /// Speak on from there in the low voice: the caller has paused. Comes after `Hush`; `Hush`, `Restore` or `Stop` follows.
    Resume,
    /// Speak on as before: it was a sign of listening, a cough or a noise, or Biseo's words ended meanwhile.
    Restore,
    /// What had begun is no turn: forget its sound.
    NoTurn,
    /// The caller has taken the floor: stop at once and drop the rest of what was being said. Comes after `Duck`.
    Stop,
    /// The caller pauses: ask the [`EndOfTurnModel`](super::EndOfTurnModel) and give [`TurnInput::Completeness`].
    Ask,
    /// The caller may have finished: decide the reply to the text so far and make its first sound, without saying it.
    /// `Discard`, `TurnEnded` or `NoTurn` follows.
    Speculate,
    /// The caller has not finished: what was decided is of no use.
    Discard,
    /// The caller has finished: take the text.
    TurnEnded {
        /// Why now.
        reason: EndReason,
        /// How long after the last speech, in milliseconds.
        waited_ms: u64,
    },
    /// Nobody spoke.
    Silence,
}

/// Who has the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Floor {
    /// Nobody speaks.
    Quiet,
    /// Biseo speaks.
    Biseo,
    /// Both speak, and what Biseo says must be heard.
    Overlap,
    /// Both speak, Biseo in a low voice or holding its breath: it is not clear yet what the caller wants.
    Ducked,
    /// The caller speaks.
    Caller,
    /// The caller has paused in a turn.
    Pause,
}
