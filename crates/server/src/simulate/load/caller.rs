//! One of many callers: plays its sentences, each after a reply, and measures how long the reply took to come.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_media_io::{AudioFrame, AudioIn, Event, Events, MediaEngine, MediaSession};
use biseo_telephony::{EndCause, LegEvent, SipStack};

use crate::call::line::Line;
use crate::simulate::line::{self as lines, Order};

/// Mean square above which a frame is speech: 100 of 32768, about −50 dBFS, far above the line's own noise.
const LOUD: i64 = 100 * 100;
/// The other side has finished when it has been silent for so long: longer than the pause between two sentences.
const QUIET: Duration = Duration::from_millis(900);
/// Without a reply for so long the caller goes on.
const PATIENCE: Duration = Duration::from_secs(12);
/// A call that has not ended by then never will.
const LONGEST: Duration = Duration::from_secs(300);

/// What all callers share.
pub(crate) struct Caller {
    /// Whom they call.
    pub(crate) target: String,
    /// Their number.
    pub(crate) number: String,
    /// What they say: 8 kHz, mono.
    pub(crate) sentences: Vec<Arc<[i16]>>,
}

/// What came of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// Response times, milliseconds.
    pub(crate) responses: Vec<f64>,
    /// Sentences after which nothing was heard for long.
    pub(crate) unanswered: u32,
    /// Length since it was answered.
    pub(crate) seconds: f64,
    /// Why it came to nothing.
    pub(crate) failure: Option<String>,
}

/// A call to be placed.
pub(crate) struct Call {
    caller: Arc<Caller>,
    sip: SipStack,
    media: Arc<MediaEngine>,
    here: IpAddr,
}

impl Call {
    /// From an address of this machine's.
    pub(crate) fn new(caller: Arc<Caller>, sip: SipStack, media: Arc<MediaEngine>, here: IpAddr) -> Self {
        Self {
            caller,
            sip,
            media,
            here,
        }
    }

    /// Places it and converses until its end. `id` names the session in its description.
    pub(crate) async fn place(self, id: u64) -> Outcome {
        let mut outcome = Outcome::default();
        let whole = self.converse(id, &mut outcome);
        let ended = tokio::time::timeout(LONGEST, whole).await;
        outcome.failure = ended.unwrap_or_else(|_| Err("too long".into())).err();
        outcome
    }

    async fn converse(&self, id: u64, outcome: &mut Outcome) -> Result<(), String> {
        let order = Order {
            target: &self.caller.target,
            number: &self.caller.number,
            here: self.here,
        };
        let (mut line, mut session) = lines::dial(&self.sip, &self.media, &order, id).await?;
        let audio = session.take_audio().ok_or("the sound is taken")?;
        let events = session.take_events().ok_or("the events are taken")?;
        let began = Instant::now();
        let talk = Talk::new(&self.caller, &session, began);
        let ended = talk.run(&mut line, audio, events, outcome).await;
        outcome.seconds = began.elapsed().as_secs_f64();
        line.hangup();
        ended
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy)]
enum Floor {
    /// The caller is speaking.
    Caller,
    /// The other side has not begun since then; `true` if that was the end of a sentence of ours.
    Awaited(Instant, bool),
    /// The other side was last heard then.
    Other(Instant),
}

struct Talk<'a> {
    caller: &'a Caller,
    session: &'a MediaSession,
    floor: Floor,
    said: usize,
}

impl<'a> Talk<'a> {
    fn new(caller: &'a Caller, session: &'a MediaSession, began: Instant) -> Self {
        Self {
            caller,
            session,
            floor: Floor::Awaited(began, false),
            said: 0,
        }
    }

    async fn run(
        mut self,
        line: &mut Line,
        mut audio: AudioIn,
        mut events: Events,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        loop {
            tokio::select! {
                event = line.next_event() => if let LegEvent::Ended(end) = event {
                    return self.over(&end.cause);
                },
                Some(event) = events.next() => if let Event::Played { at, .. } = event {
                    self.floor = Floor::Awaited(at, true);
                },
                frame = audio.next() => match frame {
                    Some(frame) => if !self.hears(&frame, outcome)? { return Ok(()) },
                    None => return Err("the sound has ended".into()),
                },
            }
        }
    }

    /// The other side has hung up: proper only after all was said.
    fn over(&self, cause: &EndCause) -> Result<(), String> {
        match cause {
            EndCause::Hangup if self.said == self.caller.sentences.len() => Ok(()),
            other => Err(format!("{other:?} after {} sentences", self.said)),
        }
    }

    /// Takes a frame; `false` when all is said and answered.
    fn hears(&mut self, frame: &AudioFrame, outcome: &mut Outcome) -> Result<bool, String> {
        let at = frame.arrived.unwrap_or(frame.at);
        match self.floor {
            Floor::Awaited(since, asked) if loud(&frame.samples) => {
                if asked {
                    let waited = at.saturating_duration_since(since);
                    outcome.responses.push(waited.as_secs_f64() * 1000.0);
                }
                self.floor = Floor::Other(at);
            }
            Floor::Awaited(since, asked) if at.saturating_duration_since(since) > PATIENCE => {
                outcome.unanswered += u32::from(asked);
                return self.says();
            }
            Floor::Other(_) if loud(&frame.samples) => self.floor = Floor::Other(at),
            Floor::Other(last) if at.saturating_duration_since(last) > QUIET => return self.says(),
            Floor::Awaited(..) | Floor::Other(_) | Floor::Caller => {}
        }
        Ok(true)
    }

    /// Says the next sentence; `false` if there is none.
    fn says(&mut self) -> Result<bool, String> {
        let Some(sentence) = self.caller.sentences.get(self.said) else {
            return Ok(false);
        };
        self.said += 1;
        self.floor = Floor::Caller;
        let mark = self.said as u64;
        let played = self.session.speaker().play(sentence.clone(), mark);
        played.map_err(|e| e.to_string())?;
        Ok(true)
    }
}

fn loud(samples: &[i16]) -> bool {
    let energy: i64 = samples.iter().map(|&s| i64::from(s) * i64::from(s)).sum();
    energy > LOUD * i64::try_from(samples.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_is_loud_and_the_noise_of_a_law_is_not() {
        assert!(loud(&[3_000; 160]));
        assert!(!loud(&[8; 160]));
        assert!(!loud(&[0; 160]));
    }
}
