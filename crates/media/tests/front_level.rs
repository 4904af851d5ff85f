//! Level control: all callers are brought to one loudness, nothing is clipped, noise is not pumped up.

mod common;
#[path = "common/telephone.rs"]
mod telephone;

use biseo_media::front::level::{CEILING, LevelConfig, LevelControl, mean_dbfs};
use biseo_testkit::sound::{Place, mix};
use common::{frames, sine};
use proptest::prelude::*;
use telephone::{at_level, coded, sentence};

/// A sound of sentences with pauses at a loudness.
fn talk(dbfs: f32, wide: bool) -> Vec<i16> {
    let parts = (0..6)
        .flat_map(|n| [sentence(n), vec![0.0; 4000]])
        .flatten()
        .collect::<Vec<_>>();
    let sound = coded(&at_level(&parts, dbfs)).concat();
    // At 16 kHz each sample twice: not beautiful, as loud.
    if wide {
        sound.into_iter().flat_map(|s| [s, s]).collect()
    } else {
        sound
    }
}

/// The loudness of frames that hold speech: those within 20 dB of the loudest.
fn active(sound: &[i16], frame: usize) -> f32 {
    let levels: Vec<f32> = sound.chunks_exact(frame).map(mean_dbfs).collect();
    let loudest = levels.iter().copied().fold(-120.0, f32::max);
    let loud: Vec<f32> = levels.into_iter().filter(|l| *l > loudest - 20.0).collect();
    let mean = loud.iter().map(|l| 10f32.powf(l / 10.0)).sum::<f32>() / loud.len() as f32;
    10.0 * mean.log10()
}

#[test]
fn all_callers_are_brought_to_one_loudness() {
    println!("speech at, rate: after 6 s at");
    for wide in [false, true] {
        let frame = if wide { 320 } else { 160 };
        for dbfs in [-38.0, -30.0, -23.0, -15.0, -8.0] {
            let (mut sound, mut control) = (talk(dbfs, wide), LevelControl::new(LevelConfig::default()));
            for frame in sound.chunks_exact_mut(frame) {
                control.process(frame, 1.0);
            }
            let late = &sound[frame * 300..];
            let level = active(late, frame);
            println!("{dbfs} dBFS, {} kHz: {level:.1}", frame / 20);
            assert!((level + 23.0).abs() < 3.0, "{dbfs} dBFS, {frame}: {level}");
            assert!(
                sound.iter().all(|s| s.unsigned_abs() <= CEILING as u16),
                "clipped"
            );
        }
    }
}

#[test]
fn gain_does_not_pump() {
    let (mut sound, mut control) = (talk(-30.0, false), LevelControl::new(LevelConfig::default()));
    let gains: Vec<f32> = sound
        .chunks_exact_mut(160)
        .map(|f| control.process(f, 1.0))
        .collect();
    // While speech is heard, after the first sentence, the gain moves by less than 3 dB all in all.
    let late: Vec<f32> = gains[300..].iter().copied().filter(|g| *g > 3.0).collect();
    let (least, most) = late
        .iter()
        .fold((99.0f32, -99.0f32), |(l, m), g| (l.min(*g), m.max(*g)));
    let sure = late.iter().filter(|g| **g > most - 3.0).count();
    assert!(
        sure * 10 > late.len() * 8,
        "{least} to {most} dB, {sure} of {}",
        late.len()
    );
}

#[test]
fn noise_alone_is_not_lifted() {
    for place in Place::ALL {
        let noise = place.noise(20.0, 60.0, 3);
        let mut control = LevelControl::new(LevelConfig::default());
        let lifted = frames(&mix(&[&noise]))
            .into_iter()
            .filter(|f| control.process(&mut f.clone(), 0.1) > 1.0)
            .count();
        assert_eq!(lifted, 0, "{place:?}");
    }
}

#[test]
fn a_sudden_shout_is_held_below_the_ceiling() {
    let mut control = LevelControl::new(LevelConfig::default());
    let quiet = sine(300.0, 300.0, 160 * 200);
    let shout = sine(300.0, 32_000.0, 160 * 5);
    let mut sound = [quiet, shout].concat();
    for frame in sound.chunks_exact_mut(160) {
        control.process(frame, 1.0);
    }
    assert!(sound.iter().all(|s| s.unsigned_abs() <= CEILING as u16));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(biseo_testkit::cases(50)) })]
    /// Whatever comes, nothing leaves above the ceiling, and the gain keeps its bounds.
    #[test]
    fn nothing_is_clipped(levels in proptest::collection::vec((any::<i16>(), 0.0f32..1.0), 1..80), len in 1usize..700) {
        let config = LevelConfig::default();
        let mut control = LevelControl::new(config);
        for (level, speech) in levels {
            let mut frame: Vec<i16> = (0..len).map(|n| if n % 9 < 4 { level } else { level.saturating_neg() }).collect();
            let gain = control.process(&mut frame, speech);
            prop_assert!((config.least_db..=config.most_db).contains(&gain));
            prop_assert!(frame.iter().all(|s| s.unsigned_abs() <= CEILING as u16));
        }
    }
}
