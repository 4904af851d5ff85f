//! Methods (RFC 3261 §7.1 and extensions). Method names are case-sensitive.

use std::fmt;

/// A SIP method.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// RFC 3261 §13.
    Invite,
    /// RFC 3261 §13.
    Ack,
    /// RFC 3261 §15.
    Bye,
    /// RFC 3261 §9.
    Cancel,
    /// RFC 3261 §11.
    Options,
    /// RFC 3261 §10.
    Register,
    /// RFC 3262.
    Prack,
    /// RFC 3311.
    Update,
    /// RFC 6086.
    Info,
    /// RFC 3515.
    Refer,
    /// A method that we know the name of and do not offer: SUBSCRIBE, NOTIFY, PUBLISH, MESSAGE.
    Known(&'static str),
    /// A token that we do not know.
    Other(String),
}

const OFFERED: [(&str, Method); 10] = [
    ("INVITE", Method::Invite),
    ("ACK", Method::Ack),
    ("BYE", Method::Bye),
    ("CANCEL", Method::Cancel),
    ("OPTIONS", Method::Options),
    ("REGISTER", Method::Register),
    ("PRACK", Method::Prack),
    ("UPDATE", Method::Update),
    ("INFO", Method::Info),
    ("REFER", Method::Refer),
];

const KNOWN: [&str; 4] = ["SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE"];

impl Method {
    /// What we say in `Allow` (RFC 3261 §20.5).
    pub const ALLOW: &'static str = "INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, INFO, REGISTER";

    /// A method of this name; `None` if it is no token (RFC 3261 §25.1).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((_, m)) = OFFERED.iter().find(|(n, _)| *n == text) {
            return Some(m.clone());
        }
        if let Some(n) = KNOWN.iter().find(|n| **n == text) {
            return Some(Self::Known(n));
        }
        let token = !text.is_empty() && text.len() <= 64 && text.bytes().all(is_token_byte);
        token.then(|| Self::Other(text.to_owned()))
    }

    /// The name as it goes on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(n) => n,
            Self::Other(n) => n,
            _ => OFFERED.iter().find(|(_, m)| m == self).map_or("", |(n, _)| n),
        }
    }
}

/// RFC 3261 §25.1 `token`.
pub(crate) fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b)
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
