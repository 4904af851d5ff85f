//! Sound made by rule and seed: voices without words, and the noise of the places that people call from. 8 kHz, mono.

use std::f32::consts::{PI, TAU};

use fastrand::Rng;

/// Samples a second.
const RATE: f32 = 8000.0;

/// A place with its noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Eight people talk.
    Babble,
    /// Cars go by, one hoots now and then.
    Street,
    /// A fan, something in a pan, dishes.
    Kitchen,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Babble, Self::Street, Self::Kitchen];

    /// Its noise, of an effective value of `rms` (full scale is 32,768), the same for the same seed.
    pub fn noise(self, seconds: f32, rms: f32, seed: u64) -> Vec<f32> {
        let mut chance = Rng::with_seed(seed);
        let len = (seconds * RATE) as usize;
        let sound = match self {
            Self::Babble => babble(len, &mut chance),
            Self::Street => street(len, &mut chance),
            Self::Kitchen => kitchen(len, &mut chance),
        };
        to_level(sound, rms)
    }
}

/// A voice without words, of an effective value of `rms` over its sounding parts (full scale is 32,768): syllables of a gliding pitch
/// under moving formants, hissing consonants, pauses between words.
pub fn voice(seconds: f32, rms: f32, seed: u64) -> Vec<f32> {
    let mut chance = Rng::with_seed(seed);
    let (len, base) = ((seconds * RATE) as usize, 90.0 + 140.0 * chance.f32());
    let mut out = Vec::with_capacity(len);
    let mut phase = 0.0;
    while out.len() < len {
        if chance.f32() < 0.6 {
            hiss(&mut out, &mut chance);
        }
        syllable(&mut out, base, &mut phase, &mut chance);
        let pause = if chance.f32() < 0.2 {
            1200.0 + 2000.0 * chance.f32()
        } else {
            160.0 * chance.f32()
        };
        out.extend(std::iter::repeat_n(0.0, pause as usize));
    }
    out.truncate(len);
    let sounding: Vec<f32> = out.iter().copied().filter(|s| *s != 0.0).collect();
    let gain = rms / effective(&sounding).max(1e-9);
    out.iter().map(|s| s * gain).collect()
}

fn syllable(out: &mut Vec<f32>, base: f32, phase: &mut f32, chance: &mut Rng) {
    let len = (800.0 + 1200.0 * chance.f32()) as usize;
    let (from, to) = (
        base * (0.85 + 0.3 * chance.f32()),
        base * (0.85 + 0.3 * chance.f32()),
    );
    let loudness = 0.4 + chance.f32();
    let formant =
        |low: f32, wide: f32, chance: &mut Rng| [low + wide * chance.f32(), low + wide * chance.f32()];
    let formants = [
        formant(280.0, 550.0, chance),
        formant(850.0, 1500.0, chance),
        formant(2300.0, 700.0, chance),
    ];
    let mut gains = [0.0f32; 40];
    for n in 0..len {
        let t = n as f32 / len as f32;
        let pitch = from + (to - from) * t;
        let harmonics = ((3600.0 / pitch) as usize).min(gains.len());
        if n % 40 == 0 {
            for (h, gain) in gains.iter_mut().enumerate() {
                let hz = (h + 1) as f32 * pitch;
                let near = |f: &[f32; 2]| 1.0 / (1.0 + ((hz - f[0] - (f[1] - f[0]) * t) / 110.0).powi(2));
                *gain = formants.iter().map(near).sum();
            }
        }
        *phase = (*phase + pitch / RATE).fract();
        let wave = |h: usize| gains[h] * (TAU * *phase * (h + 1) as f32).sin();
        out.push(loudness * (PI * t).sin().powf(0.6) * (0..harmonics).map(wave).sum::<f32>());
    }
}

fn hiss(out: &mut Vec<f32>, chance: &mut Rng) {
    let (len, mut before) = ((200.0 + 500.0 * chance.f32()) as usize, 0.0);
    for n in 0..len {
        let noise = gauss(chance);
        out.push(0.08 * (noise - before) * (PI * n as f32 / len as f32).sin());
        before = noise;
    }
}

fn babble(len: usize, chance: &mut Rng) -> Vec<f32> {
    let mut sum = vec![0.0; len];
    for _ in 0..8 {
        let far = 0.5 + chance.f32();
        let one = voice(len as f32 / RATE + 0.1, far, chance.u64(..));
        sum.iter_mut().zip(one).for_each(|(s, o)| *s += o);
    }
    sum
}

