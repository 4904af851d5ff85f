//! Concealment: what is made up sounds on, fades, and joins without a click.

mod common;

use biseo_media::plc::Concealer;
use common::*;

/// Plays frames through a concealer; those for which `lost` says so are made up.
fn with_losses(sound: &[i16], lost: impl Fn(usize) -> bool) -> Vec<i16> {
    let mut concealer = Concealer::new();
    let mut out = Vec::new();
    for (i, mut frame) in frames(sound).into_iter().enumerate() {
        if lost(i) {
            concealer.conceal(&mut frame);
        } else {
            concealer.heard(&mut frame);
        }
        out.extend_from_slice(&frame);
    }
    out
}

fn steepest(samples: &[i16]) -> i32 {
    samples
        .windows(2)
        .map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs())
        .max()
        .unwrap()
}

/// A voice with a fixed pitch and its harmonics.
fn vowel(hz: f64, len: usize) -> Vec<i16> {
    let harmonic = |h: f64, i: usize| (std::f64::consts::TAU * hz * h * i as f64 / 8000.0).sin() / h;
    (0..len)
        .map(|i| (3000.0 * (1..8).map(|h| harmonic(f64::from(h), i)).sum::<f64>()) as i16)
        .collect()
}

#[test]
fn a_vowel_goes_on_at_its_loudness_and_pitch() {
    for hz in [70.0, 93.0, 120.0, 150.0, 190.0, 240.0, 330.0] {
        let sound = vowel(hz, 4000);
        let out = with_losses(&sound, |i| i == 12);
        let (was, is) = (rms(&sound[1920..2080]), rms(&out[1920..2080]));
        assert!((0.7..1.3).contains(&(is / was)), "{hz} Hz: {is} for {was}");
        let likeness = correlation(&sound[1920..2080], &out[1920..2080]);
        assert!(likeness > 0.85, "{hz} Hz: {likeness}");
        assert!(
            steepest(&out[1900..2200]) <= steepest(&sound) * 3 / 2,
            "{hz} Hz clicks"
        );
    }
}

#[test]
fn a_long_gap_fades_to_silence_within_60_ms() {
    let out = with_losses(&vowel(110.0, 4000), |i| (10..20).contains(&i));
    let loudness: Vec<f64> = out[1600..3200].chunks(160).map(rms).collect();
    assert!(
        loudness.windows(2).all(|pair| pair[1] <= pair[0] * 1.05),
        "{loudness:?}"
    );
    assert!(
        loudness[1] < 0.85 * loudness[0] && loudness[2] < 0.4 * loudness[0],
        "{loudness:?}"
    );
    assert!(loudness[3..].iter().all(|&rms| rms == 0.0), "{loudness:?}");
}

/// Mean difference in dB of eight bands' loudness (what a recogniser sees) over the lost frames that were loud.
fn spectral_distance(sound: &[i16], out: &[i16], losses: &[bool]) -> f64 {
    let bands = |frame: &[i16]| -> Vec<f64> {
        (1..=8)
            .map(|band| 10.0 * (band_energy(frame, f64::from(band) * 400.0) + 1000.0).log10())
            .collect()
    };
    let (mut sum, mut count) = (0.0, 0);
    for ((sound, out), _) in sound
        .chunks(160)
        .zip(out.chunks(160))
        .zip(losses)
        .filter(|(_, lost)| **lost)
    {
        if rms(sound) > 300.0 {
            sum += bands(sound)
                .iter()
                .zip(bands(out))
                .map(|(a, b)| (a - b).abs())
                .sum::<f64>();
            count += 8;
        }
    }
    sum / f64::from(count)
}

/// Energy of a band of 400 Hz, by the frequencies in it.
fn band_energy(frame: &[i16], centre: f64) -> f64 {
    let one = |hz: f64| {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, &sample) in frame.iter().enumerate() {
            let (sin, cos) = (std::f64::consts::TAU * hz * i as f64 / 8000.0).sin_cos();
            (re, im) = (re + f64::from(sample) * cos, im + f64::from(sample) * sin);
        }
        (re * re + im * im) / frame.len() as f64
    };
    (-3..=3).map(|step| one(centre + f64::from(step) * 50.0)).sum()
}

#[test]
fn speech_with_a_tenth_lost_stays_like_itself() {
    for seed in 1..6 {
        let sound = speech(10.0, seed);
        let mut chance = Chance(seed);
        let losses: Vec<bool> = (0..500).map(|_| chance.unit() < 0.1).collect();
        let out = with_losses(&sound, |i| losses[i]);
        let mut zeroed = sound.clone();
        for (i, frame) in zeroed.chunks_mut(160).enumerate() {
            if losses[i] {
                frame.fill(0);
            }
        }
        let likeness = correlation(&sound, &out);
        let (made, silent) = (
            spectral_distance(&sound, &out, &losses),
            spectral_distance(&sound, &zeroed, &losses),
        );
        eprintln!(
            "seed {seed}: correlation {likeness:.4}; spectrum of lost frames {made:.1} dB off, silence {silent:.1}"
        );
        assert!(likeness > 0.9, "{likeness}");
        assert!(made < 8.0 && made < 0.5 * silent, "{made} dB against {silent}");
        assert!((0.93..1.05).contains(&(rms(&out) / rms(&sound))));
    }
}

#[test]
fn silence_stays_silence_and_a_start_makes_nothing_up() {
    assert_eq!(with_losses(&[0; 1600], |i| i % 2 == 1), [0; 1600]);
    assert_eq!(with_losses(&vowel(100.0, 800), |_| true), [0; 800]);
}

#[test]
fn loud_and_short_pieces_are_survived() {
    let square: Vec<i16> = (0..1600)
        .map(|i| if i / 37 % 2 == 0 { i16::MAX } else { i16::MIN })
        .collect();
    let mut concealer = Concealer::new();
    for piece in [1, 7, 80, 160, 480, 960] {
        concealer.heard(&mut square[..piece].to_vec());
        concealer.conceal(&mut vec![0; piece]);
        concealer.paused(&square[..piece]);
        concealer.stretch(&mut [0; 160]);
        concealer.heard(&mut []);
        concealer.conceal(&mut []);
    }
}
