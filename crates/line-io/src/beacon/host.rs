//! The beacon's side: counts what comes from each box by each uplink, and sends heartbeats. Pure.
//!
//! Whatever does not carry the secret's code is dropped unanswered. A probe from an address that has not proved itself gets one challenge of its own
//! size; heartbeats go to addresses that have sent a challenge's cookie back, and for a while after the box was heard last.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use aws_lc_rs::{constant_time, hmac};

use super::MOST_UPLINKS;
use super::secret::Secret;
use super::seen::Seen;
use super::wire::{Cookie, Count, Kind, Message, Octets};

/// Boxes at once. A further one takes the place of the one that was not heard for longest.
const MOST_GUESTS: usize = 64;
/// For so long a cookie is good, twice: ms of a slot. A box that is forgotten was not heard for longer than both.
const SLOT_MS: i64 = 60_000;
/// Who was heard within this time loses its place to nobody, ms.
const SETTLED_MS: i64 = 150_000;
/// For so long after the last probe by an uplink heartbeats go there, ms.
const HEARTBEATS_MS: i64 = 10 * 60_000;
/// For so long counts are kept after a box was heard last, ms: an outage ends, and they tell which way it was.
const KEPT_MS: i64 = 24 * 3_600_000;
/// An uplink by which nothing came for so long is away, ms.
pub(crate) const AWAY_MS: i64 = 10_000;
/// Paces that may be wished, ms.
const PACES: (i64, i64) = (100, 5_000);
/// The pace while a probe is overdue …
const OVERDUE_PACE_MS: i64 = 250;
/// … for so long: the box does not know yet that something is wrong, or cannot say so.
const OVERDUE_MS: i64 = 30_000;

/// Who comes and goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// An uplink of a box is heard, for the first time, again, or from this other address.
    Came(u64, u8, SocketAddr),
    /// Nothing came by it for [`AWAY_MS`].
    Went(u64, u8),
}

/// What becomes of a datagram.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// To be sent back where it came from.
    pub(crate) answer: Option<Octets>,
    pub(crate) change: Option<Change>,
    /// It did not carry the secret's code.
    pub(crate) foreign: bool,
}

/// An uplink of a box.
#[derive(Debug, Default)]
struct Way {
    /// Where it is, proved by a cookie.
    address: Option<SocketAddr>,
    seen: Seen,
    sent: u32,
    heard_ms: Option<i64>,
    away: bool,
    next_ms: i64,
}

#[derive(Debug)]
struct Guest {
    epoch: u64,
    heard_ms: i64,
    pace_ms: i64,
    ways: [Way; MOST_UPLINKS],
}

/// The beacon.
pub(crate) struct Host {
    key: hmac::Key,
    cookies: hmac::Key,
    /// Of the next box that is let in; never 0.
    epoch: u64,
    guests: BTreeMap<u64, Guest>,
}

