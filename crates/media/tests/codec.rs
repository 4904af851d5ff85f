//! Codecs: there and back, every packet length, and octets from strangers.

mod common;

use biseo_media::{
    FRAME_SAMPLES,
    codec::{AudioCodec, CodecError, Decoder, Encoder, MAX_FRAME_OCTETS, PcmBuf},
};
use common::*;
use proptest::prelude::*;

fn encode_all(codec: AudioCodec, sound: &[i16]) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(codec);
    let mut out = [0; MAX_FRAME_OCTETS];
    frames(sound)
        .iter()
        .map(|frame| {
            let len = encoder.encode(frame, &mut out).unwrap();
            out[..len].to_vec()
        })
        .collect()
}

fn decode_all(codec: AudioCodec, payloads: &[Vec<u8>]) -> Vec<i16> {
    let (mut decoder, mut pcm) = (Decoder::new(codec), PcmBuf::new());
    let mut out = Vec::new();
    for payload in payloads {
        decoder.decode(payload, &mut pcm).unwrap();
        out.extend_from_slice(pcm.samples());
    }
    out
}

#[test]
fn speech_survives_there_and_back() {
    let sound = speech(6.0, 7);
    for (codec, least_snr, most_delay) in [
        (AudioCodec::Pcmu, 33.0, 0),
        (AudioCodec::Pcma, 33.0, 0),
        (AudioCodec::G722, 20.0, 50),
        (AudioCodec::Opus, 8.0, 120),
    ] {
        let back = decode_all(codec, &encode_all(codec, &sound));
        assert_eq!(back.len(), sound.len(), "{codec:?}: 20 ms in, 20 ms out");
        let (delay, likeness) = align(&sound, &back, 200);
        let ratio = snr(&sound, &back, delay);
        eprintln!("{codec:?}: delay {delay} samples, correlation {likeness:.4}, SNR {ratio:.1} dB");
        assert!(ratio >= least_snr, "{codec:?}: {ratio:.1} dB");
        assert!(delay <= most_delay, "{codec:?}: {delay} samples late");
        assert!(
            (0.8..1.25).contains(&(rms(&back) / rms(&sound))),
            "{codec:?}: loudness"
        );
    }
}

#[test]
fn g711_codes_of_the_recommendation() {
    // ITU-T G.711 tables 1a and 2a: largest, smallest and idle codes, A-law with its even bits inverted.
    for (codec, octet, value) in [
        (AudioCodec::Pcmu, 0x00, -32124),
        (AudioCodec::Pcmu, 0x80, 32124),
        (AudioCodec::Pcmu, 0xff, 0),
        (AudioCodec::Pcmu, 0x7f, 0),
        (AudioCodec::Pcmu, 0xfe, 8),
        (AudioCodec::Pcmu, 0xef, 132),
        (AudioCodec::Pcma, 0xaa, 32256),
        (AudioCodec::Pcma, 0x2a, -32256),
        (AudioCodec::Pcma, 0xd5, 8),
        (AudioCodec::Pcma, 0x55, -8),
        (AudioCodec::Pcma, 0xc5, 264),
    ] {
        let mut pcm = PcmBuf::new();
        Decoder::new(codec).decode(&[octet], &mut pcm).unwrap();
        assert_eq!(pcm.samples(), [value], "{codec:?} {octet:#04x}");
    }
}

#[test]
fn g711_codes_are_their_own_images() {
    for codec in [AudioCodec::Pcmu, AudioCodec::Pcma] {
        let all: Vec<u8> = (0..=255).collect();
        let values = decode_all(codec, &[all]);
        let mut frame = [0; FRAME_SAMPLES];
        for half in values.chunks(128) {
            frame[..128].copy_from_slice(half);
            let mut out = [0; MAX_FRAME_OCTETS];
            Encoder::new(codec).encode(&frame, &mut out).unwrap();
            let again = decode_all(codec, &[out[..128].to_vec()]);
            assert_eq!(again, half, "{codec:?}");
        }
    }
}

#[test]
fn packets_of_every_usual_length() {
    let sound = speech(1.2, 3);
    for codec in [AudioCodec::Pcmu, AudioCodec::Pcma, AudioCodec::G722] {
        let whole: Vec<u8> = encode_all(codec, &sound).concat();
        let by_20 = decode_all(codec, &whole.chunks(160).map(<[u8]>::to_vec).collect::<Vec<_>>());
        for ms in [10, 20, 30, 40, 60, 120] {
            let payloads: Vec<_> = whole.chunks(8 * ms).map(<[u8]>::to_vec).collect();
            assert_eq!(codec.payload_samples(&payloads[0]), Ok(8 * ms));
            assert_eq!(
                decode_all(codec, &payloads),
                by_20,
                "{codec:?} in packets of {ms} ms"
            );
        }
    }
}

