//! Turns a detector's probabilities into "speech began here" and "speech ended here". Pure: time is counted in samples.

/// When speech counts as begun and as over. Times are in milliseconds of sound.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmenterConfig {
    /// Probability at which speech may begin.
    pub start: f32,
    /// Probability below which a window is no speech any more; lower than `start`, so that a segment does not flutter.
    pub stop: f32,
    /// Speech shorter than this is a click or a cough and begins nothing.
    pub min_speech_ms: u32,
    /// Silence that must follow before speech counts as over.
    pub hangover_ms: u32,
    /// How much sound before the first speech window belongs to the segment: the soft first consonant lies there.
    pub pre_roll_ms: u32,
    /// How much sound after the last speech window belongs to the segment.
    pub post_roll_ms: u32,
}

impl Default for SegmenterConfig {
    /// Values for a telephone with Silero: begins after 64 ms of speech, ends after 480 ms without.
    fn default() -> Self {
        Self {
            start: 0.5,
            stop: 0.35,
            min_speech_ms: 64,
            hangover_ms: 480,
            pre_roll_ms: 256,
            post_roll_ms: 96,
        }
    }
}

/// What the segmenter found. Positions are samples since the start of the call (or since [`Segmenter::reset`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentEvent {
    /// Speech is certain; the segment's first sample, pre-roll included, is `at`, in the past.
    SpeechStart {
        /// First sample of the segment; never before the end of the segment before.
        at: u64,
    },
    /// Speech is over.
    SpeechEnd {
        /// The sample after the segment's last, post-roll included, hangover not.
        at: u64,
        /// The sample after the last window of speech: when the caller fell silent.
        spoke_until: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Quiet,
    /// Perhaps speech: where it began, how many windows were speech, and how many in a row since were not.
    Perhaps {
        first: u64,
        speech: u32,
        gap: u32,
    },
    /// Speech: the end of its last window.
    Speech {
        until: u64,
    },
}

/// A hysteresis over speech probabilities.
///
/// ```
/// use biseo_speech::vad::{SegmentEvent, Segmenter, SegmenterConfig};
/// let mut segmenter = Segmenter::new(SegmenterConfig::default(), 256);
/// let call = [0.0, 0.0, 0.9, 0.9, 0.9, 0.1].into_iter().chain([0.0; 20]);
/// let events: Vec<_> = call.filter_map(|p| segmenter.push(p)).collect();
/// assert_eq!(events[0], SegmentEvent::SpeechStart { at: 0 }); // 512 less 256 ms of pre-roll, but not before the call
/// assert_eq!(events[1], SegmentEvent::SpeechEnd { at: 1280 + 768, spoke_until: 1280 });
/// ```
#[derive(Debug, Clone)]
pub struct Segmenter {
    config: SegmenterConfig,
    window: u64,
    now: u64,
    /// Nothing before this belongs to a new segment.
    free_from: u64,
    state: State,
}

/// Windows without speech in a row that a beginning survives (a stop consonant lasts as long).
const GAP_WINDOWS: u32 = 2;

impl Segmenter {
    /// For a detector with windows of `window` samples at 8 kHz ([`crate::Vad::window`]).
    pub fn new(config: SegmenterConfig, window: usize) -> Self {
        Self {
            config,
            window: window.max(1) as u64,
            now: 0,
            free_from: 0,
            state: State::Quiet,
        }
    }

    /// Takes the next window's probability. A value that is no number counts as silence.
    pub fn push(&mut self, probability: f32) -> Option<SegmentEvent> {
        let begin = self.now;
        self.now += self.window;
        match self.state {
            State::Quiet if probability >= self.config.start => {
                self.state = State::Perhaps {
                    first: begin,
                    speech: 1,
                    gap: 0,
                };
                self.confirm()
            }
            State::Quiet => None,
            State::Perhaps { first, speech, .. } if probability >= self.config.stop => {
                self.state = State::Perhaps {
                    first,
                    speech: speech + 1,
                    gap: 0,
                };
                self.confirm()
            }
            State::Perhaps { gap, .. } if gap + 1 >= GAP_WINDOWS => {
                self.state = State::Quiet;
                None
            }
            State::Perhaps { first, speech, gap } => {
                self.state = State::Perhaps {
                    first,
                    speech,
                    gap: gap + 1,
                };
                None
            }
            State::Speech { .. } if probability >= self.config.stop => {
                self.state = State::Speech { until: self.now };
                None
            }
            State::Speech { until } => self.perhaps_over(until),
        }
    }

    /// Whether a segment is open (a start was told and no end yet).
    pub fn in_speech(&self) -> bool {
        matches!(self.state, State::Speech { .. })
    }

    /// How many samples were judged so far.
    pub fn position(&self) -> u64 {
        self.now
    }

    /// For how many samples the caller has been silent in the open segment; `None` outside speech. Turn-taking may act
    /// on this before the hangover is over.
    pub fn silent_for(&self) -> Option<u64> {
        match self.state {
            State::Speech { until } => Some(self.now - until),
            _ => None,
        }
    }

    /// The call is over or the sound breaks off: closes an open segment.
    pub fn finish(&mut self) -> Option<SegmentEvent> {
        match self.state {
            State::Speech { until } => Some(self.close(until)),
            _ => {
                self.state = State::Quiet;
                None
            }
        }
    }

    /// Begins anew at sample 0.
    pub fn reset(&mut self) {
        (self.now, self.free_from, self.state) = (0, 0, State::Quiet);
    }

