//! The telephone-event payload and its reader (RFC 4733 §2.3, §2.5).

use super::{Digit, DtmfEvent, DtmfSource};
use crate::rtp::RtpHeader;

/// One telephone-event payload: four octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPayload {
    /// Event code; 0..=15 are digits.
    pub code: u8,
    /// Whether the event has ended.
    pub end: bool,
    /// Loudness, −dBm0, 0..=63.
    pub volume: u8,
    /// How long it has lasted since the packet's timestamp, in its clock's ticks.
    pub duration: u16,
}

impl EventPayload {
    /// Reads the first of the events in a payload; `None` where it is shorter than four octets.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let octets = payload.first_chunk::<4>()?;
        Some(Self {
            code: octets[0],
            end: octets[1] & 0x80 != 0,
            volume: octets[1] & 0x3f,
            duration: u16::from_be_bytes([octets[2], octets[3]]),
        })
    }

    /// Its four octets.
    pub fn to_octets(self) -> [u8; 4] {
        let duration = self.duration.to_be_bytes();
        [
            self.code,
            u8::from(self.end) << 7 | self.volume & 0x3f,
            duration[0],
            duration[1],
        ]
    }
}

/// The event being received.
#[derive(Debug, Clone, Copy)]
struct Current {
    ssrc: u32,
    code: u8,
    /// Timestamp of the event's newest segment.
    timestamp: u32,
    duration: u16,
    ended: bool,
}

/// Tells each key press once, whichever of its packets come and in whatever order.
#[derive(Debug, Clone, Default)]
pub struct EventDetector {
    current: Option<Current>,
}

impl EventDetector {
    /// A detector that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a telephone-event packet; a digit where a press begins (also when its first packets were lost).
    pub fn push(&mut self, header: &RtpHeader, payload: &[u8]) -> Option<DtmfEvent> {
        let event = EventPayload::parse(payload)?;
        if self.is_known(header, &event) {
            return None;
        }
        let current = Current {
            ssrc: header.ssrc,
            code: event.code,
            timestamp: header.timestamp,
            duration: event.duration,
            ended: event.end,
        };
        self.current = Some(current);
        let digit = Digit::from_code(event.code)?;
        Some(DtmfEvent {
            digit,
            source: DtmfSource::Event,
        })
    }

    /// Whether the packet belongs to the press told last, or to one before it; takes note of its news.
    fn is_known(&mut self, header: &RtpHeader, event: &EventPayload) -> bool {
        let Some(current) = self
            .current
            .as_mut()
            .filter(|current| current.ssrc == header.ssrc)
        else {
            return false;
        };
        let ahead = header.timestamp.wrapping_sub(current.timestamp) as i32;
        // A press longer than the field can say goes on in a new segment where the old one stopped (§2.5.1.3).
        let goes_on = !current.ended && event.code == current.code && ahead == i32::from(current.duration);
        if goes_on && ahead > 0 {
            current.timestamp = header.timestamp;
            current.duration = event.duration;
        } else if ahead == 0 {
            current.duration = current.duration.max(event.duration);
        } else if !(-(1 << 24)..=0).contains(&ahead) {
            return false;
        }
        current.ended |= event.end && ahead >= 0;
        true
    }
}
