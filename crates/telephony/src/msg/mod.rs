//! SIP messages as values (RFC 3261 §7): what the wire stage hands to the engine, and what the engine sends.
//!
//! A header is kept as the text that arrived (folds joined, compact names expanded); it is taken apart only when
//! somebody asks for its meaning. So an odd header that nobody needs never harms a call.

mod headers;
mod method;
mod params;
mod parse;
mod uri;
mod values;

pub(crate) use headers::split_outside;
pub use headers::{Headers, split_list};
pub use method::Method;
pub(crate) use method::is_token_byte;
pub use params::Params;
pub use parse::{MAX_HEADERS, MAX_LINE, ParseError, Parsed, parse};
pub(crate) use uri::host_port;
pub use uri::{SipUri, Uri};
pub(crate) use values::bracketed;
pub use values::{CSeq, NameAddr, Via};

/// The version every message carries.
pub const VERSION: &str = "SIP/2.0";

/// A request (RFC 3261 §7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub method: Method,
    /// The Request-URI as text.
    pub uri: String,
    /// Header fields in order.
    pub headers: Headers,
    /// The body, raw.
    pub body: Vec<u8>,
}

/// A response (RFC 3261 §7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// 100 to 699.
    pub code: u16,
    /// The phrase for people; never looked at by machines.
    pub reason: String,
    /// Header fields in order.
    pub headers: Headers,
    /// The body, raw.
    pub body: Vec<u8>,
}

/// Either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

impl Request {
    /// The octets to send, with a Content-Length that is right.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let line = format!("{} {} {VERSION}\r\n", self.method, self.uri);
        write(line, &self.headers, &self.body)
    }

    /// A response to this request (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq copied; `to_tag` added to a To
    /// that has none.
    #[must_use]
    pub fn response(&self, code: u16, reason: Option<&str>, to_tag: Option<&str>) -> Response {
        let mut headers = Headers::default();
        for (name, value) in self.headers.iter() {
            match name {
                "Via" | "From" | "Call-ID" | "CSeq" => headers.push(name, value),
                "To" => headers.push(name, &with_tag(value, to_tag.filter(|_| code > 100))),
                "Timestamp" if code == 100 => headers.push(name, value),
                _ => {}
            }
        }
        let reason = reason.map_or_else(|| default_reason(code).to_owned(), clean_line);
        Response {
            code,
            reason,
            headers,
            body: Vec::new(),
        }
    }
}

impl Response {
    /// The octets to send, with a Content-Length that is right.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let line = format!("{VERSION} {} {}\r\n", self.code, self.reason);
        write(line, &self.headers, &self.body)
    }
}

/// Control characters would start a header of their own; an attacker must not write ours.
pub(crate) fn clean_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn with_tag(value: &str, tag: Option<&str>) -> String {
    let has = NameAddr::parse(value).ok().is_some_and(|n| n.tag().is_some());
    match tag {
        Some(tag) if !has => format!("{value};tag={tag}"),
        _ => value.to_owned(),
    }
}

fn write(mut out: String, headers: &Headers, body: &[u8]) -> Vec<u8> {
    for (name, value) in headers.iter().filter(|(n, _)| *n != "Content-Length") {
        out.push_str(name);
        out.push_str(": ");
        out.push_str(value);
        out.push_str("\r\n");
    }
    out.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = out.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// The phrase of RFC 3261 §21 and its extensions for a status code.
#[must_use]
pub fn default_reason(code: u16) -> &'static str {
    match code {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        200 => "OK",
        202 => "Accepted",
        302 => "Moved Temporarily",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        413 => "Request Entity Too Large",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        421 => "Extension Required",
        422 => "Session Interval Too Small",
        423 => "Interval Too Brief",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        484 => "Address Incomplete",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        491 => "Request Pending",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        504 => "Server Time-out",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        600 => "Busy Everywhere",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        606 => "Not Acceptable",
        _ => match code / 100 {
            1 => "Progress",
            2 => "OK",
            3 => "Redirection",
            4 => "Client Error",
            5 => "Server Error",
            _ => "Global Failure",
        },
    }
}
