//! One call's sound, seen from the house.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use biseo_vault::Keys;

use crate::ahead::Ahead;
use crate::audio_in::{AudioFrame, AudioIn};
use crate::call::{CallParts, Change};
use crate::clerk::Job;
use crate::engine::House;
use crate::events::{Event, Events, Teller};
use crate::line::Line;
use crate::pacer::Order;
use crate::ports::Pair;
use crate::quality::{Board, Quality};
use crate::recording;
use crate::retire::Retire;
use crate::ring;
use crate::secure::Guards;
use crate::speaker::{Desk, Speaker};
use crate::stream::{Stream, Times};
use crate::wheel::TICK;
use crate::wire::{Law, Wire};
use crate::{MediaError, Negotiation, SessionConfig};

/// The house's half of a session.
pub(crate) struct Front {
    local: SocketAddr,
    pub(crate) desk: Arc<Desk>,
    board: Arc<Board>,
    teller: Teller,
    events: Events,
    audio: AudioIn,
    pub(crate) names: Names,
    pub(crate) times: Times,
}

/// Both halves of a session.
pub(crate) struct Parts {
    pub call: CallParts,
    pub front: Front,
}

impl Parts {
    pub(crate) fn new(
        id: u64,
        config: &SessionConfig,
        sockets: Pair,
        retire: Retire,
    ) -> Result<Self, MediaError> {
        let (teller, events) = ring::ring::<Event>(config.event_ring);
        Self::over(Line::over(sockets), id, config, (teller, events), retire)
    }

    /// Without sockets; gives the far end of the wire as well.
    pub(crate) fn wired(
        id: u64,
        config: &SessionConfig,
        law: Law,
        retire: Retire,
    ) -> Result<(Self, Wire), MediaError> {
        let (teller, events) = ring::ring::<Event>(config.event_ring);
        let (line, wire) = Wire::new(law, teller.clone());
        let parts = Self::over(Line::Wire(line), id, config, (teller, events), retire)?;
        Ok((parts, wire))
    }

    fn over(
        line: Line,
        id: u64,
        config: &SessionConfig,
        (teller, events): (Teller, Events),
        retire: Retire,
    ) -> Result<Self, MediaError> {
        let local = line.local_addr().map_err(MediaError::Socket)?;
        let (audio_out, audio) = ring::ring::<AudioFrame>(ticks(config.audio_ring));
        let desk = Arc::new(Desk::new(samples(config.speech_limit)));
        let board = Arc::new(Board::default());
        let call = CallParts {
            id,
            line,
            ahead: Ahead::new(config.lead),
            desk: Arc::clone(&desk),
            board: Arc::clone(&board),
            audio: audio_out,
            teller: teller.clone(),
            retire,
        };
        let front = Front {
            local,
            desk,
            board,
            teller,
            events,
            audio,
            names: Names::draw()?,
            times: Times {
                media_timeout: config.media_timeout,
                report_interval: config.report_interval,
            },
        };
        Ok(Self { call, front })
    }
}

/// The random names and numbers of a stream (RFC 3550 §5.1, §8).
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    pub seed: u64,
    /// Says nothing of who or where we are (RFC 7022).
    pub cname: String,
}

impl Names {
    fn draw() -> Result<Self, MediaError> {
        let mut octets = [0; 26];
        getrandom::fill(&mut octets).map_err(|_| MediaError::Random)?;
        let part = |from: usize, len: usize| {
            octets[from..from + len]
                .iter()
                .fold(0, |n, o| n << 8 | u64::from(*o))
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "each is asked for in its own width"
        )]
        Ok(Self {
            ssrc: part(0, 4) as u32,
            // Below half, so that the loss of the first packets leaves nobody in doubt of the rollover (RFC 3711 §3.3.1).
            sequence: part(4, 2) as u16 & 0x7fff,
            timestamp: part(6, 4) as u32,
            seed: part(10, 8),
            cname: format!("{:016x}", part(18, 8)),
        })
    }
}

/// A random number.
pub(crate) fn random_u32() -> Result<u32, MediaError> {
    getrandom::u32().map_err(|_| MediaError::Random)
}

/// One call's sound. Dropping it ends the stream (with an RTCP BYE), closes the recording and frees the ports.
pub struct MediaSession {
    id: u64,
    post: usize,
    house: Arc<House>,
    local: SocketAddr,
    desk: Arc<Desk>,
    board: Arc<Board>,
    teller: Teller,
    events: Option<Events>,
    audio: Option<AudioIn>,
    names: Names,
    times: Times,
    /// Whether the stream exists, so that later agreements change it.
    configured: AtomicBool,
}

