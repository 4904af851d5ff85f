//! The echo guard with espeak-ng's voices and voices made by rule, in rooms made by rule, a voice activity detector behind it: what
//! comes back alone, what is spoken over it, lines without echo.
//! Run with `--nocapture` for the tables.

mod common;
#[path = "common/telephone.rs"]
mod telephone;

use biseo_media::codec::{AudioCodec, Decoder, Encoder, PcmBuf};
use biseo_media::front::echo::{EchoGuard, EchoVerdict};
use biseo_media::{FRAME_SAMPLES, Frame, SILENCE};
use biseo_testkit::sound::{Place, mix, room_echo, voice};
use common::{frames, rms};
use proptest::prelude::*;
use telephone::{Front, delayed, falsely_heard};

/// Biseo's voice and a caller's, −21 dBFS while they sound.
const LOUD: f32 = 2900.0;
/// Frames in a row from which turn-taking would hear somebody speak: 80 ms.
const SPEAKS: usize = 4;
const DELAYS_MS: [usize; 10] = [20, 35, 60, 85, 110, 140, 170, 200, 225, 250];

/// A sentence with silence around it: 0.4 s before, 0.6 s after.
fn sentence(seconds: f32, seed: u64) -> Vec<f32> {
    [vec![0.0; 3200], voice(seconds, LOUD, seed), vec![0.0; 4800]].concat()
}

/// The room's and the loudspeaker's return of a sound.
fn echo(said: &[f32], delay_ms: usize, loss_db: f32, seed: u64) -> Vec<f32> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let (t60, slope) = (0.15 + 0.3 * chance.f32(), 2.0 * chance.f32() - 1.0);
    // Not a whole number of frames, nor of hops.
    let delay = delay_ms * 8 + chance.usize(..40);
    room_echo(said, delay, loss_db, t60, slope, &mut chance)
}

/// Over the line: hiss of −72 dBFS, and G.711 A-law.
fn line(sounds: &[&[f32]], seed: u64) -> Vec<Frame> {
    let hiss = Place::Kitchen.noise(sounds[0].len() as f32 / 8000.0, 8.0, seed);
    let all: Vec<&[f32]> = sounds.iter().copied().chain([hiss.as_slice()]).collect();
    let (mut encoder, mut decoder) = (Encoder::new(AudioCodec::Pcma), Decoder::new(AudioCodec::Pcma));
    let (mut payload, mut pcm) = ([0; FRAME_SAMPLES], PcmBuf::new());
    let coded = |frame: Frame| {
        encoder.encode(&frame, &mut payload).unwrap();
        decoder.decode(&payload, &mut pcm).unwrap();
        pcm.samples().try_into().unwrap()
    };
    frames(&mix(&all)).into_iter().map(coded).collect()
}

fn judge(guard: &mut EchoGuard, said: &[f32], heard: &[Frame]) -> Vec<EchoVerdict> {
    let said = frames(&mix(&[said]));
    said.iter().zip(heard).map(|(s, h)| guard.push(s, h)).collect()
}

/// The longest stretch of frames that are loud enough to be speech (−55 dBFS) and not called echo.
fn longest(verdicts: &[EchoVerdict], heard: &[Frame]) -> usize {
    let speech = verdicts
        .iter()
        .zip(heard)
        .map(|(v, h)| v.echo < 0.5 && rms(h) > 58.0);
    let runs = speech.scan(0, |run, is| {
        *run = if is { *run + 1 } else { 0 };
        Some(*run)
    });
    runs.max().unwrap_or(0)
}

#[test]
fn its_own_voice_is_nobody_speaking_from_the_first_sentence_on() {
    println!("sentences that are taken for a caller, without the guard and with it");
    for (loss_db, count) in [(12.0, 20), (18.0, 100), (24.0, 20), (30.0, 20)] {
        let of = |front, count| {
            (0..count)
                .filter(|&n| falsely_heard(front, n, telephone::DELAYS_MS[n % 5], loss_db))
                .count()
        };
        let (bare, guarded) = (of(Front::Bare, 5), of(Front::Cleaned, count));
        println!("-{loss_db} dB: {bare} of 5, {guarded} of {count}");
        assert_eq!(bare, 5, "-{loss_db} dB: the test tests nothing");
        assert!(guarded <= 1, "-{loss_db} dB: {guarded} of {count}");
    }
}

#[test]
fn who_speaks_over_the_echo_is_heard() {
    println!("callers of 20 over the echo: heard so much later than without echo (median, 80 %), never");
    for (loss_db, over_db) in [(12.0, 0.0), (18.0, 0.0), (18.0, 6.0), (30.0, 0.0)] {
        let all: Vec<Option<i64>> = (0..40)
            .filter_map(|n| delayed(Front::Cleaned, n, loss_db, over_db))
            .collect();
        let mut late: Vec<i64> = all.iter().copied().flatten().collect();
        late.sort_unstable();
        let (median, most, never) = (
            late[late.len() / 2],
            late[late.len() * 8 / 10],
            all.len() - late.len(),
        );
        println!("-{loss_db} dB, {over_db} dB over it: {median} ms, {most} ms; {never}");
        assert!(all.len() >= 18, "without echo only {} are heard", all.len());
        assert_eq!(never, 0, "-{loss_db} dB, {over_db} dB over it");
        assert!(median <= 64, "-{loss_db} dB, {over_db} dB over it: {late:?}");
    }
}

