//! The answering half of STUN (RFC 8489) as ICE-lite has it (RFC 8445 §2.5): binding requests of the one peer that knows our
//! password are answered, everything else is passed over in silence. Consent to send (RFC 7675) is answered by the same.

use std::net::{IpAddr, SocketAddr};

use aws_lc_rs::hmac;
use subtle::ConstantTimeEq;

/// Octets of the longest answer.
pub const MAX_ANSWER: usize = 128;
/// Longer requests are passed over: none needs more than a few attributes.
const MAX_REQUEST: usize = 548;
const HEADER: usize = 20;
const COOKIE: u32 = 0x2112_a442;
const REQUEST: u16 = 0x0001;
const SUCCESS: u16 = 0x0101;
const ERROR: u16 = 0x0111;
const USERNAME: u16 = 0x0006;
const INTEGRITY: u16 = 0x0008;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000a;
const INTEGRITY_SHA256: u16 = 0x001c;
const MAPPED: u16 = 0x0020;
const PRIORITY: u16 = 0x0024;
const USE_CANDIDATE: u16 = 0x0025;
const FINGERPRINT: u16 = 0x8028;
/// What the checksum of a STUN message is mixed with.
const FINGERPRINT_MIX: u32 = 0x5354_554e;
/// Unknown attributes that an error names.
const MAX_UNKNOWN: usize = 4;

/// Whether a packet on an RTP port is STUN (RFC 7983 §7).
#[must_use]
pub fn is_stun(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| *first < 4)
}

/// What a request was, once it has proved to come from the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Octets of the answer, in the caller's buffer: to be sent back to where the request came from.
    pub len: usize,
    /// The peer has chosen this pair of addresses for the media (USE-CANDIDATE).
    pub nominated: bool,
}

/// Answers the binding requests of one peer in one call.
pub struct Responder {
    /// `ours:theirs`.
    username: Box<[u8]>,
    key: hmac::Key,
}

impl Responder {
    /// With the names (`ice-ufrag`) of both sides and our password (`ice-pwd`), which must be unguessable.
    #[must_use]
    pub fn new(our_name: &str, our_password: &str, their_name: &str) -> Self {
        Self {
            username: format!("{our_name}:{their_name}").into_bytes().into(),
            key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, our_password.as_bytes()),
        }
    }

    /// Reads a packet that came from `from`; writes the answer into `out`, which should have [`MAX_ANSWER`] octets. `None` if
    /// there is nothing to answer: no request, or not the peer's.
    pub fn answer(&self, packet: &[u8], from: SocketAddr, out: &mut [u8]) -> Option<Answer> {
        let request = Request::read(packet)?;
        if request.username? != &*self.username || !self.is_genuine(packet, &request) {
            return None;
        }
        let out = out.get_mut(..MAX_ANSWER)?;
        let unknown = &request.unknown[..request.unknowns];
        let kind = if unknown.is_empty() { SUCCESS } else { ERROR };
        let mut writer = Writer::new(out, kind, packet);
        if unknown.is_empty() {
            writer.mapped(from);
        } else {
            writer.refusal(unknown);
        }
        let nominated = request.nominated && unknown.is_empty();
        Some(Answer {
            len: writer.finish(&self.key),
            nominated,
        })
    }

    /// Checks MESSAGE-INTEGRITY, made over all before it as if it were the last (RFC 8489 §14.5).
    fn is_genuine(&self, packet: &[u8], request: &Request<'_>) -> bool {
        let Some((at, tag)) = request.integrity else {
            return false;
        };
        let made = integrity(&self.key, packet, at);
        bool::from(made.as_ref().ct_eq(tag))
    }
}

/// What matters of a binding request. Nothing of it is believed before its integrity was checked.
struct Request<'a> {
    username: Option<&'a [u8]>,
    /// Where MESSAGE-INTEGRITY begins, and its value.
    integrity: Option<(usize, &'a [u8])>,
    nominated: bool,
    unknown: [u16; MAX_UNKNOWN],
    unknowns: usize,
}

impl<'a> Request<'a> {
    fn read(packet: &'a [u8]) -> Option<Self> {
        let whole = packet.len() >= HEADER && packet.len() <= MAX_REQUEST && packet.len().is_multiple_of(4);
        if !whole || half(packet, 0)? != REQUEST || usize::from(half(packet, 2)?) != packet.len() - HEADER {
            return None;
        }
        if packet.get(4..8)? != COOKIE.to_be_bytes() {
            return None;
        }
        let mut request = Self {
            username: None,
            integrity: None,
            nominated: false,
            unknown: [0; MAX_UNKNOWN],
            unknowns: 0,
        };
        let mut at = HEADER;
        while at < packet.len() {
            let (kind, len) = (half(packet, at)?, usize::from(half(packet, at + 2)?));
            let value = packet.get(at + 4..at + 4 + len)?;
            if kind == FINGERPRINT {
                return request.sealed(packet, at, value);
            }
            request.note(kind, value, at);
            at += 4 + len.next_multiple_of(4);
        }
        // ICE's messages carry a fingerprint (RFC 8445 §7.1.1).
        None
    }

