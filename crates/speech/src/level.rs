//! Loudness on the telephone: measuring it, bringing synthesis to it, and cutting silence off its ends.

/// The level that speech is brought to: RMS of its active parts, in dB below full scale.
pub const SPEECH_DBFS: f32 = -20.0;

/// Frames of 20 ms at 8 kHz, over which loudness is taken.
const FRAME: usize = 160;
/// A frame quieter than this (dBFS) is a pause and does not count.
const PAUSE_DBFS: f32 = -45.0;
/// Weight, in frames, of the level that was expected beforehand; afterwards the voice itself decides.
const PRIOR_FRAMES: f32 = 8.0;
/// Above this part of full scale samples are bent, not cut.
const KNEE: f32 = 0.7;
/// What counts as sound when silence is trimmed: about -50 dBFS.
const SOUND: u16 = 100;
/// Silence kept before the first sound (5 ms) and after the last (10 ms), so that neither begins with a click.
const KEEP_BEFORE: usize = 40;
const KEEP_AFTER: usize = 80;

/// RMS of the active parts (frames of 20 ms above -45 dBFS) in dBFS; `None` when all is pause.
///
/// ```
/// use biseo_speech::level::active_dbfs;
/// assert_eq!(active_dbfs(&[0; 800]), None);
/// assert!((active_dbfs(&[3277; 800]).unwrap() + 20.0).abs() < 0.01);
/// ```
pub fn active_dbfs(samples: &[i16]) -> Option<f32> {
    let powers = || {
        samples
            .chunks(FRAME)
            .map(power)
            .filter(|&p| p > from_db(PAUSE_DBFS))
    };
    let count = powers().count();
    (count > 0).then(|| to_db(powers().sum::<f32>() / count as f32))
}

/// Mean square of the samples, 1.0 being full scale.
fn power(samples: &[i16]) -> f32 {
    let sum: f32 = samples.iter().map(|&s| (f32::from(s) / 32_768.0).powi(2)).sum();
    sum / samples.len().max(1) as f32
}

fn to_db(power: f32) -> f32 {
    10.0 * power.log10()
}

fn from_db(db: f32) -> f32 {
    10f32.powf(db / 10.0)
}

/// Brings a voice to [`SPEECH_DBFS`] as it comes, without looking ahead. It starts from the level that the engine is
/// known for and lets what it hears correct that; the gain moves within a frame, so no step is heard.
pub struct Leveller {
    energy: f32,
    weight: f32,
    gain: f32,
    pending: Vec<i16>,
}

impl Leveller {
    /// For an engine whose speech is known to lie near `expected_dbfs`: within 6 dB below or 10 dB above it the result is
    /// within 1.5 dB of the target after a second.
    pub fn new(expected_dbfs: f32) -> Self {
        let energy = from_db(expected_dbfs);
        Self {
            energy,
            weight: PRIOR_FRAMES,
            gain: gain_for(energy),
            pending: Vec::with_capacity(FRAME),
        }
    }

    /// Takes samples and appends the levelled ones; up to 20 ms stay behind for the next call.
    pub fn push(&mut self, samples: &[i16], out: &mut Vec<i16>) {
        self.pending.extend_from_slice(samples);
        let whole = self.pending.len() / FRAME * FRAME;
        let ready: Vec<i16> = self.pending.drain(..whole).collect();
        for frame in ready.chunks(FRAME) {
            self.frame(frame, out);
        }
    }

    /// The utterance is over: appends what stayed behind.
    pub fn finish(&mut self, out: &mut Vec<i16>) {
        let rest = std::mem::take(&mut self.pending);
        self.frame(&rest, out);
    }

    fn frame(&mut self, frame: &[i16], out: &mut Vec<i16>) {
        let loudness = power(frame);
        if loudness > from_db(PAUSE_DBFS) {
            self.weight += 1.0;
            self.energy += (loudness - self.energy) / self.weight;
        }
        let (from, to) = (self.gain, gain_for(self.energy));
        let step = (to - from) / frame.len().max(1) as f32;
        out.extend(
            frame
                .iter()
                .enumerate()
                .map(|(n, &s)| limit(f32::from(s) * (from + step * n as f32))),
        );
        self.gain = to;
    }
}

fn gain_for(energy: f32) -> f32 {
    // Within 18 dB either way: more would be amplified noise or a broken engine.
    (from_db(SPEECH_DBFS) / energy.max(1e-9)).sqrt().clamp(0.125, 8.0)
}

