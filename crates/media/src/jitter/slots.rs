//! Room for a fixed number of packets, found by their sequence numbers; all memory is taken at the start.
//!
//! The payloads lie one after the other in a ring of octets, in the order in which they came. It holds far more than the largest delay of a
//! stream in time; of one that is not (a burst after a standstill) the oldest give way, which are over their time.

/// Packets that fit.
pub(super) const SLOTS: i64 = 64;

/// How many of the largest payloads the ring holds.
const LARGEST: usize = 12;

#[derive(Clone, Copy)]
pub(super) struct Stored {
    /// Extended sequence number.
    pub(super) sequence: i64,
    /// Place of the first sample, in 8 kHz samples.
    pub(super) position: i64,
    /// Length in 8 kHz samples; 0: a packet of the stream without sound.
    pub(super) samples: usize,
    /// Octets written to the ring before it.
    at: u64,
    len: usize,
}

pub(super) struct Slots {
    stored: [Option<Stored>; SLOTS as usize],
    ring: Box<[u8]>,
    /// Octets written to the ring, with those left out at its end.
    written: u64,
    /// Nothing that is stored was written before.
    oldest: u64,
    max_payload: usize,
    count: usize,
}

impl Slots {
    pub(super) fn new(max_payload: usize) -> Self {
        Self {
            stored: [None; SLOTS as usize],
            ring: vec![0; LARGEST * max_payload].into_boxed_slice(),
            written: 0,
            oldest: 0,
            max_payload,
            count: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn max_payload(&self) -> usize {
        self.max_payload
    }

    pub(super) fn clear(&mut self) {
        self.stored = [None; SLOTS as usize];
        self.count = 0;
    }

    fn index(sequence: i64) -> usize {
        sequence.rem_euclid(SLOTS) as usize
    }

    pub(super) fn holds(&self, sequence: i64) -> bool {
        self.stored[Self::index(sequence)].is_some_and(|stored| stored.sequence == sequence)
    }

    /// Stores a packet; the caller has made sure that it fits and that its slot is free.
    pub(super) fn insert(&mut self, sequence: i64, position: i64, samples: usize, payload: &[u8]) {
        let at = self.reserve(payload.len());
        let from = self.place(at);
        self.ring[from..from + payload.len()].copy_from_slice(payload);
        let index = Self::index(sequence);
        self.count += usize::from(self.stored[index].is_none());
        self.stored[index] = Some(Stored {
            sequence,
            position,
            samples,
            at,
            len: payload.len(),
        });
    }

    /// Takes room in one piece, from what was written longest ago.
    fn reserve(&mut self, len: usize) -> u64 {
        let size = self.ring.len() as u64;
        let place = self.place(self.written);
        if place + len > self.ring.len() {
            self.written += size - place as u64;
        }
        let at = self.written;
        self.written += len as u64;
        if self.written > self.oldest + size {
            self.give_way(self.written - size, at);
        }
        at
    }

    /// Forgets what was written before, and finds what is the oldest then; `newest` is about to be stored.
    fn give_way(&mut self, before: u64, newest: u64) {
        let mut oldest = newest;
        for slot in &mut self.stored {
            match slot {
                // A packet without sound has no octets to lose.
                Some(stored) if stored.at < before && stored.len > 0 => {
                    *slot = None;
                    self.count -= 1;
                }
                Some(stored) if stored.len > 0 => oldest = oldest.min(stored.at),
                _ => {}
            }
        }
        self.oldest = oldest;
    }

    fn place(&self, written: u64) -> usize {
        (written % (self.ring.len() as u64).max(1)) as usize
    }

    /// The first packet at or after `from`.
    pub(super) fn first(&self, from: i64) -> Option<Stored> {
        if self.count == 0 {
            return None;
        }
        (0..SLOTS).find_map(|ahead| {
            self.stored[Self::index(from + ahead)].filter(|stored| stored.sequence == from + ahead)
        })
    }

    pub(super) fn remove(&mut self, sequence: i64) {
        if self.holds(sequence) {
            self.stored[Self::index(sequence)] = None;
            self.count -= 1;
        }
    }

    /// The octets of a packet found before; they stay until another one is stored.
    pub(super) fn payload(&self, stored: &Stored) -> &[u8] {
        let from = self.place(stored.at);
        &self.ring[from..from + stored.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A payload that tells its sequence number in every octet's place.
    fn payload(sequence: i64, len: usize) -> Vec<u8> {
        (0..len).map(|n| (sequence as usize * 7 + n) as u8).collect()
    }

    /// A seeded row of numbers; a test needs no more.
    fn random(state: &mut u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    }

    /// What is found has its own octets, whatever came and went; the last that came is always there; a stream in time loses nothing.
    #[test]
    fn what_is_found_is_what_was_stored() {
        let mut state = 0x2545_F491_4F6C_DD1D;
        for largest in [960, 1275, 33] {
            let mut slots = Slots::new(largest);
            for sequence in 0..20_000_i64 {
                let len = random(&mut state) as usize % (largest + 1);
                slots.remove(sequence - SLOTS);
                slots.insert(sequence, sequence, 1, &payload(sequence, len));
                if random(&mut state).is_multiple_of(3) {
                    slots.remove(sequence - (random(&mut state) % 64) as i64);
                    slots.insert(sequence, sequence, 1, &payload(sequence, len));
                }
                let mut found = 0;
                let mut from = sequence - SLOTS + 1;
                while let Some(stored) = slots.first(from).filter(|s| s.sequence <= sequence) {
                    assert_eq!(slots.payload(&stored), payload(stored.sequence, stored.len));
                    from = stored.sequence + 1;
                    found += 1;
                }
                assert_eq!(found, slots.count());
                assert!(slots.holds(sequence));
            }
        }
    }

    #[test]
    fn a_second_of_telephone_sound_fits() {
        let mut slots = Slots::new(960);
        for sequence in 0..64 {
            slots.insert(sequence, sequence * 160, 160, &payload(sequence, 160));
        }
        assert_eq!(slots.count(), 64);
        slots.clear();
        for sequence in 64..500 {
            slots.insert(sequence, sequence * 160, 160, &payload(sequence, 160));
            slots.remove(sequence - 50);
            assert_eq!(slots.count(), (sequence - 63).min(50) as usize);
        }
    }
}