impl Host {
    /// A beacon with that secret; `chance` are octets that nobody can guess.
    pub(crate) fn new(secret: &Secret, chance: &[u8; 40]) -> Self {
        let (cookies, epoch) = chance.split_at(32);
        let epoch = epoch.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet));
        Self {
            key: secret.key().clone(),
            cookies: hmac::Key::new(hmac::HMAC_SHA256, cookies),
            epoch: epoch.max(1),
            guests: BTreeMap::new(),
        }
    }

    /// Takes a datagram.
    pub(crate) fn hear(&mut self, now_ms: i64, from: SocketAddr, octets: &[u8]) -> Heard {
        let read = Message::decode(&self.key, octets).filter(|m| m.kind == Kind::Probe);
        let Some(probe) = read else {
            return Heard {
                foreign: true,
                ..Heard::default()
            };
        };
        let fresh = self.is_fresh(now_ms, from, &probe);
        if !self.guests.contains_key(&probe.guest) {
            if !fresh || probe.epoch == 0 {
                self.epoch = self.epoch.wrapping_add(1).max(1);
                return self.challenge(now_ms, from, &probe, self.epoch);
            }
            if !self.admit(now_ms, &probe) {
                return Heard::default();
            }
        }
        let Some(guest) = self.guests.get_mut(&probe.guest) else {
            return Heard::default();
        };
        if guest.epoch != probe.epoch {
            let epoch = guest.epoch;
            return self.challenge(now_ms, from, &probe, epoch);
        }
        // A repetition is worth no answer.
        if !guest.ways[usize::from(probe.uplink)].seen.take(probe.sequence) {
            return Heard::default();
        }
        match guest.take(now_ms, from, &probe, fresh) {
            Ok(change) => Heard {
                change,
                ..Heard::default()
            },
            Err(epoch) => self.challenge(now_ms, from, &probe, epoch),
        }
    }

    /// Lets a box in; not if all places are taken by boxes that were heard lately.
    fn admit(&mut self, now_ms: i64, probe: &Message) -> bool {
        if self.guests.len() >= MOST_GUESTS {
            let longest = self.guests.iter().min_by_key(|(_, g)| g.heard_ms);
            let Some((id, _)) = longest.filter(|(_, g)| now_ms - g.heard_ms > SETTLED_MS) else {
                return false;
            };
            let id = *id;
            self.guests.remove(&id);
        }
        let guest = Guest {
            epoch: probe.epoch,
            heard_ms: now_ms,
            pace_ms: PACES.1,
            ways: Default::default(),
        };
        self.guests.insert(probe.guest, guest);
        true
    }

    fn challenge(&self, now_ms: i64, from: SocketAddr, probe: &Message, epoch: u64) -> Heard {
        let challenge = Message {
            kind: Kind::Challenge,
            epoch,
            cookie: self.cookie(now_ms / SLOT_MS, from, probe.guest),
            counts: [Count::default(); MOST_UPLINKS],
            ..*probe
        };
        Heard {
            answer: Some(challenge.encode(&self.key)),
            ..Heard::default()
        }
    }

    fn cookie(&self, slot: i64, from: SocketAddr, guest: u64) -> Cookie {
        let ip = match from.ip() {
            IpAddr::V4(ip) => ip.to_ipv6_mapped(),
            IpAddr::V6(ip) => ip,
        };
        let mut about = [0; 34];
        about[..16].copy_from_slice(&ip.octets());
        about[16..18].copy_from_slice(&from.port().to_be_bytes());
        about[18..26].copy_from_slice(&slot.to_be_bytes());
        about[26..].copy_from_slice(&guest.to_be_bytes());
        let code = hmac::sign(&self.cookies, &about);
        let mut cookie = [0; 16];
        cookie.copy_from_slice(&code.as_ref()[..16]);
        cookie
    }

    fn is_fresh(&self, now_ms: i64, from: SocketAddr, probe: &Message) -> bool {
        let slot = now_ms / SLOT_MS;
        [slot, slot - 1].iter().any(|slot| {
            let made = self.cookie(*slot, from, probe.guest);
            constant_time::verify_slices_are_equal(&made, &probe.cookie).is_ok()
        })
    }

    /// Sends the heartbeats that are due, and tells who has gone.
    pub(crate) fn beat(&mut self, now_ms: i64, mut send: impl FnMut(SocketAddr, &Octets)) -> Vec<Change> {
        let mut gone = vec![];
        self.guests.retain(|_, guest| now_ms - guest.heard_ms <= KEPT_MS);
        for (id, guest) in &mut self.guests {
            for uplink in 0..MOST_UPLINKS {
                if let Some(to) = guest.is_due(uplink, now_ms) {
                    send(to, &guest.heartbeat(*id, uplink).encode(&self.key));
                }
                let way = &mut guest.ways[uplink];
                if !way.away && way.heard_ms.is_some_and(|at| now_ms - at > AWAY_MS) {
                    way.away = true;
                    gone.push(Change::Went(*id, place(uplink)));
                }
            }
        }
        gone
    }

    /// When the next heartbeat is due, if any is.
    pub(crate) fn next_ms(&self, now_ms: i64) -> Option<i64> {
        let ways = self.guests.values().flat_map(|g| &g.ways);
        ways.filter(|w| w.is_spoken_to(now_ms)).map(|w| w.next_ms).min()
    }
}

fn place(uplink: usize) -> u8 {
    u8::try_from(uplink).unwrap_or(u8::MAX)
}

impl Way {
    fn is_spoken_to(&self, now_ms: i64) -> bool {
        let lately = self.heard_ms.is_some_and(|at| now_ms - at <= HEARTBEATS_MS);
        self.address.is_some() && lately
    }
}

