//! Sound for the suite: synthetic speech, noise, and the telephone's µ-law.

use biseo_speech::engines::espeak::Espeak;
use biseo_speech::level::active_dbfs;
use biseo_speech::{Language, TextToSpeech, Utterance, Voice};

/// A Korean sentence by espeak-ng at telephone level.
pub fn speech(variant: &str) -> Vec<i16> {
    let voice = Voice::new(Language::Korean).with_variant(variant);
    say(&Utterance::new(
        "안녕하세요. 내일 저녁 일곱 시에 네 명 예약하고 싶은데요.",
        voice,
    ))
}

/// A text by espeak-ng, which must be installed.
pub fn say(utterance: &Utterance) -> Vec<i16> {
    let stream = Espeak::new()
        .speak(utterance)
        .expect("these tests need espeak-ng: apt-get install espeak-ng");
    stream.collect().expect("espeak-ng speaks")
}

/// White noise at an RMS level, always the same (xorshift).
pub fn noise(dbfs: f32, samples: usize) -> Vec<i16> {
    // Uniform noise of amplitude a has an RMS of a divided by the root of 3.
    let amplitude = 32_768.0 * 10f32.powf(dbfs / 20.0) * 3f32.sqrt();
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..samples).map(|_| (amplitude * next()) as i16).collect()
}

/// Speech with noise under it, so many dB below its active level.
pub fn with_noise(speech: &[i16], snr_db: f32) -> Vec<i16> {
    let level = active_dbfs(speech).expect("there is speech");
    let noise = noise(level - snr_db, speech.len());
    speech
        .iter()
        .zip(noise)
        .map(|(s, n)| s.saturating_add(n))
        .collect()
}

/// There and back through G.711 µ-law.
pub fn through_ulaw(samples: &[i16]) -> Vec<i16> {
    samples.iter().map(|&s| ulaw_round_trip(s)).collect()
}

/// G.711 µ-law in arithmetic form: a sign, a segment that doubles, and 16 steps in it.
fn ulaw_round_trip(sample: i16) -> i16 {
    let size = (i32::from(sample).abs().min(32_635)) + 132;
    let segment = (31 - size.leading_zeros()).saturating_sub(7);
    let step = 8 << segment;
    let decoded = size / step * step + step / 2 - 132;
    (decoded * i32::from(sample).signum()) as i16
}

/// Silence, a clip, silence: where the clip begins and the whole.
pub fn in_silence(clip: &[i16], lead: usize, tail: usize) -> Vec<i16> {
    [vec![0; lead], clip.to_vec(), vec![0; tail]].concat()
}
