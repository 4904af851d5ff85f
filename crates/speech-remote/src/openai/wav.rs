//! WAV: written as a whole, read as it comes.

use biseo_media::wav::header;
use biseo_speech::SAMPLE_RATE;

use crate::failure::Failure;

/// Octets before the samples at most; services put text chunks there.
const MOST_HEAD: usize = 64 * 1024;

/// A clip at 8 kHz as a file (RIFF, 16 bit, mono).
pub(super) fn file(samples: &[i16]) -> Vec<u8> {
    let mut out = header(SAMPLE_RATE, 1, samples.len() as u64 * 2).to_vec();
    out.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
    out
}

/// Reads a file's head: the sampling rate, and how many octets it takes. `None` while it is not whole. The length of the
/// samples is not looked at: who streams does not know it.
pub(super) fn head(octets: &[u8]) -> Result<Option<(u32, usize)>, Failure> {
    const WRONG: Failure = Failure::Form("no WAV of 16 bit and one channel");
    let word = |at: usize| octets.get(at..at + 4);
    let number = |at: usize| word(at).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let known = octets.len().min(4);
    if octets[..known] != b"RIFF"[..known] || word(8).is_some_and(|kind| kind != b"WAVE") {
        return Err(WRONG);
    }
    let (mut at, mut rate) = (12, None);
    while let (Some(name), Some(length)) = (word(at), number(at + 4)) {
        if name == b"data" {
            return rate.map(|rate| Some((rate, at + 8))).ok_or(WRONG);
        }
        if name == b"fmt " {
            let (Some(kind), Some(found)) = (number(at + 8), number(at + 12)) else {
                return Ok(None);
            };
            let Some(bits) = octets.get(at + 22..at + 24) else {
                return Ok(None);
            };
            // Format 1 or 0xfffe (extensible), one channel, 16 bit.
            let plain = matches!(kind, 0x0001_0001 | 0x0001_fffe) && bits == [16, 0];
            if !plain || length < 16 || !(8_000..=96_000).contains(&found) {
                return Err(WRONG);
            }
            rate = Some(found);
        }
        // Chunks are padded to an even length.
        at = at
            .saturating_add(8)
            .saturating_add(length as usize)
            .saturating_add(length as usize % 2);
        if at > MOST_HEAD {
            return Err(WRONG);
        }
    }
    if octets.len() > MOST_HEAD {
        Err(WRONG)
    } else {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read() {
        let file = file(&[1, -2, 3]);
        assert_eq!(head(&file), Ok(Some((8_000, 44))));
        assert_eq!(&file[44..], [1, 0, 254, 255, 3, 0]);
        for end in 0..44 {
            assert_eq!(head(&file[..end]), Ok(None), "{end}");
        }
    }

    #[test]
    fn other_chunks_are_passed_over() {
        let plain = file(&[7]);
        let mut listed = plain[..36].to_vec();
        listed.extend_from_slice(b"LIST\x03\0\0\0abc\0");
        listed.extend_from_slice(&plain[36..]);
        assert_eq!(head(&listed), Ok(Some((8_000, 56))));
    }

    #[test]
    fn other_files_are_refused() {
        let spoilt = |at: usize, octet: u8| {
            let mut file = file(&[7]);
            file[at] = octet;
            file
        };
        for (name, file) in [
            ("no RIFF", spoilt(0, b'X')),
            ("no WAVE", spoilt(8, b'X')),
            ("two channels", spoilt(22, 2)),
            ("8 bit", spoilt(34, 8)),
            ("a rate of 63 kHz and more", spoilt(26, 2)),
            ("no format", spoilt(12, b'x')),
            ("text", b"{\"error\":{}}".to_vec()),
            (
                "an endless chunk",
                [b"RIFF0000WAVELIST\xff\xff\xff\x7f".as_slice(), &[0; 99]].concat(),
            ),
        ] {
            assert!(head(&file).is_err(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fall(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = head(&octets);
            let _ = head(&[b"RIFF0000WAVE".as_slice(), &octets].concat());
        }
    }
}