impl Guest {
    /// Takes a new probe. Its address is believed as before, or by a cookie that is fresh; else the epoch for a challenge. It counts in any case: it came.
    fn take(
        &mut self,
        now_ms: i64,
        from: SocketAddr,
        probe: &Message,
        fresh: bool,
    ) -> Result<Option<Change>, u64> {
        self.heard_ms = now_ms;
        self.pace_ms = i64::from(probe.pace_ms).clamp(PACES.0, PACES.1);
        let soon = now_ms + self.pace_ms;
        self.ways.iter_mut().for_each(|w| w.next_ms = w.next_ms.min(soon));
        let way = &mut self.ways[usize::from(probe.uplink)];
        way.heard_ms = Some(now_ms);
        let came = Change::Came(probe.guest, probe.uplink, from);
        if way.address == Some(from) {
            return Ok(std::mem::take(&mut way.away).then_some(came));
        }
        if !fresh {
            return Err(self.epoch);
        }
        way.address = Some(from);
        way.away = false;
        way.next_ms = now_ms;
        Ok(Some(came))
    }

    /// Where a heartbeat is to go now, if one is due there.
    fn is_due(&mut self, uplink: usize, now_ms: i64) -> Option<SocketAddr> {
        let pace_ms = self.pace_ms;
        let way = &mut self.ways[uplink];
        if !way.is_spoken_to(now_ms) || now_ms < way.next_ms {
            return None;
        }
        let quiet = now_ms - way.heard_ms.unwrap_or(now_ms);
        let overdue = quiet > pace_ms * 3 / 2 + 300 && quiet < OVERDUE_MS;
        let pace_ms = if overdue {
            pace_ms.min(OVERDUE_PACE_MS)
        } else {
            pace_ms
        };
        way.next_ms = (way.next_ms + pace_ms).max(now_ms + pace_ms / 2);
        way.sent = way.sent.saturating_add(1);
        way.address
    }

