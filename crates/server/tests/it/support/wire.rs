//! A caller whose every packet is in the test's hand: signalling by the project's own stack, sound (G.711 µ-law in RTP, 20 ms
//! a packet) by this file.

use std::collections::VecDeque;
use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use biseo_media::codec::{AudioCodec, Decoder, Encoder, PcmBuf};
use biseo_media::dtmf::{Digit, EventPayload};
use biseo_media::wav::Wav;
use biseo_media::{FRAME_SAMPLES, Frame};
use biseo_telephony::config::{Listen, Proto, SipConfig};
use biseo_telephony::sdp::{Codec, Direction, LocalCaps, LocalSrtp, Origin, accept_answer, offer};
use biseo_telephony::{Leg, LegEvent, OutgoingCall, SipStack};

use super::PATIENCE;

/// What has happened on the line, counted in the caller's own packets.
#[derive(Debug, Default, Clone)]
pub struct Line {
    /// Packets that the caller has sent.
    pub sent: u64,
    /// Packets of Biseo's with sound above silence: when the caller had sent so many.
    pub loud: Vec<u64>,
    /// All packets of Biseo's.
    pub received: u64,
    /// The caller's last utterance: its first packet and the one after its last.
    pub spoke: Option<(u64, u64)>,
}

/// What a caller does.
enum Does {
    Say(Vec<i16>),
    Press(VecDeque<Digit>),
}

/// A call under way; over when this is dropped.
pub struct Caller {
    leg: Option<Leg>,
    sip: SipStack,
    hand: Option<Sender<Does>>,
    line: Arc<Mutex<Line>>,
    sound: Option<std::thread::JoinHandle<()>>,
}

impl Caller {
    /// Calls, and waits until it is answered.
    pub async fn dial(target: &str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let here = socket.local_addr().unwrap();
        let caps = LocalCaps {
            codecs: vec![Codec::Pcmu],
            addr: here.ip(),
            port: here.port(),
            dtmf: true,
            ptime_ms: 20,
            rtcp_mux: false,
            srtp: LocalSrtp::off(),
            ice: None,
            direction: Direction::SendRecv,
            origin: Origin::new(1),
        };
        let (sip, _) = SipStack::start(SipConfig {
            listen: vec![Listen {
                proto: Proto::Udp,
                addr: SocketAddr::new(here.ip(), 0),
            }],
            ..SipConfig::default()
        })
        .await
        .unwrap();
        let mut leg = sip
            .call(OutgoingCall {
                to: target.to_string(),
                from: Some("sip:01055554444@127.0.0.1".into()),
                sdp: offer(&caps),
                ..OutgoingCall::default()
            })
            .await
            .unwrap();
        let (remote, events) = loop {
            match tokio::time::timeout(PATIENCE, leg.next_event()).await.unwrap() {
                LegEvent::Answered { sdp: Some(answer) } => {
                    let agreed = accept_answer(&caps, &answer).unwrap();
                    break (agreed.remote, agreed.dtmf.map(|d| d.send_pt));
                }
                LegEvent::Ended(end) => panic!("not answered: {end:?}"),
                _ => {}
            }
        };
        let (hand, inbox) = channel();
        let line = Arc::new(Mutex::new(Line::default()));
        let told = line.clone();
        let sound = std::thread::spawn(move || Sound::new(socket, (remote, events)).run(&inbox, &told));
        Self {
            leg: Some(leg),
            sip,
            hand: Some(hand),
            line,
            sound: Some(sound),
        }
    }

    /// Presses keys, one after another, as telephone-events (RFC 4733); does not wait for the end of it.
    pub fn press(&self, keys: &str) {
        let keys = keys.chars().map(|key| Digit::from_char(key).unwrap()).collect();
        self.hand.as_ref().unwrap().send(Does::Press(keys)).unwrap();
    }

    /// Speaks by espeak-ng; does not wait for the end of it.
    pub fn say(&self, text: &str) {
        self.hand.as_ref().unwrap().send(Does::Say(spoken(text))).unwrap();
    }

    /// What has happened until now.
    pub fn line(&self) -> Line {
        self.line.lock().unwrap().clone()
    }

    /// Hangs up.
    pub async fn hang_up(mut self) {
        self.leg.take().unwrap().hangup();
        self.hand.take();
        self.sound.take().unwrap().join().unwrap();
        self.sip.shutdown().await;
    }
}

/// A sentence at 8 kHz, in the simulated callers' voice.
pub fn spoken(text: &str) -> Vec<i16> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("words.wav");
    let made = Command::new("espeak-ng")
        .args(["-v", "ko+m3", "-w"])
        .arg(&file)
        .arg("--")
        .arg(text)
        .status();
    assert!(made.unwrap().success());
    let wav = Wav::parse(&std::fs::read(&file).unwrap()).unwrap();
    biseo_speech::resample::convert(&wav.mono(), wav.rate, 8000)
}

