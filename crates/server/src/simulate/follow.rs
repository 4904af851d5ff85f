//! Following a call from within, by what the service tells of it.

use biseo_conversation::{Destination, Summary};
use biseo_model::record::{CallRecord, TurnRecord};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::live::LiveEvent;

/// A call as it was followed from within.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The call, as stored.
    pub(crate) call: CallRecord,
    /// Its turns.
    pub(crate) turns: Vec<TurnRecord>,
    /// With whom the caller was last to be connected, whether or not somebody answered there.
    pub(crate) wanted: Option<Destination>,
    /// What came of it, as the conversation knows it.
    pub(crate) summary: Summary,
}

/// Follows one call to its end and tells each event to `show` first; `None` if the service ends before the call.
pub(crate) async fn follow(
    mut events: Receiver<LiveEvent>,
    mut show: impl FnMut(&LiveEvent),
) -> Option<Seen> {
    let mut turns: Vec<TurnRecord> = Vec::new();
    let mut wanted = None;
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return None,
        };
        show(&event);
        match event {
            LiveEvent::Began(_) | LiveEvent::Partial { .. } => {}
            LiveEvent::Turn(turn) => turns.push(*turn),
            LiveEvent::Amended(turn) => {
                if let Some(known) = turns.iter_mut().find(|t| t.number == turn.number) {
                    *known = *turn;
                }
            }
            LiveEvent::Connecting { to, .. } => wanted = Some(to),
            LiveEvent::Ended { call, summary } => {
                return Some(Seen {
                    call: *call,
                    turns,
                    wanted,
                    summary: *summary,
                });
            }
        }
    }
}
