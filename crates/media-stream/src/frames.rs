//! Chunks of any size, late or missing, become frames of 20 ms in their places.
//!
//! A chunk's place comes from its time stamp; where it follows the one before by its number, or comes about when that
//! ends, it is joined to it without a seam, since platforms round their time stamps. Frames carry their place as a number:
//! a jitter buffer behind this knows from it what is missing and what came out of order.

use biseo_media::FRAME_SAMPLES;
use biseo_media::codec::AudioCodec;

/// The octet of the smallest positive value (ITU-T G.711).
fn silence(codec: AudioCodec) -> u8 {
    match codec {
        AudioCodec::Pcma => 0xd5,
        _ => 0xff,
    }
}

/// Samples of one frame.
const FRAME: u64 = FRAME_SAMPLES as u64;
/// Samples in a millisecond.
const PER_MS: u64 = 8;
/// Between chunks that follow one another by their numbers: more than this is a pause that the platform left out.
const PAUSE: u64 = 100 * PER_MS;
/// A step of more than this, in either direction, is no loss but a clock that was set: the stream goes on without a seam.
const STEP: u64 = 10_000 * PER_MS;

/// 20 ms of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundFrame {
    /// Its place: the first frame of the call is 0.
    pub number: u64,
    /// G.711, one octet for each sample.
    pub octets: [u8; FRAME_SAMPLES],
}

/// Makes frames of chunks. See the module's documentation.
#[derive(Debug)]
pub struct Framer {
    silence: u8,
    /// Time stamp that stands for place 0, in samples; may lie before the stream's origin.
    base: Option<i128>,
    /// The sample after the last that was taken in order.
    next: u64,
    /// Samples before `next` that do not fill a frame yet.
    rest: Vec<u8>,
    last: Option<u64>,
}

impl Framer {
    /// Before the first chunk of a stream in one of the two laws of G.711.
    #[must_use]
    pub fn new(codec: AudioCodec) -> Self {
        Self {
            silence: silence(codec),
            base: None,
            next: 0,
            rest: Vec::new(),
            last: None,
        }
    }

    /// Takes a chunk: its number and its time stamp in milliseconds, as far as it has them, and its samples.
    pub fn push(&mut self, chunk: Option<u64>, timestamp_ms: Option<u64>, octets: &[u8]) -> Vec<SoundFrame> {
        if octets.is_empty() {
            return Vec::new();
        }
        let place = self.place(chunk, timestamp_ms, octets.len() as u64);
        if place < self.next {
            return Self::late(place, octets);
        }
        self.last = chunk.or(self.last);
        let mut frames = Vec::with_capacity(octets.len() / FRAME_SAMPLES + 2);
        if place > self.next {
            self.pad(&mut frames);
            self.next = self.next.max(place);
        }
        self.join(octets, &mut frames);
        frames
    }

    /// Where a chunk belongs: `next`, or a frame's beginning before or behind it.
    fn place(&mut self, chunk: Option<u64>, timestamp_ms: Option<u64>, len: u64) -> u64 {
        let Some(stamp) = timestamp_ms.map(|ms| i128::from(ms) * i128::from(PER_MS)) else {
            return self.next;
        };
        let base = *self.base.get_or_insert(stamp - i128::from(self.next));
        let off = stamp - base - i128::from(self.next);
        let distance = u64::try_from(off.unsigned_abs()).unwrap_or(u64::MAX);
        if distance > STEP {
            self.base = Some(stamp - i128::from(self.next));
            return self.next;
        }
        let follows = chunk.is_some() && chunk == self.last.map(|n| n.saturating_add(1));
        if distance <= len / 2 || follows && distance < PAUSE {
            return self.next;
        }
        // To whole frames from where the frame under way ends, or began.
        let frames = (distance + FRAME / 2) / FRAME * FRAME;
        if off > 0 {
            self.next.next_multiple_of(FRAME) + frames
        } else {
            (self.next / FRAME * FRAME).saturating_sub(frames)
        }
    }

    /// Whole frames out of order.
    fn late(place: u64, octets: &[u8]) -> Vec<SoundFrame> {
        let (frames, _) = octets.as_chunks::<FRAME_SAMPLES>();
        let number = |n: usize| place / FRAME + n as u64;
        let frames = frames.iter().enumerate();
        frames
            .map(|(n, octets)| SoundFrame {
                number: number(n),
                octets: *octets,
            })
            .collect()
    }

    /// Fills a frame that was begun with silence: what follows is missing.
    fn pad(&mut self, frames: &mut Vec<SoundFrame>) {
        if !self.rest.is_empty() {
            let missing = FRAME_SAMPLES - self.rest.len();
            self.join(&[self.silence; FRAME_SAMPLES][..missing], frames);
        }
    }

