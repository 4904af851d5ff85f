//! What signalling, mouth and media engine tell.

use std::time::Instant;

use biseo_media_io::Event;
use biseo_model::record::CallEnd;
use biseo_telephony::LegEvent;

use super::super::keys::Way;
use super::super::reply::{Then, ms};
use super::Talk;
use crate::line::Sense;
use crate::voice::{EarOrder, MouthEvent};

/// How often a new address of ours is told that the other side does not take.
const MOVES: u8 = 4;
/// The pause between.
const MOVE_AGAIN: std::time::Duration = std::time::Duration::from_millis(500);

impl Talk {
    pub(super) async fn signalled(&mut self, event: LegEvent) {
        match event {
            LegEvent::Reoffer(change) => {
                match self.sound.change(change.sdp.as_ref()) {
                    Ok(text) => change.accept(text),
                    Err(e) => change.reject(e.status()),
                }
                self.hold();
            }
            LegEvent::RemoteAnswer(answer) => {
                if let Err(e) = self.sound.accept(&answer) {
                    tracing::warn!("an answer in a call did not fit its offer: {e}");
                }
                self.moving = 0;
                self.hold();
            }
            LegEvent::Moved { local_ip } => {
                let offer = self.sound.moved(local_ip);
                self.moving = MOVES;
                self.line.reinvite(offer);
            }
            LegEvent::ReinviteFailed { code } => self.refused(code),
            LegEvent::Dtmf { digit, .. } => self.key(digit, Way::Signalling).await,
            LegEvent::Ended(end) => self.end = Some(super::super::ended_by(&end.cause)),
            LegEvent::Ringing { .. }
            | LegEvent::Answered { .. }
            | LegEvent::Acked
            | LegEvent::Refer { .. } => {}
        }
    }

    /// Our offer was not taken, or came at a bad time: without it the caller's sound goes to an address that is gone.
    fn refused(&mut self, code: u16) {
        if self.moving == 0 {
            return;
        }
        self.moving -= 1;
        tracing::warn!("the new address of a call was not taken ({code}); it is told again");
        self.move_again = Some(Instant::now() + MOVE_AGAIN);
    }

    /// Tells the new address once more.
    pub(super) fn tell_move(&mut self) {
        self.move_again = None;
        self.line.reinvite(self.sound.offer());
    }

    pub(super) async fn spoke(&mut self, event: MouthEvent) {
        match event {
            MouthEvent::FirstSound { mark, asked, at } => {
                if let Some(reply) = self.reply.as_mut().filter(|r| r.mark == mark) {
                    reply.handed = Some(at);
                    reply.turn.latency.tts_first_audio_ms = Some(ms(at.saturating_duration_since(asked)));
                    if reply.measure() {
                        self.notes.amend(&reply.turn);
                    }
                }
            }
            MouthEvent::Sentence { mark, samples } => {
                if let Some(reply) = self.reply.as_mut().filter(|r| r.mark == mark) {
                    reply.sentence_ends(samples);
                    self.ear.tell(EarOrder::Protected(reply.protection()));
                }
            }
            MouthEvent::Whole { mark, samples } => self.whole(mark, samples).await,
            MouthEvent::Failed(why) => tracing::error!("the voice of a call: {why}"),
        }
    }

    async fn whole(&mut self, mark: u64, samples: usize) {
        let filler = self.thinking.as_mut().and_then(|t| t.filler.as_mut());
        if let Some(filler) = filler.filter(|f| f.mark == mark) {
            filler.whole = true;
        }
        let Some(reply) = self.reply.as_mut().filter(|r| r.mark == mark) else {
            return;
        };
        if samples == 0 {
            tracing::error!("the voice gives no sound");
            return self.unheard().await;
        }
        let until = reply.ends(samples, Instant::now());
        self.ear.tell(EarOrder::Ends { until });
        if self.pad.is_none() {
            self.house.line.senses.back(&self.house, Sense::Voice);
        }
    }

    pub(super) async fn sounded(&mut self, event: Event) {
        match event {
            Event::FirstPacket { mark, at } => self.first_packet(mark, at),
            Event::Played { mark, .. } => self.played(mark).await,
            Event::Dtmf { digit, .. } => self.key(digit.to_char(), Way::Sound).await,
            // If nothing comes after a hold either, the silence is noticed as any caller's is.
            Event::MediaTimeout { silent_for } if self.excused(silent_for) => {}
            Event::Quality(quality) => self.heard.quality(&quality),
            Event::MediaTimeout { .. } => {
                self.heard.silent();
                tracing::warn!("no sound comes from a caller any more; the call is ended");
                self.end = Some(CallEnd::Failed);
            }
            Event::Unreadable { .. } => {
                tracing::warn!(
                    "a caller's sound cannot be opened with the key that was agreed on; it is not played"
                );
            }
            Event::RecordingFailed { path, reason } => {
                tracing::error!("a recording has stopped: {}: {reason}", path.display());
            }
            Event::Flushed { .. }
            | Event::MediaResumed
            | Event::PeerMoved { .. }
            | Event::PeerLeft
            | Event::RecordingEnded { .. } => {}
        }
    }

    fn first_packet(&mut self, mark: u64, at: Instant) {
        let reply = self.reply.as_mut();
        let Some(reply) = reply.filter(|r| r.mark == mark && r.sounded.is_none()) else {
            return;
        };
        reply.sounded = Some(at);
        if reply.measure() {
            self.notes.amend(&reply.turn);
        }
        // Known better now than from when the sound was made.
        self.ear.tell(EarOrder::Protected(reply.protection()));
    }

    async fn played(&mut self, mark: u64) {
        let Some(reply) = self.reply.take_if(|r| r.mark == mark) else {
            let filler = self.thinking.as_ref().and_then(|t| t.filler.as_ref());
            if filler.is_some_and(|f| f.mark == mark) {
                self.ear.tell(EarOrder::Played);
            }
            return;
        };
        self.ear.tell(EarOrder::Played);
        if self.pad.is_some() && matches!(reply.then, Then::Nothing) {
            return self.pad_said().await;
        }
        self.follow(reply.then);
    }
}
