//! Threads on which mouths work: as many as speak at once, not one for each call.
//!
//! A mouth makes sound faster than it is spoken and then waits for its next order, for seconds. Its stack and its share of the allocator
//! are paid for only while it works. No mouth waits for another: where all threads are busy a new one is made.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// A thread without work ends after this.
const KEPT: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// Threads that wait for one.
    idle: usize,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    bell: Condvar,
}

/// See the module's documentation. Cheap to clone; its threads end by themselves.
#[derive(Clone, Default)]
pub(crate) struct Mouths(Arc<Shared>);

impl Mouths {
    /// Has the work done by the next free thread.
    ///
    /// # Errors
    /// When none is free and the system gives no more: it is done when the next one is, perhaps never.
    pub(super) fn run(&self, job: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        let mut waiting = self.0.waiting();
        waiting.jobs.push_back(Box::new(job));
        if waiting.idle >= waiting.jobs.len() {
            self.0.bell.notify_one();
            return Ok(());
        }
        drop(waiting);
        let shared = self.0.clone();
        let thread = thread::Builder::new().name("mouth".into());
        thread.spawn(move || shared.work()).map(drop)
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        while let Some(job) = self.next() {
            job();
        }
    }

    /// The next job, if one comes in time.
    fn next(&self) -> Option<Job> {
        let mut waiting = self.waiting();
        if waiting.jobs.is_empty() {
            waiting.idle += 1;
            let none = |waiting: &mut Waiting| waiting.jobs.is_empty();
            waiting = match self.bell.wait_timeout_while(waiting, KEPT, none) {
                Ok((waiting, _)) => waiting,
                Err(poisoned) => poisoned.into_inner().0,
            };
            waiting.idle -= 1;
        }
        waiting.jobs.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn none_waits_for_another_and_threads_are_used_again() {
        let mouths = Mouths::default();
        let (told, heard) = channel();
        let gates: Vec<_> = (0..8)
            .map(|n| {
                let (open, gate) = channel::<()>();
                let told = told.clone();
                let work = move || {
                    told.send((n, thread::current().id())).unwrap();
                    let _ = gate.recv();
                };
                mouths.run(work).unwrap();
                open
            })
            .collect();
        let mut first: Vec<_> = (0..8).map(|_| heard.recv().unwrap()).collect();
        first.sort_by_key(|begun| begun.0);
        let threads: std::collections::HashSet<_> = first.iter().map(|begun| begun.1).collect();
        assert_eq!(threads.len(), 8, "all worked at once");
        drop(gates);
        while mouths.0.waiting().idle < 8 {
            thread::yield_now();
        }
        for n in 8..30 {
            let told = told.clone();
            let work = move || told.send((n, thread::current().id())).unwrap();
            mouths.run(work).unwrap();
            let (number, thread) = heard.recv().unwrap();
            assert_eq!(number, n);
            assert!(threads.contains(&thread), "no new thread while others are idle");
            while mouths.0.waiting().idle < 8 {
                thread::yield_now();
            }
        }
    }

    #[test]
    fn a_panic_takes_no_other_work_along() {
        let mouths = Mouths::default();
        let (told, heard) = channel();
        mouths.run(|| panic!("a voice's own fault")).unwrap();
        for n in 0..3 {
            let told = told.clone();
            mouths.run(move || told.send(n).unwrap()).unwrap();
        }
        let mut all: Vec<i32> = (0..3).map(|_| heard.recv().unwrap()).collect();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
    }
}
