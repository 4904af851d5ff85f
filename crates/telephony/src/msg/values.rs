//! Header values with a meaning: addresses, Via, CSeq.

use std::net::{IpAddr, SocketAddr};

use super::headers::split_outside;
use super::method::is_token_byte;
use super::params::unquote;
use super::uri::host_port;
use super::{Method, Params, Uri};

/// `"Name" <uri>;params` or `uri;params` (RFC 3261 §20.10, §20.20).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr {
    /// Display name without quotes; empty when there is none.
    pub display: String,
    /// The address as text.
    pub uri: String,
    /// The header's parameters (not the URI's).
    pub params: Params,
}

impl NameAddr {
    /// Reads one value.
    ///
    /// # Errors
    /// A word on what is wrong: unbalanced quotes or brackets, no address.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let parts = split_outside(text, ';');
        let (first, rest) = parts.split_first().ok_or("empty")?;
        let first = first.trim();
        if first.matches('"').count() % 2 == 1 && !first.contains('\\') {
            return Err("unbalanced quotes");
        }
        let (display, uri) = match outside_angle(first) {
            Some(at) => {
                let uri = first
                    .get(at + 1..)
                    .and_then(|u| u.strip_suffix('>'))
                    .ok_or("unbalanced <>")?;
                (unquote(first.get(..at).unwrap_or("").trim()), uri.trim())
            }
            // RFC 3261 §20.10: without <> an address must not hold a question mark.
            None if first.contains(['?', '"', ' ']) => return Err("an address that needs <>"),
            None => (String::new(), first),
        };
        if Uri::parse(uri).is_none() {
            return Err("no address");
        }
        Ok(Self {
            display,
            uri: uri.to_owned(),
            params: Params::parse(&rest.join(";"), ';'),
        })
    }

    /// The dialog tag; an empty one counts as none.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|t| !t.is_empty())
    }

    /// The value without its parameters: what a dialog keeps of From and To.
    #[must_use]
    pub fn bare(&self) -> String {
        if self.display.is_empty() {
            return format!("<{}>", self.uri);
        }
        let display = super::clean_line(&self.display)
            .replace('\\', "\\\\")
            .replace('"', "\\\"");
        format!("\"{display}\" <{}>", self.uri)
    }

    /// The address taken apart.
    #[must_use]
    pub fn parsed_uri(&self) -> Option<Uri> {
        Uri::parse(&self.uri)
    }
}

/// Where the `<` stands that is not within quotes.
fn outside_angle(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    text.char_indices().find_map(|(at, c)| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => return Some(at),
            _ => {}
        }
        None
    })
}

/// One Via value (RFC 3261 §20.42).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// `UDP`, `TCP`, ... in capitals.
    pub transport: String,
    /// The sender's name for itself.
    pub host: String,
    /// The sender's port, when written.
    pub port: Option<u16>,
    /// Parameters: branch, rport, received.
    pub params: Params,
}

