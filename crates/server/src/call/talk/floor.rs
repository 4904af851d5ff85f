//! Who has the floor: what the ear tells, hold and resumption.

use std::time::{Duration, Instant};

use biseo_conversation::Input;
use biseo_conversation::keypad::KeypadReason;
use biseo_model::secret::masked;

use super::say::{LONG, listening};
use super::{Cause, Talk};
use crate::live::LiveEvent;
use crate::voice::{EarEvent, EarOrder, MouthOrder};

impl Talk {
    pub(super) async fn heard(&mut self, event: EarEvent) {
        match event {
            // By keys, what was cut off by a voice all the same is over as well.
            EarEvent::Stopped(reply) if self.pad.is_some() && self.speaks(reply) => self.pad_stopped().await,
            EarEvent::Stopped(reply) if self.speaks(reply) => self.interrupted().await,
            // Told of a reply that is over; the one that is spoken now is not meant.
            EarEvent::Stopped(_) => {}
            EarEvent::Partial(heard, since) => {
                self.says_more();
                self.house.live.tell(LiveEvent::Partial {
                    call: self.record.id.clone(),
                    number: self.next_turn,
                    // Nobody reads along what is not to be kept.
                    heard: masked(&heard).into_owned(),
                    at: self.house.clock.at(since),
                });
            }
            EarEvent::Speculate(_) if self.pad.is_some() => {}
            EarEvent::Speculate(text) => self.make_ready(&text).await,
            EarEvent::Discard => self.mouth.tell(MouthOrder::Discard),
            EarEvent::Turn(_) if self.pad.is_some() => self.pad_spoke().await,
            EarEvent::Turn(turn) if self.is_deaf(&turn) => self.by_keys(KeypadReason::Deaf).await,
            EarEvent::Turn(turn) => {
                self.cut().await;
                self.turn(turn).await;
                self.said_more();
            }
            EarEvent::Silence if self.pad.is_some() => self.pad_quiet().await,
            // The silence is over: something is being said or typed since.
            EarEvent::Silence if self.reply.is_some() || self.keys.due().is_some() => {}
            EarEvent::Silence => self.react(Input::Silence, Cause::unasked()).await,
            EarEvent::Failed(why) => tracing::error!("the ear of a call: {why}"),
        }
    }

    /// Whether this reply is under way.
    fn speaks(&self, number: u32) -> bool {
        self.reply.as_ref().is_some_and(|r| r.turn.number == number)
    }

    /// The caller took the floor: what was not heard was not said.
    async fn interrupted(&mut self) {
        let Some(mut reply) = self.reply.take() else {
            return;
        };
        self.mouth.tell(MouthOrder::Stop);
        self.sound.session.speaker().cut(reply.mark);
        let played_chars = reply.break_off(self.spoken(reply.mark));
        self.notes.amend(&reply.turn);
        self.react(Input::Interrupted { played_chars }, Cause::unasked())
            .await;
    }

    /// Samples of an utterance that were sent.
    pub(super) fn spoken(&self, mark: u64) -> usize {
        let samples = self.sound.session.speaker().spoken(mark).unwrap_or(0);
        usize::try_from(samples).unwrap_or(usize::MAX)
    }

    /// Something is to be answered that came while a reply was under way: typed, or said while an action took long.
    pub(super) async fn cut(&mut self) {
        if self.reply.is_some() {
            self.ear.tell(EarOrder::Played);
            self.interrupted().await;
        }
    }

    /// Whether what the caller says or types may be answered now: not before a disclosure or a good-bye is said.
    pub(super) fn free(&self, now: Instant) -> bool {
        // By keys only messages are spoken, and of those only that they are.
        let open = self.thinking.is_none() && self.reply.as_ref().is_none_or(|r| r.may_be_cut(now));
        open || self.pad.is_some()
    }

    /// When the caller may break in, if that is known and still to come.
    pub(super) fn free_at(&self, now: Instant) -> Option<Instant> {
        self.reply.as_ref()?.free_at().filter(|at| *at > now)
    }

    /// The call may be held now, or go on: music is no caller's word, nor is silence, and nobody is asked while he cannot hear.
    pub(super) fn hold(&mut self) {
        let was = std::mem::replace(&mut self.held, self.sound.held());
        if was == self.held {
            return;
        }
        if was {
            self.resumed = Some(Instant::now());
            let until = Instant::now() + LONG;
            // What waited is spoken now, and the caller's time to answer begins anew.
            self.ear.tell(EarOrder::Ends { until });
            if let Some(listen) = &self.listen {
                self.ear.tell(listening(listen));
            }
        }
        self.ear.tell(EarOrder::Held(self.held));
    }

    /// Whether it is no wonder that no sound came for so long: the call is held, or was until a moment ago.
    pub(super) fn excused(&self, silent_for: Duration) -> bool {
        self.held || self.resumed.is_some_and(|at| at.elapsed() < silent_for)
    }
}
