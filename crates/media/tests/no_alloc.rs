//! After set-up nothing is allocated per packet: a counting allocator watches ten seconds of a call in every codec.
#![allow(unsafe_code)] // A global allocator cannot be written without.

mod common;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use biseo_media::{
    FRAME_SAMPLES, FRAME_US,
    codec::AudioCodec,
    dtmf::{Digit, DtmfDetector},
    front::{
        background,
        beep::BeepDetector,
        echo::EchoGuard,
        fax::FaxDetector,
        level::{LevelConfig, LevelControl},
        surroundings::Surroundings,
    },
    latch::{Latch, LatchConfig},
    quality::CallQuality,
    receiver::{PayloadMap, Receiver},
    recorder::{FRAME_OCTETS, RecorderState},
    rtcp::RtcpSession,
    rtp::RtpPacket,
    sender::{MAX_SENT, Sender, SenderConfig},
    tones::{Tone, ToneKind},
};
use common::*;

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: hands everything on to the system's allocator; the counter allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations() -> u64 {
    COUNT.with(Cell::get)
}

#[test]
fn the_counter_counts() {
    let before = allocations();
    drop(std::hint::black_box(vec![1u8; 10]));
    assert_eq!(allocations(), before + 1);
}

#[test]
fn ten_seconds_of_a_call_allocate_nothing() {
    let sound = frames(&speech(10.0, 3));
    for codec in AudioCodec::ALL {
        let payload_type = codec.static_payload_type().unwrap_or(96);
        let mut sender = Sender::new(SenderConfig {
            codec,
            payload_type,
            event_payload_type: Some(101),
            ssrc: 5,
            sequence: 65_000,
            timestamp: 1,
        });
        let mut receiver = Receiver::new(PayloadMap::new().with_audio(payload_type, codec).with_events(101));
        let mut rtcp = RtcpSession::new("random");
        let address = "192.0.2.1:4000".parse().unwrap();
        let mut latch = Latch::new(LatchConfig::default(), address);
        let (mut detector, mut tone) = (DtmfDetector::new(), Tone::new(ToneKind::Ringback));
        let mut recorder = RecorderState::new();
        let (mut packet, mut report, mut out) = ([0; MAX_SENT], [0; 200], [0; FRAME_SAMPLES]);
        let (mut octets, mut ringing, mut chance) = ([0; FRAME_OCTETS], [0; FRAME_SAMPLES], Chance(1));
        let before = allocations();
        for (tick, frame) in sound.iter().enumerate() {
            let now = tick as u64 * FRAME_US;
            if tick % 100 == 50 {
                sender.dial(Digit::ALL[5], 100).unwrap();
            }
            let len = sender.send(frame, &mut packet).unwrap();
            // Losses, duplicates, bursts, and some that are no packets.
            for _ in 0..[1, 1, 1, 0, 2][chance.next() as usize % 5] {
                if let Ok(parsed) = RtpPacket::parse(&packet[..len]) {
                    latch.packet(now, address, &parsed.header);
                }
                receiver.push(now, &packet[..len]);
            }
            receiver.push(now, &packet[..10]);
            receiver.pull(now, &mut out);
            detector.push(&out);
            tone.next(&mut ringing);
            recorder.append(&out, &ringing, &mut octets);
            if tick % 100 == 0 {
                let len = rtcp.report(now, &sender, &mut receiver, &mut report);
                rtcp.handle(now, 5, &report[..len]);
                std::hint::black_box((recorder.header(), CallQuality::of(&receiver, &rtcp)));
            }
        }
        assert_eq!(allocations() - before, 0, "{codec:?}");
        assert!(receiver.stats().concealed_samples > 0);
    }
}

#[test]
fn ten_seconds_of_the_front_end_allocate_nothing() {
    let (sent, heard) = (frames(&speech(10.0, 3)), frames(&speech(10.0, 4)));
    let (mut guard, mut level) = (EchoGuard::new(), LevelControl::new(LevelConfig::default()));
    let (mut surroundings, mut noise) = (Surroundings::new(), background::Background::new());
    let (mut beep, mut fax) = (BeepDetector::new(), FaxDetector::new());
    let before = allocations();
    for (sent, heard) in sent.iter().zip(&heard) {
        std::hint::black_box(guard.push(sent, heard));
        let mut frame = *guard.cleaned();
        std::hint::black_box(surroundings.push(&frame));
        level.process(&mut frame, 1.0);
        noise.learn(&frame);
        noise.under(&mut frame);
        std::hint::black_box((beep.push(&frame), fax.push(&frame)));
    }
    assert_eq!(allocations(), before);
}