impl Via {
    /// Reads one value; `None` when it is no Via.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (head, params) = text.split_once(';').unwrap_or((text, ""));
        let mut parts = head.splitn(3, '/');
        let (name, version, rest) = (parts.next()?.trim(), parts.next()?.trim(), parts.next()?.trim());
        let (transport, sent_by) = rest.split_once(char::is_whitespace)?;
        let ok = name.eq_ignore_ascii_case("SIP") && version == "2.0" && transport.bytes().all(is_token_byte);
        let (host, port) = host_port(sent_by).filter(|_| ok)?;
        let transport = transport.to_ascii_uppercase();
        Some(Self {
            transport,
            host,
            port,
            params: Params::parse(params, ';'),
        })
    }

    /// The branch, if it has the magic cookie of RFC 3261 and something after it.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.params
            .get("branch")
            .filter(|b| b.len() > 7 && b.get(..7).is_some_and(|c| c.eq_ignore_ascii_case("z9hG4bK")))
    }

    /// The value as text, with what the receiver adds (RFC 3261 §18.2.1, RFC 3581): where it really came from.
    #[must_use]
    pub fn stamped(&self, source: SocketAddr) -> String {
        let mut out = format!("SIP/2.0/{} {}", self.transport, bracketed(&self.host));
        self.port.iter().for_each(|p| out.push_str(&format!(":{p}")));
        for (name, value) in self.params.iter() {
            match value {
                _ if name.eq_ignore_ascii_case("received") || name.eq_ignore_ascii_case("rport") => {}
                Some(v)
                    if v.bytes()
                        .all(|b| is_token_byte(b) || b == b':' || b == b'[' || b == b']') =>
                {
                    out.push_str(&format!(";{name}={v}"));
                }
                Some(v) => out.push_str(&format!(
                    ";{name}=\"{}\"",
                    v.replace('\\', "\\\\").replace('"', "\\\"")
                )),
                None => out.push_str(&format!(";{name}")),
            }
        }
        let rport = self.params.has("rport");
        if rport || self.host.parse() != Ok(source.ip()) {
            out.push_str(&format!(";received={}", source.ip()));
        }
        if rport {
            out.push_str(&format!(";rport={}", source.port()));
        }
        out
    }

    /// Where a response goes without `rport` (RFC 3261 §18.2.2): the sent-by, if it is an address.
    #[must_use]
    pub fn sent_by(&self) -> Option<SocketAddr> {
        let ip: IpAddr = self.host.parse().ok()?;
        Some(SocketAddr::new(ip, self.port.unwrap_or(5060)))
    }
}

/// A host as it stands in a URI or Via: IPv6 in brackets.
pub(crate) fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

/// CSeq (RFC 3261 §20.16): the number is below 2^31.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// Sequence number.
    pub number: u32,
    /// Method.
    pub method: Method,
}

impl CSeq {
    /// Reads the value; `None` when it breaks the grammar or the range.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, method) = text.trim().split_once(char::is_whitespace)?;
        let number: u32 = number.parse().ok().filter(|n| *n < 1 << 31)?;
        Some(Self {
            number,
            method: Method::parse(method.trim())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_addrs() {
        let n = NameAddr::parse(r#""J Rosenberg \\\"" <sip:jdrosen@example.com> ; tag = 98asjd8"#).unwrap();
        assert_eq!(
            (n.display.as_str(), n.tag()),
            (r#"J Rosenberg \""#, Some("98asjd8"))
        );
        let n = NameAddr::parse("sip:a@b;tag=1").unwrap();
        assert_eq!((n.uri.as_str(), n.tag()), ("sip:a@b", Some("1")));
        assert!(NameAddr::parse("caller<sip:caller@example.com>;tag=323").is_ok());
        for bad in [
            r#""Mr. J. User <sip:j@e.com>"#,
            "<sip:a@b",
            "sip:u@e?Route=%3C",
            "",
            "Bell, A <sip:x",
        ] {
            assert!(NameAddr::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn vias() {
        let v = Via::parse("SIP  /   2.0 /UDP 192.0.2.2;branch=390skdjuw").unwrap();
        assert_eq!(
            (v.transport.as_str(), v.host.as_str(), v.branch()),
            ("UDP", "192.0.2.2", None)
        );
        let v = Via::parse("SIP/2.0/TCP [2001:db8::1]:5070;branch=z9hG4bKx;rport").unwrap();
        assert_eq!(v.sent_by().unwrap().to_string(), "[2001:db8::1]:5070");
        assert!(v.params.has("rport"));
    }

    #[test]
    fn cseqs() {
        assert_eq!(CSeq::parse("0009 INVITE").unwrap().number, 9);
        for bad in [
            "36893488147419103232 REGISTER",
            "x INVITE",
            "1",
            "4294967296 BYE",
            "-1 BYE",
        ] {
            assert_eq!(CSeq::parse(bad), None, "{bad}");
        }
    }
}
