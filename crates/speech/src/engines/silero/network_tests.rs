//! Single windows, from any state, against rten's run of the published network, at every level of the processor.

use std::sync::LazyLock;

use fearless_simd::Level;
use proptest::prelude::*;

use super::level::levels;
use super::network::{CONTEXT, Memory, Network, STATE, WINDOW};

#[path = "../../../tests/reference/mod.rs"]
mod reference;

use reference::Reference;

static NETWORK: LazyLock<Network> = LazyLock::new(|| Network::read(super::EMBEDDED).unwrap());
static REFERENCE: LazyLock<Reference> = LazyLock::new(Reference::load);

/// One window with its context, as samples from -1 to 1.
type Sound = [f32; CONTEXT + WINDOW];

/// Judges a window at a level; the memory is changed.
fn ours(level: Level, sound: &Sound, memory: &mut Memory) -> f32 {
    let (context, window) = sound.split_at(CONTEXT);
    let heard = NETWORK.encode(level, context.try_into().unwrap(), window.try_into().unwrap());
    NETWORK.hear(level, &[heard], &mut [memory])[0]
}

/// The same by rten.
fn theirs(sound: &Sound, memory: &mut Memory) -> f32 {
    let (probability, state) = REFERENCE.run(sound, &[memory.hidden, memory.cells].concat(), 1);
    memory.hidden.copy_from_slice(&state[..STATE]);
    memory.cells.copy_from_slice(&state[STATE..]);
    probability[0]
}

/// How far two memories lie apart; cells grow beyond 1, so that for those it is relative.
fn distance(a: &Memory, b: &Memory) -> f32 {
    let relative = |(a, b): (&f32, &f32)| (a - b).abs() / b.abs().max(1.0);
    let hidden = a.hidden.iter().zip(&b.hidden).map(relative);
    let cells = a.cells.iter().zip(&b.cells).map(relative);
    hidden.chain(cells).fold(0.0, f32::max)
}

/// Samples of any loudness, from nothing to full scale, as a telephone has them.
fn sound() -> impl Strategy<Value = Sound> {
    let samples = prop::collection::vec(-1.0..=1.0f32, CONTEXT + WINDOW);
    (samples, 0.0..=15.0f32).prop_map(|(samples, halvings)| {
        let mut sound = [0.0; _];
        let scaled = samples
            .iter()
            .map(|s| (s * (-halvings).exp2() * 32_767.0).round() / 32_768.0);
        sound.iter_mut().zip(scaled).for_each(|(to, sample)| *to = sample);
        sound
    })
}

fn memory() -> impl Strategy<Value = Memory> {
    let numbers = prop::collection::vec(-1.0..=1.0f32, 2 * STATE);
    (numbers, 0.0..=40.0f32).prop_map(|(numbers, size)| {
        let mut memory = Memory::default();
        memory.hidden.copy_from_slice(&numbers[..STATE]);
        memory
            .cells
            .iter_mut()
            .zip(&numbers[STATE..])
            .for_each(|(cell, n)| *cell = n * size);
        memory
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_window_is_judged_as_by_the_published_network(sound in sound(), before in memory()) {
        let mut expected = before.clone();
        let probability = theirs(&sound, &mut expected);
        for level in levels() {
            let mut found = before.clone();
            let off = (ours(level, &sound, &mut found) - probability).abs();
            prop_assert!(off < 1e-4, "{level:?}: {off}");
            // Full-scale noise makes sums of hundreds, whose last bits are as large as that.
            let off = distance(&found, &expected);
            prop_assert!(off < 1e-4, "{level:?}: memory {off}");
        }
    }

    /// Four at once are computed by other code than one alone.
    #[test]
    fn calls_that_are_judged_together_do_not_meet(
        sounds in prop::array::uniform4(sound()),
        before in prop::array::uniform4(memory()),
    ) {
        for level in levels() {
            let (mut alone, mut together) = (before.clone(), before.clone());
            let [a, b, c, d] = &mut together;
            let heard = sounds.map(|sound| {
                let (context, window) = sound.split_at(CONTEXT);
                NETWORK.encode(level, context.try_into().unwrap(), window.try_into().unwrap())
            });
            let found = NETWORK.hear(level, &heard, &mut [a, b, c, d]);
            for n in 0..4 {
                prop_assert_eq!(ours(level, &sounds[n], &mut alone[n]), found[n]);
                prop_assert_eq!(distance(&alone[n], &together[n]), 0.0);
            }
        }
    }
}

/// What is remembered does not drift away: minutes of noise that swells and fades, one after another, without a gate.
#[test]
fn the_memory_stays_the_same_over_thousands_of_windows() {
    let mut expected = Memory::default();
    let mut found: Vec<_> = levels()
        .into_iter()
        .map(|level| (level, Memory::default()))
        .collect();
    let mut random = 0x2545_F491u32;
    for window in 0..5_000 {
        let loudness = (-4.0 - 4.0 * (window as f32 * 0.05).sin()).exp();
        let sound: Sound = std::array::from_fn(|_| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            loudness * (random >> 8) as f32 / (1 << 23) as f32 - loudness
        });
        let probability = theirs(&sound, &mut expected);
        for (level, memory) in &mut found {
            let off = (ours(*level, &sound, memory) - probability).abs();
            assert!(off < 1e-4, "window {window}, {level:?}: {off}");
            let off = distance(memory, &expected);
            assert!(off < 1e-4, "window {window}, {level:?}: memory {off}");
        }
    }
}
