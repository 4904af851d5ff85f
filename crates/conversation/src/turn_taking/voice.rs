//! The caller's voice: from judged windows of sound to speech, its length and its loudness.

use super::config::TurnConfig;
use super::io::VadFrame;

/// A stretch of speech with pauses no longer than words have.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Burst {
    onset: u64,
    /// The end of its last window of speech.
    until: u64,
    /// Speech in it, gaps left out.
    speech: u64,
}

/// What a window brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// No speech, or not yet certain.
    Nothing,
    /// Speech is certain now; it began at `onset`.
    Onset {
        /// In milliseconds of the call.
        onset: u64,
    },
    /// Speech goes on.
    Speech,
}

/// The caller's voice.
#[derive(Debug, Clone, Default)]
pub(super) struct Voice {
    burst: Option<Burst>,
    certain: bool,
    /// Windows in a row that sounded somewhat like speech: from when to when.
    hint: Option<(u64, u64)>,
    /// The end of the last window that was judged, and how long after it that was.
    judged: u64,
    lag: u64,
    /// The loudness of the turn's speech, in dBFS: of all of it, and of the last tenth of a second.
    mean: Option<f32>,
    late: Option<f32>,
}

/// Without windows for so long nobody is heard to speak.
const STALLED: u64 = 100;
/// What sounds somewhat like speech for longer than this, and never more so, is a noise.
const HINTS: u64 = 96;
/// How far the late loudness must lie below the mean for a falling voice, in dB.
const FALL: f32 = 3.0;

impl Voice {
    /// Takes a window; one that ends after now ends now.
    pub(super) fn push(&mut self, config: &TurnConfig, frame: &VadFrame, now: u64) -> Heard {
        let until = frame.until_ms.min(now);
        self.judged = self.judged.max(until);
        self.lag = now - until;
        let threshold = if self.certain {
            config.speech_stops
        } else {
            config.speech_starts
        };
        // An unknown loudness is taken to be enough.
        let audible = frame.level_dbfs.is_nan() || frame.level_dbfs >= config.quietest_dbfs;
        let length = frame.length_ms.min(100);
        if audible && frame.probability >= threshold {
            return self.speech(config, frame.level_dbfs, until, length);
        }
        if audible && frame.probability >= config.speech_stops {
            let goes_on = |h: &(u64, u64)| until.saturating_sub(h.1) <= length + config.gap;
            let begun = self
                .hint
                .filter(goes_on)
                .map_or(until - length.min(until), |h| h.0);
            self.hint = Some((begun, until));
        }
        let gap = self.burst.map_or(0, |b| until.saturating_sub(b.until));
        if gap > if self.certain { config.pause } else { config.gap } {
            (self.burst, self.certain) = (None, false);
        }
        Heard::Nothing
    }

    fn speech(&mut self, config: &TurnConfig, level: f32, until: u64, length: u64) -> Heard {
        let onset = until.saturating_sub(length);
        let burst = self.burst.get_or_insert(Burst {
            onset,
            until,
            speech: 0,
        });
        burst.until = burst.until.max(until);
        burst.speech = burst.speech.saturating_add(length);
        let (onset, enough) = (burst.onset, burst.speech >= config.shortest_speech);
        self.level(level);
        match (self.certain, enough) {
            (true, _) => Heard::Speech,
            (false, true) => {
                self.certain = true;
                Heard::Onset { onset }
            }
            (false, false) => Heard::Nothing,
        }
    }

    fn level(&mut self, level: f32) {
        if !level.is_finite() {
            return;
        }
        let toward = |old: Option<f32>, part: f32| Some(old.map_or(level, |o| o + (level - o) * part));
        self.mean = toward(self.mean, 0.08);
        self.late = toward(self.late, 0.4);
    }

    /// Whether speech is under way at `now`: between the last of it and the last window there is no more than a pause between
    /// two words, and windows still come.
    pub(super) fn speaking(&self, config: &TurnConfig, now: u64) -> bool {
        let goes_on = |b: Burst| self.judged.saturating_sub(b.until) <= config.pause;
        let comes = now.saturating_sub(self.judged) <= self.lag + STALLED;
        self.certain && comes && self.burst.is_some_and(goes_on)
    }

    /// Whether speech goes on without a gap longer than within a word.
    pub(super) fn goes_on(&self, config: &TurnConfig, now: u64) -> bool {
        let within = |b: Burst| self.judged.saturating_sub(b.until) <= config.gap;
        self.burst.is_some_and(within) && self.speaking(config, now)
    }

    /// When windows of sound are missed, if none comes.
    pub(super) fn missed_at(&self) -> u64 {
        self.judged.saturating_add(self.lag + STALLED + 1)
    }

    /// How long after it was spoken sound is judged: it has waited for others on its way.
    pub(super) fn lag(&self) -> u64 {
        self.lag
    }

    /// How much speech there is in the stretch that is under way; 0 if there is none.
    pub(super) fn evidence(&self) -> u64 {
        self.burst.filter(|_| self.certain).map_or(0, |b| b.speech)
    }

    /// The same of what may yet become speech; 0 once so long passed without any that it will not.
    pub(super) fn beginnings(&self, config: &TurnConfig, now: u64) -> u64 {
        let goes_on = |until: u64| now.saturating_sub(until) < config.gap + self.lag;
        let perhaps = self.burst.filter(|b| goes_on(b.until)).map_or(0, |b| b.speech);
        // What goes on sounding so is a noise.
        let brief = |h: &(u64, u64)| goes_on(h.1) && h.1 - h.0 <= HINTS;
        let hint = self.hint.filter(brief).map_or(0, |h| h.1 - h.0);
        perhaps.max(hint).max(self.evidence())
    }

    /// Until when sound that may become speech is waited for.
    pub(super) fn perhaps_until(&self, config: &TurnConfig) -> Option<u64> {
        self.burst.filter(|_| !self.certain).map(|b| b.until + config.gap)
    }

    /// Until when sound that has lowered the voice may go on; `None` if it was long ago.
    pub(super) fn beginning_until(&self, config: &TurnConfig) -> Option<u64> {
        let hint = self.hint.map(|h| h.1.min(h.0 + HINTS) + config.gap);
        self.perhaps_until(config).max(hint)
    }

    /// What has begun was no speech.
    pub(super) fn forget(&mut self) {
        if !self.certain {
            self.burst = None;
        }
    }

    /// Whether the speech so far ends in a lower voice than it was spoken in.
    pub(super) fn falls(&self) -> bool {
        matches!((self.mean, self.late), (Some(mean), Some(late)) if late <= mean - FALL)
    }

    /// The turn is over: speech so far is no evidence for anything to come.
    pub(super) fn settle(&mut self) {
        *self = Self {
            judged: self.judged,
            lag: self.lag,
            ..Self::default()
        };
    }
}
