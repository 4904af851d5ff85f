//! Octets to message (RFC 3261 §7). Lenient where real equipment errs without harm (bare LF, a missing
//! Content-Length on a datagram, Latin-1 octets), strict where guessing would be dangerous.

use super::{Headers, Message, Method, Request, Response, VERSION};

/// More header lines than this are refused.
pub const MAX_HEADERS: usize = 200;
/// A longer logical header line (octets) is refused.
pub const MAX_LINE: usize = 16 * 1024;

/// Why octets are no SIP message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The first line is neither a request line nor a status line.
    #[error("no SIP start line")]
    StartLine,
    /// The blank line that ends the headers is missing.
    #[error("the headers do not end")]
    Unterminated,
    /// A line in the headers has no colon or no name.
    #[error("a header line without a name")]
    HeaderLine,
    /// More than [`MAX_HEADERS`] lines, or one longer than [`MAX_LINE`].
    #[error("too many or too long header lines")]
    TooLarge,
}

/// A message, and what its first line said about its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The message. Its body is everything after the blank line; the wire stage applies Content-Length.
    pub message: Message,
    /// The version was `SIP/2.0`.
    pub version_ok: bool,
    /// The request line kept to the grammar (single spaces, no `<>`).
    pub line_ok: bool,
}

/// Reads one message.
///
/// # Errors
/// [`ParseError`] where there is nothing to answer; a message that is wrong in a way that can be answered parses.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ParseError> {
    let (head, body) = split_head(bytes).ok_or(ParseError::Unterminated)?;
    let mut lines = unfold(head)?.into_iter();
    let start = lines.next().ok_or(ParseError::StartLine)?;
    let mut headers = Headers::default();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(ParseError::HeaderLine)?;
        let name = name.trim_end();
        if name.is_empty() || !name.bytes().all(super::method::is_token_byte) {
            return Err(ParseError::HeaderLine);
        }
        headers.push(name, value.trim());
    }
    start_line(&start, headers, body.to_vec())
}

/// Finds the blank line; both CRLF and LF count as line ends.
fn split_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from = 0;
    while let Some(lf) = bytes.get(from..)?.iter().position(|b| *b == b'\n') {
        let next = from + lf + 1;
        let rest = bytes.get(next..)?;
        let skip = if rest.starts_with(b"\r\n") {
            2
        } else if rest.starts_with(b"\n") {
            1
        } else {
            from = next;
            continue;
        };
        return Some((bytes.get(..next)?, bytes.get(next + skip..)?));
    }
    None
}

/// Logical lines, with folds (RFC 3261 §7.3.1) joined by one space.
fn unfold(head: &[u8]) -> Result<Vec<String>, ParseError> {
    let mut lines: Vec<String> = Vec::new();
    for raw in head.split(|b| *b == b'\n') {
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        let text = text_of(raw);
        match lines.last_mut() {
            Some(last) if lines_fold(raw) && !text.trim().is_empty() => {
                last.push(' ');
                last.push_str(text.trim());
            }
            _ if text.is_empty() => {}
            Some(_) if lines_fold(raw) => {}
            _ => lines.push(text),
        }
        if lines.len() > MAX_HEADERS || lines.last().is_some_and(|l| l.len() > MAX_LINE) {
            return Err(ParseError::TooLarge);
        }
    }
    Ok(lines)
}

fn lines_fold(raw: &[u8]) -> bool {
    raw.first().is_some_and(|b| *b == b' ' || *b == b'\t')
}

/// UTF-8 if it is, else Latin-1, which every octet string is: old gateways put names in it.
fn text_of(raw: &[u8]) -> String {
    std::str::from_utf8(raw).map_or_else(|_| raw.iter().map(|b| char::from(*b)).collect(), str::to_owned)
}

fn start_line(line: &str, headers: Headers, body: Vec<u8>) -> Result<Parsed, ParseError> {
    if let Some(rest) = line
        .get(..4)
        .filter(|p| p.eq_ignore_ascii_case("SIP/"))
        .and_then(|_| line.get(4..))
    {
        return status_line(rest, headers, body);
    }
    let trimmed = line.trim_end();
    let (method, rest) = trimmed.split_once(' ').ok_or(ParseError::StartLine)?;
    let (uri, version) = rest.rsplit_once(' ').ok_or(ParseError::StartLine)?;
    let is_version = version.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("SIP/"));
    let method = Method::parse(method)
        .filter(|_| is_version)
        .ok_or(ParseError::StartLine)?;
    let odd_uri = uri.is_empty() || uri.contains([' ', '\t', '<', '>', '"']);
    let line_ok = trimmed == line && !odd_uri;
    let message = Message::Request(Request {
        method,
        uri: uri.trim().to_owned(),
        headers,
        body,
    });
    Ok(Parsed {
        message,
        version_ok: version.eq_ignore_ascii_case(VERSION),
        line_ok,
    })
}

fn status_line(rest: &str, headers: Headers, body: Vec<u8>) -> Result<Parsed, ParseError> {
    let (version, rest) = rest.split_once(' ').ok_or(ParseError::StartLine)?;
    let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let code: u16 = code
        .parse()
        .ok()
        .filter(|c| (100..700).contains(c))
        .ok_or(ParseError::StartLine)?;
    let message = Message::Response(Response {
        code,
        reason: reason.to_owned(),
        headers,
        body,
    });
    Ok(Parsed {
        message,
        version_ok: version == "2.0",
        line_ok: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_latin1_and_bare_lf() {
        let raw = b"OPTIONS sip:a@b SIP/2.0\nSubject: caf\xe9\n  au lait\nl: 0\n\n";
        let Message::Request(r) = parse(raw).unwrap().message else {
            panic!("a request")
        };
        assert_eq!(r.headers.get("Subject"), Some("café au lait"));
        assert_eq!(r.headers.get("Content-Length"), Some("0"));
    }

    #[test]
    fn broken_start_lines_are_refused() {
        for raw in [
            "\r\n\r\n",
            "INVITE\r\n\r\n",
            "INVITE sip:a\r\n\r\n",
            "SIP/2.0 99999999999 x\r\n\r\n",
            "a b c",
        ] {
            assert!(parse(raw.as_bytes()).is_err(), "{raw:?}");
        }
    }

    #[test]
    fn a_flood_of_headers_is_refused() {
        let raw = format!("OPTIONS sip:a@b SIP/2.0\r\n{}\r\n", "X: y\r\n".repeat(500));
        assert_eq!(parse(raw.as_bytes()), Err(ParseError::TooLarge));
    }
}
