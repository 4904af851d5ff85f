//! A bounded ring between the pacer and the rest of the house: allocated once, lock-free, never blocking the writer.
//!
//! The reader may be a plain thread ([`Receiver::recv_timeout`]) or a task on any executor ([`Receiver::next`]).
//! A full ring drops its oldest entry and counts it: a reader that sleeps must not stop the pacer, and old sound is
//! worth less than new.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use atomic_waker::AtomicWaker;
use crossbeam_queue::ArrayQueue;

struct Shared<T> {
    queue: ArrayQueue<T>,
    reader: AtomicWaker,
    dropped: AtomicU64,
    closed: AtomicBool,
}

/// Held by the writers only, so that the ring closes when the last of them goes.
struct Writers<T>(Arc<Shared<T>>);

impl<T> Drop for Writers<T> {
    fn drop(&mut self) {
        self.0.closed.store(true, Ordering::Release);
        self.0.reader.wake();
    }
}

/// The writing end.
pub(crate) struct Sender<T>(Arc<Writers<T>>);

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Sender<T> {
    /// Adds an entry, dropping the oldest if there is no room. Never blocks, never allocates.
    pub(crate) fn send(&self, entry: T) {
        self.put(entry);
        self.wake();
    }

    /// The same, without waking the reader: [`Self::wake`] is to follow soon.
    pub(crate) fn put(&self, entry: T) {
        let shared = &self.0.0;
        if shared.queue.force_push(entry).is_some() {
            shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Wakes the reader if it waits.
    pub(crate) fn wake(&self) {
        self.0.0.reader.wake();
    }
}

/// What a bounded wait brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received<T> {
    /// An entry.
    Item(T),
    /// Nothing came in time; more may come.
    Nothing,
    /// All was read and the session is gone: nothing will ever come.
    Closed,
}

impl<T> Received<T> {
    /// The entry, if there is one.
    pub fn item(self) -> Option<T> {
        match self {
            Self::Item(item) => Some(item),
            Self::Nothing | Self::Closed => None,
        }
    }
}

/// The reading end: for one reader at a time.
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    /// Wakes the thread that last waited here; made anew when another thread takes over.
    waker: Option<(thread::ThreadId, Waker)>,
}

impl<T> Receiver<T> {
    /// What is there now, without waiting.
    pub fn try_recv(&mut self) -> Received<T> {
        // The order matters: an entry sent just before closing must still be found.
        let closed = self.shared.closed.load(Ordering::Acquire);
        match pop(&self.shared.queue) {
            Some(item) => Received::Item(item),
            None if closed => Received::Closed,
            None => Received::Nothing,
        }
    }

    /// Waits, blocking the thread, for at most `timeout`.
    pub fn recv_timeout(&mut self, timeout: Duration) -> Received<T> {
        let deadline = Instant::now() + timeout;
        loop {
            let waker = self.thread_waker();
            match self.poll_next(&mut Context::from_waker(&waker)) {
                Poll::Ready(Some(item)) => return Received::Item(item),
                Poll::Ready(None) => return Received::Closed,
                Poll::Pending => {}
            }
            let Some(left) = deadline
                .checked_duration_since(Instant::now())
                .filter(|d| !d.is_zero())
            else {
                return Received::Nothing;
            };
            thread::park_timeout(left);
        }
    }

    /// Waits, blocking the thread, until something comes; `None` when the session is gone and all was read.
    pub fn recv(&mut self) -> Option<T> {
        loop {
            match self.recv_timeout(Duration::from_secs(3600)) {
                Received::Item(item) => return Some(item),
                Received::Closed => return None,
                Received::Nothing => {}
            }
        }
    }

    /// The same for a task, on any executor.
    pub async fn next(&mut self) -> Option<T> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The same for a hand-written future. Only the last caller's waker is kept.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        if let Some(done) = ready(self.try_recv()) {
            return Poll::Ready(done);
        }
        self.shared.reader.register(cx.waker());
        ready(self.try_recv()).map_or(Poll::Pending, Poll::Ready)
    }

    /// Throws away all that waits; returns how many.
    pub fn drain(&mut self) -> usize {
        std::iter::from_fn(|| self.shared.queue.pop()).count()
    }

    /// Entries lost because the reader was too slow.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Entries waiting.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.queue.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shared.queue.is_empty()
    }

    fn thread_waker(&mut self) -> Waker {
        let thread = thread::current();
        if let Some((id, waker)) = &self.waker
            && *id == thread.id()
        {
            return waker.clone();
        }
        let waker = Waker::from(Arc::new(Unpark(thread.clone())));
        self.waker = Some((thread.id(), waker.clone()));
        waker
    }
}

impl<T> std::fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver")
            .field("waiting", &self.len())
            .field("dropped", &self.dropped())
            .finish()
    }
}

/// Takes the next entry. Mostly there is none, which is looked at first: to find that out by taking costs a fence of all memory.
pub(crate) fn pop<T>(queue: &ArrayQueue<T>) -> Option<T> {
    if queue.is_empty() { None } else { queue.pop() }
}

fn ready<T>(received: Received<T>) -> Option<Option<T>> {
    match received {
        Received::Item(item) => Some(Some(item)),
        Received::Closed => Some(None),
        Received::Nothing => None,
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// A ring of `capacity` entries, at least one.
pub(crate) fn ring<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared {
        queue: ArrayQueue::new(capacity.max(1)),
        reader: AtomicWaker::new(),
        dropped: AtomicU64::new(0),
        closed: AtomicBool::new(false),
    });
    (
        Sender(Arc::new(Writers(Arc::clone(&shared)))),
        Receiver { shared, waker: None },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_ring_drops_the_oldest_and_counts() {
        let (tx, mut rx) = ring(3);
        (0..5).for_each(|n| tx.send(n));
        assert_eq!(rx.dropped(), 2);
        let got: Vec<i32> = std::iter::from_fn(|| rx.try_recv().item()).collect();
        assert_eq!(got, [2, 3, 4]);
        assert_eq!(rx.try_recv(), Received::Nothing);
    }

    #[test]
    fn closing_comes_after_the_last_entry_and_only_when_all_writers_are_gone() {
        let (tx, mut rx) = ring(3);
        let other = tx.clone();
        tx.send('a');
        drop(tx);
        assert_eq!(rx.try_recv(), Received::Item('a'));
        assert_eq!(rx.try_recv(), Received::Nothing);
        drop(other);
        assert_eq!(rx.try_recv(), Received::Closed);
        assert_eq!(rx.recv(), None);
    }

    #[test]
    fn a_waiting_thread_gets_everything_in_order() {
        let (tx, mut rx) = ring(100_000);
        let reader = thread::spawn(move || std::iter::from_fn(|| rx.recv()).collect::<Vec<u32>>());
        (0..50_000).for_each(|n| tx.send(n));
        drop(tx);
        assert!(reader.join().unwrap().into_iter().eq(0..50_000));
    }

    #[test]
    fn the_reader_may_move_to_another_thread_and_still_be_woken() {
        let (tx, mut rx) = ring(4);
        assert_eq!(rx.recv_timeout(Duration::ZERO), Received::<u8>::Nothing);
        let reader = thread::spawn(move || rx.recv());
        tx.send(7);
        assert_eq!(reader.join().unwrap(), Some(7));
    }
}
