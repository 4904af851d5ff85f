//! Two telephones on this machine, and ears to compare what one said with what the other heard.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use biseo_media::SILENCE;
use biseo_media::codec::AudioCodec;
use biseo_media::latch::Bound;
use biseo_media::receiver::FrameKind;
use biseo_media::rtp::{RtpHeader, RtpPacket};
use biseo_media::sender::{MAX_SENT, Sender, SenderConfig};
use biseo_media_io::{
    AudioFrame, AudioIn, DtmfPayload, Event, Events, MediaConfig, MediaEngine, MediaSession, Negotiation,
    PortRange, Quality, Received, SessionConfig,
};
use biseo_media_secure::srtp::{MasterKey, Suite};

pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Long enough for a machine that does much else; reached only when something is broken.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// An engine for all tests of a file.
pub fn engine() -> &'static MediaEngine {
    static ENGINE: OnceLock<MediaEngine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        MediaEngine::start(MediaConfig {
            threads: 2,
            ports: PortRange::new(32_000, 33_999).unwrap(),
            ..MediaConfig::default()
        })
        .unwrap()
    })
}

/// One end of a call.
pub struct End {
    pub session: MediaSession,
    pub audio: AudioIn,
    pub events: Events,
}

impl End {
    pub fn open() -> Self {
        Self::open_with(SessionConfig {
            audio_ring: Duration::from_secs(30),
            ..SessionConfig::on(HERE)
        })
    }

    pub fn open_with(config: SessionConfig) -> Self {
        let mut session = engine().open(config).unwrap();
        let audio = session.take_audio().unwrap();
        let events = session.take_events().unwrap();
        Self {
            session,
            audio,
            events,
        }
    }

    pub fn addr(&self) -> SocketAddr {
        self.session.local_addr()
    }

    pub fn agree(&self, codec: AudioCodec, remote: SocketAddr) {
        self.session.configure(agreement(codec, remote)).unwrap();
    }

    /// The first event that fits; those before it are skipped.
    pub fn wait(&mut self, what: &str, fits: impl Fn(&Event) -> bool) -> Event {
        wait_for(&mut self.events, what, fits)
    }

    /// Waits until the line's figures are as wished.
    pub fn wait_quality(&mut self, wished: impl Fn(&Quality) -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if wished(&self.session.quality()) {
                return true;
            }
            self.audio.recv_timeout(Duration::from_millis(100));
        }
        false
    }

    /// Listens until `enough` is content with the frames so far.
    pub fn listen(&mut self, mut enough: impl FnMut(&[AudioFrame]) -> bool) -> Vec<AudioFrame> {
        let deadline = Instant::now() + PATIENCE;
        let mut frames = Vec::new();
        while !enough(&frames) {
            assert!(Instant::now() < deadline, "not heard: {} frames", frames.len());
            if let Received::Item(frame) = self.audio.recv_timeout(Duration::from_secs(1)) {
                frames.push(frame);
            }
        }
        frames
    }

    /// Listens until sound has come and then `quiet` frames of silence.
    pub fn listen_to_end(&mut self, quiet: usize) -> Vec<AudioFrame> {
        self.listen(|frames| {
            let silent = frames.iter().rev().take_while(|f| !is_loud(f)).count();
            silent >= quiet && silent < frames.len()
        })
    }
}

pub fn wait_for(events: &mut Events, what: &str, fits: impl Fn(&Event) -> bool) -> Event {
    let deadline = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < deadline, "no {what}");
        match events.recv_timeout(Duration::from_secs(1)) {
            Received::Item(event) if fits(&event) => return event,
            Received::Closed => panic!("no {what} before the end"),
            _ => {}
        }
    }
}

/// Two ends that talk to each other.
pub fn call(codec: AudioCodec) -> (End, End) {
    let (a, b) = (End::open(), End::open());
    a.agree(codec, b.addr());
    b.agree(codec, a.addr());
    (a, b)
}

pub fn agreement(codec: AudioCodec, remote: SocketAddr) -> Negotiation {
    let payload = codec.static_payload_type().unwrap_or(111);
    Negotiation {
        codec,
        payload_out: payload,
        payload_in: payload,
        dtmf: Some(DtmfPayload {
            out: 101,
            inward: 101,
        }),
        remote,
        remote_rtcp: SocketAddr::new(remote.ip(), remote.port() + 1),
        send: true,
        receive: true,
        latch: Bound::Exact,
        srtp: None,
        ice: None,
    }
}

