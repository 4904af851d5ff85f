//! Freeing memory and closing files takes time that the pacer has not: what it is done with goes to the clerk's thread.

use std::sync::Arc;

use crossbeam_queue::ArrayQueue;

use crate::call::Call;

/// Things that may wait to be freed.
const WAITING: usize = 4096;

/// Something a pacer is done with. Nobody looks at it again: it is there to be dropped.
#[expect(dead_code, reason = "held only to be dropped elsewhere")]
pub(crate) enum Retired {
    /// A piece of sound.
    Sound(Arc<[i16]>),
    /// A call with its sockets.
    Call(Box<Call>),
}

/// The way to the clerk.
#[derive(Clone)]
pub(crate) struct Retire(Arc<ArrayQueue<Retired>>);

impl Retire {
    pub(crate) fn new() -> Self {
        Self(Arc::new(ArrayQueue::new(WAITING)))
    }

    /// Hands something over; if too much waits it is freed here and now, late but not lost.
    pub(crate) fn put(&self, retired: Retired) {
        drop(self.0.push(retired));
    }

    /// Frees all that waits.
    pub(crate) fn free(&self) {
        while self.0.pop().is_some() {}
    }
}
