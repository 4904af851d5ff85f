//! A browser that is one TCP connection for each question.

use std::io::{Read, Write};
use std::net::TcpStream;

/// What came back.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// All before the body.
    pub head: String,
    /// The body, which must come with its length.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} octets", self.head, self.body.len())
    }
}

/// Somebody who is signed in.
pub struct Browser {
    address: String,
    cookie: String,
}

impl Browser {
    /// Comes in by the link that `biseo serve` prints for the first owner.
    pub fn welcomed(line: &str) -> Self {
        let (_, link) = line.split_once("http://").unwrap();
        let (place, token) = link.split_once('#').unwrap();
        let address = place.split('/').next().unwrap().to_string();
        let mut browser = Self {
            address,
            cookie: String::new(),
        };
        let body = format!(
            "{{\"token\":\"{}\",\"login\":\"sajang\",\"name\":\"김사장\",\"password\":\"단골손님 환영합니다\"}}",
            token.trim()
        );
        let head = format!(
            "content-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        );
        let joined = browser.ask("POST", "/api/v1/invitations/accept", &head, &body);
        assert_eq!(joined.status, 200, "{joined:?}");
        let set = joined
            .head
            .lines()
            .find_map(|l| l.strip_prefix("set-cookie: "))
            .unwrap();
        browser.cookie = set.split(';').next().unwrap().to_string();
        browser
    }

    /// Comes to the address that stands at the end of a line, without being anybody.
    pub fn nobody(line: &str) -> Self {
        let nobody = Self {
            address: String::new(),
            cookie: String::new(),
        };
        nobody.at(line)
    }

    /// The same at another address, which stands at the end of a line.
    pub fn at(&self, line: &str) -> Self {
        Self {
            address: line.rsplit("http://").next().unwrap().trim().to_string(),
            cookie: self.cookie.clone(),
        }
    }

    /// Asks for a path, with more header lines.
    pub fn get(&self, path: &str, more: &str) -> Answer {
        self.ask("GET", path, more, "")
    }

    /// Asks by a method, with more header lines and a body.
    pub fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (address, cookie) = (&self.address, &self.cookie);
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nx-biseo: 1\r\ncookie: {cookie}\r\nconnection: close\r\n{more}\r\n{body}"
        )
        .unwrap();
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).unwrap();
        let end = octets.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(octets[..end].to_vec()).unwrap();
        Answer {
            status: head[9..12].parse().unwrap(),
            head,
            body: octets[end + 4..].to_vec(),
        }
    }
}