/// A key that is nobody's.
pub fn key(suite: Suite, seed: u8) -> MasterKey {
    let octets: Vec<u8> = (0..46).map(|n| (n * 5) ^ seed).collect();
    MasterKey::new(suite, &octets[..suite.key_len() + suite.salt_len()]).unwrap()
}

/// Something like speech: a pitch that glides, with overtones, in syllables; no piece is like another.
pub fn speech(ms: usize, seed: u32) -> Vec<i16> {
    let mut phase = 0.0_f64;
    let start = 100.0 + f64::from(seed % 7) * 12.0;
    (0..ms * 8)
        .map(|n| {
            let t = n as f64 / 8000.0;
            let pitch = start + 35.0 * (1.7 * t + f64::from(seed)).sin() + 20.0 * (5.3 * t * t).sin();
            phase += std::f64::consts::TAU * pitch / 8000.0;
            let tone: f64 = [1.0, 0.7, 0.5, 0.6, 0.3, 0.2]
                .iter()
                .zip(1..)
                .map(|(a, k)| a * (phase * f64::from(k)).sin())
                .sum();
            let syllable = 0.55 + 0.45 * (std::f64::consts::TAU * 3.1 * t + f64::from(seed)).sin();
            (tone * syllable * 4000.0) as i16
        })
        .collect()
}

pub fn samples(frames: &[AudioFrame]) -> Vec<i16> {
    frames.iter().flat_map(|f| f.samples).collect()
}

pub fn is_loud(frame: &AudioFrame) -> bool {
    frame.kind != FrameKind::Silence && frame.samples.iter().any(|s| s.unsigned_abs() > 300)
}

/// How like `said` the best-fitting stretch of `heard` is (normalised correlation), and where it begins.
pub fn likeness(said: &[i16], heard: &[i16]) -> (f64, usize) {
    let probe = &said[..said.len().min(heard.len())];
    let lags = heard.len().saturating_sub(probe.len()) + 1;
    let coarse = (0..lags).map(|lag| (correlation(&probe[..probe.len().min(4000)], &heard[lag..]), lag));
    let best = coarse.fold((0.0, 0), |best, here| if here.0 > best.0 { here } else { best });
    (correlation(probe, &heard[best.1..]), best.1)
}

fn correlation(a: &[i16], b: &[i16]) -> f64 {
    let (mut product, mut aa, mut bb) = (0.0, 1.0, 1.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (f64::from(*a), f64::from(*b));
        product += a * b;
        aa += a * a;
        bb += b * b;
    }
    product / f64::sqrt(aa * bb)
}

/// A bare socket in the place of a peer: sees each packet as it is.
pub struct Wire {
    pub socket: UdpSocket,
}

impl Wire {
    pub fn bind() -> Self {
        let socket = UdpSocket::bind((HERE, 0)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket }
    }

    pub fn addr(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// The next packet, as (header, payload).
    pub fn packet(&self) -> (RtpHeader, Vec<u8>) {
        let mut octets = [0; 2048];
        let (len, _) = self.socket.recv_from(&mut octets).expect("a packet");
        let packet = RtpPacket::parse(&octets[..len]).expect("RTP");
        (packet.header, packet.payload.to_vec())
    }

    /// Reads on until nothing has come for 300 ms; the last packet before. Whoever never falls silent fails.
    pub fn until_quiet(&self) -> Option<RtpHeader> {
        let (end, mut octets, mut last) = (Instant::now() + PATIENCE, [0; 2048], None);
        self.socket
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        while let Ok(len) = self.socket.recv(&mut octets) {
            assert!(Instant::now() < end, "packets never end");
            last = Some(RtpPacket::parse(&octets[..len]).expect("RTP").header);
        }
        self.socket.set_read_timeout(Some(PATIENCE)).unwrap();
        last
    }

    /// Sends µ-law packets of a sound, one every 20 ms.
    pub fn say(&self, to: SocketAddr, sound: &[i16], ssrc: u32) {
        let mut sender = Sender::new(SenderConfig {
            codec: AudioCodec::Pcmu,
            payload_type: 0,
            event_payload_type: Some(101),
            ssrc,
            sequence: 1,
            timestamp: 1,
        });
        let start = Instant::now();
        for (n, chunk) in sound.chunks(160).enumerate() {
            let mut frame = SILENCE;
            frame[..chunk.len()].copy_from_slice(chunk);
            let mut packet = [0; MAX_SENT];
            let len = sender.send(&frame, &mut packet).unwrap();
            self.socket.send_to(&packet[..len], to).unwrap();
            let next = start + Duration::from_millis(20) * (n as u32 + 1);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
    }
}
