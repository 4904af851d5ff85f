//! What a recogniser that hears an utterance as a whole is given, and when. No network is needed for it.
//!
//! The sound is collected and decoded when the utterance is over; while it lasts, now and then what is there is decoded anew, so that
//! there is a text to take turns by.

use std::time::{Duration, Instant};

use biseo_speech::level::active_dbfs;
use biseo_speech::{SAMPLE_RATE, Transcript};

use crate::session::Hearing;

/// Samples that are decoded at once, at most 25 s: Whisper's window is 30 s. What is longer is decoded in parts.
const MOST: usize = 25 * SAMPLE_RATE as usize;
/// New samples before what is there is decoded anew, at least: 0.7 s.
const NEWS: usize = 7 * SAMPLE_RATE as usize / 10;
/// A quieter utterance (dBFS over its active frames) has no speech. These networks make up words for silence.
const QUIET_DBFS: f32 = -38.0;

/// What makes text of a whole utterance.
pub(crate) trait Decode: Send {
    fn decode(&self, samples: &[i16]) -> Transcript;
}

/// One call's hearing.
pub(crate) struct Collected<D> {
    decoder: D,
    sound: Vec<i16>,
    /// What was said before `sound`.
    before: String,
    /// How much of `sound` the last text is of, and the text.
    known: (usize, Transcript),
    /// What the last decoding took: the next one waits for twice as much new sound.
    took: Duration,
}

impl<D: Decode> Collected<D> {
    pub(crate) fn new(decoder: D) -> Self {
        Self {
            decoder,
            sound: Vec::new(),
            before: String::new(),
            known: (0, Transcript::default()),
            took: Duration::ZERO,
        }
    }

    fn text(&mut self) -> Transcript {
        if self.known.0 != self.sound.len() {
            let began = Instant::now();
            let loud = active_dbfs(&self.sound).is_some_and(|level| level > QUIET_DBFS);
            let text = if loud {
                self.decoder.decode(&self.sound)
            } else {
                Transcript::default()
            };
            self.took = began.elapsed();
            self.known = (self.sound.len(), text);
        }
        let mut text = self.known.1.clone();
        if !self.before.is_empty() {
            text.text = format!("{} {}", self.before, text.text).trim().to_owned();
            // Their places are counted from a later beginning.
            text.words.clear();
        }
        text
    }
}

impl<D: Decode> Hearing for Collected<D> {
    fn hear(&mut self, samples: &[i16]) {
        self.sound.extend_from_slice(samples);
        if self.sound.len() >= MOST {
            self.before = self.text().text;
            self.sound.clear();
            self.known = (0, Transcript::default());
        }
    }

    fn look(&mut self) -> Option<Transcript> {
        let pause = (2.0 * self.took.as_secs_f64() * f64::from(SAMPLE_RATE)) as usize;
        let new = self.sound.len() - self.known.0;
        (new >= pause.max(NEWS)).then(|| self.text())
    }

    fn finish(&mut self) -> Transcript {
        self.text()
    }

    fn reset(&mut self) {
        self.sound.clear();
        self.before.clear();
        self.known = (0, Transcript::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::written;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Tells how many samples it was given.
    #[derive(Default, Clone)]
    struct Counts(Arc<AtomicUsize>);

    impl Decode for Counts {
        fn decode(&self, samples: &[i16]) -> Transcript {
            self.0.fetch_add(1, Ordering::SeqCst);
            written::transcript(&samples.len().to_string(), &[], &[])
        }
    }

    fn loud(samples: usize) -> Vec<i16> {
        (0..samples)
            .map(|n| if n % 2 == 0 { 5_000 } else { -5_000 })
            .collect()
    }

    #[test]
    fn it_is_decoded_now_and_then_and_once_at_the_end() {
        let counts = Counts::default();
        let mut hearing = Collected::new(counts.clone());
        for _ in 0..100 {
            hearing.hear(&loud(160));
            hearing.look();
        }
        let before = counts.0.load(Ordering::SeqCst);
        assert!((1..=3).contains(&before), "{before} times in two seconds");
        assert_eq!(hearing.finish().text, "16000");
        assert_eq!(hearing.finish().text, "16000");
        assert_eq!(
            counts.0.load(Ordering::SeqCst),
            before + 1,
            "the same sound is not decoded twice"
        );
    }

    #[test]
    fn what_is_too_long_for_one_window_is_kept_in_parts() {
        let mut hearing = Collected::new(Counts::default());
        hearing.hear(&loud(MOST));
        hearing.hear(&loud(800));
        assert_eq!(hearing.finish().text, format!("{MOST} 800"));
        hearing.reset();
        hearing.hear(&loud(160));
        assert_eq!(hearing.finish().text, "160");
    }

    #[test]
    fn silence_is_never_given_to_the_network() {
        let counts = Counts::default();
        let mut hearing = Collected::new(counts.clone());
        hearing.hear(&vec![20; 40_000]);
        assert_eq!(hearing.finish().text, "");
        assert_eq!(counts.0.load(Ordering::SeqCst), 0);
    }
}