    /// The fingerprint is the last attribute and that of all before it.
    fn sealed(self, packet: &[u8], at: usize, value: &[u8]) -> Option<Self> {
        let right = value == (crc32(&packet[..at]) ^ FINGERPRINT_MIX).to_be_bytes();
        (right && at + 8 == packet.len()).then_some(self)
    }

    fn note(&mut self, kind: u16, value: &'a [u8], at: usize) {
        match kind {
            // What stands behind the integrity is nobody's word.
            _ if self.integrity.is_some() => {}
            USERNAME => self.username = Some(value),
            INTEGRITY => self.integrity = Some((at, value)),
            USE_CANDIDATE => self.nominated = true,
            PRIORITY | INTEGRITY_SHA256 | 0x8000.. => {}
            unknown if self.unknowns < MAX_UNKNOWN => {
                self.unknown[self.unknowns] = unknown;
                self.unknowns += 1;
            }
            _ => {}
        }
    }
}

/// Writes an answer.
struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    /// Begins with the header; cookie and transaction are the request's.
    fn new(out: &'a mut [u8], kind: u16, request: &[u8]) -> Self {
        out[..2].copy_from_slice(&kind.to_be_bytes());
        out[4..HEADER].copy_from_slice(&request[4..HEADER]);
        Self { out, len: HEADER }
    }

    fn attribute(&mut self, kind: u16, value: &[u8]) {
        let (at, end) = (self.len, self.len + 4 + value.len());
        self.out[at..at + 2].copy_from_slice(&kind.to_be_bytes());
        self.out[at + 2..at + 4].copy_from_slice(&(value.len() as u16).to_be_bytes());
        self.out[at + 4..end].copy_from_slice(value);
        self.len = end.next_multiple_of(4);
        self.out[end..self.len].fill(0);
        let octets = (self.len - HEADER) as u16;
        self.out[2..4].copy_from_slice(&octets.to_be_bytes());
    }

    /// XOR-MAPPED-ADDRESS (RFC 8489 §14.2).
    fn mapped(&mut self, from: SocketAddr) {
        let mut value = [0; 20];
        let mixed = from.port() ^ (COOKIE >> 16) as u16;
        value[2..4].copy_from_slice(&mixed.to_be_bytes());
        let len = match from.ip().to_canonical() {
            IpAddr::V4(ip) => {
                value[1] = 1;
                value[4..8].copy_from_slice(&ip.octets());
                8
            }
            IpAddr::V6(ip) => {
                value[1] = 2;
                value[4..].copy_from_slice(&ip.octets());
                20
            }
        };
        // Cookie and transaction, as they stand in the header.
        let mix = self.out[4..HEADER].iter();
        value[4..len].iter_mut().zip(mix).for_each(|(v, m)| *v ^= m);
        self.attribute(MAPPED, &value[..len]);
    }

    /// 420, and what was not understood (RFC 8489 §14.8).
    fn refusal(&mut self, unknown: &[u16]) {
        self.attribute(ERROR_CODE, &[0, 0, 4, 20]);
        let mut names = [0; 2 * MAX_UNKNOWN];
        for (name, kind) in names.chunks_exact_mut(2).zip(unknown) {
            name.copy_from_slice(&kind.to_be_bytes());
        }
        self.attribute(UNKNOWN_ATTRIBUTES, &names[..2 * unknown.len()]);
    }

    /// Integrity and fingerprint.
    fn finish(mut self, key: &hmac::Key) -> usize {
        let tag = integrity(key, self.out, self.len);
        self.attribute(INTEGRITY, tag.as_ref());
        // The length counts the fingerprint before it is made.
        let octets = (self.len + 8 - HEADER) as u16;
        self.out[2..4].copy_from_slice(&octets.to_be_bytes());
        let sum = crc32(&self.out[..self.len]) ^ FINGERPRINT_MIX;
        self.attribute(FINGERPRINT, &sum.to_be_bytes());
        self.len
    }
}

/// The HMAC-SHA1 of a message's first `at` octets with the length it has when 24 more follow.
fn integrity(key: &hmac::Key, packet: &[u8], at: usize) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(&packet[..2]);
    context.update(&((at + 24 - HEADER) as u16).to_be_bytes());
    context.update(&packet[4..at]);
    context.sign()
}

fn half(packet: &[u8], at: usize) -> Option<u16> {
    let octets = packet.get(at..at + 2)?;
    Some(u16::from_be_bytes([octets[0], octets[1]]))
}

