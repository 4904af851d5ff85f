//! Which payload type means what in this call: the outcome of SDP offer and answer.

use crate::codec::AudioCodec;

/// Audio payload types one call may have agreed on.
const MAX_AUDIO: usize = 4;

/// The payload types that were agreed on; nothing is taken for granted, not even that 101 is telephone-event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadMap {
    audio: [Option<(u8, AudioCodec)>; MAX_AUDIO],
    events: Option<u8>,
    comfort_noise: Option<u8>,
}

impl PayloadMap {
    /// No audio, no events; comfort noise on 13 (RFC 3389 §4, which senders use without asking).
    pub fn new() -> Self {
        Self {
            audio: [None; MAX_AUDIO],
            events: None,
            comfort_noise: Some(13),
        }
    }

    /// Adds an audio codec; the first added is the one expected. A fifth is ignored, a repeated type replaces.
    #[must_use]
    pub fn with_audio(mut self, payload_type: u8, codec: AudioCodec) -> Self {
        let free = self
            .audio
            .iter_mut()
            .find(|slot| slot.is_none_or(|(taken, _)| taken == payload_type));
        if let Some(slot) = free {
            *slot = Some((payload_type, codec));
        }
        self
    }

    /// Sets the payload type of telephone-event.
    #[must_use]
    pub fn with_events(mut self, payload_type: u8) -> Self {
        self.events = Some(payload_type);
        self
    }

    /// Sets the payload type of comfort noise, or none.
    #[must_use]
    pub fn with_comfort_noise(mut self, payload_type: Option<u8>) -> Self {
        self.comfort_noise = payload_type;
        self
    }

    /// What a packet of this type carries; `None`: nothing that was agreed on.
    pub fn carries(&self, payload_type: u8) -> Option<Carried> {
        if self.events == Some(payload_type) {
            return Some(Carried::Event);
        }
        if let Some(index) = self
            .audio
            .iter()
            .position(|slot| slot.is_some_and(|(taken, _)| taken == payload_type))
        {
            return Some(Carried::Audio(index));
        }
        (self.comfort_noise == Some(payload_type)).then_some(Carried::ComfortNoise)
    }

    /// The codecs with the indices [`Carried::Audio`] means.
    pub fn codecs(&self) -> impl Iterator<Item = AudioCodec> + '_ {
        self.audio.iter().flatten().map(|&(_, codec)| codec)
    }

    /// Whether digits come as telephone-event.
    pub fn has_events(&self) -> bool {
        self.events.is_some()
    }
}

impl Default for PayloadMap {
    fn default() -> Self {
        Self::new()
    }
}

/// What a payload type stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// Sound in the codec with this index.
    Audio(usize),
    /// Telephone-event.
    Event,
    /// Comfort noise (RFC 3389).
    ComfortNoise,
}
