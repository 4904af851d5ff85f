//! An ear without a line: sound is put into it as fast as the machine can, and the time that it goes by is the sound's own.

use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use biseo_media::Frame;
use biseo_media::receiver::FrameKind;
use biseo_media_io::AudioFrame;

use super::worker::Worker;
use super::{EarOrder, EarParts};

/// 20 ms.
const FRAME_TIME: Duration = Duration::from_millis(20);
/// So long after it came in, sound is judged on an ordinary line: the jitter buffer has it meanwhile.
const LAG: Duration = Duration::from_millis(40);

/// An ear for measurements: the same as in a call, on the caller's thread, for engines that do not wait.
pub(crate) struct DryEar {
    worker: Worker,
    orders: Sender<EarOrder>,
    begun: Instant,
    frames: u32,
}

impl DryEar {
    /// Begins at time zero.
    ///
    /// # Errors
    /// When the recogniser cannot start.
    pub(crate) fn open(parts: EarParts) -> Result<Self, String> {
        let session = parts.stt.session(&parts.options).map_err(|e| e.to_string())?;
        let (orders, inbox) = channel();
        let begun = Instant::now();
        Ok(Self {
            worker: Worker::new(parts, session, inbox, begun),
            orders,
            begun,
            frames: 0,
        })
    }

    /// Tells the ear something; it takes it with the next frame.
    pub(crate) fn tell(&self, order: EarOrder) {
        let _ = self.orders.send(order);
    }

    /// Hears the next 20 ms.
    pub(crate) fn hear(&mut self, samples: Frame) {
        self.frames += 1;
        let arrived = self.begun + FRAME_TIME * self.frames;
        let at = arrived + LAG;
        let frame = AudioFrame {
            samples,
            sent: biseo_media::SILENCE,
            kind: FrameKind::Audio,
            number: u64::from(self.frames),
            arrived: Some(arrived),
            at,
        };
        self.worker.hear(Some(&frame), at);
    }

    /// An instant that the ear told, in milliseconds since its beginning.
    pub(crate) fn ms(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.begun).as_secs_f64() * 1000.0
    }
}
