//! Samples of the telephone as the service wants them.

use biseo_media::codec::{AudioCodec, Encoder};
use biseo_speech::SAMPLE_RATE;
use biseo_speech::resample::Resampler;

use super::{Dialect, Format};

/// Samples of a telephone's frame, which the µ-law coder takes at a time.
const FRAME: usize = 160;
/// A service refuses utterances of less than a tenth of a second.
const LEAST: u64 = SAMPLE_RATE as u64 / 10;

/// One utterance's sound on its way out.
pub(super) struct Outgoing {
    coder: Coder,
    taken: u64,
}

enum Coder {
    Pcm(Box<Resampler>),
    Ulaw(Box<Encoder>, Vec<i16>),
}

impl Outgoing {
    pub(super) fn new(dialect: Dialect, format: Format) -> Self {
        let rate = match dialect {
            Dialect::Vllm => 16_000,
            Dialect::Openai | Dialect::OpenaiBeta => 24_000,
        };
        let coder = match format {
            Format::Pcm => Coder::Pcm(Box::new(Resampler::new(SAMPLE_RATE, rate))),
            Format::Ulaw => Coder::Ulaw(Box::new(Encoder::new(AudioCodec::Pcmu)), Vec::new()),
        };
        Self { coder, taken: 0 }
    }

    /// Octets to be sent now; some samples may stay behind.
    pub(super) fn push(&mut self, samples: &[i16]) -> Vec<u8> {
        self.taken += samples.len() as u64;
        match &mut self.coder {
            Coder::Pcm(resampler) => {
                let mut out = Vec::new();
                resampler.push(samples, &mut out);
                octets(&out)
            }
            Coder::Ulaw(encoder, waiting) => {
                waiting.extend_from_slice(samples);
                let whole = waiting.len() / FRAME * FRAME;
                let frames: Vec<i16> = waiting.drain(..whole).collect();
                ulaw(encoder, &frames)
            }
        }
    }

    /// What stayed behind, and silence if all of it was shorter than a service takes.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        let lacking = LEAST.saturating_sub(self.taken) as usize;
        let mut last = self.push(&vec![0; lacking]);
        match &mut self.coder {
            Coder::Pcm(resampler) => {
                let mut out = Vec::new();
                resampler.finish(&mut out);
                last.extend(octets(&out));
            }
            Coder::Ulaw(encoder, waiting) => {
                let padded = waiting.len().next_multiple_of(FRAME);
                waiting.resize(padded, 0);
                last.extend(ulaw(encoder, waiting));
                waiting.clear();
            }
        }
        last
    }
}

fn octets(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|s| s.to_le_bytes()).collect()
}

fn ulaw(encoder: &mut Encoder, samples: &[i16]) -> Vec<u8> {
    let mut out = Vec::with_capacity(samples.len());
    for frame in samples.as_chunks::<FRAME>().0 {
        let mut octets = [0; FRAME];
        // A whole frame into as many octets always goes.
        if let Ok(count) = encoder.encode(frame, &mut octets) {
            out.extend_from_slice(&octets[..count]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(dialect: Dialect, format: Format, samples: usize, piece: usize) -> Vec<u8> {
        let tone: Vec<i16> = (0..samples).map(|n| (n as i16 % 40 - 20) * 300).collect();
        let mut outgoing = Outgoing::new(dialect, format);
        let mut all: Vec<u8> = tone.chunks(piece).flat_map(|p| outgoing.push(p)).collect();
        all.extend(outgoing.finish());
        all
    }

    #[test]
    fn length_and_rate_are_kept_in_pieces_of_any_size() {
        for (dialect, format, octets_per_sample) in [
            (Dialect::Openai, Format::Pcm, 6),
            (Dialect::Vllm, Format::Pcm, 4),
            (Dialect::Openai, Format::Ulaw, 1),
        ] {
            let whole = sent(dialect, format, 16_000, 16_000);
            assert_eq!(whole.len(), 16_000 * octets_per_sample);
            assert!(sent(dialect, format, 16_000, 333) == whole);
        }
    }

    #[test]
    fn an_utterance_is_never_too_short_for_the_service() {
        assert_eq!(sent(Dialect::Openai, Format::Pcm, 1, 1).len(), 2_400 * 2);
        assert_eq!(sent(Dialect::OpenaiBeta, Format::Ulaw, 1, 1).len(), 800);
    }
}
