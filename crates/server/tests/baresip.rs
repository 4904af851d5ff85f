//! baresip (Debian package `baresip-core`), a softphone with its own idea of SIP and RTP, calls Biseo: sound, keys, hold and
//! resume, hanging up. Its module ctrl_tcp is the hand that presses its buttons.

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use biseo_model::record::{CallEnd, CallRecord};
use serde_json::{Value, json};
use support::{PATIENCE, Place, Running, Server, latest, speaks, until};

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

/// A softphone without registration, G.711 A-law, that speaks silence from a file.
struct Softphone {
    running: Running,
    control: TcpStream,
    seen: Vec<u8>,
    events: Vec<Value>,
}

impl Softphone {
    fn start(folder: &Path) -> Self {
        std::fs::create_dir(folder).unwrap();
        let quiet = folder.join("quiet.wav");
        let mut file = biseo_media::wav::header(8000, 1, 16 * 8000 * 60).to_vec();
        file.resize(file.len() + 2 * 8000 * 120, 0);
        std::fs::write(&quiet, file).unwrap();
        // Free a moment ago, and taken at once.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = format!(
            "sip_listen 127.0.0.1:0\ncall_max_calls 1\nnet_interface 127.0.0.1\nrtp_ports 36000-36999\n\
             audio_source aufile,{}\naudio_player aubridge,heard\naudio_alert aubridge,bell\n\
             ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\n\
             module_path {}\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\n\
             module_app account.so\nmodule_app menu.so\nmodule debug_cmd.so\nmodule_app ctrl_tcp.so\n\
             ctrl_tcp_listen {port}\n",
            quiet.display(),
            modules().display(),
        );
        std::fs::write(folder.join("config"), config).unwrap();
        let account = "<sip:01098765432@127.0.0.1>;regint=0;audio_codecs=pcma/8000/1\n";
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
    fn command(&mut self, command: &str, params: &str) -> String {
        let text = json!({"command": command, "params": params, "token": command}).to_string();
        write!(self.control, "{}:{text},", text.len()).unwrap();
        let answer = self.wait(&format!("an answer to {command}"), |v| {
            v["response"] == true && v["token"] == command
        });
        assert_eq!(answer["ok"], true, "{command}: {answer}");
        answer["data"].as_str().unwrap_or_default().to_string()
    }

    /// Waits for an event.
    fn event(&mut self, kind: &str) -> Value {
        self.wait(kind, |v| v["event"] == true && v["type"] == kind)
    }

    fn wait(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
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
    fn packets(&mut self) -> (u64, u64) {
        let text = self.command("audio_debug", "");
        let number = |name: &str| -> u64 {
            let (_, rest) = text.rsplit_once(name).unwrap_or_else(|| panic!("{name}: {text}"));
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
            digits.unwrap().parse().unwrap()
        };
        (number("TX: packets="), number("rcvd="))
    }

    /// Waits until it has sent so many packets more, a clock of the call's own; gives what it has received by then.
    fn after_packets(&mut self, more: u64) -> u64 {
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

    fn quit(mut self) {
        self.command("quit", "");
        self.running.ended("baresip", PATIENCE);
    }
}

fn dial(phone: &mut Softphone, server: &Server) {
    phone.command("dial", &server.address("haengbok"));
    phone.event("CALL_REMOTE_SDP");
    phone.event("CALL_ESTABLISHED");
    phone.event("CALL_RTPESTAB");
}

/// Waits until so many seconds more are on the record: a clock of the call's own.
async fn recorded(place: &Place, call: &CallRecord, seconds: u64) {
    let file = place.data().join(call.recording.as_ref().unwrap());
    let len = || std::fs::metadata(&file).unwrap().len();
    let enough = len() + seconds * 8000 * 2 * 2;
    until("the recording", PATIENCE, || async {
        (len() >= enough).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_softphone_calls_types_holds_resumes_and_hangs_up() {
    let place = Place::new();
    let server = place.serve();
    let store = place.store().await;
    let mut phone = Softphone::start(&place.path().join("baresip"));
    dial(&mut phone, &server);
    let (_, turns) = place
        .turns(&store, "the greeting", |_, turns| {
            turns.first().is_some_and(|t| !t.said.is_empty())
        })
        .await;
    assert!(turns[0].said.contains("행복식당"), "{turns:?}");
    assert!(phone.after_packets(100) > 50, "no sound comes");

    for key in "01012345678#".chars() {
        phone.command("sndcode", &key.to_string());
        // The next key once this one's packets have gone out: as fast as a thumb, not faster.
        phone.after_packets(12);
    }
    let (_, turns) = place
        .turns(&store, "the typed number", |_, turns| {
            turns.iter().any(|t| t.heard == "01012345678")
        })
        .await;
    assert_eq!(
        turns.iter().filter(|t| !t.heard.is_empty()).count(),
        1,
        "{turns:?}"
    );

    phone.command("hold", "");
    phone.event("CALL_REMOTE_SDP");
    // baresip sends nothing while it holds, for longer than a dead line is put up with and than anybody stays silent.
    let (call, before) = latest(&store).await.unwrap();
    recorded(&place, &call, 1).await;
    let (_, held) = phone.packets();
    recorded(&place, &call, 14).await;
    assert_eq!(phone.packets().1, held, "sound on hold");
    let (call, after) = latest(&store).await.unwrap();
    assert_eq!((call.end, after.len()), (None, before.len()), "{after:?}");

    phone.command("resume", "");
    let (_, turns) = place
        .turns(&store, "a word after hold", |_, turns| turns.len() > before.len())
        .await;
    assert!(!turns.last().unwrap().said.is_empty(), "{turns:?}");
    assert!(phone.after_packets(50) > held + 25, "no sound after hold");

    phone.command("hangup", "");
    phone.event("CALL_CLOSED");
    let (call, _) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(CallEnd::Caller));
    assert_eq!(call.caller.as_ref().unwrap().as_str(), "01098765432");
    let wav = place.recording(&call);
    assert!(speaks(&wav.channel(1), wav.rate), "the greeting is on the record");
    phone.quit();
    store.close().await;
    server.stop();
}
