//! A caller whose every packet is in the test's hand: signalling by the project's own stack, sound (G.711 µ-law in RTP, 20 ms
//! a packet) by this file.

use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use biseo_media::codec::{AudioCodec, Decoder, Encoder, PcmBuf};
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

/// A call under way; over when this is dropped.
pub struct Caller {
    leg: Option<Leg>,
    sip: SipStack,
    words: Option<Sender<Vec<i16>>>,
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
            dtmf: false,
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
        let remote = loop {
            match tokio::time::timeout(PATIENCE, leg.next_event()).await.unwrap() {
                LegEvent::Answered { sdp: Some(answer) } => {
                    break accept_answer(&caps, &answer).unwrap().remote;
                }
                LegEvent::Ended(end) => panic!("not answered: {end:?}"),
                _ => {}
            }
        };
        let (words, inbox) = channel();
        let line = Arc::new(Mutex::new(Line::default()));
        let told = line.clone();
        let sound = std::thread::spawn(move || Sound::new(socket, remote).run(&inbox, &told));
        Self {
            leg: Some(leg),
            sip,
            words: Some(words),
            line,
            sound: Some(sound),
        }
    }

    /// Speaks by espeak-ng; does not wait for the end of it.
    pub fn say(&self, text: &str) {
        self.words.as_ref().unwrap().send(spoken(text)).unwrap();
    }

    /// What has happened until now.
    pub fn line(&self) -> Line {
        self.line.lock().unwrap().clone()
    }

    /// Hangs up.
    pub async fn hang_up(mut self) {
        self.leg.take().unwrap().hangup();
        self.words.take();
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
}

impl Sound {
    fn new(socket: UdpSocket, remote: SocketAddr) -> Self {
        socket.set_nonblocking(true).unwrap();
        Self {
            socket,
            remote,
            encoder: Encoder::new(AudioCodec::Pcmu),
            decoder: Decoder::new(AudioCodec::Pcmu),
            number: 0,
            words: Vec::new(),
        }
    }

    /// A packet every 20 ms until nobody holds the other end.
    fn run(mut self, inbox: &Receiver<Vec<i16>>, line: &Mutex<Line>) {
        let mut next = Instant::now();
        loop {
            match inbox.try_recv() {
                Ok(words) => {
                    let (first, packets) = (line.lock().unwrap().sent, words.len().div_ceil(FRAME_SAMPLES));
                    line.lock().unwrap().spoke = Some((first, first + packets as u64));
                    self.words = words;
                }
                Err(std::sync::mpsc::TryRecvError::Empty) => {}
                Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
            }
            self.send();
            self.receive(line);
            line.lock().unwrap().sent += 1;
            next += Duration::from_millis(20);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
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
