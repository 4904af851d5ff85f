//! The recogniser behind a bad line: ten per cent of the packets lost and 60 ms of jitter at most double its errors.
//!
//! Sentences that were never trained, spoken by espeak-ng, through sender, line and receiver (jitter buffer and loss
//! concealment), into the recogniser. No sockets and no clock: the line is a list of arrival times.

use std::path::Path;

use biseo_media::codec::AudioCodec;
use biseo_media::receiver::{PayloadMap, Receiver};
use biseo_media::sender::{MAX_SENT, Sender, SenderConfig};
use biseo_media::{FRAME_SAMPLES, FRAME_US, Micros};
use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::engines::espeak::Espeak;
use biseo_speech::{Language, SpeechToText, SttOptions, TextToSpeech, Utterance, Voice};

/// Every ninth of the held-out sentences: forty of them.
const EVERY: usize = 9;
const JITTER_US: f64 = 60_000.0;
const LOSS: f64 = 0.1;

/// xorshift64*: the same line at each run.
struct Chance(u64);

impl Chance {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Carries sound over a line; `line` tells each packet's delay, or that it is lost.
fn carry(sound: &[i16], mut line: impl FnMut() -> Option<Micros>) -> Vec<i16> {
    let codec = AudioCodec::Pcma;
    let mut sender = Sender::new(SenderConfig {
        codec,
        payload_type: 8,
        event_payload_type: None,
        ssrc: 7,
        sequence: 1,
        timestamp: 1,
    });
    let mut receiver = Receiver::new(PayloadMap::new().with_audio(8, codec));
    let mut flight: Vec<(Micros, Vec<u8>)> = Vec::new();
    let mut packet = [0; MAX_SENT];
    for (n, chunk) in sound.chunks(FRAME_SAMPLES).enumerate() {
        let mut frame = [0; FRAME_SAMPLES];
        frame[..chunk.len()].copy_from_slice(chunk);
        let len = sender.send(&frame, &mut packet).unwrap();
        if let Some(delay) = line() {
            flight.push((n as Micros * FRAME_US + delay, packet[..len].to_vec()));
        }
    }
    flight.sort_by_key(|(arrival, _)| *arrival);
    let mut flight = flight.into_iter().peekable();
    let (mut heard, mut out) = (Vec::new(), [0; FRAME_SAMPLES]);
    for tick in 0..sound.len() / FRAME_SAMPLES + 15 {
        let now = tick as Micros * FRAME_US + 7_000;
        while let Some((arrival, packet)) = flight.next_if(|(arrival, _)| *arrival <= now) {
            receiver.push(arrival, &packet);
        }
        receiver.pull(now, &mut out);
        heard.extend_from_slice(&out);
    }
    heard
}

fn bare(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Levenshtein's distance.
fn errors(wanted: &[char], got: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=got.len()).collect();
    for (i, w) in wanted.iter().enumerate() {
        let (mut diagonal, mut left) = (row[0], i + 1);
        row[0] = left;
        for (j, g) in got.iter().enumerate() {
            let cost = (diagonal + usize::from(w != g)).min(left + 1).min(row[j + 1] + 1);
            (diagonal, row[j + 1], left) = (row[j + 1], cost, cost);
        }
    }
    row[got.len()]
}

#[test]
fn ten_per_cent_loss_and_60_ms_jitter_at_most_double_the_errors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let stt = DemoCtc::load(&root.join("models/demo-ko")).unwrap();
    let text = std::fs::read_to_string(root.join("training/demo-ko/heldout.txt")).unwrap();
    let voice = Voice::new(Language::Korean).with_variant("f2");
    let mut session = stt.session(&SttOptions::default()).unwrap();
    let mut hear = |sound: &[i16]| {
        session.accept(sound).unwrap();
        bare(&session.finish().unwrap().text)
    };
    let (mut chance, mut letters, mut clean, mut bad) = (Chance(0x00B1_5E0B_15E0), 0, 0, 0);
    for sentence in text.lines().step_by(EVERY) {
        let spoken = Espeak::new()
            .speak(&Utterance::new(sentence, voice.clone()))
            .unwrap();
        let mut sound = vec![0; 4800]; // The line settles before anybody speaks.
        sound.extend(spoken.collect().unwrap());
        let wanted = bare(sentence);
        letters += wanted.len();
        clean += errors(&wanted, &hear(&carry(&sound, || Some(10_000))));
        let line = || {
            let delay = 10_000 + (JITTER_US * chance.unit()) as Micros;
            (chance.unit() >= LOSS).then_some(delay)
        };
        bad += errors(&wanted, &hear(&carry(&sound, line)));
    }
    let rate = |errors: usize| 100.0 * errors as f64 / letters as f64;
    println!(
        "syllable errors: clean {:.1} %, bad line {:.1} % of {letters}",
        rate(clean),
        rate(bad)
    );
    assert!(
        letters > 500 && rate(clean) < 50.0,
        "the clean line itself is not understood"
    );
    assert!(bad <= 2 * clean, "clean {clean}, bad line {bad} of {letters}");
}