/// Leaves samples below the knee alone and bends the rest towards full scale.
fn limit(sample: f32) -> i16 {
    let x = sample / 32_768.0;
    let size = x.abs();
    let bent = if size <= KNEE {
        size
    } else {
        KNEE + (1.0 - KNEE) * ((size - KNEE) / (1.0 - KNEE)).tanh()
    };
    (bent.copysign(x) * 32_767.0).round() as i16
}

/// Cuts silence off an utterance's two ends as it comes, leaving a few milliseconds; pauses inside stay.
#[derive(Default)]
pub struct Trimmer {
    begun: bool,
    held: Vec<i16>,
}

impl Trimmer {
    /// Takes samples and appends those that are certain to stay.
    pub fn push(&mut self, samples: &[i16], out: &mut Vec<i16>) {
        self.held.extend_from_slice(samples);
        let Some(last) = self.held.iter().rposition(|s| s.unsigned_abs() > SOUND) else {
            self.forget_lead();
            return;
        };
        if !self.begun {
            let first = self
                .held
                .iter()
                .position(|s| s.unsigned_abs() > SOUND)
                .unwrap_or(0);
            self.begun = true;
            let cut = first.saturating_sub(KEEP_BEFORE);
            self.held.drain(..cut);
            out.extend(self.held.drain(..=last - cut));
        } else {
            out.extend(self.held.drain(..=last));
        }
    }

    /// The utterance is over: appends the last few milliseconds.
    pub fn finish(&mut self, out: &mut Vec<i16>) {
        if self.begun {
            let keep = self.held.len().min(KEEP_AFTER);
            out.extend(self.held.drain(..keep));
        }
        *self = Self::default();
    }

    fn forget_lead(&mut self) {
        if !self.begun {
            let cut = self.held.len().saturating_sub(KEEP_BEFORE);
            self.held.drain(..cut);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn levelled(input: &[i16], expected: f32) -> Vec<i16> {
        let (mut leveller, mut out) = (Leveller::new(expected), Vec::new());
        leveller.push(input, &mut out);
        leveller.finish(&mut out);
        out
    }

    fn voice(amplitude: f32, samples: usize) -> Vec<i16> {
        (0..samples)
            .map(|n| (amplitude * (n as f32 * 0.3).sin()) as i16)
            .collect()
    }

    #[test]
    fn a_loud_and_a_quiet_voice_come_out_alike() {
        for amplitude in [2_500.0, 4_000.0, 8_000.0, 16_000.0] {
            let out = levelled(&voice(amplitude, 16_000), -19.0);
            let later = active_dbfs(&out[8_000..]).unwrap();
            assert!((later - SPEECH_DBFS).abs() < 1.5, "{amplitude}: {later}");
        }
    }

    #[test]
    fn a_pause_is_not_amplified() {
        let mut input = voice(4_600.0, 8_000);
        input.extend(vec![20; 8_000]);
        let out = levelled(&input, -20.0);
        assert!(out[8_000..].iter().all(|s| s.abs() < 40));
    }

    #[test]
    fn ends_are_cut_and_pauses_stay() {
        let mut input = vec![0; 3_000];
        input.extend([9_000; 200]);
        input.extend([0; 1_000]);
        input.extend([9_000; 200]);
        input.extend([3; 4_000]);
        for piece in [1, 7, 160, 9_000] {
            let (mut trimmer, mut out) = (Trimmer::default(), Vec::new());
            input.chunks(piece).for_each(|part| trimmer.push(part, &mut out));
            trimmer.finish(&mut out);
            assert_eq!(
                out.len(),
                KEEP_BEFORE + 1_400 + KEEP_AFTER,
                "in pieces of {piece}"
            );
        }
    }

    #[test]
    fn silence_alone_leaves_nothing() {
        let (mut trimmer, mut out) = (Trimmer::default(), Vec::new());
        trimmer.push(&[5; 9_000], &mut out);
        trimmer.finish(&mut out);
        assert!(out.is_empty());
    }

    proptest! {
        #[test]
        fn levelling_keeps_the_length_and_never_overflows(samples in proptest::collection::vec(any::<i16>(), 0..2_000)) {
            prop_assert_eq!(levelled(&samples, -40.0).len(), samples.len());
        }
    }
}
