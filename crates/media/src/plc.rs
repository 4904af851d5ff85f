//! Loss concealment for codecs that have none: the last pitch period goes on and fades within 60 ms, in the manner of
//! ITU-T G.711 Appendix I but without its delay of 3.75 ms.

/// Samples of the past that are kept: three of the longest periods.
const HISTORY: usize = 480;
/// Shortest period looked for: 200 Hz.
const MIN_PERIOD: usize = 40;
/// Longest period looked for: 66 Hz.
const MAX_PERIOD: usize = 120;
/// Samples that are compared to find the period: 20 ms.
const COMPARED: usize = 160;
/// Period used where the sound has none, long enough not to buzz.
const UNVOICED_PERIOD: usize = 160;
/// Correlation above which the sound has a pitch.
const VOICED: f32 = 0.5;
/// Samples concealed at full loudness.
const FULL: usize = 80;
/// Samples after which the made-up sound has faded to nothing: 60 ms.
const FADED: usize = 480;
/// Samples over which the join to the past is smoothed.
const JOIN: usize = 16;

/// Makes up lost sound from what was heard before.
#[derive(Clone)]
pub struct Concealer {
    history: [f32; HISTORY],
    cycle: [f32; UNVOICED_PERIOD],
    period: usize,
    /// Samples made up in this gap.
    made: usize,
    /// Step between the past and the first cycle, faded out over [`JOIN`] samples.
    step: f32,
}

impl Default for Concealer {
    fn default() -> Self {
        Self::new()
    }
}

impl Concealer {
    /// A concealer that has heard nothing yet.
    pub const fn new() -> Self {
        Self {
            history: [0.0; HISTORY],
            cycle: [0.0; UNVOICED_PERIOD],
            period: UNVOICED_PERIOD,
            made: 0,
            step: 0.0,
        }
    }

    /// Takes note of sound that arrived, at most 120 ms; after a gap its first milliseconds are blended with the
    /// made-up sound.
    pub fn heard(&mut self, samples: &mut [i16]) {
        if self.made > 0 {
            self.blend(samples);
            self.made = 0;
        }
        self.remember(samples);
    }

    /// Takes note that silence or comfort noise was played: the next gap begins from it.
    pub fn paused(&mut self, samples: &[i16]) {
        self.made = 0;
        self.remember(samples);
    }

    /// Fills `out` (at most 120 ms) with made-up sound.
    pub fn conceal(&mut self, out: &mut [i16]) {
        if self.made == 0 {
            self.prepare();
        }
        for sample in out.iter_mut() {
            *sample = round(self.next());
        }
        self.remember(out);
    }

    /// Fills `out` with more of a pause's noise: the last 20 ms backwards, which has no seam and no rhythm.
    pub fn stretch(&mut self, out: &mut [i16]) {
        for (sample, &past) in out.iter_mut().zip(self.history.iter().rev()) {
            *sample = round(past);
        }
        self.remember(out);
    }

    fn remember(&mut self, samples: &[i16]) {
        let new = &samples[samples.len().saturating_sub(HISTORY)..];
        self.history.copy_within(new.len().., 0);
        for (slot, &sample) in self.history[HISTORY - new.len()..].iter_mut().zip(new) {
            *slot = f32::from(sample);
        }
    }

    fn prepare(&mut self) {
        self.period = self.find_period();
        let (period, quarter) = (self.period, self.period / 4);
        self.cycle[..period].copy_from_slice(&self.history[HISTORY - period..]);
        // The end of the cycle leads over to its own beginning.
        for i in 0..quarter {
            let weight = (i + 1) as f32 / (quarter + 1) as f32;
            let before = self.history[HISTORY - period - quarter + i];
            let end = &mut self.cycle[period - quarter + i];
            *end += weight * (before - *end);
        }
        self.step = self.history[HISTORY - 1] - self.history[HISTORY - period - 1];
    }

    /// The lag at which the past resembles itself most (normalised cross-correlation).
    fn find_period(&self) -> usize {
        let recent = &self.history[HISTORY - COMPARED..];
        let mut best = (VOICED, UNVOICED_PERIOD);
        for lag in MIN_PERIOD..=MAX_PERIOD {
            let past = &self.history[HISTORY - COMPARED - lag..HISTORY - lag];
            let likeness = correlation(recent, past);
            if likeness > best.0 {
                best = (likeness, lag);
            }
        }
        best.1
    }

    fn next(&mut self) -> f32 {
        let gain = if self.made <= FULL {
            1.0
        } else {
            (FADED.saturating_sub(self.made)) as f32 / (FADED - FULL) as f32
        };
        let join = JOIN.saturating_sub(self.made) as f32 / JOIN as f32;
        let sample = gain * (self.cycle[self.made % self.period] + join * self.step);
        self.made += 1;
        sample
    }

    /// Cross-fades made-up sound into the samples that came: a quarter period, and 4 ms for each 10 ms lost after the
    /// first, at most 10 ms.
    fn blend(&mut self, samples: &mut [i16]) {
        let len = (self.period / 4 + 32 * (self.made / 80))
            .min(80)
            .min(samples.len());
        for (i, sample) in samples[..len].iter_mut().enumerate() {
            let weight = (i + 1) as f32 / (len + 1) as f32;
            let made = self.next();
            *sample = round(made + weight * (f32::from(*sample) - made));
        }
    }
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (mut product, mut energy_a, mut energy_b) = (0.0, 1.0, 1.0);
    for (&a, &b) in a.iter().zip(b) {
        product += a * b;
        energy_a += a * a;
        energy_b += b * b;
    }
    product / f32::sqrt(energy_a * energy_b)
}

fn round(sample: f32) -> i16 {
    sample.round().clamp(-32768.0, 32767.0) as i16
}
