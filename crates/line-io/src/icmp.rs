//! ICMP echo messages (RFC 792).

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

/// An echo request.
pub(crate) fn request(id: u16, sequence: u16) -> Vec<u8> {
    let mut out = vec![8, 0, 0, 0];
    out.extend(id.to_be_bytes());
    out.extend(sequence.to_be_bytes());
    out.extend(PAYLOAD);
    let sum = checksum(&out);
    out[2..4].copy_from_slice(&sum.to_be_bytes());
    out
}

/// Kind, id and sequence number of an echo message, if it is one with our payload. An error quotes as little as the header: then
/// `quoted` lets the payload be missing (RFC 792 promises 8 octets).
pub(crate) fn read(octets: &[u8], quoted: bool) -> Option<(u8, u16, u16)> {
    let word = |at: usize| Some(u16::from_be_bytes([*octets.get(at)?, *octets.get(at + 1)?]));
    let (kind, id, sequence) = (*octets.first()?, word(4)?, word(6)?);
    let payload = octets.get(8..)?;
    let ours = if quoted {
        PAYLOAD.starts_with(payload.get(..16).unwrap_or(payload))
    } else {
        payload == PAYLOAD
    };
    (ours && matches!(kind, 0 | 8)).then_some((kind, id, sequence))
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
        let octets = request(7, 513);
        assert_eq!(read(&octets, false), Some((8, 7, 513)));
        assert_eq!(checksum(&octets), 0);
        assert_eq!(read(&octets[..8], true), Some((8, 7, 513)));
        assert_eq!(read(&octets[..8], false), None);
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
            let _ = (read(&octets, true), read(&octets, false), behind_ip(&octets));
        }
    }
}
