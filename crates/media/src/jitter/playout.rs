//! Frames out: what is played at a moment.

use super::{Adjust, JitterBuffer, Popped, slots::Stored};
use crate::{FRAME_SAMPLES, Micros};

/// Frames concealed when nothing comes at all; then the stream counts as paused.
const CONCEALED_FRAMES: u32 = 5;

impl JitterBuffer {
    /// What the delay wants of the frame about to be played; to be asked before [`Self::pop`].
    pub fn adjust(&self, now: Micros) -> Adjust {
        if !self.playing || self.slots.is_empty() {
            return Adjust::Keep;
        }
        match self.delay.delay_at(now, self.play) - self.target_us() {
            30_000.. => Adjust::Shrink,
            ..-10_000 => Adjust::Grow,
            _ => Adjust::Keep,
        }
    }

    /// What is to be played next; to be called until a frame is full, every 20 ms.
    pub fn pop(&mut self, now: Micros) -> Popped<'_> {
        self.drop_overdue(now);
        let Some(head) = self.head() else {
            return self.starve(now);
        };
        self.starved = 0;
        let on_time = self.delay.delay_at(now, head.position) >= self.target_us();
        if !self.playing {
            if !on_time {
                return Popped::Silence;
            }
            self.playing = true;
            self.play = head.position;
        }
        let covered = (head.position - self.play).clamp(0, self.held);
        self.play += covered;
        self.held -= covered;
        match head.position - self.play {
            ..=0 => self.take(head),
            gap if self.follows(&head) => self.pause(head, gap, on_time),
            gap => self.miss(head, gap),
        }
    }

    /// The next packet in order that still has sound to come; those wholly behind the time line are dropped, and those
    /// without sound once nothing before them can come any more.
    fn head(&mut self) -> Option<Stored> {
        loop {
            let head = self.slots.first(self.stream?.next)?;
            if head.samples == 0 {
                if !self.follows(&head) && self.slots.count() == 1 {
                    return None;
                }
                self.give_up_before(&head);
                self.told_pause = true;
                continue;
            }
            if !self.playing || head.position + head.samples as i64 > self.play {
                return Some(head);
            }
            self.stats.late += 1;
            self.give_up(&head);
        }
    }

    fn drop_overdue(&mut self, now: Micros) {
        while let Some(head) = self.head() {
            if self.delay.delay_at(now, head.position) <= self.config.max_delay_us + 20_000 {
                break;
            }
            self.stats.late += 1;
            self.give_up(&head);
            self.play = self.play.max(head.position + head.samples as i64);
            self.held = 0;
        }
    }

    /// Drops a packet and all before it.
    fn give_up(&mut self, head: &Stored) {
        self.stats.lost += 1;
        self.give_up_before(head);
    }

    /// Goes on after a packet; those missing before it are lost.
    fn give_up_before(&mut self, head: &Stored) {
        self.slots.remove(head.sequence);
        if let Some(stream) = &mut self.stream {
            self.stats.lost += (head.sequence - stream.next) as u64;
            stream.next = head.sequence + 1;
        }
    }

    fn follows(&self, head: &Stored) -> bool {
        self.stream.is_some_and(|stream| stream.next == head.sequence)
    }

    fn take(&mut self, head: Stored) -> Popped<'_> {
        self.give_up_before(&head);
        self.stats.played += 1;
        self.told_pause = false;
        self.begun = true;
        self.held = 0;
        self.play = head.position + head.samples as i64;
        let payload = self.slots.payload(&head);
        Popped::Packet {
            payload,
            sequence: head.sequence,
            samples: head.samples,
        }
    }

    /// No packet is missing, the sender was silent: the next one starts at the delay aimed for.
    fn pause(&mut self, head: Stored, gap: i64, on_time: bool) -> Popped<'_> {
        if on_time {
            return self.take(head);
        }
        self.play += gap.min(FRAME_SAMPLES as i64);
        Popped::Silence
    }

    fn miss(&mut self, head: Stored, gap: i64) -> Popped<'_> {
        let samples = gap.min(FRAME_SAMPLES as i64);
        self.play += samples;
        let only_one = self.stream.is_some_and(|stream| stream.next + 1 == head.sequence) && gap == samples;
        let next = only_one.then(|| self.slots.payload(&head));
        Popped::Lost {
            samples: samples as usize,
            next,
        }
    }

    /// Nothing is there: the time line is held while the delay may still grow, and runs on when it may not. After a
    /// while, and at once where the sender has said that it pauses, the next packet begins anew.
    fn starve(&mut self, now: Micros) -> Popped<'_> {
        if !self.playing {
            return Popped::Silence;
        }
        self.starved += 1;
        if self.told_pause || self.starved > CONCEALED_FRAMES {
            self.playing = false;
            self.held = 0;
            return Popped::Silence;
        }
        if self.delay.delay_at(now, self.play) + 20_000 > self.config.max_delay_us {
            self.play += FRAME_SAMPLES as i64;
        } else {
            self.held += FRAME_SAMPLES as i64;
        }
        Popped::Lost {
            samples: FRAME_SAMPLES,
            next: None,
        }
    }
}
