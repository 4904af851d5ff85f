//! Cutting a TCP stream into messages (RFC 3261 §18.3). A stream that cannot be cut is given up: there is no way to
//! find the next message in it.

/// What the stream held next.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    /// One whole message.
    Message(Vec<u8>),
    /// CR LF CR LF between messages: a ping that wants CR LF back (RFC 5626 §4.4.1).
    Ping,
    /// The stream is lost: answer 400 to these headers, if there are any, and close.
    Broken(Vec<u8>),
}

/// Collects octets and gives messages. Holds at most `limit` octets and one read.
#[derive(Debug)]
pub struct Framer {
    buffer: Vec<u8>,
    limit: usize,
    /// So much of the buffer holds no end of headers: each octet is looked at once, however small the reads.
    searched: usize,
}

impl Framer {
    /// A framer for messages of at most `limit` octets.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            buffer: Vec::new(),
            limit,
            searched: 0,
        }
    }

    /// Adds what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether a message has begun and not ended: then its sender is on the clock. Line ends alone, as some peers send to
    /// keep a connection open, begin none. Ask after [`Framer::next_frame`] has given all it has.
    #[must_use]
    pub fn is_midway(&self) -> bool {
        self.buffer.first().is_some_and(|b| !matches!(b, b'\r' | b'\n'))
    }

    /// The next message, if it is whole.
    pub fn next_frame(&mut self) -> Option<Frame> {
        if self.buffer.starts_with(b"\r\n\r\n") {
            self.take(4);
            return Some(Frame::Ping);
        }
        self.skip_line_ends();
        let Some(head) = head_length(&self.buffer, self.searched) else {
            self.searched = self.buffer.len().saturating_sub(3);
            return (self.buffer.len() > self.limit).then(|| self.give_up(self.limit));
        };
        self.searched = head - 4;
        match declared(self.buffer.get(..head).unwrap_or(&[])).and_then(|l| head.checked_add(l)) {
            Some(total) if total <= self.limit => {
                (self.buffer.len() >= total).then(|| Frame::Message(self.take(total)))
            }
            _ => Some(self.give_up(head)),
        }
    }

    /// Line ends before a message are nothing (RFC 3261 §7.5). Of those that nothing follows yet, three octets stay: they
    /// may become a ping.
    fn skip_line_ends(&mut self) {
        let message = self.buffer.iter().position(|b| !matches!(b, b'\r' | b'\n'));
        let skip = message.unwrap_or_else(|| self.buffer.len().saturating_sub(3));
        if skip > 0 {
            self.take(skip);
        }
    }

    fn take(&mut self, octets: usize) -> Vec<u8> {
        self.searched = 0;
        self.buffer.drain(..octets).collect()
    }

    fn give_up(&mut self, head: usize) -> Frame {
        self.searched = 0;
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.truncate(head.min(8192));
        Frame::Broken(bytes)
    }
}

fn head_length(buffer: &[u8], from: usize) -> Option<usize> {
    let at = buffer.get(from..)?.windows(4).position(|w| w == b"\r\n\r\n")?;
    Some(from + at + 4)
}

/// The one Content-Length of a header block; `None` if it is missing, doubled or no number.
fn declared(head: &[u8]) -> Option<usize> {
    // A folded line goes on with the one before (RFC 3261 §7.3.1); it begins no header.
    let text = String::from_utf8_lossy(head)
        .replace("\r\n ", " ")
        .replace("\r\n\t", " ");
    let mut found = text.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim();
        (name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("l"))
            .then(|| value.trim().to_owned())
    });
    let first = found.next()?;
    let digits = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    if found.next().is_some() || !digits {
        None
    } else {
        first.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(framer: &mut Framer) -> Vec<Frame> {
        std::iter::from_fn(|| framer.next_frame()).take(20).collect()
    }

    #[test]
    fn cuts_at_any_boundary() {
        let stream =
            b"\r\n\r\nA sip:x SIP/2.0\r\nContent-Length: 3\r\n\r\nabcB sip:x SIP/2.0\r\nl: 0\r\n\r\n";
        for cut in 0..stream.len() {
            let mut framer = Framer::new(4096);
            let mut frames = Vec::new();
            for part in [&stream[..cut], &stream[cut..]] {
                framer.push(part);
                frames.extend(drain(&mut framer));
            }
            let messages = frames.iter().filter(|f| matches!(f, Frame::Message(_))).count();
            assert_eq!(messages, 2, "cut at {cut}");
        }
    }

    #[test]
    fn line_ends_without_a_message_are_not_kept() {
        for unit in ["\r", "\n", "\r\n", "\n\r", "\r\r\n"] {
            let mut framer = Framer::new(4096);
            for _ in 0..100 {
                framer.push(unit.repeat(1_000).as_bytes());
                while framer.next_frame().is_some() {}
                assert!(!framer.is_midway(), "{unit:?}");
                assert!(
                    framer.buffer.len() <= 3,
                    "{unit:?}: {} octets",
                    framer.buffer.len()
                );
            }
            framer.push(b"A sip:x SIP/2.0\r\nl: 0\r\n\r");
            assert!(framer.next_frame().is_none() && framer.is_midway(), "{unit:?}");
            framer.push(b"\n");
            assert!(matches!(framer.next_frame(), Some(Frame::Message(_))), "{unit:?}");
        }
    }

    #[test]
    fn a_folded_line_is_no_header_of_its_own() {
        for head in [
            "Subject: x\r\n l: 1\r\nContent-Length: 0",
            "Content-Length:\r\n\t0",
        ] {
            let mut framer = Framer::new(4096);
            framer.push(format!("A sip:x SIP/2.0\r\n{head}\r\n\r\n").as_bytes());
            assert!(matches!(framer.next_frame(), Some(Frame::Message(_))), "{head}");
        }
    }

    #[test]
    fn octet_by_octet_is_the_same() {
        let stream = b"A sip:x SIP/2.0\r\nl: 2\r\n\r\nab\r\n\r\nB sip:x SIP/2.0\r\nl: 0\r\n\r\n";
        let mut framer = Framer::new(4096);
        let mut frames = Vec::new();
        for octet in stream {
            framer.push(&[*octet]);
            frames.extend(framer.next_frame());
        }
        let kinds: Vec<_> = frames.iter().map(|f| matches!(f, Frame::Message(_))).collect();
        assert_eq!(kinds, [true, false, true]);
    }

    #[test]
    fn hopeless_streams_are_given_up() {
        for head in [
            "X: y",
            "Content-Length: 18446744073709551615",
            "Content-Length: -1",
            "l: 1\r\nl: 1",
            "l: 99999",
        ] {
            let mut framer = Framer::new(4096);
            framer.push(format!("A sip:x SIP/2.0\r\n{head}\r\n\r\n").as_bytes());
            assert!(matches!(framer.next_frame(), Some(Frame::Broken(_))), "{head}");
            assert!(framer.next_frame().is_none());
        }
        let mut framer = Framer::new(100);
        framer.push(&[b'a'; 200]);
        assert!(matches!(framer.next_frame(), Some(Frame::Broken(_))));
    }
}
