//! A pacer: a thread that gives each of its calls a turn every 20 ms.
//!
//! Calls are spread over the tick ([`Wheel`]), so that not all send at once. Deadlines are absolute: a late turn makes the next one no later. While no calls are there the thread sleeps
//! until an order comes.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::call::{Call, Change, Kit};
use crate::clock::{self, Now};
use crate::lateness::Lateness;
use crate::recording::Tap;
use crate::retire::{Retire, Retired};
use crate::wheel::Wheel;

/// Later than this the machine stood still (suspended, or a virtual machine moved): what was missed is left out, since
/// a second's packets at once would only overflow the other side.
const STANDSTILL: Duration = Duration::from_millis(100);

/// What a pacer is told by the others. Orders are few; they come through a channel that the pacer looks into between
/// turns and never waits on while it has calls.
pub(crate) enum Order {
    Add(Box<Call>),
    Change(u64, Box<Change>),
    Record(u64, Option<Tap>),
    Remove(u64),
    Stop,
}

/// A pacer thread's state.
pub(crate) struct Pacer {
    inbox: mpsc::Receiver<Order>,
    wheel: Wheel<Box<Call>>,
    kit: Kit,
    lateness: Arc<Lateness>,
    retire: Retire,
}

impl Pacer {
    pub(crate) fn new(inbox: mpsc::Receiver<Order>, lateness: Arc<Lateness>, retire: Retire) -> Self {
        Self {
            inbox,
            wheel: Wheel::new(Instant::now()),
            kit: Kit::new(),
            lateness,
            retire,
        }
    }

    /// Works until told to stop, or until nobody is left who could tell.
    pub(crate) fn run(mut self) {
        while self.obey_all() {
            let (slot, due) = self.wheel.next();
            clock::sleep_until(due);
            self.turn(slot, due);
        }
        let (kit, retire) = (&mut self.kit, &self.retire);
        self.wheel.take_all().for_each(|call| part(call, kit, retire));
    }

    /// Obeys what is there; waits for a call if there is none. `false` to stop.
    fn obey_all(&mut self) -> bool {
        loop {
            let order = if self.wheel.len() == 0 {
                let order = self.inbox.recv().map_err(|_| mpsc::TryRecvError::Disconnected);
                self.wheel.restart(Instant::now());
                order
            } else {
                self.inbox.try_recv()
            };
            match order {
                Ok(Order::Stop) | Err(mpsc::TryRecvError::Disconnected) => return false,
                Ok(order) => self.obey(order),
                Err(mpsc::TryRecvError::Empty) => return true,
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Add(call) => self.wheel.add(call.id(), call),
            Order::Change(id, change) => {
                if let Some(call) = self.wheel.find(id) {
                    call.change(*change);
                }
            }
            Order::Record(id, tap) => {
                if let Some(call) = self.wheel.find(id) {
                    call.record(tap);
                }
            }
            Order::Remove(id) => {
                if let Some(call) = self.wheel.remove(id) {
                    part(call, &mut self.kit, &self.retire);
                }
            }
            Order::Stop => {}
        }
    }

    /// All calls of the slot speak, then all listen, then those are woken who wait for what was heard: what is to be punctual comes first.
    fn turn(&mut self, slot: usize, due: Instant) {
        let late = due.elapsed();
        if late > STANDSTILL {
            let frames = u64::from(self.wheel.skip(late)) * self.wheel.len() as u64;
            self.lateness.skip(frames);
            return;
        }
        for call in self.wheel.slot_mut(slot) {
            if let Some(sent) = call.speak(due, &mut self.kit) {
                self.lateness.note(sent.saturating_duration_since(due));
            }
        }
        let now = Now::read();
        for call in self.wheel.slot_mut(slot) {
            call.listen(&now, &mut self.kit);
        }
        // When all is there: whoever listens to several of these calls wakes once.
        self.wheel.slot_mut(slot).for_each(|call| call.announce());
        self.wheel.advance();
    }
}

/// The call's last words; then it goes to where it can be freed in peace.
fn part(mut call: Box<Call>, kit: &mut Kit, retire: &Retire) {
    call.leave(kit);
    retire.put(Retired::Call(call));
}
