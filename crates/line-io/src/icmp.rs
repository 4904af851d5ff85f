//! ICMP echo messages, of IPv4 (RFC 792) and of IPv6 (RFC 4443 §4). Behind their first octet they look alike.

/// Octets behind the header: enough to be told from other programs' pings.
const PAYLOAD: &[u8; 16] = b"biseo line probe";

/// The Internet checksum (RFC 1071).
fn checksum(octets: &[u8]) -> u16 {
    let words = octets
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)));
    let mut sum: u32 = words.sum();
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

/// The types of an echo request and of its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Echo {
    pub request: u8,
    pub reply: u8,
}

/// Of IPv4.
pub(crate) const FOUR: Echo = Echo { request: 8, reply: 0 };
/// Of IPv6.
pub(crate) const SIX: Echo = Echo {
    request: 128,
    reply: 129,
};

/// An echo request. The checksum is that of IPv4; for IPv6 the system reckons its own, since the addresses belong to it (RFC 3542 §3.1).
pub(crate) fn request(echo: Echo, id: u16, sequence: u16) -> Vec<u8> {
    let mut out = vec![echo.request, 0, 0, 0];
    out.extend(id.to_be_bytes());
    out.extend(sequence.to_be_bytes());
    out.extend(PAYLOAD);
    let sum = checksum(&out);
    out[2..4].copy_from_slice(&sum.to_be_bytes());
    out
}

/// Kind, id and sequence number of an echo message, if it is one with our payload. An error quotes as little as the header: then
/// `quoted` lets the payload be missing (RFC 792 promises 8 octets).
pub(crate) fn read(echo: Echo, octets: &[u8], quoted: bool) -> Option<(u8, u16, u16)> {
    let word = |at: usize| Some(u16::from_be_bytes([*octets.get(at)?, *octets.get(at + 1)?]));
    let (kind, id, sequence) = (*octets.first()?, word(4)?, word(6)?);
    let payload = octets.get(8..)?;
    let ours = if quoted {
        PAYLOAD.starts_with(payload.get(..16).unwrap_or(payload))
    } else {
        payload == PAYLOAD
    };
    (ours && (kind == echo.request || kind == echo.reply)).then_some((kind, id, sequence))
}

/// What stands behind the IPv4 header, as a raw socket delivers it.
pub(crate) fn behind_ip(octets: &[u8]) -> Option<&[u8]> {
    let length = usize::from(octets.first()? & 0x0f) * 4;
    octets.get(length.max(20)..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_back_and_its_checksum_is_right() {
        for (echo, other) in [(FOUR, SIX), (SIX, FOUR)] {
            let octets = request(echo, 7, 513);
            let asked = Some((echo.request, 7, 513));
            assert_eq!(read(echo, &octets, false), asked);
            assert_eq!(checksum(&octets), 0);
            assert_eq!(read(echo, &octets[..8], true), asked);
            assert_eq!(read(echo, &octets[..8], false), None);
            assert_eq!(read(other, &octets, false), None);
        }
    }

    #[test]
    fn rfc_1071_example() {
        assert_eq!(
            !checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]),
            0xddf2
        );
    }

    proptest::proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            let _ = (read(FOUR, &octets, true), read(SIX, &octets, false), behind_ip(&octets));
        }
    }
}
