//! The jitter buffer: packets in as they come, in order and at an even pace out.
//!
//! Every packet has a place on the sender's time line (RTP timestamp, counted in 8 kHz samples). The buffer knows the
//! least delay packets have had lately (the baseline, which also follows a drifting clock) and how far they scatter above
//! it; from that follows the delay it aims for, between [`JitterConfig::min_delay_us`] and [`JitterConfig::max_delay_us`].
//! Sound at place `p` is played at `baseline + p + delay`. When packets fail to come, the time line is held as long as the
//! delay stays in its bounds, so that late speech is heard late rather than not at all; in quiet moments the owner
//! ([`crate::receiver`]) drops or inserts a frame where [`JitterBuffer::adjust`] asks for it, and a talk spurt after
//! silence begins at the delay aimed for.
//!
//! Strangers can write its input: a packet that does not fit the stream (another source, a jump in sequence number or
//! time) changes nothing until a second one confirms it (compare RFC 3550 §A.1).

mod delay;
mod intake;
mod playout;
mod slots;
mod types;

use crate::{Micros, rtp::RtpPacket};
use delay::DelayEstimator;
use intake::{Stream, Suspect};
use slots::Slots;
pub use types::{Adjust, JitterConfig, JitterStats, Popped, Pushed};

/// See the module's documentation.
pub struct JitterBuffer {
    config: JitterConfig,
    slots: Slots,
    delay: DelayEstimator,
    stream: Option<Stream>,
    suspect: Option<Suspect>,
    /// Whether the time line runs; before, the first packet waits for its time.
    playing: bool,
    /// Whether a packet of this stream was played.
    begun: bool,
    /// Place of the next sample to be played.
    play: i64,
    /// Samples made up while the time line was held.
    held: i64,
    starved: u32,
    /// Whether the packet taken last was one without sound: what does not come then is not lost.
    told_pause: bool,
    overdue: u32,
    stats: JitterStats,
}

impl JitterBuffer {
    /// An empty buffer; takes all its memory now.
    pub fn new(config: JitterConfig) -> Self {
        Self {
            slots: Slots::new(config.max_payload),
            config: JitterConfig {
                ticks_per_sample: config.ticks_per_sample.max(1),
                ..config
            },
            delay: DelayEstimator::new(),
            stream: None,
            suspect: None,
            playing: false,
            begun: false,
            play: 0,
            held: 0,
            starved: 0,
            told_pause: false,
            overdue: 0,
            stats: JitterStats::default(),
        }
    }

    /// Changes the RTP clock (another codec) and forgets the stream where it differs.
    pub fn set_ticks_per_sample(&mut self, ticks: u32) {
        if ticks.max(1) != self.config.ticks_per_sample {
            self.config.ticks_per_sample = ticks.max(1);
            self.reset();
        }
    }

    /// Makes room for payloads of `max_payload` octets; empties the buffer. Allocates where the size changes.
    pub fn resize(&mut self, max_payload: usize) {
        if max_payload != self.config.max_payload {
            self.config.max_payload = max_payload;
            self.slots = Slots::new(max_payload);
        }
        self.reset();
    }

    /// Counters since the start.
    pub fn stats(&self) -> JitterStats {
        self.stats
    }

    /// The delay aimed for, µs.
    pub fn target_us(&self) -> i64 {
        let wanted = self.delay.spread().unwrap_or(self.config.start_delay_us);
        wanted.max(self.config.min_delay_us).min(self.config.max_delay_us)
    }

    /// The delay of what is played next over the line's least delay, µs; zero before anything is played.
    pub fn delay_us(&self, now: Micros) -> i64 {
        if self.playing {
            self.delay.delay_at(now, self.play)
        } else {
            0
        }
    }

    /// Packets waiting.
    pub fn waiting(&self) -> usize {
        self.slots.count()
    }

    /// Takes a packet of the stream's codec that stands for `samples` 8 kHz samples.
    pub fn push(&mut self, now: Micros, packet: &RtpPacket<'_>, samples: usize) -> Pushed {
        let pushed = self.place(now, packet, samples);
        match pushed {
            Pushed::Stored => {}
            Pushed::Duplicate => self.stats.duplicate += 1,
            Pushed::Late => self.stats.late += 1,
            Pushed::Odd => self.stats.odd += 1,
        }
        pushed
    }

    /// Forgets the stream (after a hold, or when the other side has moved) but keeps the counters and what is known of
    /// the line's jitter.
    pub fn reset(&mut self) {
        self.slots.clear();
        self.delay.rebase();
        self.stream = None;
        self.suspect = None;
        self.playing = false;
        self.begun = false;
        self.held = 0;
        self.starved = 0;
        self.told_pause = false;
        self.overdue = 0;
    }

    fn position(&self, ticks: i64) -> i64 {
        ticks.div_euclid(i64::from(self.config.ticks_per_sample))
    }
}
