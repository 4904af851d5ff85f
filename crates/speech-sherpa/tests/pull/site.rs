//! A server of archives that answers as it is told, one request after another, and remembers what was asked.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a request is answered.
#[derive(Clone)]
pub enum Answer {
    /// As it should be: the whole, or the range if it is of this version.
    Well,
    /// The whole, whatever range is asked for.
    Whole,
    /// The head, so many octets of what should come, and the end of the connection.
    Cut(usize),
    /// The head, so many octets, and then nothing.
    Hang(usize),
    /// A status and nothing else.
    Status(u16),
    /// Another place.
    Elsewhere(String),
    /// A body without a length that never ends.
    Endless,
    /// The connection is closed at once.
    Dead,
}

/// What lies there.
pub struct Site {
    pub address: String,
    state: Arc<Mutex<State>>,
}

struct State {
    archive: Vec<u8>,
    tag: String,
    answers: VecDeque<Answer>,
    ranges: Vec<Option<String>>,
}

impl Site {
    /// Answers with `answers` in turn, and well after that.
    pub fn new(archive: &[u8], answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/files/m.tar.bz2", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            archive: archive.to_vec(),
            tag: "\"one\"".into(),
            answers: answers.iter().cloned().collect(),
            ranges: Vec::new(),
        }));
        let theirs = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = theirs.clone();
                std::thread::spawn(move || serve(&stream, &state));
            }
        });
        Self { address, state }
    }

    /// Another archive under the same address.
    pub fn replace(&self, archive: &[u8]) {
        let mut state = self.state.lock().unwrap();
        state.archive = archive.to_vec();
        state.tag = "\"two\"".into();
    }

    /// The `Range` of each request so far.
    pub fn ranges(&self) -> Vec<Option<String>> {
        self.state.lock().unwrap().ranges.clone()
    }
}

/// Serves one connection, request by request.
fn serve(stream: &TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let (mut range, mut version) = (None, None);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(": ") {
                match name.to_ascii_lowercase().as_str() {
                    "range" => range = Some(value.to_owned()),
                    "if-range" => version = Some(value.to_owned()),
                    _ => {}
                }
            }
        }
        if !reply(stream, state, range, version) {
            return;
        }
    }
}

/// Whether the connection stays.
fn reply(
    mut stream: &TcpStream,
    state: &Mutex<State>,
    range: Option<String>,
    version: Option<String>,
) -> bool {
    let (answer, archive, tag) = {
        let mut state = state.lock().unwrap();
        state.ranges.push(range.clone());
        let answer = state.answers.pop_front().unwrap_or(Answer::Well);
        (answer, state.archive.clone(), state.tag.clone())
    };
    let from = range.filter(|_| !matches!(answer, Answer::Whole) && version.as_ref() == Some(&tag));
    let from = from.and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let all = archive.len();
    let (head, body) = match from {
        Some(from) if from >= all => {
            let head = format!("HTTP/1.1 416 X\r\nContent-Range: bytes */{all}\r\nContent-Length: 0\r\n\r\n");
            (head, &[][..])
        }
        Some(from) => {
            let length = all - from;
            let last = all - 1;
            let head = format!(
                "HTTP/1.1 206 X\r\nETag: {tag}\r\nContent-Range: bytes {from}-{last}/{all}\r\nContent-Length: {length}\r\n\r\n"
            );
            (head, &archive[from..])
        }
        None => (
            format!("HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {all}\r\n\r\n"),
            &archive[..],
        ),
    };
    let mut send =
        |head: &str, body: &[u8]| stream.write_all(head.as_bytes()).is_ok() && stream.write_all(body).is_ok();
    match answer {
        Answer::Well | Answer::Whole => send(&head, body),
        Answer::Cut(octets) => {
            send(&head, &body[..octets.min(body.len())]);
            let _ = stream.shutdown(std::net::Shutdown::Both);
            false
        }
        Answer::Hang(octets) => {
            send(&head, &body[..octets.min(body.len())]);
            std::thread::sleep(Duration::from_secs(600));
            false
        }
        Answer::Status(status) => send(&format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n"), &[]),
        Answer::Elsewhere(place) => send(
            &format!("HTTP/1.1 302 X\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n"),
            &[],
        ),
        Answer::Endless => {
            send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", &[]);
            let chunk = [b"1000\r\n".to_vec(), vec![7; 0x1000], b"\r\n".to_vec()].concat();
            while send("", &chunk) {}
            false
        }
        Answer::Dead => {
            let _ = stream.shutdown(std::net::Shutdown::Both);
            false
        }
    }
}
