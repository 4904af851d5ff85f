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
}

impl Framer {
    /// A framer for messages of at most `limit` octets.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            buffer: Vec::new(),
            limit,
        }
    }

    /// Adds what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether a message has begun and not ended: then its sender is on the clock.
    #[must_use]
    pub fn is_midway(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// The next message, if it is whole.
    pub fn next_frame(&mut self) -> Option<Frame> {
        if self.buffer.starts_with(b"\r\n\r\n") {
            self.buffer.drain(..4);
            return Some(Frame::Ping);
        }
        let skip = self.buffer.iter().position(|b| !matches!(b, b'\r' | b'\n'))?;
        self.buffer.drain(..skip);
        let Some(head) = head_length(&self.buffer) else {
            return (self.buffer.len() > self.limit).then(|| self.give_up(self.limit));
        };
        match declared(self.buffer.get(..head).unwrap_or(&[])).and_then(|l| head.checked_add(l)) {
            Some(total) if total <= self.limit => {
                (self.buffer.len() >= total).then(|| Frame::Message(self.buffer.drain(..total).collect()))
            }
            _ => Some(self.give_up(head)),
        }
    }

    fn give_up(&mut self, head: usize) -> Frame {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.truncate(head.min(8192));
        Frame::Broken(bytes)
    }
}

fn head_length(buffer: &[u8]) -> Option<usize> {
    buffer.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4)
}

/// The one Content-Length of a header block; `None` if it is missing, doubled or no number.
fn declared(head: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(head);
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
