//! An installation of one's own for a test, and `biseo` running in it as a user runs it.

pub mod carrier;
pub mod http;
pub mod line;
pub mod outage;
pub mod receiver;
pub mod softphone;
pub mod stream;
pub mod wire;

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use biseo_model::ids::ShopId;
use biseo_model::record::{CallRecord, TurnRecord};
use biseo_store::Store;

/// Nothing here takes longer unless it is broken. A whole conversation has more time.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// The longest conversation of these tests, on a machine that does other work as well.
pub const CONVERSATION: Duration = Duration::from_secs(180);
/// The Tuesday morning on which these tests take place.
pub const CLOCK: &str = "2026-11-24T10:12:00+09:00";
/// The shop that is called.
pub const SHOP: &str = "haengbok";

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// `biseo` in a folder, untouched by the environment of whoever runs the tests.
pub fn biseo(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_biseo"));
    command.args(arguments).current_dir(folder);
    for name in ["BISEO_LANG", "BISEO_CONFIG", "BISEO_MODEL", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

/// Everything a program printed.
pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Looks again and again until `look` gives something; fails after `patience`.
pub async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    patience: Duration,
    mut look: impl FnMut() -> F,
) -> T {
    let end = Instant::now() + patience;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An installation in a folder that goes away with it.
pub struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    /// By `biseo init`; open to all callers, on telephone ports that the system chooses.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let output = biseo(&["init", "."], dir.path()).output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        let place = Self { dir };
        place.change("0.0.0.0:5060", "127.0.0.1:0");
        place.change("127.0.0.1:8080", "127.0.0.1:0");
        place.change("accept_anyone = false", "accept_anyone = true");
        // The machine that tests is busy, and that is no fault of the line.
        place.change("watch = true", "watch = false");
        place.change("models/demo-ko", root().join("models/demo-ko").to_str().unwrap());
        place
    }

    /// Tells figures.
    pub fn with_metrics(self) -> Self {
        self.edit("biseo.toml", |old| {
            format!("{old}\n[metrics]\nlisten = \"127.0.0.1:0\"\n")
        });
        self
    }

    /// Takes calls by WebSocket as well.
    pub fn with_streams(self) -> Self {
        std::fs::write(self.path().join("token"), stream::TOKEN).unwrap();
        self.edit("biseo.toml", |old| {
            format!("{old}\n[stream]\nlisten = \"127.0.0.1:0\"\ntoken_file = \"token\"\n")
        });
        self
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Replaces something in the configuration.
    pub fn change(&self, from: &str, to: &str) {
        self.edit("biseo.toml", |old| {
            assert!(old.contains(from), "{from}");
            old.replace(from, to)
        });
    }

    /// Rewrites one of its files.
    pub fn edit(&self, name: &str, change: impl FnOnce(&str) -> String) {
        let file = self.path().join(name);
        let old = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, change(&old)).unwrap();
    }

    /// Runs `biseo serve` and waits until it is ready.
    pub fn serve(&self) -> Server {
        Server::start(biseo(&["serve", "--clock", CLOCK], self.path()))
    }

    /// Runs `biseo serve` where it must fail; gives its exit status and its words.
    pub fn refused(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let all = [&["serve"], arguments].concat();
        let mut child = biseo(&all, self.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let end = Instant::now() + PATIENCE;
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > end {
                child.kill().unwrap();
                panic!("it serves: {}", text(&child.wait_with_output().unwrap()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let output = child.wait_with_output().unwrap();
        (output.status.code(), text(&output))
    }

    /// Its database. Opening it changes nothing in it.
    pub async fn store(&self) -> Store {
        Store::open(&self.data().join("biseo.db")).await.unwrap()
    }

    /// Waits for the shop's only call with as many turns as `enough` wants.
    pub async fn turns(
        &self,
        store: &Store,
        what: &str,
        enough: impl Fn(&CallRecord, &[TurnRecord]) -> bool,
    ) -> (CallRecord, Vec<TurnRecord>) {
        let enough = &enough;
        until(what, CONVERSATION, || async move {
            let (call, turns) = latest(store).await?;
            enough(&call, &turns).then_some((call, turns))
        })
        .await
    }

    /// A call's recording, which lies sealed, read as a WAV file.
    pub fn recording(&self, call: &CallRecord) -> biseo_media::wav::Wav {
        let recording = self.sealed(call);
        assert!(!recording.is_cut_off());
        biseo_media::wav::Wav::parse(&octets(recording)).unwrap()
    }

    /// A call's recording, opened as far as it goes.
    pub fn sealed(&self, call: &CallRecord) -> biseo_vault::Recording {
        let name = call.recording.as_ref().expect("the call is recorded");
        let keys = biseo_vault::key_file::read(&self.path().join("secrets/seal.key")).unwrap();
        let file = std::fs::File::open(self.data().join(name)).unwrap();
        let recording = biseo_vault::Recording::open(file, Some(&keys)).unwrap();
        assert!(recording.sealed_by().is_some(), "it lies in the clear");
        recording
    }
}

/// A whole recording.
pub fn octets(mut recording: biseo_vault::Recording) -> Vec<u8> {
    let mut octets = vec![0; recording.len() as usize];
    assert_eq!(recording.read_at(0, &mut octets).unwrap(), octets.len());
    octets
}

/// The shop.
pub fn shop() -> ShopId {
    ShopId::new(SHOP).unwrap()
}

/// The shop's latest call with its turns.
pub async fn latest(store: &Store) -> Option<(CallRecord, Vec<TurnRecord>)> {
    let call = store.calls(&shop(), 1).await.unwrap().pop()?;
    let turns = store.turns(&shop(), &call.id).await.unwrap();
    Some((call, turns))
}

/// Whether there is speech in it, rather than silence or a click: more than half a second of 20 ms pieces above -45 dBFS.
pub fn speaks(samples: &[i16], rate: u32) -> bool {
    let piece = rate as usize / 50;
    let loud = |p: &&[i16]| {
        let power: f64 = p.iter().map(|&s| f64::from(s) * f64::from(s)).sum();
        (power / p.len() as f64).sqrt() > 180.0
    };
    samples.chunks_exact(piece).filter(loud).count() > 25
}

/// A program that ends, by its id, at the latest when this goes out of scope.
pub struct Running {
    /// The program.
    pub child: Child,
}

impl Running {
    /// Sends a signal by the program's id.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end.
    pub fn ended(&mut self, what: &str, patience: Duration) -> Option<i32> {
        let end = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < end, "{what} does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// `biseo serve`, ready for calls.
pub struct Server {
    /// The program.
    pub running: Running,
    /// Its telephone, UDP.
    pub sip: String,
    /// Its telephone, TLS; empty if it has none.
    pub tls: String,
    /// Where it takes calls by WebSocket; empty if it does not.
    pub streams: String,
    /// Where its figures are; empty if it tells none.
    pub metrics: String,
    lines: Receiver<String>,
    /// What it has told so far, as far as that was read.
    seen: RefCell<Vec<String>>,
}

impl Server {
    /// Starts it and waits until it says that it is ready. What it tells on stderr is shown when a test fails.
    pub fn start(mut command: Command) -> Self {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut running = Running { child };
        let out = running.child.stdout.take().unwrap();
        let err = running.child.stderr.take().unwrap();
        let (told, lines) = channel();
        let errors = told.clone();
        std::thread::spawn(move || {
            BufReader::new(out)
                .lines()
                .map_while(Result::ok)
                .all(|line| told.send(line).is_ok())
        });
        std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                eprintln!("serve: {line}");
                let _ = errors.send(line);
            }
        });
        let mut server = Self {
            running,
            sip: String::new(),
            tls: String::new(),
            streams: String::new(),
            metrics: String::new(),
            lines,
            seen: RefCell::default(),
        };
        let line = server.told("전화 대기: UDP ");
        server.sip = line.rsplit(' ').next().unwrap().to_string();
        loop {
            let line = server.told("");
            if let Some(url) = line.strip_prefix("웹소켓 통화 대기: ") {
                server.streams = url.to_string();
            }
            if let Some(url) = line.strip_prefix("Prometheus 수치: ") {
                server.metrics = url.to_string();
            }
            if let Some(address) = line.strip_prefix("전화 대기: TLS ") {
                server.tls = address.to_string();
            }
            if line.contains("준비되었습니다") {
                return server;
            }
        }
    }

    /// A line that holds `part`, among those since its start; waits for it.
    pub fn said(&self, part: &str) -> String {
        let seen = self
            .seen
            .borrow()
            .iter()
            .find(|line| line.contains(part))
            .cloned();
        seen.unwrap_or_else(|| self.told(part))
    }

    /// Waits for the next line that holds `part`, on stdout or stderr.
    pub fn told(&self, part: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let mut seen = self.seen.borrow_mut();
        loop {
            match self
                .lines
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(line) if line.contains(part) => {
                    seen.push(line.clone());
                    return line;
                }
                Ok(line) => seen.push(line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("biseo serve never said {part:?}: {seen:?}")
                }
            }
        }
    }

    /// That no line so far holds `part`.
    pub fn never_said(&self, part: &str) {
        let mut seen = self.seen.borrow_mut();
        seen.extend(self.lines.try_iter());
        assert!(seen.iter().all(|line| !line.contains(part)), "{part:?}: {seen:?}");
    }

    /// Its figures, as Prometheus gets them.
    pub fn figures(&self) -> String {
        let address = self
            .metrics
            .strip_prefix("http://")
            .and_then(|u| u.strip_suffix("/metrics"));
        let mut stream = std::net::TcpStream::connect(address.unwrap()).unwrap();
        let request = "GET /metrics HTTP/1.1\r\nhost: biseo\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with("HTTP/1.1 200") && head.contains("openmetrics"),
            "{head}"
        );
        body.to_string()
    }

    /// Its address for a dialled name.
    pub fn address(&self, dialled: &str) -> String {
        format!("sip:{dialled}@{}", self.sip)
    }

    /// Ends it as a power cut does.
    pub fn kill(mut self) {
        self.running.signal("KILL");
        assert_eq!(self.running.ended("biseo serve", PATIENCE), None);
    }

    /// Ends it as an operator does, and gives all that it has told, on stdout and stderr.
    pub fn log(mut self) -> String {
        self.running.signal("TERM");
        assert_eq!(self.running.ended("biseo serve", PATIENCE), Some(0));
        let mut all = self.seen.take();
        all.extend(self.lines.iter());
        all.join("\n")
    }

    /// Ends it as an operator does.
    pub fn stop(mut self) {
        self.running.signal("TERM");
        assert_eq!(self.running.ended("biseo serve", PATIENCE), Some(0));
    }
}

/// Places a call by `biseo call`, in the language of tests for what it prints.
pub fn call(place: &Place, target: &str, scenario: &Path, id: &str) -> Command {
    let model = root().join("models/demo-ko");
    let mut command = biseo(&["call", target, "--json", "--id", id], place.path());
    command.arg("--scenario").arg(scenario).arg("--model").arg(model);
    command
}
