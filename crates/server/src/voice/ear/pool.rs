//! A few threads that serve the ears of all calls.
//!
//! A thread for each call would be woken fifty times a second for some microseconds of work each. Here a thread is woken once
//! for all the frames that a pacer hands out together, and its stack is paid for once. Ears whose recogniser may make
//! them wait get a thread of their own instead (`Ear::open`): one slow service must not make other calls deaf.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, OnceLock};
use std::task::{Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use biseo_media_io::AudioIn;

use super::worker::Worker;

/// An ear that nothing woke is looked after so often: time passes for it, and its call may be over.
const LOOK: Duration = Duration::from_millis(20);

/// Wakes a thread of the pool; once, however often it is rung before the thread looks.
#[derive(Default)]
struct Bell {
    thread: OnceLock<Thread>,
    rung: AtomicBool,
}

impl Bell {
    fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel)
            && let Some(thread) = self.thread.get()
        {
            thread.unpark();
        }
    }
}

/// One ear's own cord of its thread's bell.
struct Cord {
    pulled: AtomicBool,
    bell: Arc<Bell>,
}

impl Wake for Cord {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.pulled.store(true, Ordering::Release);
        self.bell.ring();
    }
}

/// An ear in its place on a thread.
struct Seat {
    worker: Worker,
    audio: AudioIn,
    cord: Arc<Cord>,
    waker: Waker,
    served: Instant,
}

impl Seat {
    /// Does what there is to do for this ear, if anything; `false` when it is over. What panics is over, and takes no other along.
    fn serve(&mut self, now: Instant) -> bool {
        let pulled = self.cord.pulled.swap(false, Ordering::AcqRel);
        if !pulled && now.saturating_duration_since(self.served) < LOOK {
            return true;
        }
        self.served = now;
        catch_unwind(AssertUnwindSafe(|| {
            self.worker.serve(&mut self.audio, &self.waker)
        }))
        .unwrap_or(false)
    }
}

/// Who comes in: an ear, its call's sound, and the cord that rings for it.
type Arrival = (Worker, AudioIn, Arc<Cord>);

/// A thread's side of its office.
struct Clerk {
    arrivals: Receiver<Arrival>,
    bell: Arc<Bell>,
    seated: Arc<AtomicUsize>,
    seats: Vec<Seat>,
}

impl Clerk {
    fn run(mut self) {
        while self.admit() {
            let now = Instant::now();
            self.seats.retain_mut(|seat| seat.serve(now));
            self.seated.store(self.seats.len(), Ordering::Relaxed);
            match self.seats.is_empty() {
                true => thread::park(),
                false => thread::park_timeout(LOOK),
            }
        }
    }

    /// Takes in new ears; `false` when none will come and none is left.
    fn admit(&mut self) -> bool {
        // Before the looking: whoever rings from here on is looked at in the next round. Swapped, not stored: so all is seen that
        // was done before a ring that found the bell rung already, and did not wake this thread.
        self.bell.rung.swap(false, Ordering::AcqRel);
        loop {
            match self.arrivals.try_recv() {
                Ok((worker, audio, cord)) => self.seats.push(Seat {
                    worker,
                    audio,
                    waker: Waker::from(cord.clone()),
                    cord,
                    served: Instant::now(),
                }),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return !self.seats.is_empty(),
            }
        }
    }
}

/// Where a thread's new ears are handed in.
struct Office {
    door: Option<Sender<Arrival>>,
    bell: Arc<Bell>,
    /// Ears there, as far as the thread has counted.
    seated: Arc<AtomicUsize>,
}

impl Office {
    fn open() -> std::io::Result<Self> {
        let (door, arrivals) = channel();
        let (bell, seated) = (Arc::new(Bell::default()), Arc::new(AtomicUsize::new(0)));
        let clerk = Clerk {
            arrivals,
            bell: bell.clone(),
            seated: seated.clone(),
            seats: Vec::new(),
        };
        let thread = thread::Builder::new()
            .name("ears".into())
            .spawn(move || clerk.run())?;
        // A ring before this is not lost: whoever comes in rings again below.
        let _ = bell.thread.set(thread.thread().clone());
        bell.ring();
        Ok(Self {
            door: Some(door),
            bell,
            seated,
        })
    }

    /// Gives an ear its seat; the waker rings for it.
    fn seat(&self, worker: Worker, audio: AudioIn) -> Result<Waker, String> {
        let cord = Arc::new(Cord {
            pulled: AtomicBool::new(true),
            bell: self.bell.clone(),
        });
        let door = self.door.as_ref().ok_or("the ears are closed")?;
        door.send((worker, audio, cord.clone()))
            .map_err(|_| "the thread of the ears is gone")?;
        self.seated.fetch_add(1, Ordering::Relaxed);
        let waker = Waker::from(cord);
        waker.wake_by_ref();
        Ok(waker)
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.door = None;
        self.bell.ring();
    }
}

/// The threads. Each ends when this is dropped and its last ear is over.
pub(crate) struct Ears(Vec<Office>);

impl Ears {
    /// As many threads as the machine has processors.
    ///
    /// # Errors
    /// When there are no threads to be had.
    pub(crate) fn start() -> Result<Self, String> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let offices: std::io::Result<_> = (0..threads).map(|_| Office::open()).collect();
        offices.map(Self).map_err(|e| e.to_string())
    }

    /// Hands an ear to the thread with the fewest.
    pub(super) fn seat(&self, worker: Worker, audio: AudioIn) -> Result<Waker, String> {
        let fewest = self.0.iter().min_by_key(|o| o.seated.load(Ordering::Relaxed));
        fewest.ok_or("no thread for ears")?.seat(worker, audio)
    }
}
