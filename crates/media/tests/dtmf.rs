//! Keypad tones: all sixteen heard under bad conditions, none heard in speech; cadences of the other tones.

mod common;

use biseo_media::{
    FRAME_SAMPLES, Frame,
    codec::{AudioCodec, Decoder, Encoder, MAX_FRAME_OCTETS, PcmBuf},
    dtmf::{Digit, DtmfDetector},
    tones::{DIGIT_FRAMES, Tone, ToneKind, frequencies},
};
use common::*;

/// A key press by rule: two sines with a twist (dB, column over row), beside their frequencies, in noise.
struct Press {
    digit: Digit,
    ms: usize,
    level: f64,
    twist_db: f64,
    off: f64,
    noise: f64,
}

fn press(digit: Digit) -> Press {
    Press {
        digit,
        ms: 60,
        level: 4000.0,
        twist_db: 0.0,
        off: 0.0,
        noise: 5.0,
    }
}

impl Press {
    /// Silence of an odd length, the tone, silence.
    fn sound(&self, chance: &mut Chance) -> Vec<i16> {
        let (row, column) = frequencies(self.digit);
        let lead = 400 + chance.next() as usize % 160;
        let tone = self.ms * 8;
        let high = self.level * 10f64.powf(self.twist_db / 20.0);
        let mut sound = Vec::new();
        for i in 0..(lead + tone + 640).next_multiple_of(FRAME_SAMPLES) {
            let t = std::f64::consts::TAU * (1.0 + self.off) * i as f64 / 8000.0;
            let on = (lead..lead + tone).contains(&i);
            let pair = self.level * (row * t).sin() + high * (column * t + 1.0).sin();
            sound.push((f64::from(u8::from(on)) * pair + self.noise * chance.gauss()) as i16);
        }
        sound
    }
}

fn heard(sound: &[i16]) -> String {
    let mut detector = DtmfDetector::new();
    frames(sound)
        .iter()
        .filter_map(|frame| detector.push(frame))
        .map(Digit::to_char)
        .collect()
}