#[test]
fn the_echo_is_taken_out_and_the_caller_is_not() {
    println!(
        "echo of the third and fourth seconds that is left, dB; the caller's voice over it against the same alone"
    );
    for (n, &delay_ms) in telephone::DELAYS_MS.iter().enumerate() {
        let said = telephone::said(n, true);
        let back = telephone::returned(&said, delay_ms, 18.0, n as u64);
        let heard = telephone::line(&[&back], n as u64);
        let mut guard = EchoGuard::new();
        let (mut before, mut after, mut left) = (0.0, 0.0, 0.0);
        for (i, (said, heard)) in frames(&mix(&[&said])).iter().zip(&heard).enumerate() {
            let verdict = guard.push(said, heard);
            if (150..225).contains(&i) {
                (before, after) = (before + rms(heard).powi(2), after + rms(guard.cleaned()).powi(2));
                left = verdict.left_db;
            }
        }
        let db = 10.0 * (after / before).log10();
        println!("{delay_ms} ms: {db:.1} (told: {left:.1})");
        assert!(db < -6.0, "{delay_ms} ms: {db} dB");
        // Nothing was sent that could be in this: it is left as it is.
        let caller = telephone::line(&[&telephone::at_level(&telephone::sentence(9), -30.0)], 3);
        let mut fresh = EchoGuard::new();
        for frame in &caller {
            let verdict = fresh.push(&SILENCE, frame);
            assert_eq!((verdict.echo, fresh.cleaned()), (0.0, frame));
        }
    }
}

#[test]
fn a_line_without_echo_is_left_alone() {
    println!(
        "callers of 60 on lines without echo: frames of their 1.5 s taken for echo, certain after 200 ms"
    );
    for place in [
        None,
        Some(Place::Babble),
        Some(Place::Street),
        Some(Place::Kitchen),
    ] {
        let (mut lost, mut quick) = (0, 0);
        for n in 0..60 {
            let said = sentence(4.5, 300 + n);
            let caller = [vec![0.0; 20_000], voice(1.5, LOUD / 2.0, 700 + n)].concat();
            // 10 dB below the caller.
            let noise = place.map_or_else(Vec::new, |p| p.noise(5.0, LOUD / 2.0 / 3.16, n));
            let heard = line(&[&caller, &noise], n);
            let verdicts = judge(&mut EchoGuard::new(), &said, &heard);
            let speaks = |i: usize| rms(&heard[i]) > 300.0;
            lost += (135..200)
                .filter(|&i| speaks(i) && verdicts[i].echo >= 0.5)
                .count();
            quick += usize::from(longest(&verdicts[125..135], &heard[125..135]) >= SPEAKS);
        }
        println!("{place:?}: {lost} of {}; {quick}", 60 * 65);
        assert!(lost <= 3 * 60 * 65 / 100, "{place:?}: {lost} frames");
        assert!(quick >= 55, "{place:?}: {quick} of 60");
    }
}

#[test]
fn an_echo_that_begins_in_the_middle_of_a_call_is_learned() {
    println!(
        "calls of 20 whose loudspeaker is switched on: ms until the voice is echo for good, median, 85 %, longest"
    );
    for loss_db in [12.0, 18.0, 24.0] {
        let mut after: Vec<usize> = (0..20)
            .map(|n| {
                let said = voice(14.0, LOUD, 500 + n);
                let mut back = echo(&said, DELAYS_MS[n as usize % 10], loss_db, n);
                back[..32_000].fill(0.0);
                let heard = line(&[&back], n);
                let verdicts = judge(&mut EchoGuard::new(), &said, &heard);
                let from = (200..700).find(|&i| longest(&verdicts[i..], &heard[i..]) < SPEAKS);
                (from.unwrap() - 200) * 20
            })
            .collect();
        after.sort_unstable();
        println!("-{loss_db} dB: {}, {}, {}", after[10], after[17], after[19]);
        assert!(after[10] <= 2000 && after[17] <= 4000, "-{loss_db} dB: {after:?}");
    }
}

#[test]
fn nothing_was_said_so_nothing_is_echo() {
    let mut guard = EchoGuard::new();
    for frame in frames(&mix(&[&voice(3.0, LOUD, 1)])) {
        let verdict = guard.push(&SILENCE, &frame);
        assert_eq!((verdict.echo, verdict.delay_ms), (0.0, None));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(biseo_testkit::cases(20)) })]
    /// Whatever the sound, the answer is a probability.
    #[test]
    fn any_sound_is_judged(parts in proptest::collection::vec((any::<i16>(), any::<i16>(), 0u64..4, 0u64..4), 1..60)) {
        let mut guard = EchoGuard::new();
        let sound = |level: i16, kind: u64, n: usize| match kind {
            0 => 0,
            1 => level,
            2 => if n % 7 < 3 { level } else { level.saturating_neg() },
            _ => (n as i16).wrapping_mul(level).wrapping_mul(31),
        };
        for (one, two, kind_one, kind_two) in parts {
            let sent: Frame = std::array::from_fn(|n| sound(one, kind_one, n));
            let received: Frame = std::array::from_fn(|n| sound(two, kind_two, n));
            let verdict = guard.push(&sent, &received);
            prop_assert!((0.0..=1.0).contains(&verdict.echo));
            prop_assert!(verdict.leak_db.is_none_or(f32::is_finite));
        }
    }
}
