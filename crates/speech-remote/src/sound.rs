//! From a service's sound to the telephone's: 8 kHz, at the usual level, no silence at the ends.

use biseo_speech::SAMPLE_RATE;
use biseo_speech::level::{Leveller, Trimmer};
use biseo_speech::resample::Resampler;

/// Where services' voices lie, roughly; what is heard corrects it.
const EXPECTED_DBFS: f32 = -20.0;

/// One utterance on its way.
pub(crate) struct Telephone {
    resampler: Resampler,
    trimmer: Trimmer,
    leveller: Leveller,
}

impl Telephone {
    /// For sound of so many samples a second.
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            resampler: Resampler::new(rate, SAMPLE_RATE),
            trimmer: Trimmer::default(),
            leveller: Leveller::new(EXPECTED_DBFS),
        }
    }

    /// Takes whole samples (16 bit, little endian) out of `octets`, leaving half a one.
    pub(crate) fn push(&mut self, octets: &mut Vec<u8>) -> Vec<i16> {
        let (pairs, rest) = octets.as_chunks::<2>();
        let samples: Vec<i16> = pairs.iter().map(|&pair| i16::from_le_bytes(pair)).collect();
        *octets = rest.to_vec();
        let (mut narrow, mut trimmed, mut out) = (Vec::new(), Vec::new(), Vec::new());
        self.resampler.push(&samples, &mut narrow);
        self.trimmer.push(&narrow, &mut trimmed);
        self.leveller.push(&trimmed, &mut out);
        out
    }

    /// What stayed behind.
    pub(crate) fn finish(mut self) -> Vec<i16> {
        let (mut narrow, mut trimmed, mut out) = (Vec::new(), Vec::new(), Vec::new());
        self.resampler.finish(&mut narrow);
        self.trimmer.push(&narrow, &mut trimmed);
        self.trimmer.finish(&mut trimmed);
        self.leveller.push(&trimmed, &mut out);
        self.leveller.finish(&mut out);
        out
    }
}
