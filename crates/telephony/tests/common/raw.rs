//! A carrier's server written by hand on a bare socket: it says what it is told to and nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;

use super::PATIENCE;

pub const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

pub struct Raw {
    socket: UdpSocket,
    name: &'static str,
}

/// A request that has arrived.
#[derive(Clone, Debug)]
pub struct Got {
    pub text: String,
    pub from: SocketAddr,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        let line = self.text.lines().find(|l| l.starts_with(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name}: {}", self.text))
            .split_once(": ")
            .unwrap()
            .1
    }

    pub fn call_id(&self) -> &str {
        self.header("Call-ID")
    }
}

impl Raw {
    pub async fn new(name: &'static str, at: &str) -> Self {
        let socket = UdpSocket::bind(at).await.unwrap();
        Self { socket, name }
    }

    pub fn addr(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    async fn receive(&self, wait: Duration) -> Option<Got> {
        let mut octets = vec![0; 65_536];
        let got = tokio::time::timeout(wait, self.socket.recv_from(&mut octets)).await;
        let (len, from) = got.ok()?.unwrap();
        let text = String::from_utf8_lossy(&octets[..len]).into_owned();
        Some(Got { text, from })
    }

    /// The next request of this method; others and repetitions of other kinds are passed over.
    pub async fn request(&self, method: &str) -> Got {
        loop {
            let got = self.receive(PATIENCE).await;
            let got = got.unwrap_or_else(|| panic!("{}: no {method}", self.name));
            if got.text.starts_with(&format!("{method} ")) {
                return got;
            }
        }
    }

    /// What has arrived and was not read yet.
    pub fn waiting(&self) -> Vec<String> {
        let mut all = Vec::new();
        let mut octets = vec![0; 65_536];
        while let Ok((len, _)) = self.socket.try_recv_from(&mut octets) {
            all.push(String::from_utf8_lossy(&octets[..len]).into_owned());
        }
        all
    }

    /// Answers a request.
    pub async fn answer(&self, to: &Got, status: &str, more: &str, body: &str) {
        let tag = if status.starts_with("100") {
            String::new()
        } else {
            format!(";tag={}", self.name)
        };
        let text = format!(
            "SIP/2.0 {status}\r\nVia: {}\r\nFrom: {}\r\nTo: {}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\n\
             Contact: <sip:{}@{}>\r\n{more}{}Content-Length: {}\r\n\r\n{body}",
            to.header("Via"),
            to.header("From"),
            to.header("To"),
            to.call_id(),
            to.header("CSeq"),
            self.name,
            self.addr(),
            if body.is_empty() {
                ""
            } else {
                "Content-Type: application/sdp\r\n"
            },
            body.len()
        );
        self.socket.send_to(text.as_bytes(), to.from).await.unwrap();
    }

    /// 200 with a description.
    pub async fn accept(&self, to: &Got) {
        self.answer(to, "200 OK", "", SDP).await;
    }

    /// Sends a request of its own, told apart by `id`: its method, whom it is from and what it carries.
    pub async fn ask(&self, method: &str, (to, id): (SocketAddr, &str), caller: &str, body: &str) {
        let here = self.addr();
        let text = format!(
            "{method} sip:0212345678@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK-{id}-{method};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{caller}@{here}>;tag={id}\r\nTo: <sip:0212345678@{to}>\r\nCall-ID: {id}\r\nCSeq: 1 {method}\r\n\
             Contact: <sip:{caller}@{here}>\r\n{}Content-Length: {}\r\n\r\n{body}",
            if body.is_empty() {
                ""
            } else {
                "Content-Type: application/sdp\r\n"
            },
            body.len()
        );
        self.socket.send_to(text.as_bytes(), to).await.unwrap();
    }

    /// The final response to a request of its own; what else comes is passed over.
    pub async fn outcome(&self, id: &str) -> Got {
        loop {
            let got = self.receive(PATIENCE).await;
            let got = got.unwrap_or_else(|| panic!("{}: no response to {id}", self.name));
            let last = got.text.starts_with("SIP/2.0 ") && !got.text.starts_with("SIP/2.0 1");
            if last && got.call_id() == id {
                return got;
            }
        }
    }
}
