//! Datagrams that nobody wants, as they come from the internet: octets of any kind, messages that are nearly SIP, scanners
//! by their own names, and those that look like telephones. The same seed makes the same junk.

use std::net::Ipv4Addr;

use fastrand::Rng;

/// Networks of 127.0.0.0/8 that never send junk: this machine's usual address, and the genuine trunk's.
const SPARED: [u8; 2] = [0, 77];
/// Sources that send again and again.
const REGULARS: u32 = 200;

/// What sort of junk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Random octets.
    Noise,
    /// A message that is cut off, lacks headers or has broken lines.
    Broken,
    /// A whole request by a tool that says what it is.
    Scanner,
    /// A whole request that looks like a telephone's.
    Plausible,
}

/// Makes junk.
#[derive(Clone, Debug)]
pub struct Junk {
    rng: Rng,
    made: u64,
}

impl Junk {
    /// Junk of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            made: 0,
        }
    }

    /// The next datagram, and the loopback address that it shall come from: of ten six from 200 sources that come again,
    /// four from one that was made up for it.
    pub fn datagram(&mut self) -> (Ipv4Addr, Kind, Vec<u8>) {
        self.made += 1;
        let kind = match self.rng.u8(0..20) {
            0..6 => Kind::Noise,
            6..11 => Kind::Broken,
            11..16 => Kind::Scanner,
            _ => Kind::Plausible,
        };
        let bytes = match kind {
            Kind::Noise => self.noise(),
            Kind::Broken => self.broken(),
            Kind::Scanner => self.request("friendly-scanner"),
            Kind::Plausible => self.request("Linphone/5.2.5"),
        };
        (self.source(), kind, bytes)
    }

    fn source(&mut self) -> Ipv4Addr {
        if self.rng.u8(0..10) < 6 {
            let [_, _, c, d] = self.rng.u32(0..REGULARS).to_be_bytes();
            return Ipv4Addr::new(127, 10, c, d.max(1));
        }
        let mut second = self.rng.u8(1..=254);
        while SPARED.contains(&second) {
            second = self.rng.u8(1..=254);
        }
        Ipv4Addr::new(127, second, self.rng.u8(..), self.rng.u8(1..=254))
    }

    fn noise(&mut self) -> Vec<u8> {
        let length = self.rng.usize(1..400);
        std::iter::repeat_with(|| self.rng.u8(..)).take(length).collect()
    }

    fn broken(&mut self) -> Vec<u8> {
        let mut bytes = self.request("x");
        match self.rng.u8(0..4) {
            0 => bytes.truncate(self.rng.usize(..bytes.len())),
            1 => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let name = *self
                    .rng
                    .choice(&["Via", "From", "To", "Call-ID", "CSeq"])
                    .unwrap_or(&"Via");
                bytes = text
                    .replacen(&format!("\r\n{name}:"), "\r\nX-None:", 1)
                    .into_bytes();
            }
            2 => {
                for _ in 0..8 {
                    let at = self.rng.usize(..bytes.len());
                    if let Some(octet) = bytes.get_mut(at) {
                        *octet = self.rng.u8(..);
                    }
                }
            }
            _ => bytes = b"GET / HTTP/1.1\r\nHost: example\r\nVia: x\r\n\r\n".to_vec(),
        }
        bytes
    }

    /// A whole request, whose addresses are somebody else's.
    fn request(&mut self, agent: &str) -> Vec<u8> {
        let (rng, n) = (&mut self.rng, self.made);
        let method = *rng
            .choice(&["OPTIONS", "REGISTER", "INVITE"])
            .unwrap_or(&"OPTIONS");
        let claimed = Ipv4Addr::from(rng.u32(..));
        let (user, dialled, tag) = (rng.u16(100..1100), rng.u32(..), rng.u64(..));
        let body = if method == "INVITE" {
            format!(
                "v=0\r\no=- 1 1 IN IP4 {claimed}\r\ns=-\r\nc=IN IP4 {claimed}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0\r\n"
            )
        } else {
            String::new()
        };
        let kind = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        format!(
            "{method} sip:{dialled}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {claimed}:5060;branch=z9hG4bK{tag:x}{n};rport\r\n\
             Max-Forwards: 70\r\nFrom: \"{user}\" <sip:{user}@{claimed}>;tag={tag:x}\r\nTo: <sip:{user}@127.0.0.1>\r\n\
             Call-ID: {tag:x}{n}@{claimed}\r\nCSeq: 1 {method}\r\nContact: <sip:{user}@{claimed}:5060>\r\n\
             User-Agent: {agent}\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Look, Verdict, check, look};

    #[test]
    fn junk_is_what_it_says_and_comes_from_nobody_who_is_spared() {
        let mut junk = Junk::new(1);
        for _ in 0..5000 {
            let (from, kind, bytes) = junk.datagram();
            let [first, second, ..] = from.octets();
            assert!(first == 127 && !SPARED.contains(&second), "{from}");
            let whole = matches!(check(&bytes, false), Verdict::Request(_));
            match kind {
                Kind::Noise => assert!(!whole),
                Kind::Broken => {}
                Kind::Scanner | Kind::Plausible => {
                    assert!(whole, "{}", String::from_utf8_lossy(&bytes));
                    assert!(matches!(look(&bytes), Look::Message(g) if g.whole));
                }
            }
        }
    }

    #[test]
    fn a_seed_makes_the_same_junk() {
        let of = |seed| {
            let mut junk = Junk::new(seed);
            std::iter::repeat_with(move || junk.datagram().2)
                .take(50)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }
}
