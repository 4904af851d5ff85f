//! A call's records, written as they happen and in their order, without the conversation waiting for the disk.

use std::time::Duration;

use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::TurnRecord;
use biseo_model::secret::without_digits;
use biseo_store::{Question, StoreError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::live::{Deed, Live, LiveEvent};
use crate::records::Records;

/// A turn is amended as soon as its first packet has gone out, mostly within this time; then both are written at once.
const SOON: Duration = Duration::from_millis(100);

enum Note {
    Turn(Box<TurnRecord>),
    Amend(Box<TurnRecord>),
    Question(ShopId, Box<Question>),
    Conceal(ShopId, CallId, Vec<u32>),
}

/// Takes notes of one call.
pub(crate) struct Notes {
    notes: mpsc::UnboundedSender<Note>,
    writer: JoinHandle<()>,
    live: Live,
}

impl Notes {
    /// Begins to write.
    pub(crate) fn begin(records: Records, shop: ShopId, live: Live) -> Self {
        let (notes, inbox) = mpsc::unbounded_channel();
        Self {
            notes,
            writer: tokio::spawn(write((records, shop), live.clone(), inbox)),
            live,
        }
    }

    /// A turn was taken.
    pub(crate) fn turn(&self, turn: &TurnRecord) {
        self.live.tell(LiveEvent::Turn(Box::new(turn.clone())));
        let _ = self.notes.send(Note::Turn(Box::new(turn.clone())));
    }

    /// More is known of a turn, or less of it was said.
    pub(crate) fn amend(&self, turn: &TurnRecord) {
        self.live.tell(LiveEvent::Amended(Box::new(turn.clone())));
        let _ = self.notes.send(Note::Amend(Box::new(turn.clone())));
    }

    /// Something was asked that could not be answered.
    pub(crate) fn question(&self, shop: &ShopId, question: Question) {
        let _ = self.notes.send(Note::Question(shop.clone(), Box::new(question)));
    }

    /// Turns that are written hold a part of a number that is not to be kept.
    pub(crate) fn conceal(&self, shop: ShopId, call: CallId, turns: Vec<u32>) {
        let _ = self.notes.send(Note::Conceal(shop, call, turns));
    }

    /// Waits until all is written.
    pub(crate) async fn end(self) {
        drop(self.notes);
        if let Err(e) = self.writer.await {
            tracing::error!("the writer of a call's records has failed: {e}");
        }
    }
}

/// A turn that cannot be written is told and left out; the call goes on.
async fn write((records, of): (Records, ShopId), live: Live, mut inbox: mpsc::UnboundedReceiver<Note>) {
    let mut waiting = None;
    loop {
        let note = match waiting.take() {
            Some(note) => note,
            None => match inbox.recv().await {
                Some(note) => note,
                None => return,
            },
        };
        let (what, written) = match note {
            Note::Turn(turn) => {
                let turn = soon(turn, &mut inbox, &mut waiting).await;
                ("turn", records.add_turn(&of, &turn).await)
            }
            Note::Amend(turn) => ("turn's end", records.amend_turn(&of, &turn).await),
            Note::Conceal(shop, call, turns) => {
                ("number", conceal(&records, &live, (&shop, &call), &turns).await)
            }
            Note::Question(shop, question) => ("question", ask(&records, &live, shop, &question).await),
        };
        if let Err(e) = written {
            tracing::error!("a {what} of a call could not be stored: {e}");
        }
    }
}

/// The turn with what becomes known of it now; another note that comes instead waits.
async fn soon(
    turn: Box<TurnRecord>,
    inbox: &mut mpsc::UnboundedReceiver<Note>,
    waiting: &mut Option<Note>,
) -> Box<TurnRecord> {
    match timeout(SOON, inbox.recv()).await.ok().flatten() {
        Some(Note::Amend(amended)) if amended.number == turn.number => amended,
        other => {
            *waiting = other;
            turn
        }
    }
}

/// Takes the digits out of turns that are stored, and all that was understood of them.
async fn conceal(
    records: &Records,
    live: &Live,
    (shop, call): (&ShopId, &CallId),
    numbers: &[u32],
) -> Result<(), StoreError> {
    let turns = records.turns(shop, call).await?;
    for turn in turns.into_iter().filter(|turn| numbers.contains(&turn.number)) {
        let turn = TurnRecord {
            heard: without_digits(&turn.heard),
            said: without_digits(&turn.said),
            understood: serde_json::json!({}),
            ..turn
        };
        records.amend_turn(shop, &turn).await?;
        live.tell(LiveEvent::Amended(Box::new(turn)));
    }
    Ok(())
}

async fn ask(records: &Records, live: &Live, shop: ShopId, question: &Question) -> Result<(), StoreError> {
    records.add_question(&shop, question).await?;
    if let Some(call) = question.call.clone() {
        let id = question.id.clone();
        live.done(Deed::Question { shop, id, call });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_model::record::Latency;

    fn turn(number: u32, total_ms: Option<f64>) -> Box<TurnRecord> {
        Box::new(TurnRecord {
            call: CallId::new("c1").unwrap(),
            number,
            at: jiff::Timestamp::UNIX_EPOCH,
            heard: "주차 되나요?".into(),
            understood: serde_json::Value::Null,
            said: "네, 돼요.".into(),
            latency: Latency {
                total_ms,
                ..Latency::default()
            },
        })
    }

    /// What is written first, and whether something is left for later.
    async fn first(then: Option<Note>) -> (Box<TurnRecord>, bool) {
        let (notes, mut inbox) = mpsc::unbounded_channel();
        then.into_iter()
            .for_each(|note| assert!(notes.send(note).is_ok()));
        drop(notes);
        let mut waiting = None;
        let written = soon(turn(2, None), &mut inbox, &mut waiting).await;
        (written, waiting.is_some())
    }

    #[tokio::test]
    async fn a_turn_is_written_with_what_is_known_of_it_and_nothing_is_passed_over() {
        let known = turn(2, Some(412.5));
        assert_eq!(first(Some(Note::Amend(known.clone()))).await, (known, false));
        let as_it_was = turn(2, None);
        assert_eq!(first(None).await, (as_it_was.clone(), false));
        for other in [Note::Amend(turn(1, Some(300.0))), Note::Turn(turn(3, None))] {
            assert_eq!(first(Some(other)).await, (as_it_was.clone(), true));
        }
    }
}