    fn heartbeat(&self, id: u64, uplink: usize) -> Message {
        Message {
            kind: Kind::Heartbeat,
            uplink: place(uplink),
            pace_ms: u16::try_from(self.pace_ms).unwrap_or(u16::MAX),
            guest: id,
            epoch: self.epoch,
            sequence: self.ways[uplink].sent,
            cookie: Cookie::default(),
            counts: std::array::from_fn(|i| self.ways[i].seen.count(self.ways[i].sent)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUEST: u64 = 7;

    fn host() -> (Host, hmac::Key) {
        let secret = Secret::of(&[1; 32]).unwrap();
        (Host::new(&secret, &[2; 40]), secret.key().clone())
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([203, 0, 113, 9], port))
    }

    fn probe(sequence: u32, proof: (u64, Cookie)) -> Message {
        Message {
            kind: Kind::Probe,
            uplink: 1,
            pace_ms: 250,
            guest: GUEST,
            epoch: proof.0,
            sequence,
            cookie: proof.1,
            counts: [Count::default(); MOST_UPLINKS],
        }
    }

    /// The proof out of a challenge.
    fn proof(heard: &Heard, key: &hmac::Key) -> (u64, Cookie) {
        let challenge = Message::decode(key, heard.answer.as_ref().unwrap()).unwrap();
        assert_eq!(challenge.kind, Kind::Challenge);
        (challenge.epoch, challenge.cookie)
    }

    fn beats(host: &mut Host, now_ms: i64) -> Vec<SocketAddr> {
        let mut to = vec![];
        host.beat(now_ms, |at, _| to.push(at));
        to
    }

    #[test]
    fn an_address_is_sent_nothing_of_its_own_before_it_has_echoed_its_cookie() {
        let (mut host, key) = host();
        let ask = |host: &mut Host, from, message: Message| host.hear(0, from, &message.encode(&key));
        let first = ask(&mut host, at(1), probe(1, (0, [0; 16])));
        let mine = proof(&first, &key);
        assert_eq!(beats(&mut host, 10_000), []);
        // Somebody else's cookie is none, and each question gets one answer of its own size at most.
        let other = ask(&mut host, at(2), probe(2, mine));
        proof(&other, &key);
        assert!(host.guests.is_empty());
        let came = ask(&mut host, at(1), probe(3, mine));
        assert_eq!(came.change, Some(Change::Came(GUEST, 1, at(1))));
        assert!(came.answer.is_none());
        assert_eq!(beats(&mut host, 0), [at(1)]);
    }

    #[test]
    fn what_lacks_the_secret_is_neither_answered_nor_kept() {
        let (mut host, key) = host();
        let mut wrong = probe(1, (0, [0; 16])).encode(&key);
        wrong[159] ^= 1;
        for octets in [&wrong[..], &wrong[..40], &[]] {
            let heard = host.hear(0, at(1), octets);
            assert!(heard.foreign && heard.answer.is_none());
        }
        // A heartbeat that is sent back to where it came from is no probe.
        let heartbeat = Message {
            kind: Kind::Heartbeat,
            ..probe(1, (0, [0; 16]))
        };
        assert!(host.hear(0, at(1), &heartbeat.encode(&key)).foreign);
        assert!(host.guests.is_empty());
    }

    #[test]
    fn a_repetition_is_neither_counted_nor_answered_and_another_address_counts_but_must_prove_itself() {
        let (mut host, key) = host();
        let ask = |host: &mut Host, now, from, message: Message| host.hear(now, from, &message.encode(&key));
        let mine = proof(&ask(&mut host, 0, at(1), probe(1, (0, [0; 16]))), &key);
        ask(&mut host, 0, at(1), probe(2, mine));
        for from in [at(1), at(9)] {
            let again = ask(&mut host, 5, from, probe(2, mine));
            assert!(again.answer.is_none() && again.change.is_none());
        }
        // The cookie has long lapsed: an address that is known needs none.
        let later = 10 * SLOT_MS;
        assert!(ask(&mut host, later, at(1), probe(3, mine)).answer.is_none());
        let moved = proof(&ask(&mut host, later, at(9), probe(4, mine)), &key);
        assert_eq!(host.guests[&GUEST].ways[1].seen.count(0).got, 3);
        assert_eq!(beats(&mut host, later + 5_000), [at(1)]);
        let came = ask(&mut host, later, at(9), probe(5, moved));
        assert_eq!(came.change, Some(Change::Came(GUEST, 1, at(9))));
        assert_eq!(beats(&mut host, later + 10_000), [at(9)]);
    }

    #[test]
    fn who_is_heard_no_more_is_sent_heartbeats_for_a_while_and_quicker_at_first() {
        let (mut host, key) = host();
        let ask = |host: &mut Host, now, message: Message| host.hear(now, at(1), &message.encode(&key));
        let mine = proof(&ask(&mut host, 0, probe(1, (0, [0; 16]))), &key);
        let calm = Message {
            pace_ms: 1_000,
            ..probe(2, mine)
        };
        ask(&mut host, 0, calm);
        let mut times = vec![];
        let mut gone = vec![];
        for now in (0..HEARTBEATS_MS + 60_000).step_by(50) {
            gone.extend(host.beat(now, |_, _| times.push(now)));
        }
        let within = |from: i64, to: i64| times.iter().filter(|t| (from..to).contains(*t)).count();
        assert_eq!(gone, [Change::Went(GUEST, 1)]);
        assert!(
            (36..=44).contains(&within(10_000, 20_000)),
            "{}",
            within(10_000, 20_000)
        );
        assert!(
            (9..=11).contains(&within(60_000, 70_000)),
            "{}",
            within(60_000, 70_000)
        );
        assert!(times.last().is_some_and(|t| *t <= HEARTBEATS_MS));
        assert_eq!(host.next_ms(HEARTBEATS_MS + 60_000), None);
        // Its counts are kept for longer, but not for ever.
        assert_eq!(host.guests.len(), 1);
        host.beat(KEPT_MS + 1, |_, _| {});
        assert!(host.guests.is_empty());
    }

    #[test]
    fn boxes_are_bounded_and_none_that_is_heard_loses_its_place() {
        let (mut host, key) = host();
        let come = |host: &mut Host, now: i64, guest: u64| {
            let of = |proof| Message {
                guest,
                ..probe(1, proof)
            };
            let first = host.hear(now, at(1), &of((0, [0; 16])).encode(&key));
            let mine = proof(&first, &key);
            host.hear(now, at(1), &of(mine).encode(&key)).change.is_some()
        };
        for guest in 0..MOST_GUESTS as u64 {
            assert!(come(&mut host, 0, guest));
        }
        assert!(!come(&mut host, 10, 1_000));
        assert!(come(&mut host, SETTLED_MS + 10, 1_000));
        assert_eq!(host.guests.len(), MOST_GUESTS);
    }

    proptest::proptest! {
        #[test]
        fn no_octets_bring_more_than_one_answer_of_their_size(octets in proptest::collection::vec(proptest::num::u8::ANY, 0..300), now in 0..i64::MAX / 2) {
            let (mut host, _) = host();
            let heard = host.hear(now, at(1), &octets);
            assert!(heard.foreign && heard.answer.is_none() && heard.change.is_none());
        }
    }
}
