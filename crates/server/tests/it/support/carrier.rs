//! A provider's server on a bare socket: it answers OPTIONS, places calls by hand, and is gone when it is dropped.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::PATIENCE;

fn sdp(ip: Ipv4Addr, port: u16) -> String {
    format!("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n")
}

/// The server.
pub struct Carrier {
    /// Where it is.
    pub at: SocketAddrV4,
    socket: UdpSocket,
    sound: Option<UdpSocket>,
    sdp: String,
    came: Receiver<String>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Carrier {
    /// Begins at an address.
    pub fn start(at: &str) -> Self {
        let socket = UdpSocket::bind(at).unwrap();
        let SocketAddr::V4(at) = socket.local_addr().unwrap() else {
            panic!("IPv4")
        };
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, heard) = (stop.clone(), socket.try_clone().unwrap());
        let (told, came) = channel();
        let thread = std::thread::spawn(move || {
            let mut octets = [0; 8192];
            while !stopped.load(Ordering::Relaxed) {
                let Ok((n, from)) = heard.recv_from(&mut octets) else {
                    continue;
                };
                let text = String::from_utf8_lossy(&octets[..n]).into_owned();
                match text.split_once("\r\n") {
                    Some((first, rest)) if first.starts_with("OPTIONS ") => {
                        let _ = heard.send_to(format!("SIP/2.0 200 OK\r\n{rest}").as_bytes(), from);
                    }
                    _ => drop(told.send(text)),
                }
            }
        });
        Self {
            at,
            socket,
            sound: None,
            sdp: sdp(Ipv4Addr::LOCALHOST, 40_000),
            came,
            stop,
            thread: Some(thread),
        }
    }

    /// The same; what comes by sound can be [counted](Self::heard).
    pub fn hearing(at: &str) -> Self {
        let mut all = Self::start(at);
        let sound = UdpSocket::bind((*all.at.ip(), 0)).unwrap();
        sound.set_nonblocking(true).unwrap();
        all.sdp = sdp(*all.at.ip(), sound.local_addr().unwrap().port());
        all.sound = Some(sound);
        all
    }

    /// How many packets of sound have come and were not counted yet.
    pub fn heard(&self) -> usize {
        let sound = self.sound.as_ref().expect("one that hears");
        std::iter::from_fn(|| sound.recv(&mut [0; 2048]).ok()).count()
    }

    /// Calls from a number, and waits for the final response: its status code, and the response. `id` tells calls apart.
    pub fn call(&self, server: &str, (number, id): (&str, &str)) -> (u16, String) {
        let there = server.to_string();
        self.send(
            &there,
            "INVITE",
            (number, id),
            (1, &format!("<sip:haengbok@{there}>")),
        );
        self.final_response(&there, (number, id))
    }

    /// Calls, and waits until it rings (180): nothing final has come before.
    pub fn rings(&self, server: &str, (number, id): (&str, &str)) {
        self.send(
            server,
            "INVITE",
            (number, id),
            (1, &format!("<sip:haengbok@{server}>")),
        );
        loop {
            let (code, text) = self.response(id);
            assert!(code < 200, "{text}");
            if code == 180 {
                return;
            }
        }
    }

    /// Waits for the final response to a call that rings: its status code, and the response.
    pub fn final_response(&self, server: &str, (number, id): (&str, &str)) -> (u16, String) {
        loop {
            let (code, text) = self.response(id);
            // That to a CANCEL is none of the call's.
            if code >= 200 && text.contains("INVITE\r\n") {
                self.send(server, "ACK", (number, id), (1, &to(&text)));
                return (code, text);
            }
        }
    }

    /// Takes back a call that rings, with further headers, and waits until it is over.
    pub fn cancels(&self, server: &str, (number, id): (&str, &str), headers: &str) {
        // They stand behind To.
        let break_ = if headers.is_empty() { "" } else { "\r\n" };
        let to = format!("<sip:haengbok@{server}>{break_}{headers}");
        self.send(server, "CANCEL", (number, id), (1, &to));
        let (code, text) = self.final_response(server, (number, id));
        assert_eq!(code, 487, "{text}");
    }

    /// The next response to a call: its status code, and all of it.
    fn response(&self, id: &str) -> (u16, String) {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let text = self.came.recv_timeout(left).expect("a response to a call");
            let code = text
                .strip_prefix("SIP/2.0 ")
                .and_then(|t| t.get(..3)?.parse().ok());
            if let Some(code) = code.filter(|_| text.contains(&format!("Call-ID: {id}\r\n"))) {
                return (code, text);
            }
        }
    }

    /// Waits for a request within a call; others are passed over.
    pub fn request(&self, method: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let text = self
                .came
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("no {method}"));
            if text.starts_with(&format!("{method} ")) {
                return text;
            }
        }
    }

    /// Takes a changed session (200 with a description of our own).
    pub fn takes(&self, request: &str, server: &str) {
        let header = |name: &str| {
            let of = |l: &&str| l.starts_with(&format!("{name}: "));
            request
                .lines()
                .find(of)
                .unwrap_or_else(|| panic!("no {name}: {request}"))
        };
        let headers = ["Via", "From", "To", "Call-ID", "CSeq"].map(header).join("\r\n");
        let text = format!(
            "SIP/2.0 200 OK\r\n{headers}\r\nContact: <sip:carrier@{}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}",
            self.at,
            self.sdp.len(),
            self.sdp
        );
        self.socket.send_to(text.as_bytes(), server).unwrap();
    }

    /// Calls and hangs up before its answer is confirmed, as somebody does who hears nothing.
    pub fn gives_up(&self, server: &str, (number, id): (&str, &str)) {
        self.send(
            server,
            "INVITE",
            (number, id),
            (1, &format!("<sip:haengbok@{server}>")),
        );
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let text = self.came.recv_timeout(left).expect("a response to a call");
            if text.starts_with("SIP/2.0 200") && text.contains(&format!("Call-ID: {id}\r\n")) {
                return self.send(server, "BYE", (number, id), (2, &to(&text)));
            }
        }
    }

    /// Ends a call that was answered.
    pub fn hang_up(&self, server: &str, (number, id): (&str, &str), answer: &str) {
        self.send(server, "BYE", (number, id), (2, &to(answer)));
    }

    fn send(&self, there: &str, method: &str, (number, id): (&str, &str), (cseq, to): (u32, &str)) {
        let here = self.at;
        let body = if method == "INVITE" { self.sdp.as_str() } else { "" };
        // The ACK of a refusal belongs to its transaction (RFC 3261 §17.1.1.3); that of an answer does no harm by it.
        let branch = if method == "BYE" { "bye" } else { "call" };
        let text = format!(
            "{method} sip:haengbok@{there} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK-{id}-{branch};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{number}@{here}>;tag={id}\r\nTo: {to}\r\nCall-ID: {id}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:{number}@{here}>\r\n{}Content-Length: {}\r\n\r\n{body}",
            if body.is_empty() {
                ""
            } else {
                "Content-Type: application/sdp\r\n"
            },
            body.len()
        );
        self.socket.send_to(text.as_bytes(), there).unwrap();
    }
}

fn to(response: &str) -> String {
    let to = response.lines().find_map(|l| l.strip_prefix("To: "));
    to.expect("To").to_string()
}

impl Drop for Carrier {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}