/// CRC-32 of ISO 3309.
fn crc32(octets: &[u8]) -> u32 {
    let step = |sum: u32, octet: &u8| {
        let at = (sum ^ u32::from(*octet)) & 0xff;
        CRC_TABLE[at as usize] ^ sum >> 8
    };
    !octets.iter().fold(u32::MAX, step)
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let (mut sum, mut bit) = (n as u32, 0);
        while bit < 8 {
            sum = if sum & 1 == 1 {
                sum >> 1 ^ 0xedb8_8320
            } else {
                sum >> 1
            };
            bit += 1;
        }
        table[n] = sum;
        n += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The sample request of RFC 5769 §2.1.
    const SAMPLE: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff\
        80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2\
        80280004e57a3bcf";

    fn octets(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pair = |p: &[u8]| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap();
        digits.chunks(2).map(pair).collect()
    }

    fn responder() -> Responder {
        Responder::new("evtj", "VOkJxbRl1RmTxUk/WvJxBt", "h6vY")
    }

    /// A request made by the writer of the answers.
    fn request(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut out = [0; 512];
        let transaction = octets(SAMPLE);
        let mut writer = Writer::new(&mut out, REQUEST, &transaction);
        for (kind, value) in attributes {
            writer.attribute(*kind, value);
        }
        let len = writer.finish(&responder().key);
        out[..len].to_vec()
    }

    #[test]
    fn the_samples_of_the_rfc_are_read_and_answered() {
        let mut out = [0; MAX_ANSWER];
        let from = "192.0.2.1:32853".parse().unwrap();
        let answer = responder().answer(&octets(SAMPLE), from, &mut out).unwrap();
        assert!(!answer.nominated);
        // RFC 5769 §2.2 without its SOFTWARE attribute: header, then the mapped address as it stands there.
        assert_eq!(out[..4], [1, 1, 0, 44]);
        assert_eq!(out[4..20], octets(SAMPLE)[4..20]);
        assert_eq!(out[20..32], *octets("002000080001a147e112a643"));
        assert_eq!(answer.len, 64);
        let from = "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().unwrap();
        responder().answer(&octets(SAMPLE), from, &mut out).unwrap();
        let six = "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9";
        assert_eq!(out[20..44], *octets(six), "RFC 5769 §2.3");
    }

    #[test]
    fn answers_are_sealed_as_the_rfc_seals_them() {
        // The response of RFC 5769 §2.2, all of it.
        let mut out = [0; MAX_ANSWER];
        let mut writer = Writer::new(&mut out, SUCCESS, &octets(SAMPLE));
        writer.attribute(0x8022, b"test vector");
        // Its padding is a space.
        writer.out[writer.len - 1] = b' ';
        writer.mapped("192.0.2.1:32853".parse().unwrap());
        let len = writer.finish(&responder().key);
        let sample = "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643\
            000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96";
        assert_eq!(out[..len], *octets(sample));
    }

    #[test]
    fn nomination_counts_and_what_must_be_understood_is_refused() {
        let mut out = [0; MAX_ANSWER];
        let from = "192.0.2.1:1".parse().unwrap();
        let named: (u16, &[u8]) = (USERNAME, b"evtj:h6vY");
        let packet = request(&[named, (USE_CANDIDATE, b"")]);
        assert!(responder().answer(&packet, from, &mut out).unwrap().nominated);
        let packet = request(&[named, (USE_CANDIDATE, b""), (0x7ffe, b"abc")]);
        let answer = responder().answer(&packet, from, &mut out).unwrap();
        assert!(!answer.nominated);
        assert_eq!(out[..2], ERROR.to_be_bytes());
        assert_eq!(out[20..38], *octets("0009000400000414 000a00027ffe0000 0008"));
        let foreign = request(&[(USERNAME, b"evtj:other")]);
        assert_eq!(responder().answer(&foreign, from, &mut out), None);
        assert_eq!(responder().answer(&request(&[]), from, &mut out), None);
        // Attributes behind the integrity, where anybody may put them, count for nothing.
        let mut late = request(&[named]);
        late.truncate(late.len() - 8);
        late.extend([0, 0x25, 0, 0]);
        let len = (late.len() + 8 - HEADER) as u16;
        late[2..4].copy_from_slice(&len.to_be_bytes());
        let sum = crc32(&late) ^ FINGERPRINT_MIX;
        late.extend([0x80, 0x28, 0, 4].into_iter().chain(sum.to_be_bytes()));
        assert!(!responder().answer(&late, from, &mut out).unwrap().nominated);
    }

    proptest! {
        #[test]
        fn any_octet_changed_is_passed_over(at in 0_usize..108, by in 1_u8..=255) {
            let mut packet = octets(SAMPLE);
            packet[at] ^= by;
            let answer = responder().answer(&packet, "192.0.2.1:1".parse().unwrap(), &mut [0; MAX_ANSWER]);
            prop_assert_eq!(answer, None);
        }

        #[test]
        fn no_octets_harm(packet in prop::collection::vec(any::<u8>(), 0..600)) {
            let from = "192.0.2.1:1".parse().unwrap();
            prop_assert_eq!(responder().answer(&packet, from, &mut [0; MAX_ANSWER]), None);
            let mut framed = packet;
            framed.truncate(framed.len() / 4 * 4);
            if framed.len() >= HEADER {
                let len = (framed.len() - HEADER) as u16;
                framed[..2].copy_from_slice(&REQUEST.to_be_bytes());
                framed[2..4].copy_from_slice(&len.to_be_bytes());
                framed[4..8].copy_from_slice(&COOKIE.to_be_bytes());
                prop_assert_eq!(responder().answer(&framed, from, &mut [0; MAX_ANSWER]), None);
            }
        }
    }
}
