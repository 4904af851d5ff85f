//! Recordings: on their way from the pacer to the clerk, and into the file.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use biseo_media::recorder::{FRAME_OCTETS, RecorderState};
use biseo_media::{FRAME_SAMPLES, Frame, SILENCE};
use biseo_vault::Keys;

use crate::events::{Event, Teller};
use crate::ring::{self, Received, Receiver, Sender};
use crate::tape::Tape;

/// Frames that may wait for the clerk: four seconds of a disk that stands still.
const WAITING: usize = 200;

/// Frames of silence put in for missing ones at most: a minute.
const LONGEST_GAP: u64 = 3000;

/// Rounds of the clerk between two updates of the header. A header behind its file costs nothing: repair mends it.
const HEADER_ROUNDS: u32 = 5;

/// 20 ms of both sides.
#[derive(Clone, Copy)]
pub(crate) struct StereoFrame {
    /// Turn of the call; a gap is silence.
    pub number: u64,
    pub caller: Frame,
    pub biseo: Frame,
}

/// The pacer's end.
pub(crate) type Tap = Sender<StereoFrame>;

/// A recording that the clerk is to make until the tap is closed.
pub(crate) struct Plan {
    pub path: PathBuf,
    /// What it is sealed with, if it is.
    pub keys: Option<Arc<Keys>>,
    pub frames: Receiver<StereoFrame>,
    pub teller: Teller,
}

/// A line from pacer to clerk.
pub(crate) fn tap() -> (Tap, Receiver<StereoFrame>) {
    ring::ring(WAITING)
}

/// A recording under way.
pub(crate) struct Take {
    plan: Plan,
    tape: Tape,
    state: RecorderState,
    /// Octets of sound that were written.
    written: u64,
    next: Option<u64>,
    missed: u64,
    rounds: u32,
}

impl Take {
    /// Makes the file; `None` (and an event) if that cannot be.
    pub(crate) fn begin(plan: Plan) -> Option<Self> {
        match Tape::begin(&plan.path, plan.keys.as_deref()) {
            Ok(tape) => Some(Self {
                plan,
                tape,
                state: RecorderState::new(),
                written: 0,
                next: None,
                missed: 0,
                rounds: 0,
            }),
            Err(e) => {
                fail(&plan, &e);
                None
            }
        }
    }

    /// Writes what has come; `false` when the recording has ended.
    pub(crate) fn write(&mut self, buffer: &mut Vec<u8>) -> bool {
        buffer.clear();
        let before = self.state.clone();
        let open = self.gather(buffer);
        if let Err(e) = self.put(buffer, !open) {
            self.state = before;
            self.save(&e);
            return false;
        }
        if !open {
            let samples = self.written / (FRAME_OCTETS / FRAME_SAMPLES) as u64;
            let path = self.plan.path.clone();
            self.plan.teller.send(Event::RecordingEnded {
                path,
                samples,
                missed: self.missed,
            });
        }
        open
    }

    /// Takes the frames that wait, silence for those missing; `false` when no more will come.
    fn gather(&mut self, buffer: &mut Vec<u8>) -> bool {
        // A bound, so that one recording never keeps the others waiting.
        for _ in 0..2 * WAITING {
            match self.plan.frames.try_recv() {
                Received::Item(frame) => self.add(&frame, buffer),
                Received::Nothing => return true,
                Received::Closed => return false,
            }
        }
        true
    }

    fn add(&mut self, frame: &StereoFrame, buffer: &mut Vec<u8>) {
        let gap = frame.number.saturating_sub(self.next.unwrap_or(frame.number));
        self.missed += gap;
        self.next = Some(frame.number + 1);
        (0..gap.min(LONGEST_GAP)).for_each(|_| self.append(&SILENCE, &SILENCE, buffer));
        self.append(&frame.caller, &frame.biseo, buffer);
    }

    fn append(&mut self, caller: &Frame, biseo: &Frame, buffer: &mut Vec<u8>) {
        let mut octets = [0; FRAME_OCTETS];
        if self.state.append(caller, biseo, &mut octets) {
            buffer.extend_from_slice(&octets);
        }
    }

    fn put(&mut self, buffer: &[u8], last: bool) -> io::Result<()> {
        self.tape.add(buffer)?;
        self.written += buffer.len() as u64;
        self.rounds += 1;
        match last {
            true => self.tape.finish(&self.state),
            false if self.rounds.is_multiple_of(HEADER_ROUNDS) => self.tape.refresh(&self.state),
            false => Ok(()),
        }
    }

    /// The disk takes no more: what was written is kept, and the file is a whole one.
    fn save(&mut self, why: &io::Error) {
        if self.tape.save(&self.state).is_err() {
            // Its end stays behind; repair mends it at the next start.
            tracing::debug!("the end of a recording could not be brought up to date");
        }
        fail(&self.plan, why);
    }
}

fn fail(plan: &Plan, why: &io::Error) {
    plan.teller.send(Event::RecordingFailed {
        path: plan.path.clone(),
        reason: why.to_string(),
    });
}
