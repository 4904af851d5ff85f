//! How alike the envelopes of two sounds are at each delay: a normalised cross-correlation of loudness in bands, whose memory
//! fades. It sees an echo that begins in the middle of a call, and tells its delay.

use super::spectrum::{BANDS, Bands, sum};

/// What each moment leaves of those before it: half is forgotten in a third of a second.
const MEMORY: f32 = 0.99;
/// How fast a band's mean follows, each 10 ms.
const MEAN: f32 = 0.01;
/// Quieter than this is all alike, in dB.
const QUIET: f32 = -65.0;

/// How far each band lies above its mean at one moment, in dB.
#[derive(Clone, Copy)]
pub(super) struct Contrasts {
    bands: Bands,
    /// The sum of their squares.
    square: f32,
}

impl Contrasts {
    /// Of silence.
    pub(super) const NONE: Self = Self {
        bands: [0.0; BANDS],
        square: 0.0,
    };
}

/// A sound's loudness against each band's mean.
#[derive(Clone, Default)]
pub(super) struct Contrast {
    mean: Option<Bands>,
}

impl Contrast {
    /// Of the next moment; only those that hold sound have a part in the mean.
    #[inline(always)]
    pub(super) fn of(&mut self, loud: &Bands, sound: bool) -> Contrasts {
        let bands = self.bands(loud, sound);
        Contrasts {
            square: bands.iter().map(|b| b * b).sum(),
            bands,
        }
    }

    #[inline(always)]
    fn bands(&mut self, loud: &Bands, sound: bool) -> Bands {
        let mut loud = *loud;
        loud.iter_mut().for_each(|l| *l = l.max(QUIET));
        if !sound && self.mean.is_none() {
            return [0.0; BANDS];
        }
        let mean = self.mean.get_or_insert(loud);
        let mut contrast = [0.0; BANDS];
        for (band, contrast) in contrast.iter_mut().enumerate() {
            *contrast = loud[band] - mean[band];
            mean[band] += if sound { MEAN * *contrast } else { 0.0 };
        }
        contrast
    }
}

/// The correlation at one delay.
#[derive(Clone, Copy, Default)]
pub(super) struct Likeness {
    product: f32,
    sent: f32,
    heard: f32,
    moments: f32,
}

impl Likeness {
    /// Takes the contrasts of a moment.
    #[inline(always)]
    pub(super) fn push(&mut self, sent: &Contrasts, heard: &Contrasts) {
        let mut products = [0.0; BANDS];
        for (band, product) in products.iter_mut().enumerate() {
            *product = sent.bands[band] * heard.bands[band];
        }
        let product = sum(&products);
        self.moments = MEMORY * self.moments + 1.0;
        self.product = MEMORY * self.product + product;
        self.sent = MEMORY * self.sent + sent.square;
        self.heard = MEMORY * self.heard + heard.square;
    }

    /// From −1 to 1; 0 until there was something.
    #[inline(always)]
    pub(super) fn value(&self) -> f32 {
        let size = (self.sent * self.heard).sqrt();
        if self.moments > 30.0 && size > 1.0 {
            self.product / size
        } else {
            0.0
        }
    }
}