fn street(len: usize, chance: &mut Rng) -> Vec<f32> {
    let (mut rumble, mut tyres, mut deep) = (0.0, 0.0, 0.0);
    let (mut swell, mut goal, mut horn) = (0.3, 0.3, 0usize);
    let horn_hz = 380.0 + 80.0 * chance.f32();
    (0..len)
        .map(|n| {
            if n % 4000 == 0 {
                goal = 0.1 + chance.f32().powi(2) * 1.5;
                horn = if chance.f32() < 0.05 { 3200 } else { horn };
            }
            swell += (goal - swell) * 0.0004;
            let noise = gauss(chance);
            deep += 0.03 * (noise - deep);
            rumble += 0.1 * (deep - rumble);
            tyres += 0.5 * (gauss(chance) - tyres);
            horn = horn.saturating_sub(1);
            let t = TAU * n as f32 / RATE;
            let hoot = if horn > 0 {
                (t * horn_hz).sin() + (t * horn_hz * 1.26).sin()
            } else {
                0.0
            };
            6.0 * rumble + swell * tyres + 0.5 * hoot
        })
        .collect()
}

fn kitchen(len: usize, chance: &mut Rng) -> Vec<f32> {
    let (mut fan, mut before) = (0.0, 0.0);
    let mut dishes = [(0.0f32, 0.0f32); 3];
    (0..len)
        .map(|n| {
            fan += 0.15 * (gauss(chance) - fan);
            let noise = gauss(chance);
            let pan = 0.25 * (noise - before) * if chance.f32() < 0.3 { 1.5 } else { 0.5 };
            before = noise;
            if chance.f32() < 2.5 / RATE {
                let place = chance.usize(..dishes.len());
                dishes[place] = (1500.0 + 2000.0 * chance.f32(), 1.0 + 4.0 * chance.f32());
            }
            let t = TAU * n as f32 / RATE;
            let ring = |d: &mut (f32, f32)| {
                d.1 *= 0.997;
                d.1 * (t * d.0).sin()
            };
            fan + pan + dishes.iter_mut().map(ring).sum::<f32>()
        })
        .collect()
}

/// Roughly Gaussian, standard deviation 1.
pub fn gauss(chance: &mut Rng) -> f32 {
    (0..12).map(|_| chance.f32()).sum::<f32>() - 6.0
}

/// The effective value.
pub fn effective(sound: &[f32]) -> f32 {
    (sound.iter().map(|s| s * s).sum::<f32>() / sound.len().max(1) as f32).sqrt()
}

/// The same sound at another effective value.
pub fn to_level(sound: Vec<f32>, rms: f32) -> Vec<f32> {
    let gain = rms / effective(&sound).max(1e-9);
    sound.iter().map(|s| s * gain).collect()
}

/// The sum of sounds, each with silence after its end, as samples.
pub fn mix(sounds: &[&[f32]]) -> Vec<i16> {
    let len = sounds.iter().map(|s| s.len()).max().unwrap_or(0);
    let at = |n: usize| sounds.iter().filter_map(|s| s.get(n)).sum::<f32>();
    (0..len)
        .map(|n| at(n).clamp(-32_768.0, 32_767.0) as i16)
        .collect()
}

/// What comes back from a room into which a loudspeaker speaks: after `delay` samples, `loss_db` lower, with reflections that fall
/// by 60 dB in `t60` seconds and the loudspeaker's slope of the spectrum (−1 dark to 1 bright).
pub fn room_echo(
    sound: &[f32],
    delay: usize,
    loss_db: f32,
    t60: f32,
    slope: f32,
    chance: &mut Rng,
) -> Vec<f32> {
    let len = (t60 * RATE * 0.6) as usize;
    let fade = |n: usize| (-6.9 * n as f32 / (t60 * RATE)).exp();
    let mut response: Vec<f32> = (0..len.max(2)).map(|n| 0.15 * gauss(chance) * fade(n)).collect();
    response[0] = 1.0;
    response[1] -= 0.5 * slope;
    let norm = response.iter().map(|r| r * r).sum::<f32>().sqrt();
    let gain = 10f32.powf(-loss_db / 20.0) / norm;
    let mut out = vec![0.0; sound.len()];
    for (k, r) in response.iter().enumerate() {
        let from = (delay + k).min(out.len());
        let late = out[from..].iter_mut().zip(sound);
        late.for_each(|(o, s)| *o += gain * r * s);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_as_loud_as_asked_and_always_the_same() {
        for place in Place::ALL {
            let noise = place.noise(4.0, 500.0, 7);
            assert_eq!(noise.len(), 32_000);
            assert!((effective(&noise) - 500.0).abs() < 1.0, "{place:?}");
            assert_eq!(noise, place.noise(4.0, 500.0, 7));
            assert_ne!(noise, place.noise(4.0, 500.0, 8));
        }
    }

    #[test]
    fn an_echo_comes_late_and_low() {
        let said = voice(2.0, 3000.0, 3);
        let echo = room_echo(&said, 800, 18.0, 0.3, 0.2, &mut Rng::with_seed(1));
        assert!(echo[..800].iter().all(|s| *s == 0.0));
        let db = 20.0 * (effective(&echo[800..]) / effective(&said)).log10();
        assert!((-24.0..-14.0).contains(&db), "{db} dB");
    }
}
