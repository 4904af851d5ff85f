//! When whose turn it is: time in slots of ten milliseconds, two to a tick, each call in one of them.
//!
//! Each slot that is in use wakes the pacer, and those who listen to its calls: few slots cost less, and a hundred packets are sent
//! in half a millisecond.

use std::time::{Duration, Instant};

/// From one frame of a call to the next.
pub(crate) const TICK: Duration = Duration::from_millis(20);

/// Slots of a tick.
const SLOTS: usize = 2;

/// From one slot to the next.
const SLOT: Duration = Duration::from_millis(10);

/// Turns after which counting begins anew, so that no number grows large: about 17 minutes.
const LAP: u32 = 50_000 * SLOTS as u32;

/// Things by their slot. Each has a number to be found by.
pub(crate) struct Wheel<T> {
    slots: [Vec<(u64, T)>; SLOTS],
    origin: Instant,
    /// Slots since `origin`.
    turn: u32,
    /// Where the search for the emptiest slot begins: spreads the first ones.
    start: usize,
    len: usize,
}

impl<T> Wheel<T> {
    pub(crate) fn new(origin: Instant) -> Self {
        Self {
            slots: std::array::from_fn(|_| Vec::new()),
            origin,
            turn: 0,
            start: 0,
            len: 0,
        }
    }

    /// Time begins anew; only for an empty wheel.
    pub(crate) fn restart(&mut self, origin: Instant) {
        (self.origin, self.turn) = (origin, 0);
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds to the emptiest slot, so that many do not come at once.
    pub(crate) fn add(&mut self, id: u64, item: T) {
        self.start = (self.start + 1) % SLOTS;
        let order = (0..SLOTS).map(|n| (self.start + n) % SLOTS);
        let slot = order.min_by_key(|slot| self.slots[*slot].len()).unwrap_or(0);
        self.slots[slot].push((id, item));
        self.len += 1;
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<T> {
        let removed = self.slots.iter_mut().find_map(|slot| {
            let at = slot.iter().position(|(other, _)| *other == id)?;
            Some(slot.swap_remove(at).1)
        });
        self.len -= usize::from(removed.is_some());
        removed
    }

    pub(crate) fn find(&mut self, id: u64) -> Option<&mut T> {
        let mut all = self.slots.iter_mut().flatten();
        all.find(|(other, _)| *other == id).map(|(_, item)| item)
    }

    /// The next slot with something in it, and when it is due. In an empty wheel: any slot.
    pub(crate) fn next(&mut self) -> (usize, Instant) {
        while self.len > 0 && self.slots[self.slot()].is_empty() {
            self.advance();
        }
        (self.slot(), self.origin + SLOT * self.turn)
    }

    /// What is in a slot.
    pub(crate) fn slot_mut(&mut self, slot: usize) -> impl Iterator<Item = &mut T> {
        self.slots[slot].iter_mut().map(|(_, item)| item)
    }

    /// All there is, leaving nothing.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = T> {
        self.len = 0;
        self.slots
            .iter_mut()
            .flat_map(|slot| slot.drain(..))
            .map(|(_, item)| item)
    }

    /// The slot has had its turn.
    pub(crate) fn advance(&mut self) {
        self.turn += 1;
        if self.turn >= LAP {
            self.origin += SLOT * LAP;
            self.turn -= LAP;
        }
    }

    /// Leaves out whole ticks, as many as fit into `late`; returns how many.
    pub(crate) fn skip(&mut self, late: Duration) -> u32 {
        let ticks = u32::try_from(late.as_nanos() / TICK.as_nanos()).unwrap_or(u32::MAX);
        self.origin += TICK * ticks;
        ticks
    }

    fn slot(&self) -> usize {
        self.turn as usize % SLOTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wheel(count: u64) -> (Wheel<u64>, Instant) {
        let origin = Instant::now();
        let mut wheel = Wheel::new(origin);
        (0..count).for_each(|id| wheel.add(id, id));
        (wheel, origin)
    }

    #[test]
    fn five_hundred_are_spread_evenly_and_so_are_five() {
        for calls in [500, 5] {
            let (wheel, _) = wheel(calls);
            let most = (calls as usize).div_ceil(SLOTS);
            assert!(
                wheel
                    .slots
                    .iter()
                    .all(|slot| (most - 1..=most).contains(&slot.len()))
            );
        }
    }

    #[test]
    fn each_has_its_turn_once_a_tick_at_its_own_instant() {
        let (mut wheel, origin) = wheel(50);
        let mut turns = vec![Vec::new(); 50];
        loop {
            let (slot, due) = wheel.next();
            if due >= origin + TICK * 60_000 {
                break;
            }
            wheel.slot_mut(slot).for_each(|id| turns[*id as usize].push(due));
            wheel.advance();
        }
        for mine in turns {
            assert_eq!(mine.len(), 60_000, "also across the lap");
            assert!(mine.windows(2).all(|w| w[1] - w[0] == TICK));
        }
    }

    #[test]
    fn a_standstill_leaves_out_whole_ticks_and_keeps_the_phase() {
        let (mut wheel, origin) = wheel(1);
        let (slot, due) = wheel.next();
        assert_eq!(wheel.skip(Duration::from_millis(150)), 7);
        assert_eq!(wheel.next(), (slot, due + TICK * 7));
        assert!(due >= origin);
    }

    #[test]
    fn what_is_removed_is_gone_and_the_place_is_filled_again() {
        let (mut wheel, _) = wheel(40);
        assert_eq!(
            (wheel.remove(7), wheel.remove(7), wheel.len()),
            (Some(7), None, 39)
        );
        assert!(wheel.find(7).is_none());
        wheel.add(99, 99);
        assert!(wheel.slots.iter().all(|slot| slot.len() == 40 / SLOTS));
        assert_eq!(wheel.find(99), Some(&mut 99));
        assert_eq!(wheel.take_all().count(), 40);
        assert_eq!(wheel.len(), 0);
    }
}
