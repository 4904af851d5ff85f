//! A call with somebody who has put the telephone on loudspeaker: Biseo's sentences by espeak-ng, what returns of them, a caller who
//! speaks over them, and what a voice activity detector makes of it, with the front end and without.
#![allow(dead_code)]

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use biseo_media::codec::{AudioCodec, Decoder, Encoder, PcmBuf};
use biseo_media::front::echo::EchoGuard;
use biseo_media::{FRAME_SAMPLES, Frame};
use biseo_speech::engines::espeak::Espeak;
use biseo_speech::engines::silero::{SileroModel, SileroState, WINDOW};
use biseo_speech::{Language, TextToSpeech, Utterance, Voice};
use biseo_testkit::sound::{effective, gauss, mix, room_echo};

/// Milliseconds between Biseo's sending and the return.
pub const DELAYS_MS: [usize; 5] = [20, 80, 140, 200, 250];
/// Loss of the return, dB.
pub const LOSSES_DB: [f32; 4] = [12.0, 18.0, 24.0, 30.0];

const KOREAN: [&str; 12] = [
    "안녕하세요, 행복식당 인공지능 비서입니다. 무엇을 도와드릴까요?",
    "내일 저녁 일곱 시에 네 분 예약해 드리겠습니다.",
    "죄송하지만 그 시간에는 자리가 없습니다. 여덟 시는 어떠세요?",
    "예약하시는 분 성함과 전화번호를 말씀해 주시겠어요?",
    "저희 매장은 오전 열한 시부터 밤 열 시까지 영업합니다.",
    "주차는 건물 지하에 두 시간까지 무료로 하실 수 있습니다.",
    "네, 확인했습니다. 더 필요하신 것이 있으신가요?",
    "매주 월요일은 쉬는 날이고, 공휴일에는 정상 영업합니다.",
    "창가 자리와 룸 중에서 어느 쪽이 좋으세요?",
    "말씀하신 내용을 사장님께 꼭 전해 드리겠습니다.",
    "잠시만 기다려 주세요, 바로 확인해 보겠습니다.",
    "예약이 취소되었습니다. 이용해 주셔서 감사합니다.",
];
const ENGLISH: [&str; 4] = [
    "Good evening, this is the assistant of the restaurant. How can I help you?",
    "I have a table for four at seven o'clock tomorrow. Shall I book it?",
    "We are open from eleven in the morning until ten at night.",
    "Could you tell me your name and telephone number, please?",
];
const VARIANTS: [&str; 4] = ["", "f2", "m3", "f4"];

/// The `n`th of 64 sentences in four voices, full scale being 32,768, −19 dBFS or so. Each is made once.
pub fn sentence(n: usize) -> Vec<f32> {
    static MADE: OnceLock<Mutex<HashMap<usize, Vec<f32>>>> = OnceLock::new();
    let (text, variant) = (n % 16, VARIANTS[n / 16 % 4]);
    let made = MADE.get_or_init(Mutex::default);
    let made = &mut *made.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let (text, language) = match text {
            0..12 => (KOREAN[text], Language::Korean),
            _ => (ENGLISH[text - 12], Language::English),
        };
        let voice = Voice::new(language).with_variant(variant);
        let stream = Espeak::new().speak(&Utterance::new(text, voice));
        let stream = stream.expect("these tests need espeak-ng: apt-get install espeak-ng");
        let samples = stream.collect().expect("espeak-ng speaks");
        samples.into_iter().map(f32::from).collect()
    };
    made.entry(n % 64).or_insert_with(make).clone()
}

/// The same at a loudness of its sounding parts, in dBFS.
pub fn at_level(sound: &[f32], dbfs: f32) -> Vec<f32> {
    let loud: Vec<f32> = sound
        .chunks(FRAME_SAMPLES)
        .filter(|c| effective(c) > 300.0)
        .flatten()
        .copied()
        .collect();
    let gain = 32_768.0 * 10f32.powf(dbfs / 20.0) / effective(&loud).max(1.0);
    sound.iter().map(|s| s * gain).collect()
}

/// How loud Biseo speaks, dBFS.
pub const SAID_DBFS: f32 = -20.0;

/// What Biseo says: sentences `n` and, where `two`, another after it; half a second of silence at both ends.
pub fn said(n: usize, two: bool) -> Vec<f32> {
    let pause = || vec![0.0; 4000];
    let mut parts = vec![pause(), at_level(&sentence(n), SAID_DBFS), pause()];
    if two {
        parts.extend([at_level(&sentence(n + 5), SAID_DBFS), pause()]);
    }
    parts.concat()
}

/// A sound through A-law and back.
pub fn coded(sound: &[f32]) -> Vec<Frame> {
    let (mut encoder, mut decoder) = (Encoder::new(AudioCodec::Pcma), Decoder::new(AudioCodec::Pcma));
    let (mut payload, mut pcm) = ([0; FRAME_SAMPLES], PcmBuf::new());
    let one = |frame: &Frame| {
        encoder.encode(frame, &mut payload).unwrap();
        decoder.decode(&payload, &mut pcm).unwrap();
        Frame::try_from(pcm.samples()).unwrap()
    };
    mix(&[sound]).as_chunks().0.iter().map(one).collect()
}

