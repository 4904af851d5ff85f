//! Recordings: on their way from the pacer to the clerk, and into the file.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::PathBuf;

use biseo_media::recorder::{FRAME_OCTETS, RecorderState};
use biseo_media::wav::HEADER_LEN;
use biseo_media::{FRAME_SAMPLES, Frame, SILENCE};

use crate::events::{Event, Teller};
use crate::ring::{self, Received, Receiver, Sender};

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
    file: File,
    state: RecorderState,
    /// Octets of sound that are safely in the file.
    written: u64,
    next: Option<u64>,
    missed: u64,
    rounds: u32,
}

impl Take {
    /// Makes the file, which only its owner may read; `None` (and an event) if that cannot be.
    pub(crate) fn begin(plan: Plan) -> Option<Self> {
        let state = RecorderState::new();
        let made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&plan.path);
        let made = made.and_then(|file| file.write_all_at(&state.header(), 0).map(|()| file));
        match made {
            Ok(file) => Some(Self {
                plan,
                file,
                state,
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
        self.file.write_all_at(buffer, HEADER_LEN as u64 + self.written)?;
        self.written += buffer.len() as u64;
        self.rounds += 1;
        if last || self.rounds.is_multiple_of(HEADER_ROUNDS) {
            self.file.write_all_at(&self.state.header(), 0)?;
        }
        Ok(())
    }

    /// The disk takes no more: what was written is kept, and the file is a whole one.
    fn save(&mut self, why: &io::Error) {
        let kept = self.file.set_len(HEADER_LEN as u64 + self.written);
        if kept
            .and_then(|()| self.file.write_all_at(&self.state.header(), 0))
            .is_err()
        {
            // The header stays behind; repair mends it at the next start.
            tracing::debug!("the header of a recording could not be brought up to date");
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
