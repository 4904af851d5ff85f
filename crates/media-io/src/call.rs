//! One call on its pacer's thread: a turn of speaking and a turn of listening every 20 ms.

use std::sync::Arc;
use std::time::Instant;

use biseo_media::sender::MAX_SENT;
use biseo_media::{Frame, SILENCE};
use biseo_media_secure::srtp::MAX_GROWTH;

use crate::Negotiation;
use crate::ahead::Ahead;
use crate::audio_in::AudioFrame;
use crate::clock::Now;
use crate::events::Teller;
use crate::line::Line;
use crate::playout::{Filled, Playout};
use crate::quality::Board;
use crate::recording::{StereoFrame, Tap};
use crate::retire::Retire;
use crate::ring;
use crate::secure::Guards;
use crate::socket::Scratch;
use crate::speaker::Desk;
use crate::stream::Stream;
use crate::wheel::TICK;

/// RTCP packets heeded in one look.
const REPORTS: usize = 16;
/// Packets beyond those that are heeded that are thrown away unread, so that a flood does not become a delay.
const FLOOD_PER_TURN: usize = 256;
/// Turns between two looks at what needs no haste: RTCP, the quality board.
const LEISURE: u64 = 25;

/// Octets of the longest packet that is made, protected and all.
const PACKET: usize = MAX_SENT + MAX_GROWTH;

/// What a pacer's calls use one after the other.
pub(crate) struct Kit {
    pub scratch: Scratch,
    pub packet: [u8; PACKET],
}

impl Kit {
    pub(crate) fn new() -> Self {
        Self {
            scratch: Scratch::new(),
            packet: [0; PACKET],
        }
    }
}

/// What a call is made of.
pub(crate) struct CallParts {
    pub id: u64,
    pub line: Line,
    /// What a wire's far end is given beforehand.
    pub ahead: Ahead,
    pub desk: Arc<Desk>,
    pub board: Arc<Board>,
    pub audio: ring::Sender<AudioFrame>,
    pub teller: Teller,
    pub retire: Retire,
}

/// A new agreement; the stream is made by the thread that brings it, so that the pacer takes no memory.
pub(crate) struct Change {
    pub negotiation: Negotiation,
    pub first: Option<Box<Stream>>,
    /// For a stream that is there already.
    pub guards: Guards,
}

/// See the module's documentation. The order of the fields is that of their end: sockets are closed before the last
/// event's sender goes, so that whoever sees the events end may open the port again.
pub(crate) struct Call {
    id: u64,
    line: Line,
    stream: Option<Box<Stream>>,
    playout: Playout,
    desk: Arc<Desk>,
    board: Arc<Board>,
    tap: Option<Tap>,
    /// What was said in this turn, for the recording; by a wire, what its far end plays in it.
    said: Frame,
    ahead: Ahead,
    /// Turns so far, those left out included.
    turns: u64,
    due: Option<Instant>,
    audio: ring::Sender<AudioFrame>,
    teller: Teller,
}

