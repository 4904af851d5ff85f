//! The RTCP side of one call: reports out every few seconds, reports in, the round trip.

use super::{Compound, Reception, ReportBlock, Rtcp, SenderInfo, packet::Writer};
use crate::{Micros, receiver::Receiver, sender::Sender};

/// Longest round trip that is believed: 10 s.
const MAX_ROUND_TRIP_US: u64 = 10_000_000;

/// NTP format (32.32 bits) of a moment; its epoch is that of [`Micros`].
pub fn ntp(now: Micros) -> u64 {
    let seconds = now / 1_000_000;
    let fraction = ((now % 1_000_000) << 32) / 1_000_000;
    seconds << 32 | fraction
}

/// The middle 32 bits of an NTP time, as reports carry it.
fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

/// What came in an RTCP datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// Packets that were understood.
    pub packets: u32,
    /// Whether the other side has said BYE.
    pub bye: bool,
}

/// See the module's documentation.
#[derive(Debug, Clone)]
pub struct RtcpSession {
    cname: String,
    /// Last sender report of the other side: who, middle of its NTP time, when it came.
    last: Option<(u32, u32, Micros)>,
    round_trip_us: Option<u64>,
    far: Option<Reception>,
    damaged: u64,
}

impl RtcpSession {
    /// A session under a canonical name, which should be random (RFC 7022).
    pub fn new(cname: &str) -> Self {
        Self {
            cname: cname.to_owned(),
            last: None,
            round_trip_us: None,
            far: None,
            damaged: 0,
        }
    }

    /// Round trip of the network in µs, by the last report that told it.
    pub fn round_trip_us(&self) -> Option<u64> {
        self.round_trip_us
    }

    /// What the other side says it has received of us; jitter in our RTP clock's ticks.
    pub fn far_reception(&self) -> Option<Reception> {
        self.far
    }

    /// Datagrams that were damaged.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Writes SR (or RR, before anything was sent) and SDES; returns the length, 0 where `out` is too small (100 octets
    /// and the name do).
    pub fn report(&mut self, now: Micros, sender: &Sender, receiver: &mut Receiver, out: &mut [u8]) -> usize {
        let mut writer = Writer::new(out);
        self.write(now, sender, receiver, &mut writer);
        writer.finish()
    }

    /// Same with BYE at its end.
    pub fn bye(&mut self, now: Micros, sender: &Sender, receiver: &mut Receiver, out: &mut [u8]) -> usize {
        let mut writer = Writer::new(out);
        self.write(now, sender, receiver, &mut writer);
        writer.bye(sender.ssrc());
        writer.finish()
    }

    fn write(&mut self, now: Micros, sender: &Sender, receiver: &mut Receiver, writer: &mut Writer<'_>) {
        let sent = sender.stats();
        let info = SenderInfo {
            ntp: ntp(now),
            timestamp: sender.timestamp(),
            packets: sent.packets,
            octets: sent.octets,
        };
        let block = receiver
            .report()
            .map(|(ssrc, reception)| self.block(now, ssrc, reception));
        let info = (sent.packets > 0).then_some(&info);
        writer
            .report(sender.ssrc(), info, block.as_slice())
            .cname(sender.ssrc(), &self.cname);
    }

    fn block(&self, now: Micros, ssrc: u32, reception: Reception) -> ReportBlock {
        let last = self.last.filter(|(of, ..)| *of == ssrc);
        let (last_report, delay_since) = last.map_or((0, 0), |(_, middle, at)| {
            let since = u128::from(now.saturating_sub(at)) * 65_536 / 1_000_000;
            (middle, since.min(u128::from(u32::MAX)) as u32)
        });
        ReportBlock {
            ssrc,
            reception,
            last_report,
            delay_since,
        }
    }

    /// Takes an RTCP datagram; `ours` is the SSRC we send under.
    pub fn handle(&mut self, now: Micros, ours: u32, datagram: &[u8]) -> Heard {
        let mut heard = Heard::default();
        for packet in Compound::new(datagram) {
            match packet {
                Ok(packet) => {
                    heard.packets += 1;
                    heard.bye |= self.take(now, ours, packet);
                }
                Err(_) => self.damaged += 1,
            }
        }
        heard
    }

    fn take(&mut self, now: Micros, ours: u32, packet: Rtcp<'_>) -> bool {
        match packet {
            Rtcp::Report { ssrc, info, blocks } => {
                if let Some(info) = info {
                    self.last = Some((ssrc, middle(info.ntp), now));
                }
                for block in blocks.filter(|block| block.ssrc == ours) {
                    self.far = Some(block.reception);
                    self.round_trip_us = round_trip(now, &block).or(self.round_trip_us);
                }
                false
            }
            Rtcp::Bye(sources) => !sources.is_empty(),
            Rtcp::Description(_) | Rtcp::Other(_) => false,
        }
    }
}

/// RFC 3550 §6.4.1: now, less when our report went, less how long the other side held it.
fn round_trip(now: Micros, block: &ReportBlock) -> Option<u64> {
    if block.last_report == 0 {
        return None;
    }
    let passed = middle(ntp(now))
        .wrapping_sub(block.last_report)
        .wrapping_sub(block.delay_since) as i32;
    // Clocks of 65536ths: a tick less than nothing is nothing.
    let us = u64::try_from(passed.max(if passed > -656 { 0 } else { -1 })).ok()? * 1_000_000 / 65_536;
    (us <= MAX_ROUND_TRIP_US).then_some(us)
}
