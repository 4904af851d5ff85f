//! The contract of [`Vad`], with what a detector must manage on telephone sound.

use biseo_speech::Vad;
use biseo_speech::vad::{SegmentEvent, Segmenter, SegmenterConfig};

use super::sound;

/// Runs the whole contract over detectors made by `make`.
pub fn check(make: &dyn Fn() -> Box<dyn Vad>) {
    any_pieces_give_the_same(make);
    reset_is_a_new_beginning(make);
    silence_and_noise_are_no_speech(make);
    extremes_are_survived(make);
    speech_is_found(make);
}

fn judge(vad: &mut dyn Vad, samples: &[i16], piece: usize) -> Vec<f32> {
    let mut found = Vec::new();
    for part in samples.chunks(piece) {
        vad.accept(part, &mut found).expect("the detector runs");
    }
    found
}

fn any_pieces_give_the_same(make: &dyn Fn() -> Box<dyn Vad>) {
    let clip = sound::in_silence(&sound::speech(""), 4_321, 1_000);
    let whole = judge(make().as_mut(), &clip, clip.len());
    assert_eq!(whole.len(), clip.len() / make().window());
    for piece in [1, 160, 255, 257] {
        assert_eq!(
            judge(make().as_mut(), &clip, piece),
            whole,
            "in pieces of {piece}"
        );
    }
}

fn reset_is_a_new_beginning(make: &dyn Fn() -> Box<dyn Vad>) {
    let clip = sound::speech("f2");
    let mut vad = make();
    let first = judge(vad.as_mut(), &clip, 333);
    vad.reset();
    assert_eq!(judge(vad.as_mut(), &clip, 333), first);
}

fn silence_and_noise_are_no_speech(make: &dyn Fn() -> Box<dyn Vad>) {
    let quiet = [
        ("silence", vec![0; 24_000]),
        ("noise -60", sound::noise(-60.0, 80_000)),
        ("noise -40", sound::noise(-40.0, 80_000)),
    ];
    for (name, clip) in quiet {
        for clip in [sound::through_ulaw(&clip), clip] {
            let events = segments(make().as_mut(), &clip);
            assert!(events.is_empty(), "{name}: {events:?}");
        }
    }
}

fn extremes_are_survived(make: &dyn Fn() -> Box<dyn Vad>) {
    let square: Vec<i16> = (0..20_000)
        .map(|n| if n / 20 % 2 == 0 { i16::MIN } else { i16::MAX })
        .collect();
    let mut vad = make();
    let found = judge(vad.as_mut(), &square, 160);
    assert!(found.iter().all(|p| (0.0..=1.0).contains(p)));
    // And it still hears afterwards.
    let later = judge(
        vad.as_mut(),
        &sound::in_silence(&sound::speech(""), 16_000, 0),
        160,
    );
    assert!(later.iter().filter(|&&p| p > 0.5).count() > 20);
}

fn segments(vad: &mut dyn Vad, samples: &[i16]) -> Vec<SegmentEvent> {
    let mut segmenter = Segmenter::new(SegmenterConfig::default(), vad.window());
    let found = judge(vad, samples, 160);
    let mut events: Vec<_> = found.into_iter().filter_map(|p| segmenter.push(p)).collect();
    events.extend(segmenter.finish());
    events
}

/// Speech after a second of silence, clean and noisy, through µ-law: nothing of it may lie outside the segments.
fn speech_is_found(make: &dyn Fn() -> Box<dyn Vad>) {
    const LEAD: usize = 8_000;
    for variant in ["", "f2", "m3"] {
        let clip = sound::speech(variant);
        for snr in [None, Some(20.0), Some(15.0)] {
            let whole = sound::in_silence(&clip, LEAD, 8_000);
            let whole = snr.map_or(whole.clone(), |snr| sound::with_noise(&whole, snr));
            let events = segments(make().as_mut(), &sound::through_ulaw(&whole));
            let name = format!("ko+{variant} at {snr:?} dB");
            let Some(SegmentEvent::SpeechStart { at }) = events.first() else {
                panic!("{name}: nothing found")
            };
            let Some(SegmentEvent::SpeechEnd { at: end, .. }) = events.last() else {
                panic!("{name}: no end")
            };
            // Half a second of pre-roll and slack at most, and never into the first syllable.
            assert!(
                (LEAD as u64 - 4_000..=LEAD as u64).contains(at),
                "{name}: {events:?}"
            );
            let over = (LEAD + clip.len()) as u64;
            assert!(
                (over - 800..=over + 4_000).contains(end),
                "{name}: ends {end}, speech {over}"
            );
        }
    }
}
