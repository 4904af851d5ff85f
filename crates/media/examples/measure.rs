//! Measures what one call costs: `cargo run --release -p biseo-media --example measure [WAV …]`.
//!
//! Prints the CPU time of 20 ms of sending and receiving for each codec. With WAV files of speech: which digits the in-band
//! detector claims to hear in them (there should be none), and how far concealment of a tenth of the frames is off.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement needs a clock; the crate itself has none"
)]

use std::{hint::black_box, time::Instant};

use biseo_media::{
    FRAME_SAMPLES, FRAME_US, Frame,
    codec::AudioCodec,
    dtmf::{Digit, DtmfDetector},
    receiver::{PayloadMap, Receiver},
    sender::{MAX_SENT, Sender, SenderConfig},
    wav::Wav,
};

fn main() {
    for codec in AudioCodec::ALL {
        measure(codec);
    }
    for path in std::env::args().skip(1) {
        listen(&path);
    }
}

/// A gliding tone, so that no codec has it easy.
fn sound() -> Vec<Frame> {
    let samples: Vec<i16> = (0..8000 * 20)
        .map(|i| (9000.0 * (f64::from(i) * 0.15 + (f64::from(i) * 0.002).sin() * 20.0).sin()) as i16)
        .collect();
    samples
        .chunks_exact(FRAME_SAMPLES)
        .filter_map(|chunk| chunk.try_into().ok())
        .collect()
}

fn measure(codec: AudioCodec) {
    let payload_type = codec.static_payload_type().unwrap_or(96);
    let config = SenderConfig {
        codec,
        payload_type,
        event_payload_type: None,
        ssrc: 1,
        sequence: 1,
        timestamp: 1,
    };
    let (mut sender, frames) = (Sender::new(config), sound());
    let start = Instant::now();
    let packets: Vec<Vec<u8>> = frames
        .iter()
        .map(|frame| {
            let mut packet = [0; MAX_SENT];
            let len = sender.send(frame, &mut packet).unwrap_or(0);
            packet[..len].to_vec()
        })
        .collect();
    let sending = start.elapsed().as_nanos() as f64 / frames.len() as f64 / 1000.0;
    let receiving = [0, 10].map(|every| receive(codec, payload_type, &packets, every));
    println!(
        "{}: {sending:.2} µs to send 20 ms, {:.2} µs to receive, {:.2} µs with a tenth lost",
        codec.name(),
        receiving[0],
        receiving[1]
    );
}

fn receive(codec: AudioCodec, payload_type: u8, packets: &[Vec<u8>], lost_every: usize) -> f64 {
    let mut receiver = Receiver::new(PayloadMap::new().with_audio(payload_type, codec));
    let mut out = [0; FRAME_SAMPLES];
    let start = Instant::now();
    for (i, packet) in packets.iter().enumerate() {
        let now = i as u64 * FRAME_US;
        if lost_every == 0 || i % lost_every != 5 {
            receiver.push(now, packet);
        }
        receiver.pull(now, black_box(&mut out));
    }
    start.elapsed().as_nanos() as f64 / packets.len() as f64 / 1000.0
}

fn listen(path: &str) {
    let Some(wav) = std::fs::read(path).ok().and_then(|file| Wav::parse(&file).ok()) else {
        return println!("{path}: cannot be read");
    };
    if wav.rate != biseo_media::SAMPLE_RATE {
        return println!("{path}: {} Hz, 8000 are wanted", wav.rate);
    }
    let (samples, mut detector) = (wav.mono(), DtmfDetector::new());
    let heard: String = samples
        .chunks_exact(FRAME_SAMPLES)
        .filter_map(|chunk| detector.push(chunk.try_into().ok()?))
        .map(Digit::to_char)
        .collect();
    println!(
        "{path}: {:.0} s, digits heard: {heard:?}",
        samples.len() as f64 / 8000.0
    );
}
