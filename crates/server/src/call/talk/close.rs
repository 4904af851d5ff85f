//! The end of a conversation.

use std::time::Duration;

use biseo_conversation::keypad::KeypadInput;
use biseo_conversation::{Input, Output};
use biseo_model::record::CallEnd;

use super::{Streams, Talk};
use crate::live::{Deed, LiveEvent};

/// How long the media engine may take to close the sound and the recording.
const CLOSING: Duration = Duration::from_secs(3);

impl Talk {
    /// Hangs up if we are the ones who end the call, and closes everything.
    pub(super) async fn close(mut self, mut streams: Streams) {
        let end = self.end.unwrap_or(CallEnd::Failed);
        let now = self.house.clock.shop_time(&self.zone);
        if end == CallEnd::Caller {
            // What somebody whom we called has answered is kept.
            for output in self.dialogue.handle(now, Input::CallerHungUp) {
                if let Output::Do(action) = output {
                    self.hands.carry_out(now, action).await;
                }
            }
            // So is a message that ends with the call.
            self.pad(KeypadInput::HungUp).await;
        }
        self.line.hangup();
        if let Some(mut reply) = self.reply.take() {
            reply.break_off(self.spoken(reply.mark));
            self.notes.amend(&reply.turn);
        }
        let mut summary = self.dialogue.summary().clone();
        let mut language = self.dialogue.language();
        if let Some(pad) = &self.pad {
            summary.booked.extend(pad.summary().booked.clone());
            summary.messages.extend(pad.summary().messages.clone());
            language = pad.language();
        }
        drop((self.ear, self.mouth, self.sound));
        // The sound's end tells that the recording is whole.
        let closing = async { while streams.media.next().await.is_some() {} };
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("the sound of a call did not close in time");
        }
        self.discreet.end().await;
        self.notes.end().await;
        self.record.ended = Some(self.house.clock.now());
        self.record.end = Some(end);
        let ended = self.record.ended.unwrap_or(self.record.started);
        if let Err(e) = self.house.records.end_call(&self.record, ended, end).await {
            tracing::error!("the end of a call could not be stored: {e}");
        }
        tracing::info!(
            call = self.record.id.as_str(),
            shop = self.shop.id.as_str(),
            ?end,
            "a call has ended"
        );
        crate::line::offer_call_back(&self.house, &self.record, end, language).await;
        let call = self.record.clone();
        self.house.live.done(Deed::Over { call, language });
        self.house.live.tell(LiveEvent::Ended {
            call: Box::new(self.record),
            summary: Box::new(summary),
        });
    }
}