    fn confirm(&mut self) -> Option<SegmentEvent> {
        let State::Perhaps { first, speech, .. } = self.state else {
            return None;
        };
        if u64::from(speech) * self.window < samples(self.config.min_speech_ms) {
            return None;
        }
        self.state = State::Speech { until: self.now };
        let at = first
            .saturating_sub(samples(self.config.pre_roll_ms))
            .max(self.free_from);
        Some(SegmentEvent::SpeechStart { at })
    }

    fn perhaps_over(&mut self, until: u64) -> Option<SegmentEvent> {
        (self.now - until >= samples(self.config.hangover_ms)).then(|| self.close(until))
    }

    fn close(&mut self, until: u64) -> SegmentEvent {
        self.state = State::Quiet;
        let at = (until + samples(self.config.post_roll_ms)).min(self.now);
        self.free_from = at;
        SegmentEvent::SpeechEnd {
            at,
            spoke_until: until,
        }
    }
}

fn samples(ms: u32) -> u64 {
    u64::from(ms) * u64::from(crate::SAMPLE_RATE) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use SegmentEvent::{SpeechEnd, SpeechStart};
    use proptest::prelude::*;

    fn events(probabilities: &[f32]) -> Vec<SegmentEvent> {
        let mut segmenter = Segmenter::new(SegmenterConfig::default(), 256);
        let mut found: Vec<_> = probabilities.iter().filter_map(|&p| segmenter.push(p)).collect();
        found.extend(segmenter.finish());
        found
    }

    fn run(parts: &[(f32, usize)]) -> Vec<SegmentEvent> {
        let flat: Vec<f32> = parts
            .iter()
            .flat_map(|&(p, n)| std::iter::repeat_n(p, n))
            .collect();
        events(&flat)
    }

    #[test]
    fn tables() {
        let first = SpeechStart { at: 20 * 256 - 2_048 };
        type Case = (&'static str, &'static [(f32, usize)], Vec<SegmentEvent>);
        let cases: &[Case] = &[
            ("silence", &[(0.0, 100)], vec![]),
            ("one click", &[(0.0, 20), (0.9, 1), (0.0, 30)], vec![]),
            ("below the start", &[(0.45, 100)], vec![]),
            (
                "a word",
                &[(0.0, 20), (0.9, 5), (0.0, 30)],
                vec![
                    first,
                    SpeechEnd {
                        at: 25 * 256 + 768,
                        spoke_until: 25 * 256,
                    },
                ],
            ),
            (
                "hysteresis",
                &[(0.0, 20), (0.9, 2), (0.4, 50), (0.0, 30)],
                vec![
                    first,
                    SpeechEnd {
                        at: 72 * 256 + 768,
                        spoke_until: 72 * 256,
                    },
                ],
            ),
            (
                "a pause within",
                &[(0.0, 20), (0.9, 5), (0.0, 14), (0.9, 5), (0.0, 30)],
                vec![
                    first,
                    SpeechEnd {
                        at: 44 * 256 + 768,
                        spoke_until: 44 * 256,
                    },
                ],
            ),
            (
                "begins with a stop",
                &[(0.0, 20), (0.9, 1), (0.1, 1), (0.9, 1), (0.0, 30)],
                vec![
                    first,
                    SpeechEnd {
                        at: 23 * 256 + 768,
                        spoke_until: 23 * 256,
                    },
                ],
            ),
            (
                "cut off",
                &[(0.0, 20), (0.9, 5)],
                vec![
                    first,
                    SpeechEnd {
                        at: 25 * 256,
                        spoke_until: 25 * 256,
                    },
                ],
            ),
            ("not a number", &[(f32::NAN, 50)], vec![]),
        ];
        for (name, parts, expected) in cases {
            assert_eq!(&run(parts), expected, "{name}");
        }
    }

    #[test]
    fn pre_roll_does_not_reach_into_the_segment_before() {
        let found = run(&[(0.9, 5), (0.0, 16), (0.9, 5), (0.0, 30)]);
        let SpeechEnd { at: end, .. } = found[1] else {
            panic!("{found:?}")
        };
        let SpeechStart { at: start } = found[2] else {
            panic!("{found:?}")
        };
        assert!(start >= end, "{found:?}");
    }

    proptest! {
        #[test]
        fn segments_alternate_and_do_not_overlap(probabilities in proptest::collection::vec(0.0f32..1.0, 0..400)) {
            let found = events(&probabilities);
            let mut edge = 0;
            for (n, event) in found.iter().enumerate() {
                match *event {
                    SpeechStart { at } => { prop_assert!(n % 2 == 0 && at >= edge); edge = at; }
                    SpeechEnd { at, spoke_until } => { prop_assert!(n % 2 == 1 && at > edge && spoke_until <= at); edge = at; }
                }
            }
            prop_assert!(found.len().is_multiple_of(2) && edge <= probabilities.len() as u64 * 256);
        }

        #[test]
        fn loud_speech_is_never_lost(lead in 0usize..50, length in 2usize..60) {
            let found = run(&[(0.0, lead), (0.95, length), (0.0, 40)]);
            prop_assert_eq!(found.len(), 2);
            let SpeechStart { at } = found[0] else { panic!() };
            let SpeechEnd { at: end, .. } = found[1] else { panic!() };
            prop_assert!(at <= lead as u64 * 256 && end >= (lead + length) as u64 * 256);
        }
    }
}