#[test]
fn all_digits_under_all_conditions() {
    let mut chance = Chance(4);
    for digit in Digit::ALL {
        let ok = press(digit);
        for (what, press) in [
            ("plain", press(digit)),
            (
                "40 ms",
                Press {
                    ms: 40,
                    ..press(digit)
                },
            ),
            (
                "long",
                Press {
                    ms: 900,
                    ..press(digit)
                },
            ),
            (
                "faint",
                Press {
                    level: 350.0,
                    ..press(digit)
                },
            ),
            (
                "loud",
                Press {
                    level: 15_000.0,
                    ..press(digit)
                },
            ),
            (
                "column 4 dB louder",
                Press {
                    twist_db: 4.0,
                    ..press(digit)
                },
            ),
            (
                "row 8 dB louder",
                Press {
                    twist_db: -8.0,
                    ..press(digit)
                },
            ),
            (
                "1.5 % high",
                Press {
                    off: 0.015,
                    ..press(digit)
                },
            ),
            (
                "1.5 % low",
                Press {
                    off: -0.015,
                    ..press(digit)
                },
            ),
            ("15 dB noise", Press { noise: 710.0, ..ok }),
        ] {
            for _ in 0..5 {
                assert_eq!(
                    heard(&press.sound(&mut chance)),
                    digit.to_char().to_string(),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_digit_is_not_heard() {
    let mut chance = Chance(5);
    for digit in Digit::ALL {
        for (what, press) in [
            (
                "20 ms",
                Press {
                    ms: 20,
                    ..press(digit)
                },
            ),
            (
                "3.5 % high",
                Press {
                    off: 0.035,
                    ..press(digit)
                },
            ),
            (
                "3.5 % low",
                Press {
                    off: -0.035,
                    ..press(digit)
                },
            ),
            (
                "one frequency only",
                Press {
                    twist_db: -40.0,
                    ..press(digit)
                },
            ),
            (
                "too faint",
                Press {
                    level: 40.0,
                    ..press(digit)
                },
            ),
        ] {
            for _ in 0..5 {
                assert_eq!(heard(&press.sound(&mut chance)), "", "{} {what}", digit.to_char());
            }
        }
    }
}

#[test]
fn a_press_with_a_gap_of_10_ms_is_one_and_with_40_ms_two() {
    let digit = Digit::from_char('7').unwrap();
    for (gap, expected) in [(80, "7"), (320, "77")] {
        let mut sound = Press {
            ms: 200,
            ..press(digit)
        }
        .sound(&mut Chance(6));
        sound[1200..1200 + gap].fill(0);
        assert_eq!(heard(&sound), expected, "{gap} samples");
    }
}

#[test]
fn our_own_digits_are_heard_through_every_codec() {
    let keys = "147*2580369#ABCD";
    let mut sound = Vec::new();
    for key in keys.chars() {
        let mut tone = Tone::new(ToneKind::Digit(Digit::from_char(key).unwrap()));
        let mut frame: Frame = [0; FRAME_SAMPLES];
        let mut count = 0;
        while tone.next(&mut frame) {
            sound.extend_from_slice(&frame);
            count += 1;
        }
        assert_eq!(count, DIGIT_FRAMES);
    }
    assert_eq!(heard(&sound), keys);
    for codec in AudioCodec::ALL {
        let (mut encoder, mut decoder, mut pcm) = (Encoder::new(codec), Decoder::new(codec), PcmBuf::new());
        let mut back = Vec::new();
        for frame in frames(&sound) {
            let mut out = [0; MAX_FRAME_OCTETS];
            let len = encoder.encode(&frame, &mut out).unwrap();
            decoder.decode(&out[..len], &mut pcm).unwrap();
            back.extend_from_slice(pcm.samples());
        }
        assert_eq!(heard(&back), keys, "{codec:?}");
    }
}

#[test]
fn six_minutes_of_speech_press_no_key() {
    for seed in 0..6 {
        assert_eq!(heard(&speech(60.0, seed)), "", "seed {seed}");
    }
}

#[test]
fn two_harmonic_voices_and_music_press_no_key() {
    // Chords of two pure tones that are no digits, and vowels whose harmonics fall on digit frequencies.
    let mut chance = Chance(8);
    for _ in 0..200 {
        let root = 100.0 + 300.0 * chance.unit();
        let strengths: Vec<f64> = (1..20).map(|_| chance.unit()).collect();
        let sound: Vec<i16> = (0..1600)
            .map(|i| {
                let t = std::f64::consts::TAU * root * f64::from(i) / 8000.0;
                let sum: f64 = strengths
                    .iter()
                    .enumerate()
                    .map(|(h, s)| s * (t * (h + 1) as f64).sin())
                    .sum();
                (1500.0 * sum) as i16
            })
            .collect();
        assert_eq!(heard(&sound), "", "{root} Hz");
    }
    for kind in [
        ToneKind::Ringback,
        ToneKind::Busy,
        ToneKind::Congestion,
        ToneKind::HoldBeep,
        ToneKind::Comfort,
    ] {
        assert_eq!(heard(&tone(kind, 500)), "", "{kind:?}");
    }
}

fn tone(kind: ToneKind, count: usize) -> Vec<i16> {
    let (mut tone, mut frame) = (Tone::new(kind), [0; FRAME_SAMPLES]);
    let mut sound = Vec::new();
    for _ in 0..count {
        assert!(tone.next(&mut frame));
        sound.extend_from_slice(&frame);
    }
    sound
}

#[test]
fn cadences_of_korea() {
    for (kind, on, off) in [
        (ToneKind::Ringback, 50, 100),
        (ToneKind::Busy, 25, 25),
        (ToneKind::Congestion, 15, 10),
        (ToneKind::HoldBeep, 10, 490),
    ] {
        let sound = tone(kind, 2 * (on + off));
        for (i, frame) in frames(&sound).iter().enumerate() {
            assert_eq!(rms(frame) > 500.0, i % (on + off) < on, "{kind:?} frame {i}");
        }
    }
    let level = rms(&tone(ToneKind::Comfort, 50));
    assert!((25.0..40.0).contains(&level), "{level}");
}

#[test]
fn tones_do_not_click() {
    let sound = tone(ToneKind::Busy, 100);
    let steepest = sound
        .windows(2)
        .map(|pair| pair[0].abs_diff(pair[1]))
        .max()
        .unwrap();
    // Two sines of 3,000 at 480 and 620 Hz rise by at most 2,600 a sample.
    assert!(steepest < 2700, "{steepest}");
}
