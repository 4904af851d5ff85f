//! The caller's sound on its way to those who listen.

use std::time::Instant;

use biseo_media::Frame;
use biseo_media::receiver::FrameKind;

use crate::ring::Receiver;

/// 20 ms of the caller.
#[derive(Clone, Copy, Debug)]
pub struct AudioFrame {
    /// The sound: 8 kHz, mono.
    pub samples: Frame,
    /// What was sent in the same tick, as it went out: lowered or cut off where the voice was, silence where nothing was
    /// said. By a wire, what its far end plays in it. An echo of it may come back in later frames.
    pub sent: Frame,
    /// Whether it was received or made up.
    pub kind: FrameKind,
    /// Counts the call's ticks of 20 ms from its first. A gap is time without frames: a hold, a machine that stood still,
    /// or frames that nobody read in time ([`Receiver::dropped`]).
    pub number: u64,
    /// When this frame's packet came in from the network, had the line no jitter: the instant of the system's stamp on
    /// packets like it, less what jitter added. So the difference of two frames is the time between them when they were
    /// spoken, and the last frame of a sentence tells when it ended. `None` if nothing was received for it. With packets
    /// longer than 20 ms it is exact to a packet's length.
    pub arrived: Option<Instant>,
    /// When the frame left the jitter buffer.
    pub at: Instant,
}

/// The caller's frames, one every 20 ms while we listen. `None` from it means that the session is gone.
pub type AudioIn = Receiver<AudioFrame>;
