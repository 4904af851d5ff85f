//! What goes into the jitter buffer as settings and comes out of it.

/// Settings of a [`super::JitterBuffer`].
#[derive(Debug, Clone, Copy)]
pub struct JitterConfig {
    /// RTP timestamp ticks for each 8 kHz sample: 1, or 6 for Opus. Zero counts as 1.
    pub ticks_per_sample: u32,
    /// Largest payload kept, in octets; longer ones are refused. The buffer takes twelve times as much memory.
    pub max_payload: usize,
    /// Least delay aimed for, µs.
    pub min_delay_us: i64,
    /// Delay aimed for until the line is known, µs.
    pub start_delay_us: i64,
    /// Largest delay, µs: older sound is dropped.
    pub max_delay_us: i64,
}

impl Default for JitterConfig {
    /// For codecs with an RTP clock of 8000: 20 to 200 ms, 40 ms at the start, packets up to 120 ms.
    fn default() -> Self {
        Self {
            ticks_per_sample: 1,
            max_payload: 960,
            min_delay_us: 20_000,
            start_delay_us: 40_000,
            max_delay_us: 200_000,
        }
    }
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It is kept and will be played.
    Stored,
    /// It was there already.
    Duplicate,
    /// Its time had passed.
    Late,
    /// It does not fit the stream (and no second one has confirmed it yet), or it is too long.
    Odd,
}

/// What is to be played next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Popped<'a> {
    /// A packet.
    Packet {
        /// Its payload.
        payload: &'a [u8],
        /// Its extended sequence number.
        sequence: i64,
        /// Its length in 8 kHz samples.
        samples: usize,
    },
    /// Sound is missing: make something up.
    Lost {
        /// How much, in 8 kHz samples, at most a frame.
        samples: usize,
        /// The payload right after the gap, where it has come already.
        next: Option<&'a [u8]>,
    },
    /// The sender sends nothing (or nothing has come yet): a frame of silence.
    Silence,
}

/// What the delay wants, see [`super::JitterBuffer::adjust`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjust {
    /// Nothing.
    Keep,
    /// One frame less: drop one that is quiet.
    Shrink,
    /// One frame more: play a quiet one without popping.
    Grow,
}

/// Counters of a [`super::JitterBuffer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JitterStats {
    /// Packets handed out.
    pub played: u64,
    /// Packets that never came, or came too late to be played.
    pub lost: u64,
    /// Packets that came after their time, or that were dropped to keep the delay in its bounds.
    pub late: u64,
    /// Packets that came twice.
    pub duplicate: u64,
    /// Packets that did not fit the stream.
    pub odd: u64,
    /// Times that the stream was taken up anew: another source, sequence or time line.
    pub resyncs: u64,
}
