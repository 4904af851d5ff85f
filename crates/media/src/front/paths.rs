//! The echo paths that are possible: one for each delay, with the loudest echo that it may have in each band.

use std::ops::RangeInclusive;

use super::echo::Heard;
use super::likeness::{Contrast, Contrasts, Likeness};
use super::spectrum::{BANDS, Bands, FLOOR_DB, HOP, sum};

/// Delays that are looked at: 0 to 550 ms, 10 ms apart. A telephone's own way through room and buffers takes up to 250 ms, the
/// network and the jitter buffers of both sides the rest.
const DELAYS: usize = 56;
/// Milliseconds between two delays.
const STEP_MS: u32 = (HOP / 8) as u32;
/// The loudest echo that is thought possible before anything is known, in dB.
const LOUDEST: f32 = 0.0;
/// A band of the reference louder than this can be heard again, in dB.
pub(super) const AUDIBLE: f32 = -55.0;
/// How fast a room forgets, in dB each 10 ms: 60 dB in 0.4 s.
const RELEASE: f32 = 1.5;
/// How far a bound falls towards a quieter moment.
const FALL: f32 = 0.3;
/// How far it rises towards a louder one, in dB each 10 ms: while the sound is explained, and while the caller speaks.
pub(super) const RISE: f32 = 0.3;
pub(super) const RISE_OVER_CALLER: f32 = 0.01;
/// The same at a delay where both sounds are alike.
const RISE_ALIKE: f32 = 4.0;
/// From when on they are.
const ALIKE: f32 = 0.5;
/// And for how many moments at the same delay; what merit it then has at least.
const STEADY: u32 = 20;
const ALIKE_MERIT: f32 = 0.8;
/// How fast a delay's record follows, each 10 ms of sound, and from when on it has proved itself.
const RECORD: f32 = 0.015;
const PROVED: f32 = 0.6;
/// What an echo may be louder than its bound, in dB: the bound follows the quieter moments.
const MARGIN: f32 = 7.0;
/// From the margin to this much above it a band's sound goes from explained to unexplained, in dB.
const SOFT: f32 = 5.0;
/// How fast a delay's merit follows, each 10 ms of sound.
const MERIT: f32 = 0.06;
/// How far behind the best a delay may lie to be believed.
const NEAR_BEST: f32 = 0.1;
/// The merit below which an echo that was seen is there no more.
const KNOWN_MERIT: f32 = 0.5;
/// An echo that is softer than this against what was sent disturbs nobody, dB.
const REFUTED: f32 = -42.0;
/// Bands in which an echo must be so soft: not all, since in some nothing is ever sent.
const BANDS_REFUTED: usize = 6;
/// Share of unexplained sound from which somebody else speaks.
pub(super) const CALLER: f32 = 0.35;

/// What was sent in one moment.
#[derive(Clone, Copy)]
struct Sent {
    loud: Bands,
    /// The same with the room's reverberation.
    lasting: Bands,
    contrast: Contrasts,
    audible: bool,
}

#[derive(Clone, Copy)]
struct Path {
    /// The loudest echo, dB against what was sent.
    bound: Bound,
    /// How much of what was heard it has explained, 0 to 1.
    merit: f32,
    /// The same over more than a second: a path that has proved itself so is not learned anew when the caller speaks over it.
    record: f32,
    /// How much of this moment it leaves unexplained.
    unexplained: f32,
    likeness: Likeness,
}

/// See the module's documentation.
#[derive(Clone)]
pub(super) struct Paths {
    sent: [Sent; DELAYS],
    newest: usize,
    paths: [Path; DELAYS],
    /// Moments since anything audible was sent.
    quiet: usize,
    /// The delay with the most alike sounds, for how many moments, and the last at which they were an echo.
    alike: usize,
    steady: u32,
    seen: Option<usize>,
    sent_contrast: Contrast,
    heard_contrast: Contrast,
}