impl MediaSession {
    pub(crate) fn new(id: u64, post: usize, house: Arc<House>, front: Front) -> Self {
        let Front {
            local,
            desk,
            board,
            teller,
            events,
            audio,
            names,
            times,
        } = front;
        Self {
            id,
            post,
            house,
            local,
            desk,
            board,
            teller,
            events: Some(events),
            audio: Some(audio),
            names,
            times,
            configured: AtomicBool::new(false),
        }
    }

    /// Where RTP is received; RTCP one port above. `0.0.0.0:0` for a session on a wire.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Sets the stream up, or changes it: a new address, another codec, hold and resume. What is being said goes on;
    /// our stream keeps its name (SSRC) and its numbering. Takes effect within 20 ms.
    ///
    /// # Errors
    /// [`MediaError::Stopped`] if the engine is gone; [`MediaError::Keys`] if the keys cannot be used, and then the stream is as
    /// it was.
    pub fn configure(&self, negotiation: Negotiation) -> Result<(), MediaError> {
        let guards = Guards::new(&negotiation)?;
        let first = !self.configured.swap(true, Ordering::AcqRel);
        let (first, guards) = if first {
            let stream = Stream::new(
                negotiation.clone(),
                guards,
                &self.names,
                self.times,
                Instant::now(),
            );
            (Some(Box::new(stream)), Guards::default())
        } else {
            (None, guards)
        };
        let change = Box::new(Change {
            negotiation,
            first,
            guards,
        });
        if self.house.order(self.post, Order::Change(self.id, change)) {
            Ok(())
        } else {
            Err(MediaError::Stopped)
        }
    }

    /// Whether the stream was ever set up. Before that nothing is sent, what comes is thrown away, and silence is nobody's.
    #[must_use]
    pub fn is_set_up(&self) -> bool {
        self.configured.load(Ordering::Acquire)
    }

    /// The caller's sound, for the one thread or task that listens; `None` if it was taken before.
    pub fn take_audio(&mut self) -> Option<AudioIn> {
        self.audio.take()
    }

    /// What happens on this call, for the one thread or task that follows it; `None` if it was taken before.
    pub fn take_events(&mut self) -> Option<Events> {
        self.events.take()
    }

    /// The call's voice.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        Speaker::new(Arc::clone(&self.desk))
    }

    /// Records from now on: a stereo WAV file, the caller left and Biseo right. The file must not be there yet. A
    /// recording under way is ended first. Failure is told as [`Event::RecordingFailed`] and harms nothing else.
    ///
    /// # Errors
    /// [`MediaError::Stopped`] if the engine is gone.
    pub fn record(&self, path: impl Into<PathBuf>) -> Result<(), MediaError> {
        self.record_by(path.into(), None)
    }

    /// The same, sealed as it grows (`biseo_vault`).
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn record_sealed(&self, path: impl Into<PathBuf>, keys: Arc<Keys>) -> Result<(), MediaError> {
        self.record_by(path.into(), Some(keys))
    }

    fn record_by(&self, path: PathBuf, keys: Option<Arc<Keys>>) -> Result<(), MediaError> {
        let teller = self.teller.clone();
        let (tap, frames) = recording::tap();
        let sent = self.house.job(Job::Record(Box::new(recording::Plan {
            path,
            keys,
            frames,
            teller,
        }))) && self.house.order(self.post, Order::Record(self.id, Some(tap)));
        if sent { Ok(()) } else { Err(MediaError::Stopped) }
    }

    /// Ends the recording; [`Event::RecordingEnded`] tells when it is whole.
    pub fn stop_recording(&self) {
        self.house.order(self.post, Order::Record(self.id, None));
    }

    /// How good the line is, as of the last second.
    #[must_use]
    pub fn quality(&self) -> Quality {
        self.board.read()
    }
}

impl Drop for MediaSession {
    fn drop(&mut self) {
        self.desk.close();
        self.house.order(self.post, Order::Remove(self.id));
        self.house.leave(self.post);
    }
}

impl std::fmt::Debug for MediaSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MediaSession")
            .field("id", &self.id)
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}

/// Frames in a time, at least one.
fn ticks(time: Duration) -> usize {
    usize::try_from(time.as_nanos() / TICK.as_nanos())
        .unwrap_or(1)
        .clamp(1, 100_000)
}

/// Samples in a time.
fn samples(time: Duration) -> usize {
    usize::try_from(time.as_millis() * 8).unwrap_or(usize::MAX)
}
