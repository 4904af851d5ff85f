//! Room for a fixed number of packets, found by their sequence numbers; all memory is taken at the start.

/// Packets that fit.
pub(super) const SLOTS: i64 = 64;

#[derive(Clone, Copy)]
pub(super) struct Stored {
    /// Extended sequence number.
    pub(super) sequence: i64,
    /// Place of the first sample, in 8 kHz samples.
    pub(super) position: i64,
    /// Length in 8 kHz samples; 0: a packet of the stream without sound.
    pub(super) samples: usize,
    len: usize,
}

pub(super) struct Slots {
    stored: [Option<Stored>; SLOTS as usize],
    octets: Box<[u8]>,
    max_payload: usize,
    count: usize,
}

impl Slots {
    pub(super) fn new(max_payload: usize) -> Self {
        Self {
            stored: [None; SLOTS as usize],
            octets: vec![0; SLOTS as usize * max_payload].into_boxed_slice(),
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
        let index = Self::index(sequence);
        let at = index * self.max_payload;
        self.octets[at..at + payload.len()].copy_from_slice(payload);
        self.count += usize::from(self.stored[index].is_none());
        self.stored[index] = Some(Stored {
            sequence,
            position,
            samples,
            len: payload.len(),
        });
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

    /// The octets of a packet found before; they stay until the slot is used again.
    pub(super) fn payload(&self, stored: &Stored) -> &[u8] {
        let at = Self::index(stored.sequence) * self.max_payload;
        &self.octets[at..at + stored.len]
    }
}