struct Sound {
    socket: UdpSocket,
    remote: SocketAddr,
    encoder: Encoder,
    decoder: Decoder,
    number: u16,
    words: Vec<i16>,
    /// The payload type of telephone-events.
    events: Option<u8>,
    keys: VecDeque<Digit>,
    /// The key that is pressed, when it began (in the stream's clock), and how many packets of it were sent.
    pressed: Option<(Digit, u32, u16)>,
    /// Packets of sound between two keys.
    rest: u16,
}

impl Sound {
    fn new(socket: UdpSocket, (remote, events): (SocketAddr, Option<u8>)) -> Self {
        socket.set_nonblocking(true).unwrap();
        Self {
            socket,
            remote,
            encoder: Encoder::new(AudioCodec::Pcmu),
            decoder: Decoder::new(AudioCodec::Pcmu),
            number: 0,
            words: Vec::new(),
            events,
            keys: VecDeque::new(),
            pressed: None,
            rest: 0,
        }
    }

    /// A packet every 20 ms until nobody holds the other end.
    fn run(mut self, inbox: &Receiver<Does>, line: &Mutex<Line>) {
        let mut next = Instant::now();
        loop {
            match inbox.try_recv() {
                Ok(Does::Press(keys)) => self.keys.extend(keys),
                Ok(Does::Say(words)) => {
                    let (first, packets) = (line.lock().unwrap().sent, words.len().div_ceil(FRAME_SAMPLES));
                    line.lock().unwrap().spoke = Some((first, first + packets as u64));
                    self.words = words;
                }
                Err(std::sync::mpsc::TryRecvError::Empty) => {}
                Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
            }
            match self.key() {
                Some(key) => self.send_event(key),
                None => self.send(),
            }
            self.receive(line);
            line.lock().unwrap().sent += 1;
            next += Duration::from_millis(20);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
    }

    /// The key that is pressed now.
    fn key(&mut self) -> Option<Digit> {
        if self.pressed.is_none() && self.rest == 0 {
            let begun = u32::from(self.number) * 160;
            self.pressed = self.keys.pop_front().map(|key| (key, begun, 0));
        }
        self.rest = self.rest.saturating_sub(1);
        self.pressed.map(|(key, ..)| key)
    }

    /// A packet of a key that is pressed for 100 ms, the last three of which say its end.
    fn send_event(&mut self, key: Digit) {
        let Some((_, begun, sent)) = &mut self.pressed else {
            return;
        };
        *sent += 1;
        let event = EventPayload {
            code: key.code(),
            end: *sent > 5,
            volume: 10,
            duration: (*sent).min(5) * 160,
        };
        let kind = self.events.expect("keys were agreed on") | if *sent == 1 { 0x80 } else { 0 };
        let mut packet = vec![0x80, kind];
        packet.extend(self.number.to_be_bytes());
        packet.extend(begun.to_be_bytes());
        packet.extend(7_u32.to_be_bytes());
        packet.extend(event.to_octets());
        if *sent == 8 {
            (self.pressed, self.rest) = (None, 5);
        }
        self.number = self.number.wrapping_add(1);
        self.socket.send_to(&packet, self.remote).unwrap();
    }

    fn send(&mut self) {
        let mut frame: Frame = [0; FRAME_SAMPLES];
        let len = self.words.len().min(FRAME_SAMPLES);
        frame[..len].copy_from_slice(&self.words[..len]);
        self.words.drain(..len);
        // RFC 3550 §5.1: version 2, payload type 0 (PCMU), number, time stamp, source.
        let mut packet = vec![0x80, 0];
        packet.extend(self.number.to_be_bytes());
        packet.extend((u32::from(self.number) * 160).to_be_bytes());
        packet.extend(7_u32.to_be_bytes());
        let mut payload = [0; FRAME_SAMPLES];
        let len = self.encoder.encode(&frame, &mut payload).unwrap();
        packet.extend(&payload[..len]);
        self.number = self.number.wrapping_add(1);
        self.socket.send_to(&packet, self.remote).unwrap();
    }

    fn receive(&mut self, line: &Mutex<Line>) {
        let (mut packet, mut pcm) = ([0; 1500], PcmBuf::new());
        while let Ok((len, _)) = self.socket.recv_from(&mut packet) {
            if len <= 12 || packet[1] & 0x7f != 0 {
                continue;
            }
            self.decoder.decode(&packet[12..len], &mut pcm).unwrap();
            let mut line = line.lock().unwrap();
            line.received += 1;
            let at = line.sent;
            if pcm.samples().iter().any(|s| s.unsigned_abs() > 400) {
                line.loud.push(at);
            }
        }
    }
}
