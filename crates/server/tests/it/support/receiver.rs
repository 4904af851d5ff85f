//! Where notices arrive: an owner's program by webhook, and a provider of text messages that speaks as much of Solapi as is needed.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// What was sent here.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The delivery's id, by which repetitions are known.
    pub id: String,
    /// What it says.
    pub body: Value,
}

#[derive(Default)]
struct Got {
    hooks: Vec<Arrived>,
    texts: Vec<Arrived>,
}

/// The receiver; it listens until the program ends.
pub struct Receiver {
    /// Where it is.
    pub at: SocketAddr,
    got: Arc<Mutex<Got>>,
}

impl Receiver {
    /// Listens on a port of its own.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            at: listener.local_addr().unwrap(),
            got: Arc::default(),
        };
        let got = receiver.got.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let got = got.clone();
                std::thread::spawn(move || serve(stream, &got));
            }
        });
        receiver
    }

    /// Webhooks, in the order in which they came.
    pub fn hooks(&self) -> Vec<Arrived> {
        self.got.lock().unwrap().hooks.clone()
    }

    /// Text messages, in the order in which they were taken.
    pub fn texts(&self) -> Vec<Arrived> {
        self.got.lock().unwrap().texts.clone()
    }
}

/// Answers requests of one connection until it is closed.
fn serve(mut stream: TcpStream, got: &Mutex<Got>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some((first, headers, body)) = request(&mut reader) {
        let (status, answer) = match first.split(' ').nth(1).unwrap_or_default() {
            "/hook" => {
                let id = headers.iter().find_map(|h| h.strip_prefix("webhook-id: "));
                let body = serde_json::from_slice(&body).unwrap();
                let id = id.unwrap().to_string();
                got.lock().unwrap().hooks.push(Arrived { id, body });
                (200, json!({}))
            }
            path if first.starts_with("GET") && path.starts_with("/messages/v4/list") => (200, taken(got)),
            path if path.starts_with("/messages/v4/") => (200, take(&body, got)),
            path => panic!("nobody sends this here: {path}"),
        };
        let text = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            text.len()
        );
        if stream.write_all((head + &text).as_bytes()).is_err() {
            return;
        }
    }
}

/// A request's first line, its headers in small letters, and its body.
fn request(reader: &mut impl BufRead) -> Option<(String, Vec<String>, Vec<u8>)> {
    let mut line = || {
        let mut line = String::new();
        let n = reader.read_line(&mut line).ok()?;
        (n > 0).then(|| line.trim_end().to_string())
    };
    let first = line()?;
    let mut headers = Vec::new();
    loop {
        let header = line()?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':')?;
        headers.push(format!("{}: {}", name.to_ascii_lowercase(), value.trim()));
    }
    let length = headers.iter().find_map(|h| h.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |l| l.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some((first, headers, body))
}

fn take(body: &[u8], got: &Mutex<Got>) -> Value {
    let body: Value = serde_json::from_slice(body).unwrap();
    let message = body["messages"][0].clone();
    let id = message["customFields"]["notice"].as_str().unwrap().to_string();
    let fields = message["customFields"].clone();
    got.lock().unwrap().texts.push(Arrived { id, body: message });
    json!({
        "failedMessageList": [], "groupInfo": { "count": { "total": 1, "registeredSuccess": 1 } },
        "messageList": [{ "messageId": "M4V1", "statusCode": "2000", "customFields": fields }],
    })
}

/// The list of what was taken, by which is asked after a crash whether a message was.
fn taken(got: &Mutex<Got>) -> Value {
    let got = got.lock().unwrap();
    let each = got.texts.iter().enumerate().map(|(n, text)| {
        let fields = &text.body["customFields"];
        (
            format!("M{n}"),
            json!({ "statusCode": "3000", "customFields": fields }),
        )
    });
    let list: serde_json::Map<String, Value> = each.collect();
    json!({ "startKey": null, "nextKey": null, "limit": 100, "messageList": list })
}
