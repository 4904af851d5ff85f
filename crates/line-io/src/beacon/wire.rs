//! The datagrams: all of one size, each with an HMAC-SHA256 of the shared secret over all that stands before it.
//!
//! ```text
//! 0 "BSB" and the version  4 kind  5 uplink  6 pace, ms  8 box  16 epoch  24 sequence  28 cookie  44 zero
//! 48 four times: got (4), highest sequence (4), which of the last 64 (8), sent (4)         128 the code
//! ```
//! Numbers are big-endian. No answer is larger than what it answers, so that nothing is to be gained by asking in somebody else's name.

use aws_lc_rs::hmac;

use super::MOST_UPLINKS;

/// Octets of a datagram.
pub(crate) const SIZE: usize = 160;
/// Octets before the code.
const SIGNED: usize = SIZE - 32;
/// The mark of this protocol, with its version.
const MARK: [u8; 4] = *b"BSB\x01";
const COOKIE: usize = 28;
const COUNTS: usize = 48;
const COUNT: usize = 20;

/// A datagram's octets.
pub(crate) type Octets = [u8; SIZE];
/// What a beacon makes for an address, so that it is known to be its sender's.
pub(crate) type Cookie = [u8; 16];

/// What a datagram is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Of a box.
    Probe,
    /// A beacon's answer to a probe from an address that has not proved itself: take this cookie. Its sequence is the probe's.
    Challenge,
    /// A beacon's own.
    Heartbeat,
}

/// What a beacon has counted of an uplink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Count {
    /// Probes that came, each once.
    pub(crate) got: u32,
    /// The highest sequence among them; 0 is none.
    pub(crate) highest: u32,
    /// Which of the 64 up to it came: bit 0 is the highest itself.
    pub(crate) mask: u64,
    /// Heartbeats that were sent to it.
    pub(crate) sent: u32,
}

/// A datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: Kind,
    /// The uplink's place among the box's, below [`MOST_UPLINKS`].
    pub(crate) uplink: u8,
    /// Of a probe: how often heartbeats are wished, ms.
    pub(crate) pace_ms: u16,
    /// The box, by a number that it has chosen at its start.
    pub(crate) guest: u64,
    /// The beacon's run, by a number that it has chosen at its start; 0 if the box knows none yet.
    pub(crate) epoch: u64,
    /// From 1 on, for each uplink and direction.
    pub(crate) sequence: u32,
    pub(crate) cookie: Cookie,
    pub(crate) counts: [Count; MOST_UPLINKS],
}

impl Message {
    /// The octets, signed.
    pub(crate) fn encode(&self, key: &hmac::Key) -> Octets {
        let mut out = [0; SIZE];
        let mut put = |at: usize, octets: &[u8]| out[at..at + octets.len()].copy_from_slice(octets);
        put(0, &MARK);
        put(4, &[self.kind as u8 + 1, self.uplink]);
        put(6, &self.pace_ms.to_be_bytes());
        put(8, &self.guest.to_be_bytes());
        put(16, &self.epoch.to_be_bytes());
        put(24, &self.sequence.to_be_bytes());
        put(COOKIE, &self.cookie);
        for (i, count) in self.counts.iter().enumerate() {
            let at = COUNTS + i * COUNT;
            put(at, &count.got.to_be_bytes());
            put(at + 4, &count.highest.to_be_bytes());
            put(at + 8, &count.mask.to_be_bytes());
            put(at + 16, &count.sent.to_be_bytes());
        }
        let code = hmac::sign(key, &out[..SIGNED]);
        out[SIGNED..].copy_from_slice(code.as_ref());
        out
    }

    /// Reads it; `None` unless it was made with that key (compared in constant time) and is one of ours in every octet.
    pub(crate) fn decode(key: &hmac::Key, octets: &[u8]) -> Option<Self> {
        let octets: &Octets = octets.try_into().ok()?;
        if !octets.starts_with(&MARK) {
            return None;
        }
        hmac::verify(key, &octets[..SIGNED], &octets[SIGNED..]).ok()?;
        let kind = match octets[4] {
            1 => Kind::Probe,
            2 => Kind::Challenge,
            3 => Kind::Heartbeat,
            _ => return None,
        };
        let (uplink, spare) = (octets[5], word(octets, COUNTS - 4));
        if usize::from(uplink) >= MOST_UPLINKS || spare != 0 {
            return None;
        }
        let mut cookie = [0; 16];
        cookie.copy_from_slice(&octets[COOKIE..COOKIE + 16]);
        let count = |i: usize| {
            let at = COUNTS + i * COUNT;
            Count {
                got: word(octets, at),
                highest: word(octets, at + 4),
                mask: long(octets, at + 8),
                sent: word(octets, at + 16),
            }
        };
        Some(Self {
            kind,
            uplink,
            pace_ms: u16::from_be_bytes([octets[6], octets[7]]),
            guest: long(octets, 8),
            epoch: long(octets, 16),
            sequence: word(octets, 24),
            cookie,
            counts: std::array::from_fn(count),
        })
    }
}

