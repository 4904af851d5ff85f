//! Keypad digits: as RFC 4733 events in RTP, and as tones in the sound. The tones themselves: [`crate::tones`].

mod event;
mod inband;

pub use event::{EventDetector, EventPayload};
pub use inband::DtmfDetector;

/// A key of the telephone: 0 to 9, `*`, `#`, A to D.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digit(u8);

impl Digit {
    /// All sixteen, in the order of their event codes (RFC 4733 §3.2).
    pub const ALL: [Self; 16] = {
        let mut all = [Self(0); 16];
        let mut code = 0;
        while code < 16 {
            all[code] = Self(code as u8);
            code += 1;
        }
        all
    };

    /// The digit with an event code of 0..=15.
    pub fn from_code(code: u8) -> Option<Self> {
        (code < 16).then_some(Self(code))
    }

    /// The digit a character stands for; letters in any case.
    pub fn from_char(key: char) -> Option<Self> {
        let code = b"0123456789*#ABCD"
            .iter()
            .position(|&c| char::from(c) == key.to_ascii_uppercase())?;
        Some(Self(code as u8))
    }

    /// Its event code, 0..=15.
    pub fn code(self) -> u8 {
        self.0
    }

    /// Its character.
    pub fn to_char(self) -> char {
        char::from(b"0123456789*#ABCD"[usize::from(self.0)])
    }
}

/// How a digit came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DtmfSource {
    /// As telephone-event packets (RFC 4733).
    Event,
    /// As tones in the sound.
    InBand,
}

/// A key was pressed. It is told once for each press, at its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DtmfEvent {
    /// Which.
    pub digit: Digit,
    /// By which way it came.
    pub source: DtmfSource,
}
