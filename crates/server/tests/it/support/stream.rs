//! A platform with one caller: a WebSocket client that brings a call as Twilio does (its messages are written here by hand,
//! not by the project's own writer). Sends 20 ms of the caller every 20 ms, plays back what it gets in the time that it lasts,
//! sends a mark back when the sound before it is played or thrown away, and throws away what is not played at a clear.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_media::FRAME_SAMPLES;
use biseo_media::codec::{AudioCodec, Decoder, Encoder, PcmBuf};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::PATIENCE;
use super::wire::spoken;

/// The token of these tests.
pub const TOKEN: &str = "a-token-for-the-tests";
/// The stream's name.
pub const STREAM: &str = "MZ18ad3ab5a668481ce02b83e7395059f0";
/// The caller.
pub const CALLER: &str = "+821023456789";
/// The number that was dialled: the shop's.
pub const DIALLED: &str = "+8227001001";

/// A WebSocket.
pub type Socket = WebSocketStream<TcpStream>;

/// What has happened on the line, counted in the caller's own messages.
#[derive(Debug, Default, Clone)]
pub struct Line {
    /// Messages that the caller has sent.
    pub sent: u64,
    /// 20 ms of Biseo's that were played and are louder than silence: when the caller had sent so many.
    pub loud: Vec<u64>,
    /// The caller's last utterance: its first message and the one after its last.
    pub spoke: Option<(u64, u64)>,
    /// Clears: when, and how many 20 ms were thrown away.
    pub clears: Vec<(u64, usize)>,
    /// Marks that were played, in order.
    pub played: Vec<String>,
    /// Marks that were thrown away with their sound.
    pub cleared: Vec<String>,
    /// 20 ms that still wait to be played, and marks.
    pub waiting: usize,
    /// The most that ever waited.
    pub most: usize,
    /// How Biseo ended the connection; 0 without a word.
    pub closed: Option<u16>,
}

impl Line {
    /// Whether Biseo has spoken since `since` pieces of its sound, and been silent for longer than between two sentences.
    pub fn finished(&self, since: usize) -> bool {
        self.waiting == 0 && self.loud.len() > since + 20 && self.sent > self.loud.last().unwrap() + 75
    }
}

enum Order {
    Say(Vec<i16>),
    Press(char),
    HangUp,
    /// Goes without a word.
    Vanish,
}

/// A call under way; the connection is cut when this is dropped.
pub struct Caller {
    orders: UnboundedSender<Order>,
    line: Arc<Mutex<Line>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// Connects; `url` as Biseo tells it, with the token or without.
pub async fn connect(url: &str) -> Result<Socket, Error> {
    let address = url.strip_prefix("ws://").unwrap().split('/').next().unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    Ok(tokio_tungstenite::client_async(url, stream).await?.0)
}

/// The first two messages of a call.
pub fn opening(from: &str, to: &str) -> [String; 2] {
    let start = json!({
        "event": "start", "sequenceNumber": "1", "streamSid": STREAM,
        "start": {
            "accountSid": "AC00000000000000000000000000000000", "callSid": "CA00000000000000000000000000000000",
            "streamSid": STREAM, "tracks": ["inbound"], "customParameters": { "from": from, "to": to },
            "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1 },
        },
    });
    let connected = json!({ "event": "connected", "protocol": "Call", "version": "1.0.0" });
    [connected.to_string(), start.to_string()]
}

impl Caller {
    /// Brings a call; `url` without the token.
    pub fn dial(url: &str, from: &str, to: &str) -> Self {
        let (orders, inbox) = unbounded_channel();
        let line = Arc::new(Mutex::new(Line::default()));
        let told = line.clone();
        let (url, opening) = (format!("{url}/{TOKEN}"), opening(from, to));
        // A thread of its own, so that its packets do not wait for the test.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut socket = connect(&url).await.unwrap();
                for message in opening {
                    socket.send(Message::text(message)).await.unwrap();
                }
                Platform::new(socket, told).run(inbox).await;
            });
        });
        Self {
            orders,
            line,
            thread: Some(thread),
        }
    }

    /// Speaks by espeak-ng; does not wait for the end of it.
    pub fn say(&self, text: &str) {
        self.order(Order::Say(spoken(text)));
    }

    /// Presses keys.
    pub fn press(&self, keys: &str) {
        keys.chars().for_each(|key| self.order(Order::Press(key)));
    }

    /// What has happened until now.
    pub fn line(&self) -> Line {
        self.line.lock().unwrap().clone()
    }

    /// Waits for something to have happened.
    pub async fn until(&self, what: &str, enough: impl Fn(&Line) -> bool) -> Line {
        let enough = &enough;
        super::until(what, PATIENCE, || async move {
            Some(self.line()).filter(|l| enough(l))
        })
        .await
    }

    /// Hangs up as a platform does: stop, then the WebSocket's farewell.
    pub fn hang_up(mut self) {
        self.order(Order::HangUp);
        self.thread.take().unwrap().join().unwrap();
    }

    /// Is gone without a word.
    pub fn vanish(mut self) {
        self.order(Order::Vanish);
        self.thread.take().unwrap().join().unwrap();
    }

    fn order(&self, order: Order) {
        // Nobody is there if Biseo has hung up; what the line tells shows that.
        let _ = self.orders.send(order);
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.order(Order::Vanish);
    }
}

/// Something that waits in the platform's buffer.
enum Waiting {
    Sound([u8; FRAME_SAMPLES]),
    Mark(String),
}

struct Platform {
    socket: Socket,
    line: Arc<Mutex<Line>>,
    encoder: Encoder,
    decoder: Decoder,
    words: Vec<i16>,
    waiting: VecDeque<Waiting>,
    /// Sound that fills no 20 ms yet.
    rest: Vec<u8>,
    messages: u64,
}

