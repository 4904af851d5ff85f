//! Between the conversation and the bridge: keys and the end of the call one way, hanging up the other.

use biseo_telephony::{EndCause, Ended, LegEvent, Party};
use tokio::sync::{mpsc, oneshot};

/// Events that may wait to be read: more than anybody types.
const UNREAD: usize = 64;

/// The conversation's end. Dropping it hangs up.
pub(crate) struct Link {
    events: mpsc::Receiver<LegEvent>,
    /// Its end tells the bridge to hang up.
    held: Option<oneshot::Sender<()>>,
}

/// The bridge's end.
pub(super) struct FarEnd {
    events: mpsc::Sender<LegEvent>,
    let_go: oneshot::Receiver<()>,
}

impl Link {
    pub(super) fn new() -> (Self, FarEnd) {
        let (told, events) = mpsc::channel(UNREAD);
        let (held, let_go) = oneshot::channel();
        let held = Some(held);
        let far_end = FarEnd { events: told, let_go };
        (Self { events, held }, far_end)
    }

    /// What happens on the call; after its end it is always that it has ended.
    pub(crate) async fn next_event(&mut self) -> LegEvent {
        let event = self.events.recv().await;
        event.unwrap_or(LegEvent::Ended(Ended {
            by: Party::Stack,
            cause: EndCause::Shutdown,
        }))
    }

    /// Ends the call.
    pub(crate) fn hangup(&mut self) {
        self.held = None;
    }
}

impl FarEnd {
    /// Tells of a key. If too many wait unread this one is dropped.
    pub(super) fn key(&self, digit: char) {
        let duration_ms = 100;
        let _ = self.events.try_send(LegEvent::Dtmf { digit, duration_ms });
    }

    /// Tells that the call is over, and who ended it.
    pub(super) async fn ended(self, by: Party, cause: EndCause) {
        // Nobody listens if it was the conversation that ended it.
        let _ = self.events.send(LegEvent::Ended(Ended { by, cause })).await;
    }

    /// Waits until the conversation hangs up. May be dropped while it waits.
    pub(super) async fn let_go(&mut self) {
        let _ = (&mut self.let_go).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_ends_learn_what_the_other_does() {
        let (mut link, mut far_end) = Link::new();
        far_end.key('7');
        assert!(matches!(
            link.next_event().await,
            LegEvent::Dtmf { digit: '7', .. }
        ));
        link.hangup();
        far_end.let_go().await;
        far_end.ended(Party::Remote, EndCause::Hangup).await;
        for cause in [EndCause::Hangup, EndCause::Shutdown] {
            assert!(matches!(link.next_event().await, LegEvent::Ended(end) if end.cause == cause));
        }
        let (link, mut far_end) = Link::new();
        drop(link);
        far_end.let_go().await;
    }
}
