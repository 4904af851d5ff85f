//! What a receiver counts of one source: RFC 3550 §A.1 (sequence numbers), §A.3 (losses), §A.8 (jitter).

use crate::{Micros, rtp::RtpHeader};

/// Packets in sequence before a source is believed (RFC 3550 §A.1).
const MIN_SEQUENTIAL: u32 = 2;
/// Largest forward jump that is loss.
const MAX_DROPOUT: u16 = 3000;
/// Largest step back that is reordering.
const MAX_MISORDER: u16 = 100;

/// What a packet's sequence number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequencing {
    /// The source is not believed yet.
    Probation,
    /// In order, reordered, or after losses.
    Valid,
    /// A jump that the next packet may confirm.
    Bad,
    /// A jump was confirmed, or probation has ended: counting starts anew.
    Restarted,
}

/// What a reception report says of a source (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reception {
    /// Share of packets lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Packets lost since the start, clamped to 24 bits; negative when more came than were expected.
    pub cumulative_lost: i32,
    /// Highest sequence number with its cycles above it.
    pub extended_highest: u32,
    /// Interarrival jitter in RTP clock ticks.
    pub jitter: u32,
}

/// Statistics of one source, kept by its receiver.
#[derive(Debug, Clone)]
pub struct RtpReceiverStats {
    clock: u32,
    ssrc: Option<u32>,
    /// Another source, and the number its next packet would have.
    other: Option<(u32, u16)>,
    max_sequence: u16,
    cycles: u32,
    base: u32,
    bad: Option<u16>,
    probation: u32,
    received: u64,
    expected_prior: u64,
    received_prior: u64,
    transit: Option<u32>,
    jitter_16ths: u32,
}

impl RtpReceiverStats {
    /// Statistics of a source with an RTP clock of `clock` ticks a second.
    pub fn new(clock: u32) -> Self {
        Self {
            clock,
            ssrc: None,
            other: None,
            max_sequence: 0,
            cycles: 0,
            base: 0,
            bad: None,
            probation: MIN_SEQUENTIAL,
            received: 0,
            expected_prior: 0,
            received_prior: 0,
            transit: None,
            jitter_16ths: 0,
        }
    }

    /// Changes the clock (another codec); the jitter counted so far is brought to it.
    pub fn set_clock(&mut self, clock: u32) {
        if self.clock != 0 && clock != self.clock {
            self.jitter_16ths =
                (u64::from(self.jitter_16ths) * u64::from(clock) / u64::from(self.clock)) as u32;
            self.transit = None;
        }
        self.clock = clock;
    }

    /// The source counted, once a packet has come.
    pub fn ssrc(&self) -> Option<u32> {
        self.ssrc
    }

    /// Packets received since counting started.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Packets that should have come since counting started.
    pub fn expected(&self) -> u64 {
        if self.received == 0 {
            return 0;
        }
        u64::from(self.extended_highest().wrapping_sub(self.base)) + 1
    }

    /// Packets lost; negative when duplicates outnumber losses.
    pub fn lost(&self) -> i64 {
        self.expected() as i64 - self.received as i64
    }

    /// Interarrival jitter in microseconds.
    pub fn jitter_us(&self) -> u64 {
        u64::from(self.jitter_16ths >> 4) * 1_000_000 / u64::from(self.clock.max(1))
    }

    fn extended_highest(&self) -> u32 {
        self.cycles.wrapping_add(u32::from(self.max_sequence))
    }

    /// Counts a packet; another SSRC starts the counting anew with its second packet.
    pub fn update(&mut self, now: Micros, header: &RtpHeader) -> Sequencing {
        if self.ssrc != Some(header.ssrc) {
            let confirmed = self.other == Some((header.ssrc, header.sequence));
            self.other = Some((header.ssrc, header.sequence.wrapping_add(1)));
            if self.ssrc.is_some() && !confirmed {
                return Sequencing::Bad;
            }
            *self = Self::new(self.clock);
            self.ssrc = Some(header.ssrc);
            self.max_sequence = header.sequence.wrapping_sub(1);
        }
        let sequencing = self.update_sequence(header.sequence);
        if matches!(sequencing, Sequencing::Valid | Sequencing::Restarted) {
            self.update_jitter(now, header.timestamp);
        }
        sequencing
    }

    /// Counts a packet whose timestamp says nothing of its sending time (telephone-event): not for the jitter.
    pub fn update_untimed(&mut self, header: &RtpHeader) {
        if self.ssrc == Some(header.ssrc) {
            self.update_sequence(header.sequence);
        }
    }

    fn update_sequence(&mut self, sequence: u16) -> Sequencing {
        if self.probation > 0 {
            return self.probe(sequence);
        }
        let delta = sequence.wrapping_sub(self.max_sequence);
        if delta < MAX_DROPOUT {
            if sequence < self.max_sequence {
                self.cycles = self.cycles.wrapping_add(1 << 16);
            }
            self.max_sequence = sequence;
        } else if delta <= u16::MAX - MAX_MISORDER {
            if self.bad != Some(sequence) {
                self.bad = Some(sequence.wrapping_add(1));
                return Sequencing::Bad;
            }
            self.restart(sequence);
            return Sequencing::Restarted;
        }
        self.received += 1;
        Sequencing::Valid
    }

    fn probe(&mut self, sequence: u16) -> Sequencing {
        if sequence != self.max_sequence.wrapping_add(1) {
            self.probation = MIN_SEQUENTIAL - 1;
            self.max_sequence = sequence;
            return Sequencing::Probation;
        }
        self.probation -= 1;
        self.max_sequence = sequence;
        if self.probation > 0 {
            return Sequencing::Probation;
        }
        self.restart(sequence);
        Sequencing::Restarted
    }

    fn restart(&mut self, sequence: u16) {
        self.base = u32::from(sequence);
        self.max_sequence = sequence;
        self.cycles = 0;
        self.bad = None;
        self.received = 1;
        self.expected_prior = 0;
        self.received_prior = 0;
        self.transit = None;
    }

    fn update_jitter(&mut self, now: Micros, timestamp: u32) {
        let arrival = (u128::from(now) * u128::from(self.clock) / 1_000_000) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        if let Some(before) = self.transit {
            let difference = (transit.wrapping_sub(before) as i32)
                .unsigned_abs()
                .min(u32::MAX >> 5);
            let jitter = i64::from(self.jitter_16ths) + i64::from(difference)
                - ((i64::from(self.jitter_16ths) + 8) >> 4);
            self.jitter_16ths = jitter.clamp(0, i64::from(u32::MAX)) as u32;
        }
        self.transit = Some(transit);
    }

    /// What the next report says, and starts the next interval.
    pub fn report(&mut self) -> Reception {
        let expected = self.expected();
        let expected_here = expected.saturating_sub(self.expected_prior);
        let received_here = self.received - self.received_prior.min(self.received);
        (self.expected_prior, self.received_prior) = (expected, self.received);
        let lost_here = expected_here.saturating_sub(received_here);
        let fraction = (lost_here * 256).checked_div(expected_here).unwrap_or(0).min(255);
        Reception {
            fraction_lost: fraction as u8,
            cumulative_lost: self.lost().clamp(-0x80_0000, 0x7f_ffff) as i32,
            extended_highest: self.extended_highest(),
            jitter: self.jitter_16ths >> 4,
        }
    }
}
