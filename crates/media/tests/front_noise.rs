//! Callers in noisy places: who speaks to Biseo is heard, the place alone is not. Run with `--nocapture` for the table.

mod common;
#[path = "common/telephone.rs"]
mod telephone;

use biseo_media::Frame;
use biseo_media::front::level::mean_dbfs;
use biseo_media::front::surroundings::Surroundings;
use biseo_speech::engines::silero::{SileroState, WINDOW};
use biseo_testkit::sound::{Place, mix, to_level};
use telephone::{Window, at_level, sentence, silero, speech_at};

/// How loud callers speak, dBFS; the place is 10 dB below.
const CALLER_DBFS: f32 = -22.0;
/// Seconds before the caller speaks.
const ALONE: usize = 4;

/// The tables around: eight of espeak-ng's voices talk at once, of an effective value of `rms`.
fn tables(seconds: f32, rms: f32, seed: u64) -> Vec<f32> {
    let len = (seconds * 8000.0) as usize;
    let talk = |table: usize| {
        let mut chance = fastrand::Rng::with_seed(seed * 8 + table as u64);
        let mut one = vec![0.0; chance.usize(..8000)];
        while one.len() < len {
            one.extend(at_level(
                &sentence(chance.usize(..64)),
                -30.0 + 6.0 * chance.f32(),
            ));
            one.extend(vec![0.0; chance.usize(..4000)]);
        }
        one.truncate(len);
        one
    };
    let all: Vec<Vec<f32>> = (0..8).map(talk).collect();
    let sum = (0..len).map(|n| all.iter().map(|one| one[n]).sum()).collect();
    to_level(sum, rms)
}

/// What a detector says; `gated`: only of what is louder than the surroundings.
fn judged(heard: &[Frame], gated: bool) -> Vec<Window> {
    let (mut state, mut surroundings) = (SileroState::default(), Surroundings::new());
    let (mut waiting, mut out) = (Vec::new(), Vec::new());
    for frame in heard {
        let least = surroundings.push(frame).caller_dbfs;
        let loud = mean_dbfs(frame) >= if gated { least } else { -60.0 };
        waiting.extend_from_slice(frame);
        while waiting.len() >= WINDOW {
            let window: [i16; WINDOW] = waiting.drain(..WINDOW).collect::<Vec<_>>().try_into().unwrap();
            silero().infer(&mut [(&mut state, &window)]);
            out.push(((out.len() + 1) * 32, if loud { state.probability() } else { 0.0 }));
        }
    }
    out
}

/// Seconds that are taken for speech.
fn speech(windows: &[Window]) -> f32 {
    windows.iter().filter(|w| w.1 >= 0.5).count() as f32 * 0.032
}

#[test]
fn who_speaks_to_biseo_is_heard_and_the_place_alone_is_not() {
    println!(
        "seconds of 60 s of the place alone that are speech, bare and gated; callers of 15 heard, later than bare (median, 90 %)"
    );
    for place in [
        None,
        Some(Place::Babble),
        Some(Place::Street),
        Some(Place::Kitchen),
    ] {
        let noise = |seconds: f32, seed| {
            let rms = 32_768.0 * 10f32.powf((CALLER_DBFS - 10.0) / 20.0);
            place.map_or_else(|| tables(seconds, rms, seed), |p| p.noise(seconds, rms, seed))
        };
        let alone: Vec<Frame> = common::frames(&mix(&[&noise(60.0, 1)]));
        let [bare, gated] = [false, true].map(|g| speech(&judged(&alone, g)));
        let (mut found, mut late) = (0, Vec::new());
        for n in 0..15 {
            let caller = [vec![0.0; ALONE * 8000], at_level(&sentence(4 * n), CALLER_DBFS)].concat();
            let heard = common::frames(&mix(&[&caller, &noise(caller.len() as f32 / 8000.0, n as u64)]));
            let at = |gated| speech_at(&judged(&heard, gated), ALONE * 1000);
            let (bare, gated) = (at(false), at(true));
            found += usize::from(gated.is_some());
            late.extend(bare.zip(gated).map(|(b, g)| g as i64 - b as i64));
        }
        late.sort_unstable();
        println!(
            "{place:?}: {bare:.1}, {gated:.1}; {found}, {} ms, {} ms",
            late[late.len() / 2],
            late[late.len() * 9 / 10]
        );
        assert!(
            gated <= (bare / 8.0).max(1.0),
            "{place:?}: {gated} s of 60 s, {bare} s bare"
        );
        assert_eq!(found, 15, "{place:?}");
        assert!(late[late.len() / 2] <= 64, "{place:?}: {late:?}");
    }
}

#[test]
fn the_level_of_the_place_is_known() {
    for place in Place::ALL {
        for dbfs in [-60.0f32, -45.0, -35.0] {
            let noise = place.noise(20.0, 32_768.0 * 10f32.powf(dbfs / 20.0), 5);
            let mut surroundings = Surroundings::new();
            let heard = common::frames(&mix(&[&noise]));
            let told: Vec<f32> = heard.iter().map(|f| surroundings.push(f).noise_dbfs).collect();
            let mean = told[200..].iter().sum::<f32>() / (told.len() - 200) as f32;
            println!("{place:?} {dbfs} dBFS: {mean:.1}");
            assert!((mean - dbfs).abs() < 5.0, "{place:?} at {dbfs} dBFS: {mean}");
        }
    }
}

#[test]
fn speech_and_silence_are_no_background() {
    let mut surroundings = Surroundings::new();
    let said = telephone::line(
        &[&at_level(
            &[sentence(1), sentence(2), sentence(3)].concat(),
            CALLER_DBFS,
        )],
        1,
    );
    let told: Vec<f32> = said.iter().map(|f| surroundings.push(f).caller_dbfs).collect();
    let most = told[100..].iter().copied().fold(-90.0, f32::max);
    assert!(most < -36.0, "{most} dBFS while somebody speaks");
    let told = surroundings.push(&[0; 160]);
    assert!(told.caller_dbfs < -36.0, "{told:?}");
}
