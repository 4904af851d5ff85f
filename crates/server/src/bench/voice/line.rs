//! A caller's line: what is sent, and how loud what comes is, each with its instant.

use std::time::Instant;

use biseo_media_io::{AudioFrame, AudioIn, Event, Events, MediaSession};
use biseo_telephony::LegEvent;

use super::room::{Room, Words};
use crate::bench::script::Sound;
use crate::call::line::Line as Signalling;

/// What a room's microphone picks up is one long utterance.
const ROOM: u64 = 1;

/// Something on the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Happening {
    /// 20 ms of Biseo: how loud (dBFS), and when its packet came.
    Frame { level: f32, at: Instant },
    /// The first packet of what we say was sent.
    Began(Instant),
    /// The last one was.
    Said(Instant),
}

/// The line.
pub(super) struct Line {
    signalling: Signalling,
    audio: AudioIn,
    events: Events,
    mark: u64,
    /// Where the caller sits, if Biseo's voice comes back from there.
    room: Option<Room>,
    // After the streams, which end with it.
    session: MediaSession,
}

impl Line {
    /// Of a call that was answered.
    ///
    /// # Errors
    /// If somebody else has its sound.
    pub(super) fn new(signalling: Signalling, mut session: MediaSession) -> Result<Self, String> {
        Ok(Self {
            signalling,
            audio: session.take_audio().ok_or("the sound is taken")?,
            events: session.take_events().ok_or("the events are taken")?,
            mark: 0,
            room: None,
            session,
        })
    }

    /// The same from a room with a speakerphone.
    ///
    /// # Errors
    /// When the session is gone.
    pub(super) fn in_room(self, room: Option<Room>) -> Result<Self, String> {
        if room.is_some() {
            // A frame's lead, so that a late one leaves no gap.
            let lead = self.session.speaker().push(ROOM, &biseo_media::SILENCE);
            lead.map_err(|e| e.to_string())?;
        }
        Ok(Self { room, ..self })
    }

    /// Says something; [`Happening::Began`] and [`Happening::Said`] follow.
    ///
    /// # Errors
    /// When the session is gone.
    pub(super) fn say(&mut self, sound: &Sound) -> Result<(), String> {
        if let Some(room) = &mut self.room {
            room.say(sound);
            return Ok(());
        }
        self.mark += 1;
        let said = self.session.speaker().play(sound.clone(), self.mark);
        said.map_err(|e| e.to_string())
    }

    /// What happens next.
    ///
    /// # Errors
    /// When the call has ended.
    pub(super) async fn next(&mut self) -> Result<Happening, String> {
        loop {
            tokio::select! {
                // In this order, so that the beginning of our words is known before what comes after it.
                biased;
                event = self.signalling.next_event() => if let LegEvent::Ended(end) = event {
                    return Err(format!("{:?}", end.cause));
                },
                Some(event) = self.events.next() => match event {
                    Event::FirstPacket { mark, at } if mark == self.mark => return Ok(Happening::Began(at)),
                    Event::Played { mark, at } if mark == self.mark => return Ok(Happening::Said(at)),
                    _ => {}
                },
                frame = self.audio.next() => {
                    let frame = frame.ok_or("the sound has ended")?;
                    match self.pick_up(&frame)? {
                        Words::None => {}
                        Words::Begun => return Ok(Happening::Began(frame.at)),
                        Words::Ended => return Ok(Happening::Said(frame.at)),
                    }
                    return Ok(Happening::Frame {
                        level: level_dbfs(&frame.samples),
                        at: frame.arrived.unwrap_or(frame.at),
                    });
                },
            }
        }
    }

    /// Sends what a room makes of a frame.
    fn pick_up(&mut self, frame: &AudioFrame) -> Result<Words, String> {
        let Some(room) = &mut self.room else {
            return Ok(Words::None);
        };
        let (sound, words) = room.pick_up(&frame.samples);
        let pushed = self.session.speaker().push(ROOM, &sound);
        pushed.map_err(|e| e.to_string())?;
        Ok(words)
    }

    /// Hangs up.
    pub(super) fn hang_up(&mut self) {
        self.signalling.hangup();
    }
}

/// RMS in dB below full scale.
fn level_dbfs(samples: &[i16]) -> f32 {
    let power: f32 = samples.iter().map(|&s| (f32::from(s) / 32_768.0).powi(2)).sum();
    10.0 * (power / samples.len().max(1) as f32).log10()
}
