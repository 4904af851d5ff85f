//! ICE as a lite agent has it (RFC 8445 §2.5, RFC 8839): an offer with ICE is answered with our one address, and the other
//! side does all the asking.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::{LocalCaps, Media, Sdp};

/// Longest name or password that is read, characters (RFC 8839 §5.4).
const MOST: usize = 256;

/// A side's name and password for one call. `{:?}` does not show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct IceLogin {
    /// `ice-ufrag`: 4 to 256 characters.
    pub name: String,
    /// `ice-pwd`: 22 to 256 characters.
    pub password: String,
}

impl std::fmt::Debug for IceLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IceLogin({}, hidden)", self.name)
    }
}

impl IceLogin {
    /// Of random octets: 8 characters and 32.
    #[must_use]
    pub fn draw(mut random: impl FnMut(&mut [u8])) -> Self {
        let mut octets = [0; 20];
        random(&mut octets);
        let hex = |octets: &[u8]| octets.iter().fold(String::new(), |s, o| s + &format!("{o:02x}"));
        Self {
            name: hex(&octets[..4]),
            password: hex(&octets[4..]),
        }
    }

    /// Our attributes within the stream.
    pub(super) fn write(&self, out: &mut String, caps: &LocalCaps, mux: bool) {
        let (name, password) = (&self.name, &self.password);
        let _ = write!(out, "a=ice-ufrag:{name}\r\na=ice-pwd:{password}\r\n");
        candidate(out, 1, caps.addr, caps.port);
        if !mux {
            candidate(out, 2, caps.addr, caps.port.saturating_add(1));
        }
    }
}

/// A host candidate (RFC 8445 §5.1.2.1: type preference 126, one address).
fn candidate(out: &mut String, component: u32, addr: IpAddr, port: u16) {
    let priority = 126 << 24 | 65_535 << 8 | (256 - component);
    let _ = write!(
        out,
        "a=candidate:1 {component} UDP {priority} {addr} {port} typ host\r\n"
    );
}

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ice {
    /// Our name and password.
    pub ours: IceLogin,
    /// The other side's name.
    pub their_name: String,
}

impl Ice {
    /// Whether an offered stream wants ICE and we have a login for it.
    pub(super) fn answer(sdp: &Sdp, media: &Media, caps: &LocalCaps) -> Option<Self> {
        let ours = caps.ice.clone()?;
        let said = |name: &str| {
            media
                .attribute(name)
                .or_else(|| sdp.attribute(name))
                .map(str::trim)
        };
        let good = |v: &&str, least: usize| {
            let characters = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
            (least..=MOST).contains(&v.len()) && v.bytes().all(characters)
        };
        let their_name = said("ice-ufrag").filter(|v| good(v, 4))?.to_owned();
        said("ice-pwd").filter(|v| good(v, 22))?;
        media.attribute("candidate")?;
        Some(Self { ours, their_name })
    }
}
