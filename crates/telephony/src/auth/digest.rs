//! The sums.

use md5::Md5;
use sha2::{Digest, Sha256};

/// Digest algorithms that we speak, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// MD5: what nearly every telephone speaks.
    Md5,
    /// SHA-256 (RFC 8760).
    Sha256,
}

/// Quality of protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qop {
    /// RFC 2069 without qop.
    None,
    /// `auth`.
    Auth,
    /// `auth-int`: the body is protected too.
    AuthInt,
}

impl Algorithm {
    /// The algorithm of a parameter; an absent one is MD5. `None` for one we do not speak.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None => Some(Self::Md5),
            Some(t) if t.eq_ignore_ascii_case("MD5") => Some(Self::Md5),
            Some(t) if t.eq_ignore_ascii_case("SHA-256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }

    /// As it goes on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// The hash in lower-case hexadecimal.
    #[must_use]
    pub fn hex(self, data: &[u8]) -> String {
        match self {
            Self::Md5 => hex(&Md5::digest(data)),
            Self::Sha256 => hex(&Sha256::digest(data)),
        }
    }
}

impl Qop {
    /// The name on the wire; empty for none.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }

    /// The qop of credentials; `None` for one we do not know.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None => Some(Self::None),
            Some(t) if t.eq_ignore_ascii_case("auth") => Some(Self::Auth),
            Some(t) if t.eq_ignore_ascii_case("auth-int") => Some(Self::AuthInt),
            Some(_) => None,
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
            use std::fmt::Write as _;
            let _ = write!(out, "{b:02x}");
            out
        })
}

/// What goes into a digest response.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// User name.
    pub user: &'a str,
    /// Realm of the challenge.
    pub realm: &'a str,
    /// Password.
    pub password: &'a str,
    /// Method of the request.
    pub method: &'a str,
    /// The `uri` parameter.
    pub uri: &'a str,
    /// Nonce of the challenge.
    pub nonce: &'a str,
    /// Nonce count, eight hexadecimal digits.
    pub nc: &'a str,
    /// Client nonce.
    pub cnonce: &'a str,
    /// Quality of protection.
    pub qop: Qop,
    /// The body, for `auth-int`.
    pub body: &'a [u8],
}

/// The digest response (RFC 7616 §3.4.1).
#[must_use]
pub fn response(algorithm: Algorithm, r: &Response<'_>) -> String {
    let h = |s: String| algorithm.hex(s.as_bytes());
    let ha1 = h(format!("{}:{}:{}", r.user, r.realm, r.password));
    let ha2 = match r.qop {
        Qop::AuthInt => h(format!("{}:{}:{}", r.method, r.uri, algorithm.hex(r.body))),
        _ => h(format!("{}:{}", r.method, r.uri)),
    };
    match r.qop {
        Qop::None => h(format!("{ha1}:{}:{ha2}", r.nonce)),
        q => h(format!(
            "{ha1}:{}:{}:{}:{}:{ha2}",
            r.nonce,
            r.nc,
            r.cnonce,
            q.as_str()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of RFC 7616 §3.9.1, both algorithms.
    #[test]
    fn rfc_7616_example() {
        let r = Response {
            user: "Mufasa",
            realm: "http-auth@example.org",
            password: "Circle of Life",
            method: "GET",
            uri: "/dir/index.html",
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            nc: "00000001",
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            qop: Qop::Auth,
            body: b"",
        };
        assert_eq!(response(Algorithm::Md5, &r), "8ca523f5e9506fed4657c9700eebdbec");
        assert_eq!(
            response(Algorithm::Sha256, &r),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }
}
