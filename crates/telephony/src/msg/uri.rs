//! Addresses: `sip:`, `sips:` (RFC 3261 §19.1) and `tel:` (RFC 3966).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::Params;
use crate::config::Proto;

/// An address of any scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    /// `sip:` or `sips:`.
    Sip(SipUri),
    /// `tel:`: the number, without parameters.
    Tel(String),
    /// Another scheme, which we do not speak (416).
    Other(String),
}

/// A `sip:` address taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipUri {
    /// `sips:` was asked for.
    pub secure: bool,
    /// User part with escapes undone, without password and without user parameters; empty when there is none.
    pub user: String,
    /// Host name or address, without the brackets of IPv6.
    pub host: String,
    /// Port, when it is written.
    pub port: Option<u16>,
    /// URI parameters.
    pub params: Params,
    /// Headers after `?`, raw.
    pub headers: Option<String>,
}

impl Uri {
    /// Reads an address.
    ///
    /// # Errors
    /// `None` when it has no scheme, or when a `sip:` address has no host, a bad port or characters that cannot be.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        if !scheme_ok || rest.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c)) {
            return None;
        }
        match scheme.to_ascii_lowercase().as_str() {
            "sip" => SipUri::parse(rest, false).map(Self::Sip),
            "sips" => SipUri::parse(rest, true).map(Self::Sip),
            "tel" => rest
                .split(';')
                .next()
                .filter(|n| !n.is_empty())
                .map(|n| Self::Tel(n.to_owned())),
            other => Some(Self::Other(other.to_owned())),
        }
    }

    /// User part or telephone number.
    #[must_use]
    pub fn user(&self) -> &str {
        match self {
            Self::Sip(u) => &u.user,
            Self::Tel(n) => n,
            Self::Other(_) => "",
        }
    }

    /// The `sip:` form, if it is one.
    #[must_use]
    pub fn sip(&self) -> Option<&SipUri> {
        match self {
            Self::Sip(u) => Some(u),
            _ => None,
        }
    }
}

impl SipUri {
    fn parse(rest: &str, secure: bool) -> Option<Self> {
        let (userinfo, hostpart) = match rest.split_once('@') {
            Some((u, h)) if !u.is_empty() => (u, h),
            Some(_) => return None,
            None => ("", rest),
        };
        let (hostpart, headers) = match hostpart.split_once('?') {
            Some((h, q)) => (h, Some(q.to_owned())),
            None => (hostpart, None),
        };
        let (hostport, params) = hostpart.split_once(';').unwrap_or((hostpart, ""));
        let (host, port) = host_port(hostport)?;
        let user = userinfo.split([':', ';']).next().unwrap_or("");
        Some(Self {
            secure,
            user: unescape(user),
            host,
            port,
            params: Params::parse(params, ';'),
            headers,
        })
    }

    /// Host and port as a socket address, when the host is an address; the port defaults to 5060, for TLS to 5061.
    #[must_use]
    pub fn socket(&self) -> Option<SocketAddr> {
        let host = self.params.get("maddr").unwrap_or(&self.host);
        let ip: IpAddr = host.trim_matches(['[', ']']).parse().ok()?;
        Some(SocketAddr::new(
            ip,
            self.port.unwrap_or(self.proto().default_port()),
        ))
    }

    /// The transport asked for (RFC 3263 §4.1 without its records): TLS for `sips:`, UDP where nothing is said.
    #[must_use]
    pub fn proto(&self) -> Proto {
        let asked = self.params.get("transport").unwrap_or("");
        match asked {
            _ if self.secure || asked.eq_ignore_ascii_case("tls") => Proto::Tls,
            _ if asked.eq_ignore_ascii_case("tcp") => Proto::Tcp,
            _ => Proto::Udp,
        }
    }
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`.
pub(crate) fn host_port(text: &str) -> Option<(String, Option<u16>)> {
    let text = text.trim();
    let (host, port) = if let Some(v6) = text.strip_prefix('[') {
        let (host, rest) = v6.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        (host, rest.trim().strip_prefix(':'))
    } else {
        match text.split_once(':') {
            Some((h, p)) => (h.trim(), Some(p)),
            None => (text, None),
        }
    };
    let ok = !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b));
    let port = match port.map(str::trim) {
        Some(p) => Some(p.parse::<u16>().ok()?),
        None => None,
    };
    ok.then(|| (host.to_owned(), port))
}

/// Undoes `%xx`. A result that is no UTF-8 is read as Latin-1; a broken escape stays as it is.
fn unescape(text: &str) -> String {
    let (bytes, mut out, mut i) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while let Some(b) = bytes.get(i) {
        let hex = bytes.get(i + 1..i + 3).and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(v) if *b == b'%' => {
                out.push(v);
                i += 3;
            }
            _ => {
                out.push(*b);
                i += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|e| e.into_bytes().iter().map(|b| char::from(*b)).collect())
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", if self.secure { "sips" } else { "sip" }, self.user)?;
        let at = if self.user.is_empty() { "" } else { "@" };
        if self.host.contains(':') {
            write!(f, "{at}[{}]", self.host)?
        } else {
            write!(f, "{at}{}", self.host)?
        }
        self.port.map_or(Ok(()), |p| write!(f, ":{p}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let u = Uri::parse("sip:user;par=u%40example.net@example.com").unwrap();
        assert_eq!(
            (u.user(), u.sip().unwrap().host.as_str()),
            ("user", "example.com")
        );
        let u = Uri::parse("sip:%2B8221234567@[::1]:5070;transport=tcp?x=y").unwrap();
        assert_eq!(u.user(), "+8221234567");
        assert_eq!(u.sip().unwrap().socket().unwrap().to_string(), "[::1]:5070");
        assert_eq!(u.sip().unwrap().proto(), Proto::Tcp);
        assert_eq!(
            Uri::parse("tel:+82-2-123;phone-context=x").unwrap().user(),
            "+82-2-123"
        );
        assert_eq!(
            Uri::parse("soap.beep://x:1"),
            Some(Uri::Other("soap.beep".into()))
        );
        for bad in [
            "",
            "sip:",
            "sip:a@",
            "sip:@h",
            "sip:a@h:99999",
            "sip:a@[zz]",
            "sip:a b@h",
            "1x:y",
        ] {
            assert_eq!(Uri::parse(bad), None, "{bad}");
        }
    }
}
