//! Comfort noise that sounds like the line it stands in for: learned from the caller's own pauses, where a sender tells nothing
//! of its noise (RFC 3389 comfort noise packets are the receiver's own business).
//!
//! As in RFC 3389 the noise is white noise through an all-pole filter, of the level and spectrum of the pauses (here four
//! reflection coefficients, where the RFC allows more: a line's hiss and hum need no finer shape).

use crate::noise::Noise;

/// Order of the filter.
const ORDER: usize = 4;
/// How fast the spectrum follows a pause, each piece of 20 ms.
const FOLLOW: f32 = 0.1;
/// Louder than this is no background, and is held there: −45 dBFS as a mean square of samples.
const LOUDEST: f32 = 34_000.0;
/// Samples over which the noise comes in after a loss: it is there when the concealed sound has gone, after 60 ms.
const COMES_IN: usize = 480;

/// Background noise of a line. Nothing is allocated.
#[derive(Clone)]
pub struct Background {
    /// Autocorrelation of the pauses, per sample.
    lags: [f32; ORDER + 1],
    learned: bool,
    filter: [f32; ORDER],
    /// Effective value of the noise that goes into the filter.
    excitation: f32,
    past: [f32; ORDER],
    noise: Noise,
    /// Samples made since sound was last heard.
    made: usize,
}

impl Default for Background {
    fn default() -> Self {
        Self::new()
    }
}

impl Background {
    /// Of a line that has not been heard: silence.
    pub fn new() -> Self {
        Self {
            lags: [0.0; ORDER + 1],
            learned: false,
            filter: [0.0; ORDER],
            excitation: 0.0,
            past: [0.0; ORDER],
            noise: Noise::new(),
            made: 0,
        }
    }

    /// Sound has come: the next noise begins softly again.
    pub fn heard(&mut self) {
        self.made = 0;
    }

    /// Learns from a pause of the caller's, 10 ms or longer.
    pub fn learn(&mut self, pause: &[i16]) {
        if pause.len() <= ORDER {
            return;
        }
        let part = if self.learned { FOLLOW } else { 1.0 };
        self.learned = true;
        for lag in 0..=ORDER {
            let pairs = pause[lag..].iter().zip(pause);
            let sum: f32 = pairs.map(|(&a, &b)| f32::from(a) * f32::from(b)).sum();
            self.lags[lag] += part * (sum / pause.len() as f32 - self.lags[lag]);
        }
        self.shape();
    }

    /// Lays the noise under sound that stands in for lost sound and fades: it swells from nothing in 60 ms.
    pub fn under(&mut self, concealed: &mut [i16]) {
        for sample in concealed {
            let share = (self.made.min(COMES_IN)) as f32 / COMES_IN as f32;
            self.made = self.made.saturating_add(1);
            *sample = (f32::from(*sample) + share * self.next()).clamp(-32_768.0, 32_767.0) as i16;
        }
    }

    /// Fills a piece in which nothing was sent, for somebody who listens: a line in digital silence sounds dead.
    ///
    /// Not for the ear of a machine: a voice activity detector skips digital silence at no cost.
    pub fn fill(&mut self, out: &mut [i16]) {
        for sample in out {
            *sample = self.next() as i16;
        }
    }

    fn next(&mut self) -> f32 {
        // Evenly spread noise has an effective value of 1/√3.
        let mut sample = self.excitation * 1.732 * self.noise.next();
        for (weight, past) in self.filter.iter().zip(&self.past) {
            sample -= weight * past;
        }
        self.past.copy_within(..ORDER - 1, 1);
        self.past[0] = sample;
        sample
    }

    /// The filter of the autocorrelation (Levinson and Durbin). White noise 40 dB below is added, so that it is stable.
    fn shape(&mut self) {
        let loudest = (LOUDEST / self.lags[0].max(1e-6)).min(1.0);
        let lag = |n: usize| loudest * self.lags[n] * if n == 0 { 1.0001 } else { 1.0 };
        let (mut filter, mut error) = ([0.0f32; ORDER], lag(0));
        for order in 0..ORDER {
            if error < 1e-3 {
                break;
            }
            let ahead: f32 = (0..order).map(|k| filter[k] * lag(order - k)).sum();
            let reflection = (-(lag(order + 1) + ahead) / error).clamp(-0.99, 0.99);
            let before = filter;
            for k in 0..order {
                filter[k] = before[k] + reflection * before[order - 1 - k];
            }
            filter[order] = reflection;
            error *= 1.0 - reflection * reflection;
        }
        self.filter = filter;
        self.excitation = error.max(0.0).sqrt();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(samples: &[i16]) -> f64 {
        samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len() as f64
    }

    /// Noise with a slope: each sample keeps `keep` of the one before.
    fn coloured(rms: f32, keep: f32, len: usize) -> Vec<i16> {
        let (mut noise, mut last) = (Noise::new(), 0.0f32);
        let gain = rms * 1.732 * (1.0 - keep * keep).sqrt();
        (0..len)
            .map(|_| {
                last = keep * last + gain * noise.next();
                last as i16
            })
            .collect()
    }

    fn slope(samples: &[i16]) -> f64 {
        let next = samples.windows(2).map(|p| f64::from(p[0]) * f64::from(p[1]));
        next.sum::<f64>() / (power(samples) * samples.len() as f64)
    }

    #[test]
    fn it_sounds_like_the_pauses() {
        for (rms, keep) in [(20.0, 0.0), (60.0, 0.7), (120.0, 0.9), (100.0, -0.5)] {
            let mut background = Background::new();
            let pause = coloured(rms, keep, 8000);
            pause.chunks(160).for_each(|p| background.learn(p));
            let mut out = vec![0; 8000];
            background.fill(&mut out);
            let off = 10.0 * (power(&out) / power(&pause)).log10();
            assert!(off.abs() < 1.5, "{rms}, {keep}: {off} dB");
            let slopes = (slope(&out), slope(&pause));
            assert!((slopes.0 - slopes.1).abs() < 0.1, "{rms}, {keep}: {slopes:?}");
        }
    }

    #[test]
    fn a_line_without_noise_stays_silent_and_speech_is_no_background() {
        let mut background = Background::new();
        let mut out = [7; 160];
        background.fill(&mut out);
        assert_eq!(out, [0; 160]);
        background.learn(&coloured(8000.0, 0.3, 160));
        let mut out = [0; 1600];
        background.fill(&mut out);
        assert!(power(&out).sqrt() < 250.0, "{}", power(&out).sqrt());
    }

    #[test]
    fn after_a_loss_it_swells_and_after_sound_begins_anew() {
        let mut background = Background::new();
        coloured(100.0, 0.2, 1600)
            .chunks(160)
            .for_each(|p| background.learn(p));
        let mut gap = [0; 960];
        background.under(&mut gap);
        let parts: Vec<f64> = gap.chunks(160).map(|p| power(p).sqrt()).collect();
        assert!(
            parts[0] < 35.0 && parts[1] > parts[0] && parts[3] > 70.0,
            "{parts:?}"
        );
        background.heard();
        let mut gap = [0; 160];
        background.under(&mut gap);
        assert!(power(&gap).sqrt() < 35.0);
    }
}
