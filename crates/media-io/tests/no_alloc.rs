//! A running call takes no memory: a counting allocator watches the whole process while two calls talk and are recorded.
#![allow(unsafe_code)] // A global allocator cannot be written without.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use biseo_media::codec::AudioCodec;
use biseo_media_io::{Negotiation, SessionConfig, SrtpKeys};
use biseo_media_secure::srtp::Suite;
use support::*;

struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);

// SAFETY: hands everything on to the system's allocator; the counter allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Two ends in a call that is recorded, one of them speaking for a while.
fn talking(codec: AudioCodec, folder: &std::path::Path) -> [End; 2] {
    let often = SessionConfig {
        report_interval: Duration::from_millis(200),
        ..SessionConfig::on(HERE)
    };
    let ends = [(); 2].map(|()| End::open_with(often.clone()));
    // One codec in the clear, the others each in another way of encryption.
    let suite = match codec {
        AudioCodec::Pcma => None,
        AudioCodec::Pcmu => Some(Suite::AesCm128Sha1_80),
        AudioCodec::G722 => Some(Suite::AesCm256Sha1_32),
        AudioCodec::Opus => Some(Suite::AeadAes128Gcm),
    };
    let keys = suite.map(|s| (key(s, 1), key(s, 2)));
    for (here, there) in [(0, 1), (1, 0)] {
        let keys = keys
            .clone()
            .map(|(one, two)| if here == 0 { (one, two) } else { (two, one) });
        ends[here]
            .session
            .configure(Negotiation {
                srtp: keys.map(|(ours, theirs)| SrtpKeys { ours, theirs }),
                ..agreement(codec, ends[there].addr())
            })
            .unwrap();
    }
    ends[0]
        .session
        .record(folder.join(format!("{codec:?}.wav")))
        .unwrap();
    ends[0].session.speaker().play(speech(3500, 1), 1).unwrap();
    ends
}

#[test]
fn running_calls_take_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut ends = AudioCodec::ALL.map(|codec| talking(codec, folder.path()));
    // Warming up: the clerk's buffer and the first reports.
    hear(&mut ends);
    assert!(COUNT.load(Ordering::Relaxed) > 0, "the counter counts");
    let before = COUNT.load(Ordering::Relaxed);
    hear(&mut ends);
    let taken = COUNT.load(Ordering::Relaxed) - before;
    assert_eq!(taken, 0, "allocations in 600 frames of eight ends");
    for end in ends.iter_mut().flatten() {
        let quality = end.session.quality();
        assert!(quality.sent > 100 && quality.line.packets > 100, "{quality:?}");
    }
}

/// A second and a half of all.
fn hear(ends: &mut [[End; 2]]) {
    for _ in 0..75 {
        for end in ends.iter_mut().flatten() {
            end.audio.recv().expect("the next frame");
        }
    }
}
