//! Speech services on real sockets of this machine, in the wire protocols of the real ones. What they understand is
//! understood by the demo recogniser, what they say is said by espeak-ng. They can be told to behave badly, and killed.
#![allow(dead_code)] // each test file uses its part

pub mod http;
pub mod openai;
pub mod realtime;
pub mod rtzr;

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::{SpeechToText, SttOptions, SttSession};
use biseo_speech_suite::sound;

/// The demo recogniser, loaded once.
pub fn demo() -> Arc<DemoCtc> {
    static DEMO: OnceLock<Arc<DemoCtc>> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/demo-ko");
        Arc::new(DemoCtc::load(&folder).unwrap())
    })
    .clone()
}

/// What the demo recogniser hears when it is given the words of a shop.
pub fn listener(words: &[String]) -> Box<dyn SttSession> {
    let options = SttOptions {
        boost: words.to_vec(),
        ..SttOptions::default()
    };
    demo().session(&options).unwrap()
}

/// A caller's sentence as a telephone passes it on.
pub fn sentence() -> Vec<i16> {
    sound::through_ulaw(&sound::in_silence(&sound::speech(""), 2_400, 1_600))
}

/// What the demo recogniser makes of it itself.
pub fn heard_here(clip: &[i16]) -> String {
    let mut session = listener(&[]);
    session.accept(clip).unwrap();
    session.finish().unwrap().text
}

/// Waits for something to become true; so long that only what never comes is missed.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < until, "{what} never came");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A listening service. Dropped, it is killed.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    dead: AtomicBool,
    connections: AtomicUsize,
    streams: Mutex<Vec<TcpStream>>,
}

impl Server {
    /// Serves each connection on a thread; `serve` is told its number, from 0.
    pub fn start(serve: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::<Shared>::default();
        let (theirs, serve) = (shared.clone(), Arc::new(serve));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if theirs.dead.load(Ordering::SeqCst) {
                    return;
                }
                let number = theirs.connections.fetch_add(1, Ordering::SeqCst);
                // As services do: else small answers wait for an acknowledgement.
                stream.set_nodelay(true).unwrap();
                theirs.streams.lock().unwrap().push(stream.try_clone().unwrap());
                let (serve, end) = (serve.clone(), stream.try_clone().unwrap());
                std::thread::spawn(move || {
                    serve(number, stream);
                    let _ = end.shutdown(Shutdown::Both);
                });
            }
        });
        Self { address, shared }
    }

    /// `http://127.0.0.1:PORT/v1`.
    pub fn http(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections came.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Cuts all connections and listens no more.
    pub fn kill(&self) {
        if !self.shared.dead.swap(true, Ordering::SeqCst) {
            // So that the listening thread looks up.
            let _ = TcpStream::connect(self.address);
        }
        self.cut();
    }

    /// Cuts all connections; new ones are welcome.
    pub fn cut(&self) {
        for stream in self.shared.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Says something that is no service's answer, and closes.
pub fn say(mut stream: &TcpStream, octets: &[u8]) {
    let _ = stream.write_all(octets);
    let _ = stream.flush();
}

/// Does nothing until the other side goes.
pub fn linger(stream: &TcpStream) {
    let mut stream = stream;
    let _ = std::io::copy(&mut stream, &mut std::io::sink());
}
