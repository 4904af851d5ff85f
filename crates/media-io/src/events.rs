//! What happens on a call's sound, as it happens.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use biseo_media::dtmf::{Digit, DtmfSource};

use crate::quality::Quality;
use crate::ring::{self, Receiver};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The first packet with sound of an utterance was sent.
    FirstPacket {
        /// The utterance.
        mark: u64,
        /// When it was sent.
        at: Instant,
    },
    /// The last packet with sound of an utterance was sent; by a [`Wire`](crate::Wire), it was played.
    Played {
        /// The utterance.
        mark: u64,
        /// When it was.
        at: Instant,
    },
    /// An utterance was cut off, or never begun, because of a flush.
    Flushed {
        /// The utterance.
        mark: u64,
        /// Samples of it that were sent, 8000 a second. (The caller hears them a journey later.)
        samples_played: u64,
        /// When it stopped.
        at: Instant,
    },
    /// The caller pressed a key; told once, at the beginning of the press.
    Dtmf {
        /// The key.
        digit: Digit,
        /// As a telephone-event or as tones in the sound.
        source: DtmfSource,
        /// When its packet came in.
        at: Instant,
    },
    /// No packet came for this long although the caller may speak. Told once, until packets come again.
    MediaTimeout {
        /// Since the last packet, or since the stream was set up.
        silent_for: Duration,
    },
    /// Packets come again after a timeout.
    MediaResumed,
    /// The caller's packets come from another address than the one agreed on, and that address is now answered
    /// (RTP latching).
    PeerMoved {
        /// The new address.
        to: SocketAddr,
    },
    /// Packets from where the caller's come cannot be opened with the key that was agreed on. They are not played; told once,
    /// until one can be opened again.
    Unreadable {
        /// How many in a row.
        packets: u32,
    },
    /// The caller's side said by RTCP that it is leaving.
    PeerLeft,
    /// How good the line is; told with every report by RTCP, about every five seconds.
    Quality(Quality),
    /// The recording cannot be written: disk full, no right, file there already. The call goes on without it; what was
    /// written before is kept.
    RecordingFailed {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The recording is whole and closed.
    RecordingEnded {
        /// The file.
        path: PathBuf,
        /// Its length in samples of each channel, 8000 a second.
        samples: u64,
        /// Frames (20 ms) missing in it, silent there, because the disk was too slow.
        missed: u64,
    },
}

/// The events of a session. `None` from it means: the session, its sockets and its recording are closed.
pub type Events = Receiver<Event>;

/// The writing end.
pub(crate) type Teller = ring::Sender<Event>;