    fn join(&mut self, octets: &[u8], frames: &mut Vec<SoundFrame>) {
        let first = (self.next - self.rest.len() as u64) / FRAME;
        self.next += octets.len() as u64;
        self.rest.extend_from_slice(octets);
        let (whole, rest) = self.rest.as_chunks::<FRAME_SAMPLES>();
        frames.extend(whole.iter().zip(first..).map(|(octets, number)| SoundFrame {
            number,
            octets: *octets,
        }));
        self.rest = rest.to_vec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(frames: &[SoundFrame]) -> Vec<u64> {
        frames.iter().map(|f| f.number).collect()
    }

    #[test]
    fn chunks_of_any_size_are_joined_without_a_seam() {
        for size in [80, 160, 200, 320, 400, 800, 1] {
            let sound: Vec<u8> = (0..4000_u32).map(|n| (n % 251) as u8).collect();
            let mut framer = Framer::new(AudioCodec::Pcmu);
            let mut frames = Vec::new();
            for (n, chunk) in sound.chunks(size).enumerate() {
                frames.extend(framer.push(Some(n as u64 + 1), Some((n * size / 8) as u64), chunk));
            }
            assert_eq!(numbers(&frames), (0..25).collect::<Vec<u64>>(), "{size}");
            let joined: Vec<u8> = frames.iter().flat_map(|f| f.octets).collect();
            assert_eq!(joined, sound, "{size}");
        }
    }

    #[test]
    fn what_is_missing_leaves_its_place() {
        let mut framer = Framer::new(AudioCodec::Pcmu);
        assert_eq!(numbers(&framer.push(Some(1), Some(5), &[1; 160])), [0]);
        assert_eq!(numbers(&framer.push(Some(3), Some(45), &[3; 160])), [2]);
        // Numbers may be shared with another track; the time tells that nothing is missing.
        assert_eq!(numbers(&framer.push(Some(5), Some(65), &[5; 160])), [3]);
        // Late.
        assert_eq!(numbers(&framer.push(Some(2), Some(25), &[2; 160])), [1]);
        assert_eq!(numbers(&framer.push(Some(6), Some(85), &[6; 160])), [4]);
    }

    #[test]
    fn time_stamps_that_are_rounded_or_start_anew_make_no_hole() {
        let mut framer = Framer::new(AudioCodec::Pcmu);
        for (n, ms) in [(1, 1_000_000), (2, 1_000_031), (3, 1_000_038), (4, 1_000_075)] {
            assert_eq!(numbers(&framer.push(Some(n), Some(ms), &[0; 160])), [n - 1]);
        }
        assert_eq!(numbers(&framer.push(Some(5), Some(3), &[0; 160])), [4]);
        assert_eq!(numbers(&framer.push(Some(6), Some(23), &[0; 160])), [5]);
        assert_eq!(numbers(&framer.push(None, None, &[0; 160])), [6]);
    }

    #[test]
    fn a_pause_that_was_left_out_is_kept() {
        let mut framer = Framer::new(AudioCodec::Pcmu);
        framer.push(Some(1), Some(0), &[0; 160]);
        assert_eq!(numbers(&framer.push(Some(2), Some(2020), &[0; 160])), [101]);
    }

    proptest! {
        #[test]
        fn a_shuffled_stream_finds_its_places(
            order in Just((1..40_u64).collect::<Vec<_>>()).prop_shuffle(), lost in 1..40_u64
        ) {
            let mut framer = Framer::new(AudioCodec::Pcmu);
            framer.push(Some(0), Some(7), &[0; 160]);
            let mut seen = Vec::new();
            for n in order.into_iter().filter(|n| *n != lost) {
                for frame in framer.push(Some(n), Some(7 + 20 * n), &[n as u8; 160]) {
                    prop_assert_eq!(frame.number, u64::from(frame.octets[0]));
                    seen.push(frame.number);
                }
            }
            seen.sort_unstable();
            let all: Vec<u64> = (1..40).filter(|n| *n != lost).collect();
            prop_assert_eq!(seen, all);
        }

        #[test]
        fn nothing_that_comes_breaks_it(
            chunks in prop::collection::vec((any::<Option<u64>>(), any::<Option<u64>>(), 0..2000_usize), 0..60)
        ) {
            let mut framer = Framer::new(AudioCodec::Pcmu);
            for (chunk, ms, len) in chunks {
                let frames = framer.push(chunk, ms, &vec![7; len]);
                prop_assert!(frames.len() <= len / 160 + 2);
                prop_assert!(framer.rest.len() < 160);
            }
        }
    }
}
