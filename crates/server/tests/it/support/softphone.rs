//! baresip, a softphone with its own idea of SIP, RTP, SRTP and ICE, and the hand that presses its buttons.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{PATIENCE, Running};

/// Where Debian puts its modules: below the folder of the machine's architecture in some releases.
fn modules() -> PathBuf {
    let candidates = ["/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules"];
    let below = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let all = candidates
        .iter()
        .map(PathBuf::from)
        .chain(below.map(|e| e.path().join("baresip/modules")));
    all.into_iter()
        .find(|p| p.join("ctrl_tcp.so").exists())
        .expect("baresip's modules (make deps)")
}

/// What differs between softphones.
pub struct Setup {
    /// What it speaks, 8 kHz.
    pub words: Vec<i16>,
    /// Further lines of its configuration.
    pub config: String,
    /// Further parameters of its account.
    pub account: String,
}

impl Default for Setup {
    /// Two minutes of silence, nothing special.
    fn default() -> Self {
        Self {
            words: vec![0; 8000 * 120],
            config: String::new(),
            account: String::new(),
        }
    }
}

/// A softphone without registration, G.711 A-law, that speaks from a file.
pub struct Softphone {
    running: Running,
    control: TcpStream,
    seen: Vec<u8>,
    events: Vec<Value>,
}

impl Softphone {
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &Setup::default())
    }

    pub fn start_with(folder: &Path, setup: &Setup) -> Self {
        std::fs::create_dir(folder).unwrap();
        let quiet = folder.join("words.wav");
        let mut file = biseo_media::wav::header(8000, 1, setup.words.len() as u64).to_vec();
        file.extend(setup.words.iter().flat_map(|s| s.to_le_bytes()));
        std::fs::write(&quiet, file).unwrap();
        // Free a moment ago, and taken at once.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = format!(
            "sip_listen 127.0.0.1:0\ncall_max_calls 1\nnet_interface 127.0.0.1\nrtp_ports 36000-36999\n\
             audio_source aufile,{}\naudio_player aubridge,heard\naudio_alert aubridge,bell\n\
             ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\n\
             module_path {}\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\n\
             module_app account.so\nmodule_app menu.so\nmodule debug_cmd.so\nmodule_app ctrl_tcp.so\n\
             ctrl_tcp_listen {port}\n{}\n",
            quiet.display(),
            modules().display(),
            setup.config,
        );
        std::fs::write(folder.join("config"), config).unwrap();
        let account = format!(
            "<sip:01098765432@127.0.0.1>;regint=0;audio_codecs=pcma/8000/1{}\n",
            setup.account
        );
        std::fs::write(folder.join("accounts"), account).unwrap();
        let child = Command::new("baresip")
            .arg("-f")
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("baresip (make deps)");
        let running = Running { child };
        let end = Instant::now() + PATIENCE;
        let control = loop {
            match TcpStream::connect(port) {
                Ok(stream) => break stream,
                Err(e) => assert!(Instant::now() < end, "baresip does not listen: {e}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        control.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        Self {
            running,
            control,
            seen: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Gives a command and waits for its answer.
    pub fn command(&mut self, command: &str, params: &str) -> String {
        let text = json!({"command": command, "params": params, "token": command}).to_string();
        write!(self.control, "{}:{text},", text.len()).unwrap();
        let answer = self.wait(&format!("an answer to {command}"), |v| {
            v["response"] == true && v["token"] == command
        });
        assert_eq!(answer["ok"], true, "{command}: {answer}");
        answer["data"].as_str().unwrap_or_default().to_string()
    }

    /// Waits for an event.
    pub fn event(&mut self, kind: &str) -> Value {
        self.wait(kind, |v| v["event"] == true && v["type"] == kind)
    }

    pub fn wait(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.events.iter().position(&wanted) {
                return self.events.remove(at);
            }
            assert!(Instant::now() < end, "{what} did not come: {:?}", self.events);
            self.read();
        }
    }

    /// Reads netstrings: `LENGTH:JSON,`.
    fn read(&mut self) {
        let mut piece = [0; 4096];
        match self.control.read(&mut piece) {
            Ok(0) => panic!("baresip has ended"),
            Ok(len) => self.seen.extend(&piece[..len]),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(e) => panic!("{e}"),
        }
        while let Some(colon) = self.seen.iter().position(|b| *b == b':') {
            let len: usize = std::str::from_utf8(&self.seen[..colon]).unwrap().parse().unwrap();
            let (from, to) = (colon + 1, colon + 1 + len);
            if self.seen.len() <= to {
                return;
            }
            let text = String::from_utf8_lossy(&self.seen[from..to]).into_owned();
            self.seen.drain(..=to);
            self.events.push(serde_json::from_str(&text).unwrap());
        }
    }

    /// RTP packets that it has sent and received.
    pub fn packets(&mut self) -> (u64, u64) {
        let text = self.command("audio_debug", "");
        let number = |name: &str| -> u64 {
            let (_, rest) = text.rsplit_once(name).unwrap_or_else(|| panic!("{name}: {text}"));
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
            digits.unwrap().parse().unwrap()
        };
        (number("TX: packets="), number("rcvd="))
    }

    /// Waits until it has sent so many packets more, a clock of the call's own; gives what it has received by then.
    pub fn after_packets(&mut self, more: u64) -> u64 {
        let (from, end) = (self.packets().0, Instant::now() + PATIENCE);
        loop {
            let (sent, received) = self.packets();
            if sent >= from + more {
                return received;
            }
            assert!(Instant::now() < end, "baresip sends nothing");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Calls and waits until sound goes both ways.
    pub fn dial(&mut self, address: &str) {
        self.command("dial", address);
        self.event("CALL_ESTABLISHED");
        self.event("CALL_RTPESTAB");
    }

    pub fn quit(mut self) {
        self.command("quit", "");
        self.running.ended("baresip", PATIENCE);
    }
}