impl Call {
    pub(crate) fn new(parts: CallParts) -> Self {
        let CallParts {
            id,
            line,
            ahead,
            desk,
            board,
            audio,
            teller,
            retire,
        } = parts;
        let playout = Playout::new(Arc::clone(&desk), retire);
        let playout = if line.clears() { playout.abrupt() } else { playout };
        Self {
            id,
            line,
            stream: None,
            playout,
            desk,
            board,
            tap: None,
            said: SILENCE,
            ahead,
            turns: 0,
            due: None,
            audio,
            teller,
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Takes up an agreement.
    pub(crate) fn change(&mut self, change: Change) {
        let Change {
            negotiation,
            first,
            guards,
        } = change;
        match &mut self.stream {
            Some(stream) => stream.change(negotiation, guards, Instant::now()),
            None => self.stream = first,
        }
    }

    /// Begins or ends a recording; the one before ends.
    pub(crate) fn record(&mut self, tap: Option<Tap>) {
        self.tap = tap;
    }

    /// Sends what is due; when that was done, if a frame was sent.
    pub(crate) fn speak(&mut self, due: Instant, kit: &mut Kit) -> Option<Instant> {
        let missed = self.count_turn(due);
        self.said = SILENCE;
        let (line, teller, mut cleared) = (&self.line, &self.teller, false);
        let tell = &mut |event| cleared |= line.tell(teller, event);
        let Some(stream) = self.stream.as_mut() else {
            self.playout.hold(due, tell);
            return None;
        };
        stream.pass(missed);
        if !stream.sends() {
            stream.pass(1);
            self.playout.hold(due, tell);
            return None;
        }
        if stream.press(&self.desk) {
            // Sound waits while a key is held down.
            self.playout.hold(due, tell);
            stream.press_tone(&mut self.said);
        } else {
            match self.playout.fill(&mut self.said, due, tell) {
                Filled::Speech => {}
                Filled::Starved => stream.starve(),
                Filled::Idle => stream.background(&self.desk, &mut self.said),
            }
        }
        if self.said == SILENCE && !line.sends_silence() {
            stream.pass(1);
            self.playout.sent(due, tell);
            self.play(cleared);
            return None;
        }
        stream.send(line, &self.said, &mut kit.packet);
        let sent = Instant::now();
        self.playout.sent(sent, tell);
        if !line.sends_silence() {
            if std::mem::take(&mut cleared) {
                self.ahead.clear();
            }
            self.hurry(due, kit);
            self.play(false);
        }
        Some(sent)
    }

    /// By a wire: the frame was sent, and where its far end has nothing some more are.
    fn hurry(&mut self, due: Instant, kit: &mut Kit) {
        let wanted = self.ahead.wanted();
        self.ahead.sent(&self.said);
        let (line, teller, mut cleared) = (&self.line, &self.teller, false);
        let tell = &mut |event| cleared |= line.tell(teller, event);
        let Some(stream) = &mut self.stream else { return };
        for _ in 0..wanted {
            let mut next = SILENCE;
            if self.playout.fill(&mut next, due, tell) != Filled::Speech {
                break;
            }
            stream.send(line, &next, &mut kit.packet);
            self.playout.sent(due, tell);
            self.ahead.sent(&next);
        }
        if cleared {
            self.ahead.clear();
        }
    }

    /// By a wire: a tick goes by at its far end.
    fn play(&mut self, cleared: bool) {
        if cleared {
            self.ahead.clear();
        }
        self.said = self.ahead.play();
    }

    /// Counts this turn and those left out before it, whose number is returned.
    fn count_turn(&mut self, due: Instant) -> u64 {
        let since = self
            .due
            .map_or(TICK, |before| due.saturating_duration_since(before));
        self.due = Some(due);
        let turns = u64::try_from(since.as_nanos() / TICK.as_nanos())
            .unwrap_or(1)
            .max(1);
        self.turns += turns;
        turns - 1
    }

    /// Takes in what has come and hands on the next 20 ms of the caller.
    pub(crate) fn listen(&mut self, now: &Now, kit: &mut Kit) {
        self.take_in(now, &mut kit.scratch);
        let mut heard = SILENCE;
        if let Some(stream) = self.stream.as_mut().filter(|s| s.listens()) {
            let frame = stream.hear(now, self.turns, &self.said, &self.teller);
            heard = frame.samples;
            self.audio.put(frame);
            stream.watch(now.instant, &self.teller);
        }
        if let Some(tap) = &self.tap {
            tap.send(StereoFrame {
                number: self.turns,
                caller: heard,
                biseo: self.said,
            });
        }
        if self.turns % LEISURE == self.id % LEISURE {
            self.leisure(now, kit);
        }
    }

    /// Wakes whoever waits for what was heard.
    pub(crate) fn announce(&self) {
        if self.stream.as_ref().is_some_and(|s| s.listens()) {
            self.audio.wake();
        }
    }

    fn take_in(&mut self, now: &Now, scratch: &mut Scratch) {
        let heeded = self.line.heeded();
        for n in 0..heeded + FLOOD_PER_TURN {
            let Some(arrival) = self.line.fetch(scratch, now) else {
                return;
            };
            let stream = self.stream.as_mut().filter(|_| n < heeded);
            if let Some(stream) = stream {
                stream.receive(&self.line, &arrival, &self.teller);
            }
        }
    }

    /// What needs no haste.
    fn leisure(&mut self, now: &Now, kit: &mut Kit) {
        for _ in 0..REPORTS {
            let Some(arrival) = self.line.fetch_rtcp(&mut kit.scratch, now) else {
                break;
            };
            if let Some(stream) = &mut self.stream {
                stream.receive_rtcp(&self.line, &arrival, &self.teller);
            }
        }
        if let Some(stream) = &mut self.stream {
            stream.report(&self.line, now, &mut kit.packet, &self.teller);
            self.board.write(stream.quality());
        }
    }

    /// The last words.
    pub(crate) fn leave(&mut self, kit: &mut Kit) {
        if let Some(stream) = &mut self.stream {
            stream.leave(&self.line, &mut kit.packet);
        }
    }
}

#[cfg(test)]
mod tests;
