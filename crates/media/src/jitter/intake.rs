//! Packets in: which belong to the stream, and where in it.

use super::{JitterBuffer, Pushed, delay::DelayEstimator, slots::SLOTS};
use crate::{
    Micros,
    rtp::{RtpHeader, RtpPacket},
};

/// Largest forward jump of the sequence number that is taken for loss (RFC 3550 §A.1: MAX_DROPOUT, smaller here).
const MAX_DROPOUT: i64 = 1000;
/// Largest jump in delay that is taken for the line's doing; beyond it the sender has changed its time line.
const MAX_SHIFT_US: i64 = 1_000_000;
/// How near two odd packets must be to each other to confirm each other.
const AGREE_US: i64 = 200_000;
/// Packets in a row later than the largest delay after which the line is taken to have become longer for good.
const REBASE_AFTER: u32 = 5;

/// A packet that did not fit, waiting for a second one like it.
#[derive(Clone, Copy)]
pub(super) struct Suspect {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) offset: i64,
}

/// Where the stream stands.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    pub(super) ssrc: u32,
    /// Highest extended sequence number so far.
    pub(super) highest: i64,
    /// Extended RTP timestamp of the packet that came last.
    pub(super) ticks: i64,
    /// Sequence number to be played next; everything before is played or given up.
    pub(super) next: i64,
}

impl Stream {
    /// The full number of a packet, near the highest so far.
    fn extend(&self, sequence: u16) -> i64 {
        self.highest + i64::from(sequence.wrapping_sub(self.highest as u16) as i16)
    }
}

impl JitterBuffer {
    /// Takes note of a packet of the stream that carries no sound (telephone-event, comfort noise): its number is not
    /// missing, so what follows it follows a pause and not a loss.
    pub fn pass_over(&mut self, header: &RtpHeader) {
        let Some(stream) = self.stream.filter(|stream| stream.ssrc == header.ssrc) else {
            return;
        };
        let sequence = stream.extend(header.sequence);
        let near = (-SLOTS..=SLOTS).contains(&(sequence - stream.highest));
        if near && !self.slots.holds(sequence) && self.make_room(sequence, stream.ticks) {
            self.slots.insert(sequence, 0, 0, &[]);
        }
    }

    pub(super) fn place(&mut self, now: Micros, packet: &RtpPacket<'_>, samples: usize) -> Pushed {
        if packet.payload.len() > self.slots.max_payload() || samples == 0 {
            return Pushed::Odd;
        }
        let Some((sequence, ticks)) = self.locate(now, packet) else {
            return Pushed::Odd;
        };
        let position = self.position(ticks);
        if self.slots.holds(sequence) {
            return Pushed::Duplicate;
        }
        self.note_delay(now, position);
        if !self.make_room(sequence, ticks) {
            return Pushed::Late;
        }
        self.slots.insert(sequence, position, samples, packet.payload);
        Pushed::Stored
    }

    /// Extended sequence number and timestamp of a packet that fits the stream, which begins with it if there is none.
    fn locate(&mut self, now: Micros, packet: &RtpPacket<'_>) -> Option<(i64, i64)> {
        let header = &packet.header;
        let Some(stream) = &self.stream else {
            return Some(self.begin(packet));
        };
        let sequence = stream.extend(header.sequence);
        let ticks = stream.ticks + i64::from(header.timestamp.wrapping_sub(stream.ticks as u32) as i32);
        let position = self.position(ticks);
        let fits = header.ssrc == stream.ssrc
            && (-SLOTS..=MAX_DROPOUT).contains(&(sequence - stream.highest))
            && (!self.delay.is_based() || self.delay.delay_at(now, position).abs() <= MAX_SHIFT_US);
        if fits {
            self.suspect = None;
            return Some((sequence, ticks));
        }
        let confirmed = self.confirms(now, packet);
        confirmed.then(|| {
            self.restart();
            self.begin(packet)
        })
    }

    /// Whether a packet that does not fit follows another such one; remembers it otherwise.
    fn confirms(&mut self, now: Micros, packet: &RtpPacket<'_>) -> bool {
        let header = &packet.header;
        let position = self.position(i64::from(header.timestamp));
        let offset = DelayEstimator::offset(now, position);
        let confirmed = self.suspect.is_some_and(|suspect| {
            suspect.ssrc == header.ssrc
                && (1..=3).contains(&header.sequence.wrapping_sub(suspect.sequence))
                && (offset - suspect.offset).abs() <= AGREE_US
        });
        self.suspect = Some(Suspect {
            ssrc: header.ssrc,
            sequence: header.sequence,
            offset,
        });
        confirmed
    }

    fn begin(&mut self, packet: &RtpPacket<'_>) -> (i64, i64) {
        // Far from zero, so that packets which come before the first in order have numbers too.
        let sequence = (1 << 20) + i64::from(packet.header.sequence);
        let ticks = (1 << 40) + i64::from(packet.header.timestamp);
        self.stream = Some(Stream {
            ssrc: packet.header.ssrc,
            highest: sequence,
            ticks,
            next: sequence,
        });
        (sequence, ticks)
    }

    fn restart(&mut self) {
        self.stats.resyncs += 1;
        self.reset();
    }

    fn note_delay(&mut self, now: Micros, position: i64) {
        let delay = self.delay.arrived(now, position);
        self.overdue = if delay > self.config.max_delay_us {
            self.overdue + 1
        } else {
            0
        };
        if self.overdue >= REBASE_AFTER {
            self.overdue = 0;
            self.delay.rebase();
            self.delay.arrived(now, position);
        }
    }

    /// Brings the stream up to a packet's number; `false` where its time has passed.
    fn make_room(&mut self, sequence: i64, ticks: i64) -> bool {
        let Some(stream) = &mut self.stream else {
            return false;
        };
        if sequence < stream.next {
            if self.begun || stream.highest - sequence >= SLOTS {
                return false;
            }
            stream.next = sequence;
        }
        if sequence >= stream.next + SLOTS {
            self.stats.lost += (sequence - stream.next) as u64;
            self.slots.clear();
            self.playing = false;
            stream.next = sequence;
        }
        if sequence > stream.highest {
            stream.highest = sequence;
            stream.ticks = ticks;
        }
        true
    }
}
