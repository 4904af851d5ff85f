//! Judging one message.

use crate::msg::{
    CSeq, Headers, Message, Method, NameAddr, ParseError, Parsed, Request, Response, Uri, Via, parse,
};

/// A request that may be worked on.
#[derive(Clone, Debug)]
pub struct InRequest {
    /// The message; its body has the length that Content-Length says.
    pub req: Request,
    /// The topmost Via.
    pub via: Via,
    /// From.
    pub from: NameAddr,
    /// To.
    pub to: NameAddr,
    /// Call-ID.
    pub call_id: String,
    /// CSeq.
    pub cseq: CSeq,
}

/// A response that may be worked on.
#[derive(Clone, Debug)]
pub struct InResponse {
    /// The message.
    pub resp: Response,
    /// The branch of its only Via.
    pub branch: String,
    /// CSeq.
    pub cseq: CSeq,
    /// To, whose tag names the dialog.
    pub to: NameAddr,
}

/// What to do with octets that arrived.
#[derive(Debug)]
pub enum Verdict {
    /// Work on it.
    Request(Box<InRequest>),
    /// Work on it.
    Response(Box<InResponse>),
    /// Send this back to where it came from and forget it.
    Answer(Box<Response>, Option<Via>),
    /// Say nothing; the word is for the debug log.
    Ignore(&'static str),
    /// A CR LF CR LF ping (RFC 5626 §3.5.1).
    KeepAlive,
}

/// Headers that must stand once (RFC 3261 §20).
const ONCE: [&str; 5] = ["From", "To", "Call-ID", "CSeq", "Max-Forwards"];

/// Judges one datagram, or one message framed from a stream (`framed`: its length is already known to be right).
#[must_use]
pub fn check(bytes: &[u8], framed: bool) -> Verdict {
    if bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | 0)) {
        return Verdict::KeepAlive;
    }
    let repaired = repair(bytes);
    match parse(repaired.as_deref().unwrap_or(bytes)) {
        Ok(Parsed {
            message: Message::Request(r),
            version_ok,
            line_ok,
        }) => request(r, version_ok, line_ok, framed),
        Ok(Parsed {
            message: Message::Response(r),
            version_ok,
            ..
        }) => {
            if version_ok {
                response(r, framed)
            } else {
                Verdict::Ignore("response of another version")
            }
        }
        Err(e) => unparsable(bytes, &e),
    }
}

/// A datagram without the final blank line gets one, and leading line ends are skipped (RFC 3261 §7.5).
fn repair(bytes: &[u8]) -> Option<Vec<u8>> {
    let start = bytes
        .iter()
        .position(|b| !matches!(b, b'\r' | b'\n'))
        .unwrap_or(0);
    let body = bytes.get(start..).unwrap_or(bytes);
    let ends = body.windows(4).any(|w| w == b"\r\n\r\n") || body.windows(2).any(|w| w == b"\n\n");
    match (start, ends) {
        (0, true) => None,
        (_, true) => Some(body.to_vec()),
        (_, false) => Some([body, b"\r\n\r\n".as_slice()].concat()),
    }
}

fn request(mut req: Request, version_ok: bool, line_ok: bool, framed: bool) -> Verdict {
    let via = req.headers.list("Via").first().and_then(|v| Via::parse(v));
    let via = via.or_else(|| via_of_other_version(&req.headers).filter(|_| !version_ok));
    let Some(via) = via else {
        return Verdict::Ignore("no usable Via");
    };
    let refuse = |req: &Request, code, why: &str| {
        if req.method == Method::Ack {
            return Verdict::Ignore("a malformed ACK");
        }
        let reason = (code == 400).then_some(why);
        let mut resp = req.response(code, reason, Some("wire"));
        if code == 415 {
            resp.headers.push("Accept", "application/sdp");
        }
        Verdict::Answer(Box::new(resp), Some(via.clone()))
    };
    if !version_ok {
        return refuse(&req, 505, "");
    }
    if !line_ok {
        return refuse(&req, 400, "Malformed Request-Line");
    }
    if let Err(why) = content_length(&req.headers, &mut req.body, framed) {
        return refuse(&req, 400, why);
    }
    match fields(&req) {
        Err(Fault::Bad(why)) => refuse(&req, 400, why),
        Err(Fault::Scheme) => refuse(&req, 416, ""),
        Ok((from, to, call_id, cseq)) => Verdict::Request(Box::new(InRequest {
            req,
            via,
            from,
            to,
            call_id,
            cseq,
        })),
    }
}

