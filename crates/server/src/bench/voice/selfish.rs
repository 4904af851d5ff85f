//! Whether Biseo fell into its own word, by what it tells of its calls.

use std::collections::HashMap;

use biseo_model::ids::CallId;
use biseo_model::record::TurnRecord;
use biseo_speech::text;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::live::LiveEvent;

/// What was said in all calls, and how it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Sentences that were to be said.
    pub(super) sentences: usize,
    /// Replies that were cut short.
    pub(super) cut_short: usize,
    /// Turns that somebody took.
    pub(super) taken: usize,
    /// What was to be said in each turn that is not whole yet.
    meant: HashMap<(CallId, u32), String>,
}

impl Told {
    /// Follows the calls of a service to its end.
    pub(super) async fn follow(mut events: Receiver<LiveEvent>) -> Self {
        let mut told = Self::default();
        loop {
            match events.recv().await {
                Ok(LiveEvent::Turn(turn)) => told.turn(&turn),
                Ok(LiveEvent::Amended(turn)) => told.amended(&turn),
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return told,
            }
        }
    }

    fn turn(&mut self, turn: &TurnRecord) {
        self.sentences += text::sentences(&turn.said).len();
        self.taken += usize::from(!turn.heard.is_empty());
        self.meant
            .insert((turn.call.clone(), turn.number), turn.said.clone());
    }

    /// A turn is amended too when its first sound has gone out; then it says all that was meant.
    fn amended(&mut self, turn: &TurnRecord) {
        let key = (turn.call.clone(), turn.number);
        if self
            .meant
            .get(&key)
            .is_some_and(|meant| turn.said.len() < meant.len())
        {
            self.cut_short += 1;
            self.meant.remove(&key);
        }
    }
}
