//! The first look at octets from anybody, before they are copied, queued or parsed: some hundred nanoseconds without
//! memory of its own. It is lenient where [`check`](super::check) is: what that would work on is never called junk here.

/// A longer start line (octets) is no message. Addresses in it may be long, but not so long.
pub const MAX_START_LINE: usize = 4096;
/// A method's longest name, as [`Method`](crate::msg::Method) has it.
const MAX_METHOD: usize = 64;

/// What octets look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look<'a> {
    /// Nothing, line ends or NULs: somebody keeps a way through a NAT open (RFC 5626 §3.5.1).
    Alive,
    /// A STUN message (RFC 8489 §5): keep-alives by it are not offered here, and do no harm.
    Stun,
    /// No SIP message.
    Junk,
    /// It may be a SIP message.
    Message(Glance<'a>),
}

/// What a message shows at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glance<'a> {
    /// A request, not a response.
    pub request: bool,
    /// Every header is there without which nobody is answered: Via, From, To, Call-ID and CSeq; of a response Via, To
    /// and CSeq.
    pub whole: bool,
    /// The value of User-Agent; empty without one.
    pub agent: &'a [u8],
    /// The value of From; empty without one.
    pub from: &'a [u8],
}

/// Looks at one datagram, or one message from a stream.
#[must_use]
pub fn look(bytes: &[u8]) -> Look<'_> {
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n'));
    let Some(message) = start.and_then(|at| bytes.get(at..)) else {
        return Look::Alive;
    };
    match message.first() {
        Some(0) if message.iter().all(|b| matches!(b, b'\r' | b'\n' | 0)) => return Look::Alive,
        // Its first two bits are zero, and its magic cookie stands in the second four octets.
        Some(0..=3) if message.get(4..8) == Some(&[0x21, 0x12, 0xa4, 0x42]) => return Look::Stun,
        _ => {}
    }
    let line = start_line(message);
    let request = match line.get(..7) {
        Some(v) if v.eq_ignore_ascii_case(b"SIP/2.0") => false,
        _ if is_request_line(line) => true,
        _ => return Look::Junk,
    };
    let rest = message.get(line.len()..).unwrap_or(&[]);
    Look::Message(headers(rest, request))
}

/// The first line with its end, and lines folded onto it: the parser takes those too. Empty if it is too long.
fn start_line(message: &[u8]) -> &[u8] {
    let mut end = 0;
    loop {
        let rest = message.get(end..).unwrap_or(&[]);
        end += rest
            .iter()
            .position(|b| *b == b'\n')
            .map_or(rest.len(), |lf| lf + 1);
        if end > MAX_START_LINE {
            return &[];
        }
        if !matches!(message.get(end), Some(b' ' | b'\t')) {
            return message.get(..end).unwrap_or(&[]);
        }
    }
}

/// A token, and somewhere behind it a version.
fn is_request_line(line: &[u8]) -> bool {
    let token = |b: &u8| crate::msg::is_token_byte(*b);
    let method = line.iter().take_while(|b| token(b)).count();
    let ends = matches!(line.get(method), Some(b' ' | b'\r' | b'\n'));
    let version = |w: &[u8]| w.eq_ignore_ascii_case(b"SIP/");
    (1..=MAX_METHOD).contains(&method) && ends && line.windows(4).any(version)
}

/// Goes over the header lines up to the blank one.
fn headers(mut rest: &[u8], request: bool) -> Glance<'_> {
    let mut glance = Glance {
        request,
        ..Glance::default()
    };
    let mut seen = Seen::default();
    while let Some(line) = next_line(&mut rest) {
        seen.take(line, &mut glance);
    }
    glance.whole = seen.via && seen.to && seen.cseq && (!request || (seen.from && seen.call_id));
    glance
}

/// The next line without its end; `None` at the blank line or the end.
fn next_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|b| *b == b'\n');
    let line = rest.get(..end.unwrap_or(rest.len()))?;
    *rest = end.and_then(|e| rest.get(e + 1..)).unwrap_or(&[]);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    (!line.is_empty()).then_some(line)
}

#[derive(Default)]
struct Seen {
    via: bool,
    from: bool,
    to: bool,
    call_id: bool,
    cseq: bool,
}