/// The Via of a request of another version, to be told so (505).
fn via_of_other_version(headers: &Headers) -> Option<Via> {
    let first = headers.list("Via").into_iter().next()?;
    let mut parts = first.splitn(3, '/');
    let (name, _, rest) = (parts.next()?, parts.next()?, parts.next()?);
    Via::parse(&format!("{name}/2.0/{rest}"))
}

/// `;;` and `,,` have no meaning (RFC 4475 §3.1.2.1).
fn has_empty_items(value: &str) -> bool {
    let squeezed: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    [";;", ",,", ";,", ",;"].iter().any(|e| squeezed.contains(e)) || squeezed.ends_with([',', ';'])
}

enum Fault {
    Bad(&'static str),
    Scheme,
}

fn fields(req: &Request) -> Result<(NameAddr, NameAddr, String, CSeq), Fault> {
    if ONCE.iter().any(|n| req.headers.count(n) > 1) {
        return Err(Fault::Bad("A Header Field Stands Twice"));
    }
    if req.headers.all("Via").any(has_empty_items) {
        return Err(Fault::Bad("Bad Via"));
    }
    let cseq = req
        .headers
        .get("CSeq")
        .and_then(CSeq::parse)
        .ok_or(Fault::Bad("Bad CSeq"))?;
    if cseq.method != req.method {
        return Err(Fault::Bad("CSeq Method Differs"));
    }
    let call_id = req
        .headers
        .get("Call-ID")
        .filter(|c| !c.is_empty() && c.len() <= 256);
    let call_id = call_id.ok_or(Fault::Bad("Bad Call-ID"))?.to_owned();
    let address = |name| req.headers.get(name).and_then(|v| NameAddr::parse(v).ok());
    let from = address("From").ok_or(Fault::Bad("Bad From"))?;
    let to = address("To").ok_or(Fault::Bad("Bad To"))?;
    if req
        .headers
        .get("Max-Forwards")
        .is_some_and(|m| m.parse::<u32>().is_err())
    {
        return Err(Fault::Bad("Bad Max-Forwards"));
    }
    match Uri::parse(&req.uri) {
        None => Err(Fault::Bad("Bad Request-URI")),
        Some(Uri::Other(_)) => Err(Fault::Scheme),
        Some(Uri::Sip(u)) if u.headers.is_some() => Err(Fault::Bad("Headers in Request-URI")),
        Some(_) => Ok((from, to, call_id, cseq)),
    }
}

/// Applies Content-Length (RFC 3261 §18.3): a datagram may be longer than it says, never shorter.
fn content_length(headers: &Headers, body: &mut Vec<u8>, framed: bool) -> Result<(), &'static str> {
    if headers.count("Content-Length") > 1 {
        return Err("Content-Length Stands Twice");
    }
    let Some(text) = headers.get("Content-Length") else {
        return Ok(());
    };
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let length: usize = text.parse().ok().filter(|_| digits).ok_or("Bad Content-Length")?;
    if length > body.len() {
        return Err(if framed {
            "Bad Content-Length"
        } else {
            "Content-Length Beyond The Datagram"
        });
    }
    body.truncate(length);
    Ok(())
}

fn response(mut resp: Response, framed: bool) -> Verdict {
    if content_length(&resp.headers, &mut resp.body, framed).is_err() {
        return Verdict::Ignore("response with a bad Content-Length");
    }
    let vias = resp.headers.list("Via");
    let [via] = vias.as_slice() else {
        return Verdict::Ignore("a response for somebody else");
    };
    let branch = Via::parse(via).and_then(|v| v.branch().map(str::to_owned));
    let cseq = resp.headers.get("CSeq").and_then(CSeq::parse);
    let to = resp.headers.get("To").and_then(|t| NameAddr::parse(t).ok());
    match (branch, cseq, to, resp.headers.count("CSeq")) {
        (Some(branch), Some(cseq), Some(to), 1) => Verdict::Response(Box::new(InResponse {
            resp,
            branch,
            cseq,
            to,
        })),
        _ => Verdict::Ignore("a response without the fields that name its request"),
    }
}

