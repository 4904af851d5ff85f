//! The clerk: one thread that writes all recordings and frees what the pacers are done with. Whatever the disk does,
//! no pacer waits for it.

use std::sync::mpsc;
use std::time::Duration;

use biseo_media::recorder::FRAME_OCTETS;

use crate::recording::{Plan, Take};
use crate::retire::Retire;

/// From one round to the next; also how much sound a sudden end may cost.
const ROUND: Duration = Duration::from_millis(100);

/// Room for two seconds of sound; the buffer grows beyond it only where the disk has stood still.
const ROOM: usize = 100 * FRAME_OCTETS;

/// What the clerk is told.
pub(crate) enum Job {
    Record(Box<Plan>),
    Stop,
}

/// The clerk's state.
pub(crate) struct Clerk {
    inbox: mpsc::Receiver<Job>,
    retire: Retire,
    takes: Vec<Take>,
    /// Where sound waits to be written, one recording after the other.
    buffer: Vec<u8>,
}

impl Clerk {
    pub(crate) fn new(inbox: mpsc::Receiver<Job>, retire: Retire) -> Self {
        Self {
            inbox,
            retire,
            takes: Vec::new(),
            buffer: Vec::with_capacity(ROOM),
        }
    }

    /// Works until told to stop. By then the pacers have ended, and with them all recordings.
    pub(crate) fn run(mut self) {
        loop {
            let job = self.inbox.recv_timeout(ROUND);
            match job {
                Ok(Job::Record(plan)) => self.takes.extend(Take::begin(*plan)),
                Ok(Job::Stop) | Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
            self.round();
        }
        self.round();
    }

    fn round(&mut self) {
        self.retire.free();
        let buffer = &mut self.buffer;
        self.takes.retain_mut(|take| take.write(buffer));
    }
}