impl Seen {
    fn take<'a>(&mut self, line: &'a [u8], glance: &mut Glance<'a>) {
        let length = line
            .iter()
            .take(12)
            .take_while(|b| crate::msg::is_token_byte(**b))
            .count();
        let (Some(name), Some(value)) = (line.get(..length), line.get(length..)) else {
            return;
        };
        let is = |long: &[u8], short: &[u8]| {
            name.eq_ignore_ascii_case(long) || (!short.is_empty() && name.eq_ignore_ascii_case(short))
        };
        match name.first().map(u8::to_ascii_lowercase) {
            Some(b'v') => self.via |= is(b"via", b"v"),
            Some(b't') => self.to |= is(b"to", b"t"),
            Some(b'i') => self.call_id |= is(b"i", b""),
            Some(b'c') => {
                self.call_id |= is(b"call-id", b"");
                self.cseq |= is(b"cseq", b"");
            }
            Some(b'f') if is(b"from", b"f") => {
                self.from = true;
                glance.from = value;
            }
            Some(b'u') if is(b"user-agent", b"") => glance.agent = value,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::{Verdict, check};

    fn message(line: &str, extra: &str) -> String {
        format!(
            "{line}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>\r\n\
             Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n{extra}\r\n"
        )
    }

    #[test]
    fn what_is_what() {
        let stun = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3];
        for bytes in [&b""[..], b"\r\n\r\n", b"\0\0\0\0", b"\r\n\0"] {
            assert_eq!(look(bytes), Look::Alive, "{bytes:?}");
        }
        assert_eq!(look(&stun), Look::Stun);
        let long = format!("OPTIONS sip:{}@b SIP/2.0\r\n\r\n", "a".repeat(MAX_START_LINE));
        for junk in [
            "x",
            "INVITE",
            "INVITE sip:a",
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "\u{16}\u{3}\u{1}",
            "<a> sip:a@b SIP/2.0\r\n",
            "SIP/3.0 200 OK\r\n\r\n",
            &long,
        ] {
            assert_eq!(look(junk.as_bytes()), Look::Junk, "{junk:?}");
        }
    }

    #[test]
    fn a_message_is_whole_or_not() {
        for (text, request, whole) in [
            (message("OPTIONS sip:a@b SIP/2.0", ""), true, true),
            (
                format!("\r\n{}", message("OPTIONS sip:a@b SIP/7.0", "")),
                true,
                true,
            ),
            (message("SIP/2.0 200 OK", ""), false, true),
            (
                message("OPTIONS sip:a@b SIP/2.0", "").replace("Via", "X"),
                true,
                false,
            ),
            (
                message("OPTIONS sip:a@b SIP/2.0", "").replace("\r\nTo", "\r\n To"),
                true,
                false,
            ),
            (
                "A sip:b SIP/2.0\nv:x\nf :x\nt:x\ni: x\ncseq : 1 A\n\n".into(),
                true,
                true,
            ),
            ("A sip:b SIP/2.0".into(), true, false),
        ] {
            let Look::Message(glance) = look(text.as_bytes()) else {
                panic!("{text:?}")
            };
            assert_eq!((glance.request, glance.whole), (request, whole), "{text:?}");
        }
    }

    #[test]
    fn who_made_it_is_seen() {
        let text = message(
            "OPTIONS sip:a@b SIP/2.0",
            "User-Agent: friendly-scanner\r\n\r\nUser-Agent: x",
        );
        let Look::Message(glance) = look(text.as_bytes()) else {
            panic!("{text:?}")
        };
        assert_eq!(glance.agent, b": friendly-scanner");
        assert_eq!(glance.from, b": <sip:x@y>;tag=1");
    }

    /// Pieces that make messages, nearly messages and none.
    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"OPTIONS sip:a@b SIP/2.0\r\n".to_vec()),
            Just(b"INVITE sip:a@b SIP/2.0\n".to_vec()),
            Just(b"SIP/2.0 200 OK\r\n".to_vec()),
            Just(b"Via: SIP/2.0/UDP h;branch=z9hG4bKa\r\n".to_vec()),
            Just(b"v : SIP/2.0/UDP h;branch=z9hG4bKa\n".to_vec()),
            Just(b"From: <sip:x@y>;tag=1\r\n".to_vec()),
            Just(b"f: <sip:x@y>;tag=1\r\n".to_vec()),
            Just(b"To:\r\n <sip:a@b>\r\n".to_vec()),
            Just(b"t\t: <sip:a@b>\r\n".to_vec()),
            Just(b"Call-ID: 1\r\n".to_vec()),
            Just(b"i: 1\r\n".to_vec()),
            Just(b"CSeq: 1 OPTIONS\r\n".to_vec()),
            Just(b"cSEQ: 1 INVITE\r\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b" SIP/2.0\r\n".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..6),
        ];
        proptest::collection::vec(piece, 0..14).prop_map(|p| p.concat())
    }

    proptest! {
        #[test]
        fn what_is_worked_on_is_never_junk(bytes in pieces()) {
            match (check(&bytes, false), look(&bytes)) {
                (Verdict::Request(_), seen) => {
                    let whole = matches!(seen, Look::Message(g) if g.request && g.whole);
                    prop_assert!(whole, "{:?}", seen);
                }
                (Verdict::Response(_), seen) => {
                    let whole = matches!(seen, Look::Message(g) if !g.request && g.whole);
                    prop_assert!(whole, "{:?}", seen);
                }
                (Verdict::KeepAlive, seen) => prop_assert_eq!(seen, Look::Alive),
                _ => {}
            }
        }

        #[test]
        fn any_octets_are_looked_at(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = look(&bytes);
        }
    }
}