/// Octets that do not parse get no answer, except a request whose Via can still be found: 400.
fn unparsable(bytes: &[u8], error: &ParseError) -> Verdict {
    let text = String::from_utf8_lossy(bytes);
    let first = text.lines().next().unwrap_or("");
    let is_request = first.trim_end().to_ascii_uppercase().ends_with("SIP/2.0") && !first.starts_with("ACK ");
    let via_line = text.lines().take(64).find_map(|l| {
        let (n, v) = l.split_once(':')?;
        let n = n.trim();
        (n.eq_ignore_ascii_case("via") || n.eq_ignore_ascii_case("v")).then(|| v.trim().to_owned())
    });
    let via = via_line.as_deref().and_then(|v| Via::parse(v.split(',').next()?));
    match (is_request, via_line, via) {
        (true, Some(line), Some(via)) => {
            let mut headers = Headers::default();
            headers.push("Via", &line);
            for name in ["From", "To", "Call-ID", "CSeq"] {
                copy_raw(&text, name, &mut headers);
            }
            let code = if *error == ParseError::TooLarge { 513 } else { 400 };
            let reason = crate::msg::default_reason(code).to_owned();
            Verdict::Answer(
                Box::new(Response {
                    code,
                    reason,
                    headers,
                    body: Vec::new(),
                }),
                Some(via),
            )
        }
        _ => Verdict::Ignore("no SIP message"),
    }
}

fn copy_raw(text: &str, name: &str, headers: &mut Headers) {
    let found = text
        .lines()
        .take(64)
        .filter_map(|l| l.split_once(':'))
        .find(|(n, _)| n.trim().eq_ignore_ascii_case(name));
    if let Some((_, value)) = found {
        headers.push(name, &crate::msg::clean_line(value.trim()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(extra: &str, body: &str) -> Verdict {
        let raw = format!(
            "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nFrom: <sip:x@y>;tag=1\r\n\
             To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n{extra}\r\n{body}"
        );
        check(raw.as_bytes(), false)
    }

    fn code(v: &Verdict) -> u16 {
        match v {
            Verdict::Answer(r, _) => r.code,
            Verdict::Request(_) => 200,
            _ => 0,
        }
    }

    #[test]
    fn content_length_is_judged() {
        for (extra, body, want) in [
            ("", "abc", 200),
            ("Content-Length: 3\r\n", "abcdef", 200),
            ("Content-Length: 4\r\n", "abc", 400),
            ("Content-Length: -1\r\n", "abc", 400),
            ("Content-Length: +1\r\n", "abc", 400),
            ("Content-Length: 18446744073709551615\r\n", "abc", 400),
            ("Content-Length: 99999999999999999999999\r\n", "abc", 400),
            ("Content-Length: 1\r\nl: 1\r\n", "abc", 400),
            ("Max-Forwards: x\r\n", "", 400),
            ("CSeq: 2 OPTIONS\r\n", "", 400),
        ] {
            assert_eq!(code(&options(extra, body)), want, "{extra:?}");
        }
    }

    #[test]
    fn missing_blank_line_is_repaired() {
        let raw = "\r\n\r\nOPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:x@y>;tag=1\r\n\
                   To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS";
        assert_eq!(code(&check(raw.as_bytes(), false)), 200);
    }

    #[test]
    fn versions_and_schemes() {
        let raw = |line: &str| {
            format!(
                "{line}\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>\r\n\
                 Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
            )
        };
        for (line, want) in [
            ("OPTIONS sip:a@b SIP/7.0", 505),
            ("OPTIONS http://b SIP/2.0", 416),
            ("OPTIONS <sip:a@b> SIP/2.0", 400),
            ("OPTIONS  sip:a@b SIP/2.0", 400),
            ("INVITE sip:a@b SIP/2.0", 400),
            ("ACK <sip:a@b> SIP/2.0", 0),
        ] {
            assert_eq!(code(&check(raw(line).as_bytes(), false)), want, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_octets_are_judged(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            let _ = check(&bytes, false);
        }
    }
}