fn word(octets: &Octets, at: usize) -> u32 {
    octets[at..at + 4]
        .iter()
        .fold(0, |sum, octet| sum << 8 | u32::from(*octet))
}

fn long(octets: &Octets, at: usize) -> u64 {
    u64::from(word(octets, at)) << 32 | u64::from(word(octets, at + 4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(octet: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[octet; 32])
    }

    fn count() -> impl Strategy<Value = Count> {
        any::<(u32, u32, u64, u32)>().prop_map(|(got, highest, mask, sent)| Count {
            got,
            highest,
            mask,
            sent,
        })
    }

    fn message() -> impl Strategy<Value = Message> {
        let kind = prop_oneof![Just(Kind::Probe), Just(Kind::Challenge), Just(Kind::Heartbeat)];
        let numbers = (0..4_u8, any::<u16>(), any::<u64>(), any::<u64>(), any::<u32>());
        let counts = [count(), count(), count(), count()];
        (kind, numbers, any::<Cookie>(), counts).prop_map(|(kind, n, cookie, counts)| Message {
            kind,
            uplink: n.0,
            pace_ms: n.1,
            guest: n.2,
            epoch: n.3,
            sequence: n.4,
            cookie,
            counts,
        })
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_and_by_its_key_only(message in message()) {
            let octets = message.encode(&key(1));
            prop_assert_eq!(Message::decode(&key(1), &octets), Some(message));
            prop_assert_eq!(Message::decode(&key(2), &octets), None);
        }

        #[test]
        fn one_changed_octet_makes_it_nobody_s(message in message(), at in 0..SIZE, by in 1..=255_u8) {
            let mut octets = message.encode(&key(1));
            octets[at] ^= by;
            prop_assert_eq!(Message::decode(&key(1), &octets), None);
        }

        #[test]
        fn no_octets_are_taken_for_ours(octets in prop::collection::vec(any::<u8>(), 0..400), marked: bool) {
            let mut octets = octets;
            if marked && octets.len() >= 4 {
                octets[..4].copy_from_slice(&MARK);
            }
            prop_assert_eq!(Message::decode(&key(1), &octets), None);
        }

        #[test]
        fn what_is_signed_but_no_message_is_refused(head in prop::collection::vec(any::<u8>(), SIGNED - 4)) {
            let mut octets = [0; SIZE];
            octets[..4].copy_from_slice(&MARK);
            octets[4..SIGNED].copy_from_slice(&head);
            let code = hmac::sign(&key(1), &octets[..SIGNED]);
            octets[SIGNED..].copy_from_slice(code.as_ref());
            let read = Message::decode(&key(1), &octets);
            prop_assert!(read.is_none_or(|m| m.encode(&key(1)) == octets));
        }
    }

    #[test]
    fn the_layout_is_that_of_the_page() {
        let mut counts = [Count::default(); MOST_UPLINKS];
        counts[1] = Count {
            got: 3,
            highest: 0x0102_0304,
            mask: 7,
            sent: 9,
        };
        let message = Message {
            kind: Kind::Heartbeat,
            uplink: 2,
            pace_ms: 250,
            guest: 5,
            epoch: 6,
            sequence: 0x0a0b_0c0d,
            cookie: [7; 16],
            counts,
        };
        let octets = message.encode(&key(1));
        assert_eq!(&octets[..8], &[b'B', b'S', b'B', 1, 3, 2, 0, 250]);
        assert_eq!(&octets[24..29], &[0x0a, 0x0b, 0x0c, 0x0d, 7]);
        assert_eq!(&octets[68..76], &[0, 0, 0, 3, 1, 2, 3, 4]);
    }
}
