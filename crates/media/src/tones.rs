//! Tones of the telephone: ringback, busy, congestion, hold beep, keypad digits, comfort noise. Korean cadences (the
//! tones of ITU-T E.180 supplement 2 for the Republic of Korea).

use std::f64::consts::TAU;

use crate::{FRAME_SAMPLES, Frame, dtmf::Digit, noise::Noise};

/// Row and column frequencies of the keypad in Hz (ITU-T Q.23).
pub const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
/// See [`ROWS`].
pub const COLUMNS: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];

/// Samples over which a tone swells and fades, so that it does not click: 4 ms.
const RAMP: u32 = 32;
/// Peak of each of two frequencies: together about −13 dBm0, as exchanges send.
const PAIR_PEAK: f64 = 3000.0;
/// Peak of each frequency of a digit: −7 dBm0 each (ITU-T Q.23 leaves it to the network; receivers take −25 to 0).
const DIGIT_PEAK: f64 = 7200.0;

/// A kind of tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToneKind {
    /// The other side rings: 440 + 480 Hz, one second in three.
    Ringback,
    /// The other side is busy: 480 + 620 Hz, half a second in one.
    Busy,
    /// The network is: 480 + 620 Hz, 0.3 s in 0.5.
    Congestion,
    /// You are on hold: a short beep of 440 Hz every ten seconds.
    HoldBeep,
    /// A key: its two frequencies for 100 ms, and 100 ms of silence; it ends then.
    Digit(Digit),
    /// Faint hiss, −60 dBov: the line is alive.
    Comfort,
}

/// Two frequencies, their peak, samples on and off, and whether it goes on for ever.
#[derive(Clone)]
struct Shape {
    hz: [f64; 2],
    peak: f64,
    on: u32,
    off: u32,
    repeats: bool,
}

impl ToneKind {
    fn shape(self) -> Shape {
        let pair = |low: f64, high: f64, on_ms: u32, off_ms: u32| Shape {
            hz: [low, high],
            peak: PAIR_PEAK,
            on: on_ms * 8,
            off: off_ms * 8,
            repeats: true,
        };
        match self {
            Self::Ringback => pair(440.0, 480.0, 1000, 2000),
            Self::Busy => pair(480.0, 620.0, 500, 500),
            Self::Congestion => pair(480.0, 620.0, 300, 200),
            Self::HoldBeep => pair(440.0, 0.0, 200, 9800),
            Self::Digit(digit) => {
                let (row, column) = frequencies(digit);
                Shape {
                    peak: DIGIT_PEAK,
                    repeats: false,
                    ..pair(row, column, 100, 100)
                }
            }
            Self::Comfort => Shape {
                hz: [0.0; 2],
                peak: 0.0,
                on: 1,
                off: 0,
                repeats: true,
            },
        }
    }
}

/// Row and column frequency of a digit in Hz.
pub fn frequencies(digit: Digit) -> (f64, f64) {
    const KEYS: [u8; 16] = [13, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 14, 3, 7, 11, 15];
    let key = usize::from(KEYS[usize::from(digit.code())]);
    (ROWS[key / 4], COLUMNS[key % 4])
}

/// The digit of a row and a column, 0..=3 each.
pub(crate) fn digit_at(row: usize, column: usize) -> Digit {
    let wanted = (ROWS[row], COLUMNS[column]);
    Digit::ALL
        .into_iter()
        .find(|&digit| frequencies(digit) == wanted)
        .unwrap_or(Digit::ALL[0])
}

/// A tone, frame by frame.
#[derive(Clone)]
pub struct Tone {
    shape: Shape,
    noise: Option<Noise>,
    /// Samples since the period's begin.
    at: u32,
    phase: [f64; 2],
    over: bool,
}

impl Tone {
    /// A tone from its begin.
    pub fn new(kind: ToneKind) -> Self {
        let noise = (kind == ToneKind::Comfort).then(Noise::new);
        Self {
            shape: kind.shape(),
            noise,
            at: 0,
            phase: [0.0; 2],
            over: false,
        }
    }

    /// Fills the next frame; `false` (and silence) after the end of a tone that ends.
    pub fn next(&mut self, out: &mut Frame) -> bool {
        if self.over {
            out.fill(0);
            return false;
        }
        for sample in out.iter_mut() {
            *sample = self.sample();
        }
        true
    }

    fn sample(&mut self) -> i16 {
        if let Some(noise) = &mut self.noise {
            return (noise.next() * 56.8) as i16;
        }
        let sample = if self.at < self.shape.on && !self.over {
            self.wave()
        } else {
            0.0
        };
        self.at += 1;
        if self.at >= self.shape.on + self.shape.off {
            self.at = 0;
            self.phase = [0.0; 2];
            self.over = !self.shape.repeats;
        }
        sample as i16
    }

    fn wave(&mut self) -> f64 {
        let edge = self.at.min(self.shape.on - 1 - self.at).min(RAMP);
        let mut sum = 0.0;
        for (phase, hz) in self.phase.iter_mut().zip(self.shape.hz) {
            sum += (TAU * *phase).sin();
            *phase = (*phase + hz / 8000.0).fract();
        }
        sum * self.shape.peak * f64::from(edge) / f64::from(RAMP)
    }
}

/// Frames of a digit's tone with its pause: 200 ms.
pub const DIGIT_FRAMES: usize = 200 * 8 / FRAME_SAMPLES;