impl Platform {
    fn new(socket: Socket, line: Arc<Mutex<Line>>) -> Self {
        Self {
            socket,
            line,
            encoder: Encoder::new(AudioCodec::Pcmu),
            decoder: Decoder::new(AudioCodec::Pcmu),
            words: Vec::new(),
            waiting: VecDeque::new(),
            rest: Vec::new(),
            messages: 1,
        }
    }

    async fn run(mut self, mut inbox: UnboundedReceiver<Order>) {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        loop {
            let going_on = tokio::select! {
                _ = ticks.tick() => self.tick().await,
                message = self.socket.next() => self.received(message).await,
                order = inbox.recv() => self.ordered(order.unwrap_or(Order::Vanish)).await,
            };
            if !going_on {
                return;
            }
        }
    }

    async fn ordered(&mut self, order: Order) -> bool {
        match order {
            Order::Say(words) => {
                let packets = words.len().div_ceil(FRAME_SAMPLES) as u64;
                let mut line = self.line.lock().unwrap();
                line.spoke = Some((line.sent, line.sent + packets));
                self.words = words;
                true
            }
            Order::Press(key) => {
                let key = json!({ "track": "inbound_track", "digit": key.to_string() });
                self.send("dtmf", key).await
            }
            Order::HangUp => {
                self.send("stop", json!({ "callSid": "CA00000000000000000000000000000000" }))
                    .await;
                let _ = self.socket.close(None).await;
                while let Some(Ok(_)) = self.socket.next().await {}
                false
            }
            Order::Vanish => false,
        }
    }

    /// `false` when Biseo is gone.
    async fn send(&mut self, event: &str, body: Value) -> bool {
        self.messages += 1;
        let number = self.messages.to_string();
        let message = json!({ "event": event, "sequenceNumber": number, "streamSid": STREAM, event: body });
        let sent = self.socket.send(Message::text(message.to_string())).await;
        // How Biseo ended it is still to be read.
        sent.is_ok() || self.line.lock().unwrap().closed.is_none()
    }

    /// 20 ms are over.
    async fn tick(&mut self) -> bool {
        let number = self.line.lock().unwrap().sent;
        let mut frame = [0; FRAME_SAMPLES];
        let len = self.words.len().min(FRAME_SAMPLES);
        frame[..len].copy_from_slice(&self.words[..len]);
        self.words.drain(..len);
        let mut octets = [0; FRAME_SAMPLES];
        self.encoder.encode(&frame, &mut octets).unwrap();
        let media = json!({
            "track": "inbound", "chunk": (number + 1).to_string(), "timestamp": (number * 20 + 5).to_string(),
            "payload": STANDARD.encode(octets),
        });
        let going_on = self.send("media", media).await;
        self.line.lock().unwrap().sent += 1;
        self.play(number);
        going_on && self.reach_marks().await
    }

    /// The next 20 ms come out of the caller's telephone.
    fn play(&mut self, number: u64) {
        if let Some(Waiting::Sound(octets)) = self.waiting.front() {
            let mut pcm = PcmBuf::new();
            self.decoder.decode(octets, &mut pcm).unwrap();
            if pcm.samples().iter().any(|s| s.unsigned_abs() > 400) {
                self.line.lock().unwrap().loud.push(number);
            }
            self.waiting.pop_front();
        }
    }

    /// Sends back the marks that nothing stands before.
    async fn reach_marks(&mut self) -> bool {
        while let Some(Waiting::Mark(_)) = self.waiting.front() {
            let Some(Waiting::Mark(name)) = self.waiting.pop_front() else {
                unreachable!()
            };
            self.line.lock().unwrap().played.push(name.clone());
            if !self.send("mark", json!({ "name": name })).await {
                return false;
            }
        }
        self.line.lock().unwrap().waiting = self.waiting.len();
        true
    }

    async fn received(&mut self, message: Option<Result<Message, Error>>) -> bool {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map_or(1005, |f| f.code.into());
                self.line.lock().unwrap().closed.get_or_insert(code);
                return true;
            }
            Some(Ok(_)) => return true,
            Some(Err(_)) | None => {
                self.line.lock().unwrap().closed.get_or_insert(0);
                return false;
            }
        };
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["streamSid"], STREAM, "{value}");
        match value["event"].as_str().unwrap() {
            "media" => self.buffer(value["media"]["payload"].as_str().unwrap()),
            "mark" => {
                let name = value["mark"]["name"].as_str().unwrap().to_string();
                self.waiting.push_back(Waiting::Mark(name));
            }
            "clear" => return self.clear().await,
            other => panic!("a message that no platform knows: {other}"),
        }
        let mut line = self.line.lock().unwrap();
        line.waiting = self.waiting.len();
        line.most = line.most.max(line.waiting);
        true
    }

    fn buffer(&mut self, payload: &str) {
        self.rest.extend(STANDARD.decode(payload).unwrap());
        let (whole, rest) = self.rest.as_chunks::<FRAME_SAMPLES>();
        self.waiting.extend(whole.iter().map(|f| Waiting::Sound(*f)));
        self.rest = rest.to_vec();
    }

    async fn clear(&mut self) -> bool {
        let waiting = std::mem::take(&mut self.waiting);
        let sound = waiting.iter().filter(|w| matches!(w, Waiting::Sound(_))).count();
        {
            let mut line = self.line.lock().unwrap();
            let at = line.sent;
            line.clears.push((at, sound));
            line.waiting = 0;
        }
        for waiting in waiting {
            if let Waiting::Mark(name) = waiting {
                self.line.lock().unwrap().cleared.push(name.clone());
                if !self.send("mark", json!({ "name": name })).await {
                    return false;
                }
            }
        }
        true
    }
}
