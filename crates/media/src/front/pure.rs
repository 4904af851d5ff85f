//! Whether 20 ms hold one steady frequency, and for how long it has been the same.

use std::f32::consts::{PI, TAU};

use crate::Frame;

/// Least effective value of a tone: −48 dBFS.
const QUIETEST: f32 = 130.0;
/// Share of the energy that the frequency must hold.
const SHARE: f32 = 0.9;
/// Below this share the first estimate of the frequency is not worth a better one.
const PROMISING: f32 = 0.3;
/// Steps in which the estimate is bettered, Hz.
const STEPS: [f32; 3] = [16.0, 8.0, 4.0];
/// How far a tone's frequency may wander from frame to frame, Hz; and its level, dB.
const WANDER_HZ: f32 = 12.0;
const WANDER_DB: f32 = 3.0;
/// Frames in a row in which a tone may be disturbed and still be the same one: a packet lost, a phase reversed (V.25).
const DISTURBED: u32 = 1;

/// A single frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pure {
    hz: f32,
    dbfs: f32,
}

/// The frequency of a frame that holds only one, 300 to 2400 Hz, to some 5 Hz.
///
/// Pisarenko's method, which white noise does not lead astray, gives a first estimate; Goertzel filters (as for DTMF) around
/// it the rest.
fn pure(frame: &Frame) -> Option<Pure> {
    let x: [f32; 160] = frame.map(f32::from);
    let lag = |k: usize| x[k..].iter().zip(&x).map(|(a, b)| a * b).sum::<f32>();
    let (energy, one, two) = (lag(0), lag(1), lag(2));
    let rms = (energy / x.len() as f32).sqrt();
    if rms < QUIETEST || one == 0.0 {
        return None;
    }
    let cosine = (two + (two * two + 8.0 * one * one).sqrt()) / (4.0 * one);
    let mut hz = cosine.clamp(-1.0, 1.0).acos() * 8000.0 / TAU;
    let mut held = share(&x, hz, energy);
    if held < PROMISING {
        return None;
    }
    for step in STEPS {
        for near in [hz - step, hz + step] {
            let other = share(&x, near, energy);
            if other > held {
                (hz, held) = (near, other);
            }
        }
    }
    let dbfs = 20.0 * (rms / 32_768.0).log10();
    ((300.0..2400.0).contains(&hz) && held > SHARE).then_some(Pure { hz, dbfs })
}

/// The share of the energy at a frequency.
fn share(x: &[f32; 160], hz: f32, energy: f32) -> f32 {
    let coefficient = 2.0 * (PI * hz / 4000.0).cos();
    let (mut one, mut two) = (0.0f32, 0.0f32);
    for &sample in x {
        (one, two) = (sample + coefficient * one - two, one);
    }
    let power = one * one + two * two - coefficient * one * two;
    2.0 * power / (x.len() as f32 * energy)
}

/// A tone that goes on, or has just ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lasting {
    /// Its frequency.
    pub(super) hz: f32,
    /// Its level.
    pub(super) dbfs: f32,
    /// Its length until now, in frames of 20 ms; up to one frame less than it was, since a frame that it fills in part is none.
    pub(super) frames: u32,
    /// Whether it has ended.
    pub(super) ended: bool,
}

/// Follows one tone from frame to frame.
#[derive(Debug, Clone, Default)]
pub(super) struct Follower {
    tone: Option<Pure>,
    frames: u32,
    missed: u32,
}

impl Follower {
    /// Takes a frame; the tone that goes on or has just ended.
    pub(super) fn push(&mut self, frame: &Frame) -> Option<Lasting> {
        let found = pure(frame);
        let Some(tone) = self.tone else {
            self.begin(found);
            return None;
        };
        let like = |f: &Pure| (f.hz - tone.hz).abs() < WANDER_HZ && (f.dbfs - tone.dbfs).abs() < WANDER_DB;
        if let Some(same) = found.filter(like) {
            self.frames += 1 + self.missed;
            self.missed = 0;
            // The mean of the first frames, so that a glide ends the tone.
            let part = 1.0 / self.frames.min(8) as f32;
            self.tone = Some(Pure {
                hz: tone.hz + part * (same.hz - tone.hz),
                dbfs: tone.dbfs + part * (same.dbfs - tone.dbfs),
            });
        } else {
            self.missed += 1;
        }
        let lasting = Lasting {
            hz: tone.hz,
            dbfs: tone.dbfs,
            frames: self.frames,
            ended: self.missed > DISTURBED,
        };
        // A first frame that the tone filled in part is no measure of its level.
        let over = lasting.ended || (self.frames == 1 && self.missed > 0);
        if over {
            self.begin(found);
        }
        (lasting.frames > 1).then_some(lasting)
    }

    fn begin(&mut self, tone: Option<Pure>) {
        *self = Self {
            tone,
            frames: u32::from(tone.is_some()),
            missed: 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Noise;

    /// A tone in white noise so many dB below it.
    fn tone(hz: f32, peak: f32, snr_db: f32) -> Frame {
        let mut noise = Noise::new();
        let gain = peak / 2f32.sqrt() * 10f32.powf(-snr_db / 20.0) * 3f32.sqrt();
        std::array::from_fn(|n| ((TAU * hz * n as f32 / 8000.0).sin() * peak + gain * noise.next()) as i16)
    }

    #[test]
    fn frequencies_in_noise() {
        for hz in [400.0, 440.0, 1000.0, 1100.0, 1400.0, 2000.0, 2100.0] {
            for snr in [60.0, 20.0, 14.0] {
                let found = pure(&tone(hz, 2000.0, snr));
                let near = found.is_some_and(|f| (f.hz - hz).abs() < 8.0);
                assert!(near, "{hz} Hz, {snr} dB: {found:?}");
            }
            assert_eq!(pure(&tone(hz, 2000.0, 3.0)), None, "{hz} Hz in as much noise");
            assert_eq!(pure(&tone(hz, 100.0, 60.0)), None, "{hz} Hz, too quiet");
        }
    }

    #[test]
    fn two_frequencies_are_not_one() {
        for (low, high) in [(440.0, 480.0), (480.0, 620.0), (697.0, 1209.0)] {
            let (one, two) = (tone(low, 3000.0, 60.0), tone(high, 3000.0, 60.0));
            let both: Frame = std::array::from_fn(|n| one[n] + two[n]);
            assert_eq!(pure(&both), None, "{low} + {high} Hz");
        }
    }
}
