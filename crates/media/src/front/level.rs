//! Level control: brings a caller's speech to one loudness, whatever telephone and distance it comes from.
//!
//! Loudness is the active speech level in the sense of ITU-T P.56, the effective value over speech alone, in dB of full scale
//! (dBFS; a sine that fills the scale has −3). It is estimated over the last three seconds of speech, so the gain moves slowly,
//! by at most 10 dB a second up and 30 down. Gain is given to speech only: in silence and in noise it falls to 0 dB within
//! some tenths of a second if it was above. A limiter that sees the whole frame lets no sample out above [`CEILING`].

use super::surroundings::Floor;

/// The loudest sample that leaves: −1 dBFS.
pub const CEILING: i16 = 29_204;

/// Parts of a frame that the limiter looks at: 2.5 ms each.
const PARTS: usize = 8;
/// Frames of speech that have a say in the estimate: three seconds.
const MEMORY: f32 = 150.0;
/// Weight, in frames, of the level expected beforehand.
const PRIOR: f32 = 12.0;
/// How far speech lies above the line's noise, in dB (P.56 takes 15.9 for its envelope, which is slower).
const ABOVE_NOISE: f32 = 9.0;
/// Quieter than this nothing is speech, in dBFS.
const QUIETEST: f32 = -55.0;
/// Frames after speech that still get its gain: word endings.
const HANGOVER: u8 = 10;
/// Steps of the gain from frame to frame, in dB: for a new estimate, and between speech and no speech.
const UP: f32 = 0.2;
const DOWN: f32 = 0.6;
const AWAY: f32 = 1.5;
const BACK: f32 = 6.0;

/// What a [`LevelControl`] aims for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelConfig {
    /// The level of speech that leaves, dBFS; −40 to −12.
    pub target_dbfs: f32,
    /// The most gain, dB; 0 to 30.
    pub most_db: f32,
    /// The least gain, dB; −30 to 0.
    pub least_db: f32,
}

impl Default for LevelConfig {
    /// −23 dBFS, ±18 dB: from a whisper at arm's length (−41) to a shout (−5).
    fn default() -> Self {
        Self {
            target_dbfs: -23.0,
            most_db: 18.0,
            least_db: -18.0,
        }
    }
}

impl LevelConfig {
    fn within_bounds(self) -> Self {
        Self {
            target_dbfs: self.target_dbfs.clamp(-40.0, -12.0),
            most_db: self.most_db.clamp(0.0, 30.0),
            least_db: self.least_db.clamp(-30.0, 0.0),
        }
    }
}

/// See the module's documentation.
#[derive(Clone)]
pub struct LevelControl {
    config: LevelConfig,
    /// Mean square of speech, and how many frames it rests on.
    speech: f32,
    weight: f32,
    noise: Floor,
    hangover: u8,
    /// The gain for speech, and that of the last frame's end, dB.
    wanted: f32,
    applied: f32,
    /// The linear gain at the last frame's end, limiter included.
    last: f32,
}

impl LevelControl {
    /// A control that expects speech at the target. Values out of bounds are held at them.
    pub fn new(config: LevelConfig) -> Self {
        let config = config.within_bounds();
        Self {
            config,
            speech: 10f32.powf(config.target_dbfs / 10.0),
            weight: PRIOR,
            noise: Floor::new(),
            hangover: 0,
            wanted: 0.0,
            applied: 0.0,
            last: 1.0,
        }
    }

    /// Levels a frame of 20 ms in place, at 8 or 16 kHz, and tells its gain in dB. `speech` is the probability of speech in it
    /// (or in the sound just before it) as a detector sees it; 1 where there is none, then loudness alone decides.
    pub fn process(&mut self, frame: &mut [i16], speech: f32) -> f32 {
        let power = mean_square(frame);
        let level = dbfs(power);
        let noise = self.noise.push(level);
        if level > QUIETEST && noise.is_some_and(|n| level > n + ABOVE_NOISE) && speech >= 0.5 {
            self.hangover = HANGOVER;
            self.learn(power);
        } else {
            self.hangover = self.hangover.saturating_sub(1);
        }
        self.applied = self.next_gain();
        self.limit(frame, 10f32.powf(self.applied / 20.0));
        self.applied
    }

    fn learn(&mut self, power: f32) {
        self.weight = (self.weight + 1.0).min(MEMORY);
        self.speech += (power - self.speech) / self.weight;
        let level = 10.0 * self.speech.max(1e-12).log10();
        let target = (self.config.target_dbfs - level).clamp(self.config.least_db, self.config.most_db);
        self.wanted += (target - self.wanted).clamp(-DOWN, UP);
    }

    fn next_gain(&self) -> f32 {
        let goal = if self.hangover > 0 {
            self.wanted
        } else {
            self.wanted.min(0.0)
        };
        self.applied + (goal - self.applied).clamp(-AWAY, BACK)
    }

    /// Multiplies by a gain that moves in straight lines from part to part and is nowhere too high for what lies there. Only
    /// where a frame begins too loud for the gain before it, the gain falls at once.
    fn limit(&mut self, frame: &mut [i16], gain: f32) {
        let size = frame.len().div_ceil(PARTS).max(1);
        let mut allowed = [f32::MAX; PARTS + 1];
        for (part, samples) in frame.chunks(size).enumerate() {
            let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
            let most = f32::from(CEILING) / f32::from(peak.max(1));
            allowed[part] = allowed[part].min(most);
            allowed[part + 1] = most;
        }
        // Most of a call: nothing to be done.
        if self.last == 1.0 && gain == 1.0 && allowed.iter().all(|most| *most >= 1.0) {
            return;
        }
        let mut from = self.last.min(allowed[0]);
        for (part, samples) in frame.chunks_mut(size).enumerate() {
            let way = (part + 1) as f32 / PARTS as f32;
            let to = (self.last + (gain - self.last) * way).min(allowed[part + 1]);
            let step = (to - from) / samples.len() as f32;
            for (n, sample) in samples.iter_mut().enumerate() {
                // The cast is towards zero: rounding never lifts a sample over the ceiling.
                *sample = (f32::from(*sample) * (from + step * n as f32)) as i16;
            }
            from = to;
        }
        self.last = from;
    }
}

/// The level of a piece of sound, dBFS; −120 for silence.
pub fn mean_dbfs(samples: &[i16]) -> f32 {
    dbfs(mean_square(samples))
}

/// The level of a mean square, dBFS.
fn dbfs(power: f32) -> f32 {
    10.0 * power.max(1e-12).log10()
}

/// Mean square of samples, full scale being 1. Whole numbers: they may be added in any order, several at a time.
pub(super) fn mean_square(samples: &[i16]) -> f32 {
    let square = |s: &i16| u64::from(u32::from(s.unsigned_abs()).pow(2));
    let sum: u64 = samples.iter().map(square).sum();
    sum as f32 / (32_768.0 * 32_768.0) / samples.len().max(1) as f32
}
