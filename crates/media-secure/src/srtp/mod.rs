//! SRTP and SRTCP (RFC 3711) with AES in counter mode (also with 256 bits, RFC 6188) and AES-GCM (RFC 7714).
//!
//! One [`Protector`] for the packets we send, one [`Unprotector`] for those that come, each with its own [`MasterKey`].
//! A packet is authenticated before anything else is believed of it; a packet that was seen before is refused.

mod cipher;
mod derive;
mod protect;
mod suite;
mod unprotect;
mod window;

pub use protect::Protector;
pub use suite::{MasterKey, Suite};
pub use unprotect::Unprotector;

use thiserror::Error;

/// Octets by which protecting may lengthen a packet: a GCM tag and the index of SRTCP.
pub const MAX_GROWTH: usize = 20;

/// Octets of a packet that are unprotected at most; longer ones are refused.
pub const MAX_PACKET: usize = 2048;

/// Why a packet is not protected or not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SrtpError {
    /// No packet of the kind: too short for its header and tag, too long, or not version 2.
    #[error("no SRTP packet")]
    Malformed,
    /// The caller's buffer cannot hold the result.
    #[error("the buffer is too small")]
    Room,
    /// The tag is wrong: forged, damaged, or made with another key.
    #[error("the tag does not match")]
    Forged,
    /// Seen before, or too old to know (RFC 3711 §3.3.2).
    #[error("seen before, or too old")]
    Replayed,
    /// The number was used before: sending it would use a key stream twice.
    #[error("this packet number was used already")]
    Reused,
    /// The key has protected as much as it may (RFC 3711 §9.2), or more sources than are remembered use it.
    #[error("the key is used up")]
    Exhausted,
    /// The library gives no cipher for the key.
    #[error("the key cannot be used")]
    Key,
}

/// Where the payload of an RTP packet begins: after fixed header, contributing sources and extension (RFC 3550 §5.1).
fn header_len(packet: &[u8]) -> Result<usize, SrtpError> {
    let first = *packet.first().ok_or(SrtpError::Malformed)?;
    if first >> 6 != 2 {
        return Err(SrtpError::Malformed);
    }
    let mut len = 12 + 4 * usize::from(first & 0x0f);
    if first & 0x10 != 0 {
        let words = packet.get(len + 2..len + 4).ok_or(SrtpError::Malformed)?;
        len += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    if packet.len() < len {
        return Err(SrtpError::Malformed);
    }
    Ok(len)
}

/// Four octets as a number.
fn word(packet: &[u8], at: usize) -> Result<u32, SrtpError> {
    let octets = packet.get(at..at + 4).and_then(|o| o.try_into().ok());
    octets.map(u32::from_be_bytes).ok_or(SrtpError::Malformed)
}

#[cfg(test)]
mod vectors;
