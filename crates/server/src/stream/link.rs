//! Between the conversation and the bridge: keys and the end of the call one way, hanging up the other.

use biseo_telephony::{EndCause, Ended, LegEvent, Party};
use tokio::sync::{mpsc, oneshot};

/// Events that may wait to be read: more than anybody types.
const UNREAD: usize = 64;

/// The conversation's end (a simulated caller has one too). Dropping it hangs up.
pub(crate) struct Link {
    events: mpsc::Receiver<LegEvent>,
    /// Its end tells the bridge to hang up.
    held: Option<oneshot::Sender<()>>,
}

/// The bridge's end: what it tells the conversation. Dropping it does not end the call.
pub(crate) struct Told(mpsc::Sender<LegEvent>);

/// The bridge's end: that the conversation hangs up.
pub(crate) struct LetGo(oneshot::Receiver<()>);

impl Link {
    pub(crate) fn new() -> (Self, Told, LetGo) {
        let (told, events) = mpsc::channel(UNREAD);
        let (held, let_go) = oneshot::channel();
        let held = Some(held);
        (Self { events, held }, Told(told), LetGo(let_go))
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

impl Told {
    /// Tells of a key. If too many wait unread this one is dropped.
    pub(crate) fn key(&self, digit: char) {
        let duration_ms = 100;
        let _ = self.0.try_send(LegEvent::Dtmf { digit, duration_ms });
    }

    /// Tells that the call is over, and who ended it.
    pub(crate) async fn ended(self, by: Party, cause: EndCause) {
        // Nobody listens if it was the conversation that ended it.
        let _ = self.0.send(LegEvent::Ended(Ended { by, cause })).await;
    }
}

impl LetGo {
    /// Waits until the conversation hangs up.
    pub(crate) async fn wait(self) {
        // Whether it said so or is gone is the same.
        let _ = self.0.await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_ends_learn_what_the_other_does() {
        let (mut link, told, let_go) = Link::new();
        told.key('7');
        assert!(matches!(
            link.next_event().await,
            LegEvent::Dtmf { digit: '7', .. }
        ));
        link.hangup();
        let_go.wait().await;
        told.ended(Party::Remote, EndCause::Hangup).await;
        for cause in [EndCause::Hangup, EndCause::Shutdown] {
            assert!(matches!(link.next_event().await, LegEvent::Ended(end) if end.cause == cause));
        }
        let (link, _told, let_go) = Link::new();
        drop(link);
        let_go.wait().await;
    }

    #[tokio::test]
    async fn who_types_faster_than_is_read_fills_no_memory() {
        let (mut link, told, _let_go) = Link::new();
        (0..10 * UNREAD).for_each(|_| told.key('1'));
        drop(told);
        let mut keys = 0;
        while let LegEvent::Dtmf { .. } = link.next_event().await {
            keys += 1;
        }
        assert_eq!(keys, UNREAD);
    }
}