impl Paths {
    pub(super) fn new() -> Self {
        let silence = Sent {
            loud: [FLOOR_DB; BANDS],
            lasting: [FLOOR_DB; BANDS],
            contrast: Contrasts::NONE,
            audible: false,
        };
        let path = Path {
            bound: Bound::at(LOUDEST),
            merit: 0.5,
            record: 0.5,
            unexplained: 0.0,
            likeness: Likeness::default(),
        };
        Self {
            sent: [silence; DELAYS],
            newest: 0,
            paths: [path; DELAYS],
            quiet: DELAYS,
            alike: 0,
            steady: 0,
            seen: None,
            sent_contrast: Contrast::default(),
            heard_contrast: Contrast::default(),
        }
    }

    /// Whether nothing was sent that could still return.
    pub(super) fn is_silent(&self) -> bool {
        self.quiet >= DELAYS
    }

    /// Takes a moment; the share of what is heard that no likely path explains, 0 to 1; `None` where nothing is heard.
    #[inline(always)]
    pub(super) fn push(&mut self, sent: &Bands, heard: &Heard) -> Option<f32> {
        self.remember(sent);
        if self.is_silent() {
            return None;
        }
        let contrast = self.heard_contrast.of(&heard.loud, heard.sum > 0.0);
        for delay in 0..DELAYS {
            let sent = &self.sent[(self.newest + DELAYS - delay) % DELAYS];
            self.paths[delay].judge(sent, heard, &contrast);
        }
        let unexplained = (heard.sum > 0.0).then(|| self.choose());
        let alike = self.alike();
        if let Some(alike) = alike {
            self.seen = Some(alike);
            self.paths[alike].merit = self.paths[alike].merit.max(ALIKE_MERIT);
        }
        let caller = unexplained.is_some_and(|u| u > CALLER);
        for delay in 0..DELAYS {
            let sent = &self.sent[(self.newest + DELAYS - delay) % DELAYS];
            self.paths[delay].learn(sent, heard, caller, alike.is_some_and(|a| a.abs_diff(delay) <= 1));
        }
        unexplained
    }

    /// The echo's delay in milliseconds and its leak in dB, if one has been seen and is not refuted.
    pub(super) fn known(&self) -> Option<(u32, f32)> {
        let seen = self.seen?;
        let path = &self.paths[seen];
        let leak = path.bound.mean();
        (path.merit >= KNOWN_MERIT).then_some((seen as u32 * STEP_MS, leak))
    }

    /// Whether an echo worth the trouble is possible at any delay. On a line without echo none is, after some tenths of a second of
    /// Biseo's voice; an echo that begins later raises its delay's bounds.
    #[inline(always)]
    pub(super) fn possible(&self) -> bool {
        self.seen
            .is_some_and(|seen| self.paths[seen].merit >= KNOWN_MERIT)
            || self.paths.iter().any(|path| !path.bound.refutes())
    }

    /// The delay at which both sounds have been alike for some time.
    #[inline(always)]
    fn alike(&mut self) -> Option<usize> {
        let value = |d: usize| self.paths[d].likeness.value();
        let best = (0..DELAYS).max_by(|&a, &b| value(a).total_cmp(&value(b)))?;
        let same = best.abs_diff(self.alike) <= 1;
        self.steady = if same { self.steady.saturating_add(1) } else { 0 };
        self.alike = best;
        (self.steady > STEADY && value(best) > ALIKE).then_some(best)
    }

    #[inline(always)]
    fn remember(&mut self, loud: &Bands) {
        let before = self.sent[self.newest].lasting;
        self.newest = (self.newest + 1) % DELAYS;
        let audible = loud.iter().any(|&l| l > AUDIBLE);
        let lasting = Bound::lasting(loud, &before, RELEASE);
        self.sent[self.newest] = Sent {
            loud: *loud,
            lasting,
            contrast: self.sent_contrast.of(loud, audible),
            audible,
        };
        self.quiet = if audible { 0 } else { (self.quiet + 1).min(DELAYS) };
    }