/// A room's and a loudspeaker's return of a sound that has come over the line.
pub fn returned(said: &[f32], delay_ms: usize, loss_db: f32, seed: u64) -> Vec<f32> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let (t60, slope) = (0.15 + 0.25 * chance.f32(), 2.0 * chance.f32() - 1.0);
    let arrived: Vec<f32> = coded(said).concat().into_iter().map(f32::from).collect();
    // Not a whole number of frames, nor of the guard's steps.
    room_echo(
        &arrived,
        delay_ms * 8 + chance.usize(..40),
        loss_db,
        t60,
        slope,
        &mut chance,
    )
}

/// What Biseo receives: sounds, the line's hiss of −72 dBFS, A-law.
pub fn line(sounds: &[&[f32]], seed: u64) -> Vec<Frame> {
    let mut chance = fastrand::Rng::with_seed(seed ^ 0xabcd);
    let hiss: Vec<f32> = sounds[0].iter().map(|_| 8.0 * gauss(&mut chance)).collect();
    let all: Vec<&[f32]> = sounds.iter().copied().chain([hiss.as_slice()]).collect();
    coded(&mix(&all).into_iter().map(f32::from).collect::<Vec<f32>>())
}

/// What stands between the line and the detector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    /// Nothing.
    Bare,
    /// The guard's verdict is heeded.
    Verdict,
    /// The detector hears what the guard leaves, and its verdict is heeded.
    Cleaned,
}

/// The network, once for all tests.
pub fn silero() -> &'static SileroModel {
    static MODEL: OnceLock<SileroModel> = OnceLock::new();
    MODEL.get_or_init(|| SileroModel::embedded().unwrap())
}

/// What is quieter is no speech for turn-taking.
const QUIETEST_DBFS: f32 = -60.0;

/// A window of 32 ms: where it ends, in milliseconds, and the probability of somebody else's speech.
pub type Window = (usize, f32);

/// What the detector says of each window. `guard` may have heard something before.
pub fn windows(front: Front, guard: &mut EchoGuard, said: &[f32], heard: &[Frame]) -> Vec<Window> {
    let said = mix(&[said]);
    let (mut state, mut waiting, mut out) = (SileroState::default(), Vec::new(), Vec::new());
    let mut taken = 0;
    for (said, heard) in said.as_chunks::<FRAME_SAMPLES>().0.iter().zip(heard) {
        let verdict = (front != Front::Bare).then(|| guard.push(said, heard));
        let sound = if front == Front::Cleaned {
            guard.cleaned()
        } else {
            heard
        };
        let audible = 20.0 * (effective(&sound.map(f32::from)) / 32_768.0).log10() >= QUIETEST_DBFS;
        waiting.extend_from_slice(sound);
        while waiting.len() >= WINDOW {
            let window: [i16; WINDOW] = waiting.drain(..WINDOW).collect::<Vec<_>>().try_into().unwrap();
            silero().infer(&mut [(&mut state, &window)]);
            taken += WINDOW;
            let other = if audible {
                verdict.map_or(1.0, |v| 1.0 - v.echo)
            } else {
                0.0
            };
            out.push((taken / 8, state.probability().min(other)));
        }
    }
    out
}

/// When, from `from` ms on, somebody is certain to speak, as turn-taking has it: windows of speech that add up to 64 ms, with
/// gaps no longer than 64 ms. In milliseconds.
pub fn speech_at(windows: &[Window], from: usize) -> Option<usize> {
    let (mut evidence, mut last) = (0, 0);
    for &(until, probability) in windows.iter().filter(|w| w.0 > from) {
        if probability >= 0.5 {
            (evidence, last) = (evidence + 32, until);
        } else if until - last > 64 {
            evidence = 0;
        }
        if evidence >= 64 {
            return Some(until);
        }
    }
    None
}

/// Whether the return of sentence `n` of a call's first is taken for a caller.
pub fn falsely_heard(front: Front, n: usize, delay_ms: usize, loss_db: f32) -> bool {
    let (said, seed) = (said(n, false), n as u64);
    let heard = line(&[&returned(&said, delay_ms, loss_db, seed)], seed);
    speech_at(&windows(front, &mut EchoGuard::new(), &said, &heard), 0).is_some()
}

/// How much later, in milliseconds, somebody who speaks so many dB over the echo is certain to speak than without the echo;
/// `Some(None)` for never, `None` where they would not be heard without it either.
pub fn delayed(front: Front, n: usize, loss_db: f32, over_db: f32) -> Option<Option<i64>> {
    let (said, seed) = (said(n, true), n as u64);
    // In whole frames, somewhere in the first or second sentence.
    let from = said.len() / 8 * (35 + n % 4 * 7) / 100 / 20 * 20;
    let caller = at_level(&sentence(n + 23), SAID_DBFS - loss_db + over_db);
    let caller = [vec![0.0; from * 8], caller].concat();
    let alone = line(&[&vec![0.0; said.len()], &caller], seed);
    let alone = speech_at(&windows(Front::Bare, &mut EchoGuard::new(), &said, &alone), from)?;
    let back = returned(&said, DELAYS_MS[n % DELAYS_MS.len()], loss_db, seed);
    let heard = line(&[&back, &caller], seed);
    let at = speech_at(&windows(front, &mut EchoGuard::new(), &said, &heard), from);
    Some(at.map(|at| at as i64 - alone as i64))
}
