//! The ear: listens to one call, on a thread that it shares with others. Voice activity, recognition and turn-taking in one place, since
//! each 20 ms that pass between them are waited by the caller. It lowers and stops the call's voice by itself, for the same
//! reason.

mod deaf;
mod dry;
mod front;
mod pool;
mod sound;
mod worker;

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::Waker;
use std::time::{Duration, Instant};

use biseo_conversation::turn_taking::{EndOfTurnModel, Grasp, TurnConfig};
use biseo_media_io::{AudioIn, Speaker};
use biseo_model::understanding::Awaiting;
use biseo_speech::{SpeechToText, SttOptions, Vad};
use tokio::sync::mpsc::UnboundedSender;

pub(crate) use dry::DryEar;
pub(crate) use pool::Ears;
use worker::Worker;

/// How far the caller is kept from breaking into what is being said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    /// Not at all.
    Open,
    /// Until then.
    Until(Instant),
    /// To its end, or until more is known.
    Whole,
}

/// What the ear is told.
#[derive(Debug)]
pub(crate) enum EarOrder {
    /// Sound is being played.
    Playing {
        /// The reply, as it is named in what the ear tells of it.
        reply: u32,
        /// Its mark at the speaker.
        mark: u64,
        /// Whether the caller may break in.
        protection: Protection,
        /// When it ends if nothing happens.
        until: Instant,
    },
    /// The end of the protected stretch is known better now.
    Protected(Protection),
    /// The end of what is being played is known better now.
    Ends {
        /// When it ends if nothing happens.
        until: Instant,
    },
    /// All was played.
    Played,
    /// The call is held, or goes on. While it is held nothing is heard and no time passes: what comes is music or nothing.
    Held(bool),
    /// What is waited for.
    Listen {
        /// What was asked.
        awaiting: Option<Awaiting>,
        /// How long nobody need speak.
        silence_after: Duration,
        /// Words to expect.
        boost: Vec<String>,
    },
}

/// What the ear tells.
#[derive(Debug)]
pub(crate) enum EarEvent {
    /// The other side has taken the floor from a reply: it was stopped, forget the rest of it.
    Stopped(u32),
    /// The other side is speaking; these are the words so far, and they may still change. With when the sound had come in which they
    /// were recognised.
    Partial(String, Instant),
    /// The other side may have finished, with this text: a reply to it is worth making ready.
    Speculate(String),
    /// The other side goes on: what was made ready is of no use.
    Discard,
    /// The other side has finished.
    Turn(HeardTurn),
    /// Nobody spoke.
    Silence,
    /// An engine failed; the ear goes on with the next turn.
    Failed(String),
}

/// What was heard in one turn, and when.
#[derive(Debug, Clone)]
pub(crate) struct HeardTurn {
    /// The text; empty if there were no words in the sound.
    pub(crate) text: String,
    /// The recogniser's confidence in it, 0 to 1; `None` if it does not tell.
    pub(crate) confidence: Option<f32>,
    /// When the packet with the last speech had come in.
    pub(crate) spoke_until: Instant,
    /// When the turn was taken to be over.
    pub(crate) decided: Instant,
    /// How long the recogniser took from then.
    pub(crate) stt: Duration,
    /// Whether the recogniser failed in it: what was said is not known.
    pub(crate) failed: bool,
}

/// Tells what is understood of a partial text.
pub(crate) type Grasps = Arc<dyn Fn(&str, Option<Awaiting>) -> Grasp + Send + Sync>;

/// What an ear is made of.
pub(crate) struct EarParts {
    /// The voice that the other side may speak over; `None` for an ear that leaves it alone.
    pub(crate) speaker: Option<Speaker>,
    /// Whether the voice may come back as an echo, and others speak behind the caller: the sound then goes through the front
    /// end first.
    pub(crate) front: bool,
    /// The detector, for this call alone.
    pub(crate) vad: Box<dyn Vad>,
    /// The recogniser.
    pub(crate) stt: Arc<dyn SpeechToText>,
    /// What the recogniser is told at first.
    pub(crate) options: SttOptions,
    /// The waits.
    pub(crate) turns: TurnConfig,
    /// A model that is asked whether a turn is complete. It works on the ear's thread: one that takes longer than a pause
    /// makes the ear late.
    pub(crate) model: Option<Box<dyn EndOfTurnModel>>,
    /// What is understood of a partial text.
    pub(crate) grasps: Grasps,
    /// Where to tell.
    pub(crate) told: UnboundedSender<EarEvent>,
}

/// A handle on the ear. It ends when this is dropped, or when the sound ends.
pub(crate) struct Ear {
    orders: Sender<EarOrder>,
    /// Has it look at its orders; an ear on a thread of its own looks every 20 ms by itself.
    waker: Option<Waker>,
}

impl Ear {
    /// Begins to listen to this sound: on one of the threads of all ears, or on its own where an engine may make it wait.
    ///
    /// # Errors
    /// When there is no thread to be had. A recogniser that cannot start fails in every turn, which is told.
    pub(crate) fn open(ears: &Ears, audio: AudioIn, parts: EarParts) -> Result<Self, String> {
        let waits = parts.stt.may_wait() || parts.model.is_some();
        let session = parts.stt.session(&parts.options).unwrap_or_else(|e| {
            let _ = parts.told.send(EarEvent::Failed(e.to_string()));
            Box::new(deaf::Deaf)
        });
        let (orders, inbox) = std::sync::mpsc::channel();
        let worker = Worker::new(parts, session, inbox, Instant::now());
        let waker = match waits {
            true => alone(worker, audio).map(|()| None),
            false => ears.seat(worker, audio).map(Some),
        };
        Ok(Self {
            orders,
            waker: waker?,
        })
    }

    /// Tells the ear something; one whose sound has ended does not mind.
    pub(crate) fn tell(&self, order: EarOrder) {
        let _ = self.orders.send(order);
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        // The channel closes after this; whoever looks too early looks again soon.
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

/// An ear on a thread of its own.
fn alone(worker: Worker, audio: AudioIn) -> Result<(), String> {
    let thread = std::thread::Builder::new()
        .name("ear".into())
        .spawn(move || worker.run(audio));
    thread.map(drop).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests;