    /// What the likely paths leave unexplained; and their merits after it.
    #[inline(always)]
    fn choose(&mut self) -> f32 {
        let best = self.paths.iter().map(|p| p.merit).fold(0.0, f32::max);
        let likely = self.paths.iter().filter(|p| p.merit >= best - NEAR_BEST);
        let unexplained = likely.map(|p| p.unexplained).fold(1.0, f32::min);
        for path in &mut self.paths {
            let explained = 1.0 - path.unexplained;
            path.merit += MERIT * (explained - path.merit);
            path.record += RECORD * (explained - path.record);
        }
        unexplained
    }
}

impl Path {
    #[inline(always)]
    fn judge(&mut self, sent: &Sent, heard: &Heard, contrast: &Contrasts) {
        if heard.sum == 0.0 {
            return;
        }
        self.likeness.push(&sent.contrast, contrast);
        self.unexplained = self.bound.unexplained(&sent.lasting, heard);
    }

    #[inline(always)]
    fn learn(&mut self, sent: &Sent, heard: &Heard, caller: bool, alike: bool) {
        if !sent.audible {
            return;
        }
        let rise = match caller {
            _ if alike && self.record < PROVED => RISE_ALIKE,
            true => RISE_OVER_CALLER,
            false => RISE,
        };
        self.bound
            .learn(&sent.loud, &sent.lasting, heard, FALL, rise, FLOOR_DB..=LOUDEST);
    }
}

/// The loudest echo in each band, in dB against its reference.
#[derive(Clone, Copy)]
pub(super) struct Bound(Bands);

impl Bound {
    /// The same in all bands.
    pub(super) fn at(level: f32) -> Self {
        Self([level; BANDS])
    }

    /// A reference with the room's reverberation, from the same 10 ms before; it falls by `release` dB.
    #[inline(always)]
    pub(super) fn lasting(loud: &Bands, before: &Bands, release: f32) -> Bands {
        let mut lasting = *loud;
        for (lasting, before) in lasting.iter_mut().zip(before) {
            *lasting = lasting.max(before - release);
        }
        lasting
    }

    /// Whether it leaves no echo that matters: in so many bands it may be no louder than [`REFUTED`].
    #[inline(always)]
    fn refutes(&self) -> bool {
        self.0.iter().filter(|&&bound| bound < REFUTED).count() >= BANDS_REFUTED
    }

    /// Mean of the bands, dB.
    #[inline(always)]
    pub(super) fn mean(&self) -> f32 {
        sum(&self.0) / BANDS as f32
    }

    /// The share of what is heard that is louder than an echo can be, 0 to 1. Something must be heard.
    #[inline(always)]
    pub(super) fn unexplained(&self, lasting: &Bands, heard: &Heard) -> f32 {
        let mut shares = [0.0; BANDS];
        for (band, share) in shares.iter_mut().enumerate() {
            let most = lasting[band] + self.0[band] + MARGIN;
            *share = heard.weight[band] * ((heard.loud[band] - most) * (1.0 / SOFT)).clamp(0.0, 1.0);
        }
        sum(&shares) / heard.sum
    }

    /// Follows a moment: quickly down, up by `rise` dB at most, never out of `range`.
    #[inline(always)]
    pub(super) fn learn(
        &mut self,
        loud: &Bands,
        lasting: &Bands,
        heard: &Heard,
        fall: f32,
        rise: f32,
        range: RangeInclusive<f32>,
    ) {
        for (band, bound) in self.0.iter_mut().enumerate() {
            let step = heard.loud[band] - loud[band] - *bound;
            let step = if step < 0.0 { fall * step } else { rise.min(step) };
            let learned = (*bound + step).clamp(*range.start(), *range.end());
            // While the room's reverberation is louder than the sound itself it says nothing.
            let says = loud[band] >= AUDIBLE && loud[band] >= lasting[band];
            *bound = if says { learned } else { *bound };
        }
    }
}