#[test]
fn opus_packets_tell_their_length() {
    // RFC 6716 table 2: configuration number, and frames in the packet (code 0, 1, 3).
    for (packet, samples) in [
        (&[0 << 3][..], 80),
        (&[1 << 3], 160),
        (&[3 << 3], 480),
        (&[(11 << 3) | 1, 0, 0], 960),
        (&[13 << 3], 160),
        (&[16 << 3], 20),
        (&[31 << 3], 160),
        (&[(31 << 3) | 3, 6], 960),
    ] {
        assert_eq!(
            AudioCodec::Opus.payload_samples(packet),
            Ok(samples),
            "{packet:?}"
        );
    }
    for packet in [
        &[][..],
        &[(31 << 3) | 3],
        &[(31 << 3) | 3, 0],
        &[(31 << 3) | 3, 7],
        &[(3 << 3) | 3, 3],
    ] {
        assert!(AudioCodec::Opus.payload_samples(packet).is_err(), "{packet:?}");
    }
}

#[test]
fn opus_stereo_and_wide_rates_are_understood() {
    // What a browser sends: 48 kHz stereo, music settings.
    let mut encoder = opus_rs::OpusEncoder::new(48_000, 2, opus_rs::Application::Audio).unwrap();
    encoder.bitrate_bps = 64_000;
    let (mut decoder, mut pcm, mut out) = (Decoder::new(AudioCodec::Opus), PcmBuf::new(), [0; 1276]);
    let mut back = Vec::new();
    for packet in 0..50 {
        let input: Vec<i16> = (0..960)
            .flat_map(|i| {
                let t = f64::from(packet * 960 + i) / 48_000.0;
                [(9000.0 * (std::f64::consts::TAU * 700.0 * t).sin()) as i16; 2]
            })
            .collect();
        let len = encoder.encode_i16(&input, 960, &mut out).unwrap();
        decoder.decode(&out[..len], &mut pcm).unwrap();
        back.extend_from_slice(pcm.samples());
    }
    assert_eq!(back.len(), 50 * FRAME_SAMPLES);
    let reference = sine(700.0, 9000.0, 6000);
    let (_, likeness) = align(&reference, &back[1600..], 200);
    assert!(likeness > 0.98, "{likeness}");
}

#[test]
fn opus_mends_single_losses_from_the_packet_after_them() {
    let sound = speech(8.0, 21);
    let payloads = encode_all(AudioCodec::Opus, &sound);
    let play = |with_next: bool| {
        let (mut decoder, mut pcm, mut out) = (Decoder::new(AudioCodec::Opus), PcmBuf::new(), Vec::new());
        for (i, payload) in payloads.iter().enumerate() {
            if i % 8 == 5 {
                let next = payloads.get(i + 1).filter(|_| with_next).map(Vec::as_slice);
                assert!(decoder.conceal(next, &mut pcm));
            } else {
                decoder.decode(payload, &mut pcm).unwrap();
            }
            assert_eq!(pcm.samples().len(), FRAME_SAMPLES);
            out.extend_from_slice(pcm.samples());
        }
        align(&sound, &out, 100).1
    };
    let (made_up, mended) = (play(false), play(true));
    eprintln!("correlation {made_up:.3} made up, {mended:.3} mended");
    assert!(mended > made_up + 0.02, "{mended} against {made_up}");
    assert!(!Decoder::new(AudioCodec::Pcma).conceal(None, &mut PcmBuf::new()));
}

#[test]
fn lengths_that_cannot_be_are_refused() {
    let mut pcm = PcmBuf::new();
    for codec in AudioCodec::ALL {
        let mut decoder = Decoder::new(codec);
        assert_eq!(
            decoder.decode(&[], &mut pcm),
            Err(CodecError::Length),
            "{codec:?}"
        );
        assert!(decoder.decode(&[0; 1500], &mut pcm).is_err(), "{codec:?}");
        let mut small = [0; 40];
        assert_eq!(
            Encoder::new(codec).encode(&[0; 160], &mut small),
            Err(CodecError::Room)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: biseo_testkit::cases(300), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_are_decoded_or_refused(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 1..12)) {
        let mut pcm = PcmBuf::new();
        for codec in AudioCodec::ALL {
            let mut decoder = Decoder::new(codec);
            for payload in &payloads {
                match decoder.decode(payload, &mut pcm) {
                    Ok(()) => prop_assert_eq!(Ok(pcm.samples().len()), codec.payload_samples(payload)),
                    Err(_) => prop_assert!(pcm.samples().is_empty()),
                }
            }
        }
    }
}
